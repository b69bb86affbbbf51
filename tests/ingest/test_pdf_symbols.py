"""Letters that stand for quotes and dashes where a font of a PDF does not name its encoding."""

from __future__ import annotations

import numpy as np
import pytest

from ingest.readers.pdf.symbols import read_quotes


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (
            "the ìlake planî, as the ownerís board ñ and no other ñ says",
            "the “lake plan”, as the owner’s board – and no other – says",
        ),
        ("Lakes ñ Board of 2031 with ëlotí and ìlot.î", "Lakes – Board of 2031 with ‘lot’ and “lot.”"),
        ("el año ñ de la señora", "el año ñ de la señora"),
        ("Così fan tutte; coborî și ură", "Così fan tutte; coborî și ură"),
        ("letters n, ñ, o", "letters n, ñ, o"),
    ],
)
def test_quotes_and_dashes_read_in_the_code_of_another_system_are_mended(stored: str, shown: str) -> None:
    codes = np.array([ord(char) for char in stored], np.uint32)
    read_quotes(codes)
    assert "".join(map(chr, codes.tolist())) == shown
