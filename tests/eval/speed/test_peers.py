"""Peers get the passages, questions and encoder that SinkQA has, and are judged as SinkQA is."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sinkqa.eval.data.gold import read_questions
from sinkqa.eval.peers import search as peer_search
from sinkqa.eval.peers.measuring import SYSTEMS, compare_peers, save_encoder
from sinkqa.index.models.encoder import load_encoder

ROOT = Path(__file__).parents[3]
TEXT = "# Reeds\n\nReeds hold 40 tonnes of carbon a hectare.\n\n# 芦苇\n\n芦苇每公顷固碳四十吨。\n"
PINNED = (ROOT / "deploy" / "peers.txt").read_text("utf-8")
LAST_FIRST = """
import json, sys
work = json.load(open(sys.argv[-2]))
names = [name for name, _ in reversed(work["passages"])]
told = {"ranked": [names for _ in work["questions"]], "ms": [1.0], "cpu_ms": [1.0], "ingest_cpu_s": 1.0, "version": "0"}
json.dump(told, open(sys.argv[-1], "w"))
"""


def test_the_bundled_encoder_is_saved_with_its_own_vectors(tmp_path):
    tokenizers, texts = pytest.importorskip("tokenizers"), ["carbon sinks of forests", "森林碳汇", "12 tonnes"]
    save_encoder(tmp_path / "model")
    content = (tmp_path / "model" / "model.safetensors").read_bytes()
    start = 8 + int.from_bytes(content[:8], "little")
    about = json.loads(content[8:start])["embedding.weight"]
    weights = np.frombuffer(content[start:], np.float32).reshape(about["shape"])
    cutter = tokenizers.Tokenizer.from_file(str(tmp_path / "model" / "tokenizer.json"))
    means = np.array([weights[cutter.encode(text, add_special_tokens=False).ids].mean(axis=0) for text in texts])
    cosines = (means * load_encoder().encode(texts)).sum(axis=1) / np.linalg.norm(means, axis=1)
    assert cosines.min() > 0.999


def test_every_system_is_run_and_judged_by_its_own_ranking(tmp_path):
    (tmp_path / "a.md").write_text(TEXT)
    place = {"must_contain": ["40 tonnes"], "hop": 1}
    row = {"id": "q", "question": "How much carbon do reeds hold?", "lang": "en", "evidence": [place]}
    (tmp_path / "gold.jsonl").write_text(json.dumps(row))
    stand_in = tmp_path / "python"  # a program that answers as a peer's Python does, with the last passage first
    stand_in.write_text(f"#!/bin/sh\nexec {sys.executable} -c '{LAST_FIRST}' \"$@\"\n")
    stand_in.chmod(0o755)
    asked = list(read_questions(tmp_path / "gold.jsonl"))
    ours, *others = compare_peers(asked, documents=[tmp_path / "a.md"], beside=[], python=stand_in)
    assert ours.recall["en"].at == (1, 1, 1)
    assert ours.ingest_cpu_s > 0
    assert [each.system for each in others] == [f"{name} 0, {mode}" for name, mode in SYSTEMS]
    assert [each.recall["en"].at for each in others] == [(0, 1, 1)] * len(SYSTEMS)


def test_peers_tokens_are_words_and_bigrams_of_chinese():
    assert re.findall(peer_search._TOKENS, "森林碳汇 in 2020x") == ["森林", "林碳", "碳汇", "in", "2020x"]


def test_the_peers_program_runs_where_sinkqa_is_not():
    done = subprocess.run(
        [sys.executable, "-P", "-I", "-S", peer_search.__file__], capture_output=True, text=True, timeout=60
    )
    assert "IndexError" in done.stderr, done.stderr  # it wants its two arguments, and no module


def test_peers_are_pinned_to_versions():
    lines = [line for line in PINNED.splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    assert {"txtai", "haystack-ai", "sentence-transformers", "torch"} <= {line.split("==")[0] for line in lines}
