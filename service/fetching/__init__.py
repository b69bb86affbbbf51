"""Fetches official documents from their publishers into files beside the library."""
