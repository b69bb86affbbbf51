"""What a law says of one kind, where nothing else is asked of it."""

from __future__ import annotations

from tests.service.answering.laws import engine, quotes  # noqa: F401  # fixtures

import pytest

from index.library import Library
from ingest.readers import read_bytes
from ingest.splitting import split
from service.answering.enumerating import enumerated
from service.answering.naming import Meant
from service.answering.understanding import understand
