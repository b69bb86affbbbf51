"""``python -m sinkqa.index.training.cross_encoder`` makes the cross-encoder. Nothing here runs in the product."""
