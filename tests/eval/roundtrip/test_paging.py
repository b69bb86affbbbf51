"""Real pages: words that one reading has and the other has not."""

from __future__ import annotations

from sinkqa.eval.roundtrip.paging import check_pages, compare
from tests.typeset import Press


def test_order_and_spaces_do_not_count():
    check = compare("a.pdf", 1, "emis sions of 44 tonnes 碳排放", "碳排放 of emissions 44", "tonnes")
    assert (check.lost, check.added, check.recall, check.precision) == ((), (), 1.0, 1.0)
    assert 0 < check.furniture < 1


def test_a_lost_word_and_a_doubled_one_are_told():
    check = compare("a.pdf", 1, "the cap is 44 tonnes the cap", "the cap is 44 44 the", "")
    assert dict(check.lost) == {"cap": 1, "tonnes": 1}
    assert dict(check.added) == {"44": 1}
    assert not check.ok


def test_pages_of_a_folder_are_drawn_by_a_seed(tmp_path):
    press = Press()
    press.paragraph(72, 90, 400, "The warden reports the level of every bed by June.")
    press.next_page()
    press.paragraph(72, 90, 400, "The register is open to all who ask for it.")
    (tmp_path / "beds.pdf").write_bytes(press.save())
    (tmp_path / "beds.html").write_text("<title>Beds</title><body><nav>Home</nav><p>The level of every bed.</p></body>")
    checks = list(check_pages(tmp_path, 1, 10, on_progress=lambda *_: None))
    assert [(each.document, each.page) for each in checks] == [("beds.html", 0), ("beds.pdf", 1), ("beds.pdf", 2)]
    assert all(each.ok and each.words for each in checks)
