"""The fields of a document that a person can correct."""

EDITABLE = ("title", "issuer", "jurisdiction", "place", "year", "language", "url")
