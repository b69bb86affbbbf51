"""What every store gives search, and by what it finds passages and documents itself."""

from __future__ import annotations

import numpy as np
import pytest

from sinkqa.index.errors import DocumentNotFound
from sinkqa.index.hit import Filters
from sinkqa.index.library import Addition
from sinkqa.index.models.encoder import Encoder
from sinkqa.index.naming.known import LOCAL, key
from sinkqa.index.references.reading import read_references
from sinkqa.index.store.documents.corrections import corrected
from sinkqa.index.store.documents.document_rows import Packed, pack_names
from sinkqa.index.store.documents.serialization import unpack_terms, unpack_tokens, unpack_vectors
from sinkqa.index.store.store import Store
from sinkqa.ingest.document import Metadata
from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.splitting.splitter import split
from tests.contracts.conftest import FINE, LAW, Pack, put, rows_of
from tests.index.made import CHINESE, ENGLISH, addition


def test_features_come_by_row_and_lack_what_is_gone(store: Store, pack: Pack, encoder: Encoder) -> None:
    made = addition("zh.txt", CHINESE, language="zh")
    packed = pack(made)
    put(store, packed)
    rows = rows_of(store, packed.doc_id)
    wanted = np.array([rows[2], 10_000, rows[0]], np.int64)
    features = [*store.features(wanted)]
    assert [each.row for each in features] == [rows[0], rows[2]] == list(store.held(wanted))
    assert [each.passage_id for each in features] == [made.passages[place].passage_id for place in (0, 2)]
    assert {each.language for each in features} == {"zh"}
    vectors = unpack_vectors([each.vector for each in features], encoder.dim)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=0.01)
    assert [each[3:] for each in features] == [packed.features[place] for place in (0, 2)]
    assert all(len(unpack_tokens(each.tokens)) and len(unpack_terms(each.terms)) == 3 for each in features)


def test_hits_are_read_by_row(store: Store, pack: Pack) -> None:
    made = addition("en.txt", ENGLISH, metadata=Metadata("Peat", language="en"))
    (result,) = put(store, pack(made))
    rows = rows_of(store, result.doc_id)
    read = store.stored([rows[1], 10_000])
    assert read.keys() == {rows[1]}
    (found,) = read.values()
    assert (found.title, found.about, found.passage) == ("Peat", made.document.metadata, made.passages[1])
    assert "forest" in unpack_terms(found.terms)[-1].split()


def test_filters_choose_the_rows_that_meet_all_of_them(store: Store, pack: Pack) -> None:
    about = Metadata(year=2020, language="en", jurisdiction="CN")
    one = pack(addition("en.txt", ENGLISH, metadata=about))
    other = pack(addition("zh.md", CHINESE, language="zh", media_type="text/markdown"))
    put(store, one, other)
    first, second = rows_of(store, one.doc_id), rows_of(store, other.doc_id)
    assert store.rows(Filters()) is None
    for filters, expected in (
        (Filters(doc_ids=(one.doc_id[:6], other.doc_id)), first + second),
        (Filters(jurisdictions=("cn",)), first),
        (Filters(jurisdictions=("", "EU")), second),
        (Filters(types=("Markdown", "pdf")), second),
        (Filters(languages=("ZH", "en")), first + second),
        (Filters(languages=("zh",), jurisdictions=("CN",)), []),
        (Filters(year_from=2020, year_to=2020), first),
        (Filters(year_from=2021), []),
        (Filters(kinds=("penalty",)), []),
    ):
        rows = store.rows(filters)
        assert rows is not None and list(rows) == expected, filters
    with pytest.raises(DocumentNotFound):
        store.rows(Filters(doc_ids=("000000",)))


def test_statements_are_found_by_kind_and_term(store: Store, pack: Pack, encoder: Encoder) -> None:
    ids = []
    for text in (LAW + FINE, LAW.replace("warden", "keeper")):
        document = read_bytes(text.encode(), "fen.md")
        put(store, pack(Addition(document, split(document)), str(len(ids))))
        ids.append(document.doc_id)
    assert store.defined_terms(None) == ["keeper", "warden"]
    assert store.defined_terms(Filters(doc_ids=(ids[0],))) == ["warden"]
    definitions = store.stated("definition", term=None, filters=None, most=None)
    assert [row for row, _, _ in definitions] == sorted(row for row, _, _ in definitions) and len(definitions) == 2
    assert store.stated("definition", term="keeper", filters=None, most=None) == definitions[1:]
    assert store.stated("definition", term=None, filters=None, most=1) == definitions[:1]
    ((row, unit, _),) = store.stated("penalty", term=None, filters=Filters(doc_ids=(ids[0],)), most=9)
    assert "900 marks" in store.stored([row])[row].passage.units[unit].text


