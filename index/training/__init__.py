"""Making the bundled encoder: ``python -m sinkqa.index.training``. The product never runs this code."""
