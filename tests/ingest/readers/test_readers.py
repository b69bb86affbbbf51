"""Any file finds its reader by its bytes; what cannot be read is named; folders are searched within bounds."""

from __future__ import annotations

import os
import zipfile
from io import BytesIO
from pathlib import Path

import docx
import pytest

import sinkqa.ingest.readers as readers
from sinkqa.ingest.errors import (
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    FileMissing,
    NothingToRead,
    PoorQuality,
    UnreadableDocument,
    UnsupportedFormat,
)
from sinkqa.ingest.readers import FORMATS, find_files, format_of, look_into, read, read_bytes, why_skipped
from tests.ingest.shape import assert_sound, texts

PAGE = b"<!DOCTYPE html><html><body><h1>Peat law</h1><p>Peat is to be kept wet.</p></body></html>"


def word() -> bytes:
    document = docx.Document()
    document.add_paragraph("Peat is to be kept wet.")
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PAGE, "html"),
        (b"\xef\xbb\xbf\n<?xml version='1.0'?>\n<html xmlns='x'><body><p>Peat law</p></body></html>", "html"),
        (word(), "docx"),
        (b'{"title": "Peat", "text": "Peat is to be kept wet."}', "json"),
        (b'{"text": "Peat is wet."}\n{"text": "Keep it so."}\n', "json"),
        (PAGE.decode().encode("utf-16"), "html"),
    ],
    ids=["html", "xhtml", "docx", "json", "jsonl", "utf-16"],
)
def test_content_decides_and_a_wrong_suffix_leaves_a_warning(content, kind):
    document = read_bytes(content, "wrong.txt")
    assert_sound(document)
    assert format_of(document) == kind
    assert f"read as {kind}" in document.warnings[0]
    right = read_bytes(content, "right" + FORMATS[kind].suffixes[0])
    assert right.warnings == () and right.text == document.text


def test_markdown_and_text_are_told_apart_by_name():
    source = b"# Peat\n\nPeat is to be kept wet.\n"
    assert format_of(read_bytes(source, "a.md")) == "markdown"
    assert format_of(read_bytes(source, "a.txt")) == "text"


def test_metadata_is_completed():
    document = read_bytes("第一条 为了保护湿地，制定本法。".encode(), "湿地法-2031.txt")
    assert document.metadata.language == "zh"
    assert document.metadata.year == 2031


@pytest.mark.parametrize(
    ("content", "name", "error"),
    [
        (b"", "empty.txt", EmptyDocument),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "picture.txt", UnsupportedFormat),
        (bytes(range(256)) * 20, "noise.bin", UnsupportedFormat),
        (bytes(4000), "zeros.txt", EmptyDocument),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old.doc", UnsupportedFormat),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "locked.docx",
            EncryptedDocument,
        ),
        (b"PK\x03\x04 broken", "half.docx", UnreadableDocument),
        (b"{\\rtf1 words}", "a.rtf", UnsupportedFormat),
        (b"<?xml version='1.0'?><feed><item>x</item></feed>", "feed.xml", UnsupportedFormat),
        (bytes(range(256)) * 20, "fake.pdf", UnreadableDocument),
        (b'{"text": "cut off', "cut.json", UnreadableDocument),
        (("锟斤拷" * 300).encode(), "garbage.txt", PoorQuality),
    ],
)
def test_what_cannot_be_read_is_named_in_one_line(content, name, error):
    with pytest.raises(error) as caught:
        read_bytes(content, name)
    assert name in caught.value.message and "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"xl/workbook.bin": "x"}, r"binary Excel.*save it as \.xlsx"),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "x"}, r"OpenDocument.*\.xlsx"),
        ({"a.pdf": "x", "notes/b.txt": "y"}, r"zip archive of a\.pdf, notes/b\.txt.*unpack it and add the folder"),
    ],
)
def test_other_packages_are_told_by_what_they_hold(members, said):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, text in members.items():
            package.writestr(name, text)
    with pytest.raises(UnsupportedFormat, match=said):
        read_bytes(stream.getvalue(), "book.docx")


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        ("__substg1.0_", r"Outlook.*\.eml"),
        ("WordDocument", r"\.docx"),
        ("PowerPoint Document", r"\.pptx"),
        ("Workbook", r"\.xlsx"),
    ],
)
def test_old_office_files_are_told_apart_and_what_to_save_them_as(stream, said):
    content = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + stream.encode("utf-16-le")
    with pytest.raises(UnsupportedFormat, match=said):
        read_bytes(content, "old.bin")


def test_words_that_begin_as_a_picture_does_are_words():
    assert "BMW told" in read_bytes(b"BMW told the registry of its engines.\n", "note.txt").text


def test_a_file_past_the_bound_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(readers, "MAX_BYTES", 10)
    (tmp_path / "big.txt").write_text("more than ten bytes")
    with pytest.raises(DocumentTooLarge, match="split"):
        read(tmp_path / "big.txt")
    with pytest.raises(DocumentTooLarge):
        read_bytes(b"more than ten bytes", "big.txt")


def test_missing_files_empty_folders_and_devices_are_named(tmp_path):
    with pytest.raises(FileMissing):
        read(tmp_path / "no.txt")
    with pytest.raises(NothingToRead, match=r"\.pdf"):
        read(tmp_path)
    os.mkfifo(tmp_path / "pipe.txt")
    with pytest.raises(UnreadableDocument, match="regular"):
        read(tmp_path / "pipe.txt")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may open everything")
def test_a_file_without_permission_is_named(tmp_path):
    (tmp_path / "closed.txt").write_text("words")
    (tmp_path / "closed.txt").chmod(0)
    with pytest.raises(UnreadableDocument, match="permission"):
        read(tmp_path / "closed.txt")


def test_folders_are_searched_in_order_without_locks_hidden_files_or_loops(tmp_path):
    for name in ("b.md", "a.txt", ".hidden.md", "~$a.docx", "c.xyz", "e.ppt", "sub/d.HTML", ".git/e.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("words")
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    (tmp_path / "again.md").symlink_to(tmp_path / "b.md")
    found = look_into([tmp_path])
    assert [path.relative_to(tmp_path).as_posix() for path in found.files] == ["a.txt", "again.md", "sub/d.HTML"]
    assert [path.name for path in found.skipped] == ["c.xyz", "e.ppt"] and found.hidden == 2
    assert [why_skipped(path) for path in found.skipped] == [
        "not a readable format", "not a readable format; save it as .pptx",
    ]  # fmt: skip


def test_paths_that_cannot_be_read_stay_in_the_list_so_that_the_others_land(tmp_path):
    (tmp_path / "a.txt").write_text("words")
    (tmp_path / "empty").mkdir()
    paths = [tmp_path / "no.md", tmp_path / "a.txt", tmp_path / "empty", tmp_path / "a.txt"]
    assert find_files(paths) == paths[:3]


def test_a_named_file_is_read_whatever_its_suffix(tmp_path):
    path = tmp_path / "notes.log"
    path.write_text("Peat is to be kept wet.")
    assert find_files([path]) == [path]
    assert texts(read(path), "paragraph") or texts(read(path), "heading")


def test_every_format_has_a_reader():
    for kind, format_ in FORMATS.items():
        assert callable(format_.reader()), kind


def test_importing_the_dispatcher_loads_no_heavy_library():
    import subprocess
    import sys

    heavy = ("docx", "selectolax", "pypdf", "yaml", "numpy", "openpyxl", "pptx")
    code = f"import sys, sinkqa.ingest.readers; print([name for name in {heavy} if name in sys.modules])"
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.strip() == "[]"
