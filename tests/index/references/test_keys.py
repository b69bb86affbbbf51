"""Documents that name others are found under the names and numbers of those."""

from __future__ import annotations

import pytest

from sinkqa.index.naming.front import Front
from sinkqa.index.naming.known import know
from sinkqa.index.references.keys import cited_under, citing_keys, identifiers, plain_address, plain_name
from sinkqa.index.references.mention import Change, Mention, References
from sinkqa.index.references.mentions import mentions
from sinkqa.ingest.document import Metadata


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("中华人民共和国滩涂保护法", "滩涂保护法（2031年修订）"),
        ("国务院关于滩涂修复的意见", "《关于滩涂修复的意见》"),
        ("滩涂管理办法（试行）", "滩涂管理办法"),
        ("The Peat Carbon Act 2027", "Peat Carbon Act"),
        ("Peat & Fen Convention (2029)", "peat  &  fen convention"),
    ],
)
def test_names_of_one_document_are_equal(one, other):
    assert plain_name(one) == plain_name(other) != ""


@pytest.mark.parametrize("name", ["关于", "2031", "（试行）", "the", ""])
def test_a_name_is_never_stripped_to_nothing_else(name):
    assert len(plain_name(name)) <= len(name)


def test_addresses_are_equal_without_scheme_and_last_slash():
    assert plain_address("https://www.example.org/A/") == plain_address("http://example.org/a")


def test_a_citing_document_has_the_keys_of_the_cited_one():
    front = Front(
        "0" * 64, "fen.md", "Peat Carbon Act 2027", "markdown", Metadata(title="Peat Carbon Act 2027"), "", ()
    )
    under = {cited_under(each) for each in identifiers(know(front))}
    assert under & citing_keys(References(tuple(mentions("as in the Peat Carbon Act 2027"))))
    assert not under & citing_keys(References(tuple(mentions("as in the Fen Water Act 2027"))))


def test_what_is_repealed_has_a_key_of_its_own():
    target = Mention(5, 9, "title", "滩涂办法")
    keys = citing_keys(References((target,), (Change("repeals", 0, 12, "", (target,)),)))
    assert keys == {"cites:滩涂办法", "repeals:滩涂办法"}


def test_a_number_is_also_found_without_its_edition():
    keys = citing_keys(References(tuple(mentions("按照 GB/T 94330—2031 执行"))))
    assert keys == {"cites:GBT943302031", "cites:GBT94330"}
