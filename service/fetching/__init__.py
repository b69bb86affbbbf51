"""Fetches official documents from where they are published into files beside the library."""
