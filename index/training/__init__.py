"""Making the bundled encoder: ``python -m sinkqa.index.training``; nothing here runs when the product does."""
