"""The service over HTTP: translates in, calls the engine, translates out."""
