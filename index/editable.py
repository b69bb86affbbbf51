"""Storing step of the flow: which facts of a document a person can correct."""

EDITABLE = ("title", "issuer", "jurisdiction", "place", "year", "language", "url")
