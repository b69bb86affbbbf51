from collections import Counter

import pytest

from sinkqa.eval.provisions import questions as provision_questions
from sinkqa.eval.provisions.measuring import Draw, make_questions
from sinkqa.eval.provisions.outline import read_laws
from sinkqa.eval.provisions.questions import families
from tests.eval.statutes import JA, NZ, ORDER, TREATY, ZH, document


@pytest.fixture
def named(tmp_path, monkeypatch):
    """Names of the made-up laws in the other language."""
    rows = '[[law]]\ntitle = "中华人民共和国芦苇保护法"\nen = ["Reed Protection Law of China", "Reed Law"]\n'
    rows += '[[law]]\ntitle = "葦原保全法"\nzh = ["日本苇原保全法"]\nen = ["Reed Bed Conservation Act"]\n'
    (tmp_path / "laws.toml").write_text(rows, "utf-8")
    monkeypatch.setattr(provision_questions, "LAWS", tmp_path / "laws.toml")
    provision_questions.known_names.cache_clear()
    yield
    provision_questions.known_names.cache_clear()


def questions(tmp_path, *files, draw=Draw()):  # noqa: B008
    laws = [law for name, text in files for law in read_laws(document(tmp_path, name, text))]
    return make_questions(families(laws), draw), {law.document.doc_id: law.document for law in laws}


def indented(text):
    return "".join(f"\t\t{line}" for line in text.splitlines(keepends=True))


def needed(question, documents):
    return ["".join(documents[t.doc_id].text[s:e] for s, e in t.needed) for t in question.targets]


def test_every_article_is_asked_in_four_wordings_of_both_languages(tmp_path, named):
    made, _ = questions(tmp_path, ("a.md", ZH))
    assert Counter((each.kind, each.pair) for each in made if each.kind == "article") == {
        ("article", "zh→zh"): 28,
        ("article", "en→zh"): 28,
    }
    assert {"《中华人民共和国芦苇保护法》第四条规定了什么？", "芦苇保护法第4条的内容是什么？"} <= {q.text for q in made}
    assert {"What does Article 4 of the Reed Protection Law of China say?", "Article 4 Reed Law"} <= {
        q.text for q in made
    }
    (end,) = {each.last for each in made if each.kind == "end"}
    assert end == "7"


def test_a_law_without_a_name_in_the_other_language_is_asked_in_its_own(tmp_path):
    made, _ = questions(tmp_path, ("a.md", ZH))
    assert {each.pair for each in made} == {"zh→zh"}


def test_a_repealed_section_is_not_asked_for(tmp_path):
    made, _ = questions(tmp_path, ("a.html", NZ), draw=Draw(wordings=1, kinds=("article",)))
    asked = [each.text for each in made if each.kind == "article"]
    assert asked == [f"What does section {n} of the Reed Beds Act 2031 say?" for n in ("1", "2", "3", "3A", "4")]


def test_definitions_are_asked_by_their_terms_and_never_by_a_pronoun(tmp_path, named):
    made, documents = questions(tmp_path, ("a.md", ZH), ("b.html", JA), ("c.html", NZ), ("d.txt", indented(TREATY)))
    found = {each.text: needed(each, documents)[0] for each in made if each.kind == "definition"}
    assert found["芦苇保护法中芦苇荡是什么意思？"] == "本法所称芦苇荡，是指生长芦苇达到三公顷以上的浅水区域。"
    assert "葦の生える湿原（人工のものを除く。）をいう。" in found["日本苇原保全法中葦原是什么意思？"]
    assert (
        found["What does “reed bed” mean in the Reed Beds Act 2031?"]
        == "reed bed means shallow water that—(a) holds reeds; and"
    )
    assert "What does “warden” mean in the Reed Beds Act 2031?" in found
    assert found["How is Reed defined in the Reed Convention?"] == "“Reed” means the common reed."
    assert found["芦苇保护法中苇岸是什么意思？"] == "苇岸，是指芦苇荡的边缘。"
    assert not [text for text in found if "该区域" in text or "单位" in text]
    assert len(found) == 2 * 6


def test_fines_are_asked_by_their_conduct(tmp_path):
    made, documents = questions(tmp_path, ("a.md", ZH), ("c.html", NZ), draw=Draw(wordings=1))
    found = {each.text: needed(each, documents)[0] for each in made if each.kind == "penalty"}
    law = "《中华人民共和国芦苇保护法》规定，"
    assert found.keys() == {
        f"{law}在繁殖期收割芦苇会受到什么处罚？",
        f"{law}伪造收割许可证会受到什么处罚？",
        f"{law}拒不报告收割数量会受到什么处罚？",
        "What is the penalty under the Reed Beds Act 2031 for a person who cuts reeds between April and July?",
    }
    assert found[f"{law}伪造收割许可证会受到什么处罚？"] == "收割单位有下列行为之一的，处二千元罚款："


def test_dates_of_effect_are_asked_of_laws_that_state_one(tmp_path, named):
    files = [("a.md", ZH), ("b.html", JA), ("c.html", NZ), ("d.txt", TREATY), ("e.md", ORDER)]
    made, documents = questions(tmp_path, *files, draw=Draw(wordings=1))
    found = {each.law: needed(each, documents)[0] for each in made if each.kind == "date"}
    assert found == {
        "中华人民共和国芦苇保护法": "本法自2031年5月1日起施行。",
        "葦原保全法": "この法律は、令和十年四月一日から施行する。",
        "Reed Beds Act 2031": "This Act comes into force on 1 May 2031.",
        "Reed Convention": "This Convention shall enter into force on the ninetieth day after the third ratification.",
    }


def test_copies_and_versions_of_a_law_are_all_right(tmp_path):
    made, _ = questions(tmp_path, ("a.md", ZH), ("b.md", ZH.replace("三公顷", "四公顷")))
    for each in made:
        assert len(each.targets) == (0 if each.kind == "end" else 2)
    assert len({each.text for each in made}) == len(made)


def test_a_sample_is_the_same_each_time_and_other_with_another_seed(tmp_path):
    draws = [Draw(wordings=1, sample=2, seed=seed) for seed in (0, 0, 1, 2, 3)]
    made = [[each.text for each in questions(tmp_path, ("a.md", ZH), draw=draw)[0]] for draw in draws]
    assert made[0] == made[1]
    assert any(made[0] != each for each in made[2:])
    assert (
        sum("规定了什么" in text and "款" not in text for text in made[0]) == 3
    )  # two articles, and past the last one
