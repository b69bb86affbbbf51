"""Makes ``python -m eval`` the same as ``sinkqa-eval``."""

from __future__ import annotations

from sinkqa.eval.cli import main

main()
