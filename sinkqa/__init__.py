"""SinkQA: questions answered from documents, with quotes that are verbatim and checked."""
