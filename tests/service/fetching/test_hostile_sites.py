"""Fetching from sites that mean harm, and through mishaps at the worst moment."""

from __future__ import annotations

import gzip
import ipaddress
import json
import os
import signal
import socket
import ssl
import subprocess
import time
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests import hostile
from tests.conftest import COMMAND
from tests.service.fetching.site import endless, page, redirect, site, status, stored
from tests.service.fetching.test_fetch import HTML, PDF, only_failure


def test_a_redirect_to_another_host_needs_leave(publisher, bring):
    elsewhere = publisher.at("/b", host="localhost")
    publisher.has("/b", stored(PDF))
    address = publisher.has("/a", redirect(elsewhere))
    failure = only_failure(bring(address))
    assert failure.code == "redirect-refused" and "localhost" in failure.message and publisher.paths() == ["/a"]
    (kept,) = bring(address, entry={"hosts": (f"localhost:{publisher.port}",)}).fetched
    assert kept.final_url == elsewhere


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.1:1/", "http://127.0.0.2/", "http://169.254.169.254/latest/meta-data", "file:///etc/passwd",
        "ftp://127.0.0.1/a", "javascript:alert(1)", "http://user:secret@127.0.0.1/", "//evil.invalid/a", "http://[::1]/",
        "http://127.0.0.1.evil.invalid/", "https://127.0.0.1/", "data:text/html,x", "http:///etc", "http://[", "http://",
        "http://a b/", "http://127.0.0.1:99999/", "\x01", "h\u00e9", "x" * 9_000,
    ],
)  # fmt: skip
def test_a_redirect_leads_nowhere_else(publisher, bring, folder, to):
    failure = only_failure(bring(publisher.has("/a", redirect(to.encode("utf-8").decode("latin-1")))))
    assert failure.code in ("redirect-refused", "not-found", "broken-reply")
    assert publisher.paths()[0] == "/a" and len({*publisher.paths()}) <= 2
    assert {path.name for path in folder.iterdir()} == {".lock"}


def test_redirects_come_to_an_end(publisher, bring):
    for number in range(30):
        publisher.has(f"/{number}", redirect(f"/{number + 1}"))
    assert only_failure(bring(publisher.at("/0"))).code == "too-many-redirects"
    assert len(publisher.paths()) == 6
    assert only_failure(bring(publisher.has("/round", redirect("/round")))).code == "too-many-redirects"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:{}/a", "http://localhost:{}/a", "http://[::1]:{}/a", "http://2130706433:{}/a", "http://0:{}/a",
        "http://127.1:{}/a", "http://a.localhost:{}/a", "http://[::ffff:127.0.0.1]:{}/a", "http://0.0.0.0:{}/a",
        "http://LOCALHOST.:{}/a", "http://0x7f.1:{}/a",
    ],
)  # fmt: skip
def test_this_machine_is_out_of_reach_under_any_name(publisher, bring, address):
    publisher.has("/a", stored(PDF))
    failure = only_failure(bring(address.format(publisher.port), allow_private=False, retries=0))
    assert failure.code in ("private-address", "unreachable") and publisher.asked == []


