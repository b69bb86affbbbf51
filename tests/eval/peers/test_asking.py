import json
from dataclasses import replace

import pytest

from sinkqa.eval.data.gold import Question
from sinkqa.eval.errors import EndpointFailed, MalformedData
from sinkqa.eval.peers.endpoint.asking import Endpoint, ask_all
from tests.eval.answering.test_answers import TEXT, rows
from tests.eval.collections import write_rows
from tests.service.endpoint import endpoint

QUESTIONS = [Question(f"q{i}", f"question {i}?", "en", None, ()) for i in range(4)]


def says(content, **more):
    def reply(exchange):
        message = {"role": "assistant", "content": content} | more
        send(exchange, 200, json.dumps({"choices": [{"message": message}]}).encode())

    return reply


def send(exchange, status, body, **headers):
    exchange.send_response(status)
    exchange.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        exchange.send_header(name, value)
    exchange.end_headers()
    exchange.wfile.write(body)


def status(code):
    return lambda exchange: send(exchange, code, b"secret-key said back")


def body(content):
    return lambda exchange: send(exchange, 200, content)


def drips(exchange):
    """Never ends, and never falls silent."""
    exchange.begin()
    while not exchange.endpoint.over.wait(0.05):
        exchange.raw(b" ")


def hangs(exchange):
    exchange.endpoint.over.wait(30)


@pytest.fixture
def server():
    with endpoint() as listening:
        yield listening


def asking(server, **how):
    return Endpoint(server.url, "m", **{"key": "secret-key", "timeout_s": 0.5, "retries": 1, "pause_s": 0.01} | how)


def test_each_answer_is_kept_and_none_is_asked_twice(tmp_path, server):
    server.says(says("one"), says("two", annotations=[{"type": "x"}]), status(500), status(500), says("four"))
    replies, failed = ask_all(asking(server), QUESTIONS, tmp_path / "kept.jsonl")
    assert [reply.content for reply in replies.values()] == ["one", "two", "four"]
    assert list(failed) == ["q2"] and "500" in failed["q2"]
    server.says(says("three"))
    n = len(server.requests)
    replies, failed = ask_all(asking(server), QUESTIONS, tmp_path / "kept.jsonl")
    assert replies["q2"].content == "three" and not failed
    assert [each["messages"][-1]["content"] for each in server.requests[n:]] == ["question 2?"]
    assert server.requests[0]["path"].endswith("/chat/completions") and server.requests[0]["stream"] is False
    assert server.headers[0]["Authorization"] == "Bearer secret-key"
    assert "secret-key" not in (tmp_path / "kept.jsonl").read_text("utf-8") + repr(asking(server))


def test_another_model_or_instruction_is_asked_anew(tmp_path, server):
    server.says(says("x"))
    plain, brief = asking(server), asking(server, system="Be brief.")
    for asked, n in ((plain, 4), (plain, 4), (brief, 8), (replace(plain, model="other"), 12)):
        ask_all(asked, QUESTIONS, tmp_path / "kept.jsonl")
        assert len(server.requests) == n
    assert server.requests[4]["messages"][0] == {"role": "system", "content": "Be brief."}


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (hangs, "0.5 s"),
        (drips, "0.5 s"),
        (status(500), "500"),
        (status(302), "302"),
        (body(b"<html>"), "other than a chat completion"),
        (body(b'{"choices": []}'), "other than a chat completion"),
        (body(b'{"choices": [{"message": {"content": 3}}]}'), "other than a chat completion"),
        (body(b"data: {}\n\ndata: [DONE]\n\n"), "other than a chat completion"),
        (body(b"\xff\xfe\x00" * 99), "other than a chat completion"),
        (body(b" " * (9 * 2**20)), "8 MiB"),
        (lambda exchange: exchange.connection.shutdown(2), "broke off"),
    ],
)
def test_an_endpoint_that_fails_is_given_up_with_its_reason(tmp_path, server, reply, told):
    server.says(reply)
    with pytest.raises(EndpointFailed, match=told) as error:
        ask_all(asking(server), QUESTIONS, tmp_path / "kept.jsonl")
    assert "secret-key" not in str(error.value)
    assert (tmp_path / "kept.jsonl").read_text("utf-8") == ""
    server.over.set()


def test_a_refused_key_ends_all_at_once(tmp_path, server):
    server.says(status(401))
    with pytest.raises(EndpointFailed, match="401"):
        ask_all(asking(server, retries=5), QUESTIONS, tmp_path / "kept.jsonl")
    assert len(server.requests) == 1


def test_a_busy_endpoint_is_asked_again(tmp_path, server):
    server.says(status(429), status(503), says("yes"))
    replies, _ = ask_all(asking(server, retries=2), QUESTIONS[:1], tmp_path / "kept.jsonl")
    assert replies["q0"].content == "yes"


