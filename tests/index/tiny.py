"""Models of a few kilobytes with random weights, in the folders that sentence-transformers reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.index.made import CHINESE, ENGLISH

EXTRA = "the models extra is not installed: pip install -e '.[models]'"


def write_bert(folder: Path, head: str = "BertForSequenceClassification", *, labels: int = 1, seed: int = 0) -> Path:
    """A BERT of one layer over the words and characters of the made documents; the folder, filled."""
    pytest.importorskip("sentence_transformers", reason=EXTRA)
    import torch
    import transformers

    known = {word.strip(".,") for text in ENGLISH for word in text.lower().split()} | {*"".join(CHINESE), ".", ","}
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(known)]
    folder.mkdir(parents=True)
    tokenizer = transformers.BertTokenizerFast(vocab={word: place for place, word in enumerate(words)})
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    config = transformers.BertConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
        num_labels=labels,
        initializer_range=1.0,  # scores that differ
    )
    getattr(transformers, head)(config).save_pretrained(folder)
    return folder


def write_sentence_transformer(folder: Path) -> Path:
    """A transformer with mean pooling, saved by sentence-transformers itself."""
    bert = write_bert(folder / "bert", "BertModel")
    from sentence_transformers import SentenceTransformer

    SentenceTransformer(str(bert), device="cpu").save(str(folder / "saved"))
    return folder / "saved"