@pytest.mark.parametrize("inner", ["127.0.0.1", "10.0.0.7", "192.168.1.1", "169.254.169.254", "100.64.0.1"])
def test_a_name_that_resolves_to_an_inner_address_is_left_before_a_word_is_said(publisher, bring, monkeypatch, inner):
    """Names resolve as an attacker's server would have them; inner addresses all lead to our site."""
    from anyio._backends._asyncio import SocketStream

    resolve = socket.getaddrinfo

    def resolved(host, port, *rest, **named):
        return resolve("127.0.0.1" if host in ("papers.example", b"papers.example") else host, port, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    publisher.has("/a", stored(PDF))
    address = publisher.at("/a", host="papers.example")
    assert len(bring(address).fetched) == 1  # the name leads here
    if inner != "127.0.0.1":
        real = SocketStream.extra_attributes
        monkeypatch.setattr(SocketStream, "extra_attributes", property(lambda self: _with_peer(real.fget(self), inner)))
    publisher.asked.clear()
    failure = only_failure(bring(publisher.at("/b", host="papers.example"), allow_private=False))
    assert failure.code == "private-address" and inner in failure.message and publisher.asked == []


def _with_peer(attributes, address):
    from anyio.abc import SocketAttribute

    return {**attributes, SocketAttribute.remote_address: lambda: (address, 80)}


def test_a_proxy_of_the_users_may_stand_inside(publisher, bring, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", publisher.at(""))
    publisher.has("http://papers.example/a", stored(PDF))
    (kept,) = bring("http://papers.example/a", allow_private=False).fetched
    assert kept.final_url == "http://papers.example/a"
    assert [each.path for each in publisher.asked] == ["http://papers.example/robots.txt", "http://papers.example/a"]
    assert only_failure(bring("http://10.0.0.1/a", allow_private=False)).code == "private-address"


@pytest.fixture
def secure(publisher, tmp_path, monkeypatch):
    """The publisher's site over TLS, with a certificate that this test trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "site.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    with site(context) as script:
        yield script, pem


def test_a_step_down_from_https_is_refused_and_a_stranger_not_trusted(publisher, secure, bring, monkeypatch):
    script, pem = secure
    publisher.has("/b", stored(PDF))
    script.has("/a", redirect(publisher.at("/b")))
    script.has("/c", stored(PDF))
    entry = {"hosts": (f"127.0.0.1:{publisher.port}",)}
    address = f"https://127.0.0.1:{script.port}"
    assert only_failure(bring(f"{address}/c")).code == "unreachable"
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    assert len(bring(f"{address}/c").fetched) == 1
    failure = only_failure(bring(f"{address}/a", entry=entry))
    assert failure.code == "redirect-refused" and "from https to http" in failure.message
    assert publisher.paths() == []
    publisher.has("/up", redirect(f"{address}/c"))
    assert len(bring(publisher.at("/up"), entry={"hosts": (f"127.0.0.1:{script.port}",)}).fetched) == 1


@pytest.mark.parametrize(
    "name", ["../../evil.pdf", "/etc/cron.d/evil", "a\0b.pdf", "evil.exe", "con.pdf", "%2e%2e%2fevil"]
)
def test_a_server_has_no_say_in_the_name_of_the_file(publisher, bring, folder, name):
    shown = f"attachment; filename=\"{name}\"; filename*=UTF-8''..%2F..%2Fevil.pdf".replace("\0", "\x01")
    address = publisher.has("/a", page(PDF, Content_Disposition=shown.replace("\x01", "")))
    bring(address)
    assert {path.name for path in folder.iterdir()} == {"doc-0.pdf", "fetched.json", ".lock"}
    assert {path.name for path in folder.parent.iterdir()} <= {"fetched", "site.pem"}


def test_no_cookie_is_kept_or_sent(publisher, bring):
    address = publisher.has("/a", status(302, b"", Location="/b", Set_Cookie="id=1; Path=/"))
    publisher.has("/b", page(PDF, Set_Cookie="id=2; Path=/"))
    bring(address, publisher.has("/c", stored(PDF)))
    assert len(publisher.asked) == 4 and not any("Cookie" in each.headers for each in publisher.asked)


def test_one_layer_of_gzip_is_undone(publisher, bring, folder):
    assert len(bring(publisher.has("/a", page(gzip.compress(PDF), Content_Encoding="gzip"))).fetched) == 1
    assert (folder / "doc-0.pdf").read_bytes() == PDF


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "zstd", "deflate", "compress", "gzip;q=1", "x" * 5000])
def test_other_compression_is_refused_unread(publisher, bring, encoding):
    body = gzip.compress(gzip.compress(bytes(10**6)))
    assert only_failure(bring(publisher.has("/a", page(body, Content_Encoding=encoding)))).code == "bad-encoding"


def test_damaged_compression_is_named(publisher, bring):
    address = publisher.has("/a", page(b"no gzip at all", Content_Encoding="gzip"))
    assert only_failure(bring(address)).code == "bad-encoding"


def test_a_bomb_is_cut_off_without_filling_memory(publisher, bring, folder):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(400)) + packer.flush()
    address = publisher.has("/a", page(bomb, Content_Encoding="gzip"))
    tracemalloc.start()
    try:
        assert only_failure(bring(address, max_bytes=2**20)).code == "too-large"
        assert tracemalloc.get_traced_memory()[1] < 200 * 2**20
    finally:
        tracemalloc.stop()
    assert sum(path.stat().st_size for path in folder.iterdir()) < 2**20


RAW = {
    "no http": b"SSH-2.0-OpenSSH_9\r\n\r\n",
    "nothing": b"",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "length of another world": b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
    "negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
    "endless header": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 2_000_000,
    "bad chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "endless chunk size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 100,
    "header with nul": b"HTTP/1.1 200 OK\r\nX: \0\r\n\r\n",
    "informational": b"HTTP/1.1 100 Continue\r\n\r\n" * 50,
}


@pytest.mark.parametrize("how", RAW)
def test_a_server_that_speaks_no_http_is_named(publisher, bring, how):
    def raw(exchange):
        exchange.wfile.write(RAW[how])
        exchange.hang_up()

    failure = only_failure(bring(publisher.has("/a", raw), retries=0))
    assert failure.code == "broken-reply", failure


def test_a_range_of_absurd_size_is_refused(publisher, bring):
    absurd = status(206, b"x", Content_Range="bytes 1000-1001/" + "9" * 5000)
    assert len(bring(publisher.has("/a", stored(PDF, broken_after=1000), absurd, stored(PDF))).fetched) == 1


@pytest.fixture
def manifest(publisher, tmp_path):
    """A manifest of three documents: one fine, one that takes long, one that is not there."""
    long = hostile.pdf(pages=120)
    publisher.has("/fine", stored(PDF))
    publisher.has("/gone", status(404))
    documents = [
        {"id": "fine", "title": "Reeds", "url": publisher.at("/fine")},
        {"id": "long", "title": "More reeds", "url": publisher.at("/long", host="localhost")},
    ]
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"format": 1, "documents": documents}))
    return path, long


def slow(body):
    """Half of the file at once, and then nothing for a long time."""

    def reply(exchange):
        exchange.head(200, len(body), {"ETag": '"long"'})
        exchange.wfile.write(body[: len(body) // 2])
        exchange.wfile.flush()
        exchange.site.over.wait(30)

    return reply


def started(manifest, tmp_path, *arguments):
    environment = {**os.environ, "SINKQA_FETCH_PRIVATE": "1", "SINKQA_FETCH_PAUSE_S": "0", "OMP_NUM_THREADS": "1"}
    command = [COMMAND, "fetch", "-l", tmp_path / "library", "--manifest", manifest, *arguments]
    return subprocess.Popen(
        list(map(str, command)), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def until(condition, timeout_s=20.0):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_process_that_is_stopped_loses_nothing(publisher, manifest, tmp_path, how):
    listed, long = manifest
    publisher.has("/long", slow(long))
    folder = tmp_path / "library" / "fetched"
    part = folder / ".long.part"
    running = started(listed, tmp_path)
    until(lambda: part.exists() and part.stat().st_size > 20_000 and (folder / "fetched.json").exists())
    running.send_signal(how)
    running.communicate(timeout=20)
    assert running.returncode != 0
    came = part.stat().st_size

    publisher.asked.clear()
    publisher.has("/long", stored(long, etag='"long"'))
    again = started(listed, tmp_path, "--json")
    out, err = again.communicate(timeout=60)
    assert again.returncode == 0, err
    report = json.loads(out)
    assert [kept["id"] for kept in report["unchanged"]] == ["fine"]
    assert [kept["id"] for kept in report["fetched"]] == ["long"]
    assert {added["name"] for added in report["added"]["added"]} == {"fine.pdf", "long.pdf"}
    (asked,) = [each for each in publisher.asked if each.path == "/long"]
    assert asked.headers["Range"] == f"bytes={came}-" and (folder / "long.pdf").read_bytes() == long


def test_a_second_process_is_told_of_the_first(publisher, manifest, tmp_path):
    listed, long = manifest
    publisher.has("/long", slow(long))
    first = started(listed, tmp_path)
    until(lambda: (tmp_path / "library" / "fetched" / ".long.part").exists())
    second = started(listed, tmp_path)
    _, err = second.communicate(timeout=20)
    assert second.returncode == 1 and err.startswith("error[fetch-busy]: ") and err.count("\n") == 1
    first.kill()
    first.communicate()
    publisher.has("/long", stored(long))
    third = started(listed, tmp_path, "--json")
    out, err = third.communicate(timeout=60)
    assert third.returncode == 0 and len(json.loads(out)["added"]["added"]) == 2, err


def test_the_text_of_a_page_is_data_even_where_it_looks_like_code(publisher, bring, folder):
    nasty = HTML.replace(b"<p>", b"<script>while(1);</script><p>\x1b[31m")
    bring(publisher.has("/a", page(nasty)), kind="html")
    assert (folder / "doc-0.html").read_bytes() == nasty


def test_an_endless_page_of_text_is_cut_off(publisher, bring):
    address = publisher.has("/a", endless(total=1 << 40, each=HTML))
    assert only_failure(bring(address, kind="html", max_bytes=2**20)).code == "too-large"
