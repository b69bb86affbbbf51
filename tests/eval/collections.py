"""Small collections in BEIR's layout, in our own words."""

import json

CORPUS = {
    "forest": ("Forests", "Forests take up carbon dioxide and store it in wood and soil."),
    "market": ("", "碳市场允许企业用核证减排量抵销一部分排放。"),
    "ocean": ("Oceans", "Seagrass meadows and mangroves bury carbon in their sediment."),
    "grass": ("", "草原的土壤储存了大量有机碳，过度放牧会使其流失。"),
    "cement": ("", "Cement kilns release carbon dioxide from limestone."),
}
QUERIES = {
    "q1": "Where do forests store carbon?",
    "q2": "企业可以用什么抵销排放？",
    "q3": "What buries carbon in sediment?",
    "q4": "zzzzqqq",
}
QRELS = {"q1": {"forest": 2, "cement": 0}, "q2": {"market": 1}, "q3": {"ocean": 1}, "q4": {"grass": 1}}


def write_collection(folder, *, corpus=CORPUS, queries=QUERIES, qrels=QRELS, extra=None):
    """The folder, filled; `extra` adds fields to queries."""
    (folder / "qrels").mkdir(parents=True)
    rows = [{"_id": name, "title": title, "text": text} for name, (title, text) in corpus.items()]
    write_rows(folder / "corpus.jsonl", rows)
    asked = [{"_id": name, "text": text} | (extra or {}).get(name, {}) for name, text in queries.items()]
    write_rows(folder / "queries.jsonl", asked)
    lines = [f"{q}\t{d}\t{rel}" for q, judged in qrels.items() for d, rel in judged.items()]
    (folder / "qrels" / "test.tsv").write_text("\n".join(["query-id\tcorpus-id\tscore", *lines, ""]), "utf-8")
    return folder


def write_rows(path, rows):
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
