from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from sinkqa.index.models.cross_encoder import CrossEncoder
from sinkqa.index.training.corpus import Pair
from sinkqa.index.training.cross_encoder import recipe
from sinkqa.index.training.written import Written
from tests.index.made import CHINESE, ENGLISH
from tests.index.training.small import needs, write_base
from tests.index.training.test_rows import write_lines


def write_data(folder: Path) -> Path:
    """Pairs and questions in our own words, as the training data has them; the folder."""
    import zstandard

    for name in ("pairs", "reader"):
        (folder / name).mkdir(parents=True)
    rows = []
    for number in range(40):
        text = f"Office {number} keeps the list. {ENGLISH[number % 6]} {ENGLISH[(number + 1) % 6]}"
        rows.append(f"CLAPnq\tqp_en\twhat does office {number} keep?\t{text}")
        article = (
            f"第{number}区公布清单。{CHINESE[number % 6]}{CHINESE[(number + 2) % 6]}禁止向第{number}区湿地倾倒废渣。"
        )
        rows.append(f"LawRefBook\tict_zh\t第{number}区湿地条例 保护规定\t{article}")
    packed = zstandard.ZstdCompressor().compress("\n".join(rows).encode("utf-8"))
    (folder / "pairs" / "made.tsv.zst").write_bytes(packed)
    passages = [f"{' '.join(ENGLISH)} It was written in year {number}." for number in range(60)]
    shared = {"source": "selqa", "answerable": True, "answer": "wetland fund"}
    asked = [shared | {"q": f"who pays in year {n}?", "passage": text} for n, text in enumerate(passages)]
    write_lines(folder / "reader" / "qa.jsonl.zst", *asked)
    return folder


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    needs("torch", "transformers", "scipy", "zstandard", "onnx", "onnxruntime")
    write_base(tmp_path / "base.bin")
    monkeypatch.setattr(recipe, "packaged_file", lambda: tmp_path / "base.bin")
    return write_data(tmp_path / "data")


def test_the_whole_of_training_makes_a_model_that_the_product_opens(data: Path, tmp_path: Path) -> None:
    from sinkqa.index.training.cross_encoder.fit import FitParams

    work, run, lines = tmp_path / "work", tmp_path / "work" / "run", []
    run.mkdir(parents=True)
    recipe.mine(data, work, report=lines.append)
    groups = [json.loads(line) for line in (work / "groups.jsonl").read_text("utf-8").split("\n")[:-1]]
    assert {group["source"] for group in groups} >= {"clapnq", "statutes"}
    for group in groups:
        own = re.search(r"(?:Office |第)\d+", group["answering"][0])
        assert own and 0 < len(group["others"]) <= 7
        assert not any(group["answering"][0].split("\n")[-1] in other for other in group["others"])
    before = (work / "groups.jsonl").stat().st_mtime_ns
    recipe.mine(data, work, report=lines.append)
    assert (work / "groups.jsonl").stat().st_mtime_ns == before, "what is mined is not mined again"
    params = FitParams(steps=2, tokens=2_048, checked_every=2)
    recipe.train(data, work, run, layers=2, params=params, report=lines.append)
    recipe.export(work, run, tmp_path / "model", layers=2, report=lines.append)
    model = CrossEncoder(tmp_path / "model")
    assert model.name == "sinkqa-cross-encoder-2"
    assert all(0 < score < 1 for score in model.answers("otter", [*ENGLISH, *CHINESE]))
    assert re.fullmatch(r".*/model: \d+\.\d MB", lines[-1])


def test_mining_that_was_stopped_goes_on(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(line: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        recipe.mine(data, tmp_path / "stopped", report=stop)
    for name in ("stopped", "whole"):
        recipe.mine(data, tmp_path / name, report=lambda line: None)
    first, second = ((tmp_path / name / "groups.jsonl").read_text("utf-8") for name in ("stopped", "whole"))
    assert first == second


def test_a_run_does_not_depend_on_what_chance_was_asked_before(data: Path, tmp_path: Path) -> None:
    import torch

    from sinkqa.index.training.cross_encoder.fit import FitParams

    group = {"source": "written", "question": "who pays?", "answering": [ENGLISH[2]], "others": [ENGLISH[3]]}
    (tmp_path / "groups.jsonl").write_text(json.dumps(group) + "\n", "utf-8")
    states = []
    for seed in (1, 2):
        (run := tmp_path / f"run{seed}").mkdir()
        torch.manual_seed(seed)
        recipe.train(data, tmp_path, run, layers=1, params=FitParams(steps=1, tokens=512), report=lambda line: None)
        states.append(torch.load(run / "best.pt")["network"])
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())


def test_the_library_holds_the_documents_that_were_written_about_and_half_of_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pairs = [Pair("laws", "qp_en", f"The peat act of plot {n}", f"{ENGLISH[n % 6]} Plot {n}.") for n in range(40)]
    pairs += [Pair("laws", "ict_zh", f"第{n}区条例 总则", f"{CHINESE[n % 6]}{CHINESE[0]}第{n}区。") for n in range(40)]
    ours = [*pairs[:3], *pairs[40:43]]
    monkeypatch.setattr(
        recipe, "read_written", lambda pairs: [Written("ask", "en", "Who?", each.left, each.right) for each in ours]
    )
    monkeypatch.setattr(recipe, "_DOCUMENTS", 0.0)
    assert [each.document.name for each in recipe._additions(pairs)] == [f"{n:05d}.md" for n in (0, 1, 2, 40, 41, 42)]
    monkeypatch.setattr(recipe, "_DOCUMENTS", 0.5)
    assert 25 < len(list(recipe._additions(pairs))) < 60


def test_pieces_that_no_text_has_are_left_out(data: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    base = recipe.start(data, tmp_path, layers=1, report=lines.append)
    assert [piece for piece, _ in base.pieces] == ["<s>", "<pad>", "</s>", "<unk>", "碳"]
    assert base.layers == 1 and "of 7 pieces stand in" in lines[0]
    again = recipe.start(Path("nowhere"), tmp_path, layers=3, report=lines.append)
    assert again.pieces == base.pieces and len(lines) == 1


def test_every_weight_is_of_a_source_that_is_drawn_more_than_never() -> None:
    assert all(weight > 0 for weight in recipe.WEIGHTS.values())
