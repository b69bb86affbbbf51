"""Making the cross-encoder: ``python -m index.training.cross_encoder``; nothing here runs when the product does."""
