"""Serves the engine over HTTP: translates each request, calls the engine, and translates the result."""