@pytest.mark.parametrize(
    ("message", "read"),
    [
        ({"content": None}, ""),
        ({"content": "", "refusal": "I can't."}, "I can't."),
        ({"content": [{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}]}, "a\nb"),
    ],
)
def test_empty_answers_refusals_and_parts_are_answers(tmp_path, server, message, read):
    server.says(body(json.dumps({"choices": [{"message": message}]}).encode()))
    replies, _ = ask_all(asking(server), QUESTIONS[:1], tmp_path / "kept.jsonl")
    assert replies["q0"].content == read


def test_an_answer_that_was_cut_off_in_the_file_is_asked_again(tmp_path, server):
    server.says(says("x"))
    ask_all(asking(server), QUESTIONS, tmp_path / "kept.jsonl")
    kept = (tmp_path / "kept.jsonl").read_bytes()
    (tmp_path / "kept.jsonl").write_bytes(kept[:-20])
    replies, _ = ask_all(asking(server), QUESTIONS, tmp_path / "kept.jsonl")
    assert len(replies) == 4 and len(server.requests) == 5
    (tmp_path / "kept.jsonl").write_bytes(b"nonsense\n" + kept)
    with pytest.raises(MalformedData, match=r"kept\.jsonl:1"):
        ask_all(asking(server), QUESTIONS, tmp_path / "kept.jsonl")


@pytest.mark.parametrize("url", ["nonsense", "ftp://a/v1", "http:///v1", ""])
def test_what_is_no_address_is_named(tmp_path, url):
    with pytest.raises(EndpointFailed, match="expected an address"):
        ask_all(Endpoint(url, "m"), QUESTIONS, tmp_path / "kept.jsonl")


def test_a_password_in_the_address_is_not_kept():
    endpoint = Endpoint("https://me:secret@example.org:8443/v1/?api-key=secret", "m")
    assert endpoint.name == "https://example.org:8443/v1/chat/completions"
    assert endpoint.address == "https://me:secret@example.org:8443/v1/chat/completions?api-key=secret"


@pytest.fixture
def about(tmp_path):
    (tmp_path / "lund.md").write_text(TEXT, "utf-8")
    write_rows(tmp_path / "q.jsonl", rows(TEXT))
    return ("--questions", tmp_path / "q.jsonl", "--document", tmp_path / "lund.md", "--model", "peer/one")


def test_an_assistant_without_places_is_measured_and_compared(tmp_path, evaluate, server, about, monkeypatch):
    monkeypatch.setenv("PEER_KEY", "secret-key")
    server.says(
        says("It covers 4,210 hectares [lund.md]."), says("At most “may offset at most 7% of its emissions”."),
        says("Nobody knows."), says("七名看守人"), says(""), says("The documents do not mention bears."),
        says("At nine."),
    )  # fmt: skip
    left, printed, told = evaluate(
        "endpoint", server.url, *about, "--out", tmp_path / "out", "--key-from", "PEER_KEY", "--json"
    )
    assert left == 0, told
    (summary,) = json.loads(printed)
    means = {name: each["mean"] for name, each in summary["mean_and_interval"].items()}
    assert (means["answered"], means["answer points"], means["withheld"]) == (0.8, 0.6, 0.5)
    assert means["complete"] == pytest.approx(2 / 5)
    assert summary["label"] == "peer-one" and "auroc" not in summary["facts"]
    assert all("secret-key" not in path.read_text("utf-8") for path in (tmp_path / "out").iterdir())
    assert evaluate("endpoint", server.url, *about, "--out", tmp_path / "out")[0] == 0
    assert len(server.requests) == 7
    assert evaluate("report", tmp_path / "out" / "q.peer-one.answers.json", "-o", tmp_path / "page.html")[0] == 0


def test_missing_answers_are_an_error_or_count_as_none(tmp_path, evaluate, server, about):
    server.says(says("It covers 4,210 hectares [lund.md]."), status(400))
    how = (*about, "--out", tmp_path / "out", "--retries", 0)
    left, _, told = evaluate("endpoint", server.url, *how)
    assert left == 1 and "endpoint-failed" in told and "Traceback" not in told
    left, printed, told = evaluate("endpoint", server.url, *how, "--incomplete", "--json")
    assert left == 0, told
    (summary,) = json.loads(printed)
    assert summary["mean_and_interval"]["answered"]["mean"] == 0.2
    assert "withheld" not in summary["mean_and_interval"] and "6" in summary["warnings"][-1]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--key-from", "NOBODY_SET_THIS"), "NOBODY_SET_THIS"),
        (("--abstains", "("), "regular expression"),
        (("--label", "../x"), "without /"),
        (("--system", "nowhere"), "UTF-8"),
    ],
)
def test_mistakes_are_named_before_anything_is_asked(tmp_path, evaluate, server, about, args, told):
    left, _, error = evaluate("endpoint", server.url, *about, *args, "--out", tmp_path / "out")
    assert left == 2 and told in error and not server.requests
