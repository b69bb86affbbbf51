"""Making the bundled encoder: ``python -m index.training``; nothing here runs when the product does."""