FENS = ("fen.txt", "heron.txt", "mere.txt")


def titled(pack: Pack, name: str) -> Packed:
    title = f"{name.removesuffix('.txt').title()} Protection Act"
    return pack(addition(name, [title, ENGLISH[0]], metadata=Metadata(title, language="en", jurisdiction="NZ")))


def test_documents_are_found_by_the_keys_of_their_names(store: Store, pack: Pack) -> None:
    put(store, *(titled(pack, name) for name in FENS))
    protecting, heron = key("of", "protect", "law"), key("of", "heron", "law")
    shared = store.shared([heron, protecting, key("code", "EO1")], most=2)
    assert {name: each.number for name, each in shared.items()} == {protecting: 2, heron: 1}
    first, second, third = store.named([protecting], most=9)[protecting]
    assert (first, third) == shared[protecting][1:] and shared[heron] == (1, second, second)
    assert store.named([protecting, heron], most=9) == {protecting: [first, second, third], heron: [second]}
    assert store.named([protecting], most=2) == {protecting: [first, second]} and store.named([], most=2) == {}
    assert store.named([protecting], most=9, among=[third, second]) == {protecting: [second, third]}
    assert store.named([protecting], most=9, among=[]) == {} == store.shared([], most=9)
    known = store.known([third, 99, first])
    titles = {doc: each.names[0].text for doc, each in known.items()}
    assert titles == {first: "Fen Protection Act", third: "Mere Protection Act"}
    assert [each.doc_id for each in store.records()] == [
        each.doc_id for _, each in sorted(store.known(range(9)).items())
    ]
    with store.writing():
        store.remove(known[first].doc_id)
    assert store.named([protecting], most=9) == {protecting: [second, third]} and store.known([first]) == {}


def test_keys_follow_corrections_and_are_those_made_anew(store: Store, pack: Pack, encoder: Encoder) -> None:
    (result, _) = put(store, titled(pack, "heron.txt"), titled(pack, "fen.txt"))
    heron, otter = key("of", "heron", "law"), key("of", "otter", "law")
    with store.writing():
        changed = corrected(store.kept(result.doc_id).packed, {"title": "Otter Act", "place": "Otago"}, encoder)
        store.change(changed, anew=True)
    assert not store.shared([heron], most=9) and store.shared([otter], most=9)
    assert len(store.named([LOCAL], most=9)[LOCAL]) == 1
    for record in store.records():
        packed = store.kept(record.doc_id).packed
        assert packed.names == pack_names(packed.document)
    with store.writing():
        store.change(corrected(changed, {"title": None}, encoder), anew=False)
    assert store.shared([heron], most=9) and not store.shared([otter], most=9)


def test_what_a_document_says_of_others_is_kept_with_it(store: Store, pack: Pack) -> None:
    text = "《滩涂法》（2031）自2032年1月1日起施行。The Peat Act 2027 and Executive Order 20301."
    (result, _) = put(store, pack(addition("one.txt", [text])), pack(addition("two.txt", ["Fens are wet."])))
    text, said = store.text(result.doc_id), store.references(result.doc_id)
    assert [text[each.start : each.end] for each in said.mentions] == [
        "《滩涂法》（2031）",
        "Peat Act 2027",
        "Executive Order 20301",
    ]
    assert said == read_references(text) and store.references(result.doc_id[:8]) == said
    kept = store.kept(result.doc_id)
    assert store.named(["cites:EO20301"], most=9)["cites:EO20301"]
    with store.writing():
        store.remove(result.doc_id)
    assert store.named(["cites:EO20301"], most=9) == {}
    with pytest.raises(DocumentNotFound):
        store.references(result.doc_id)
    with store.writing():
        store.put_kept(kept)
    assert store.references(result.doc_id) == said and store.named(["cites:EO20301"], most=9)
