"""Messages come back decoded, with their attachments as sections; saved web pages come back as the pages."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from sinkqa.ingest.errors import DocumentTooLarge
from sinkqa.ingest.readers import format_of, read_bytes
from tests.ingest.shape import assert_sound, headings, tables, texts


def message(text, **about):
    mail = EmailMessage()
    for name, value in {"Subject": "关于报送监测结果的通知", "From": "林一 <lin@example.org>", **about}.items():
        mail[name] = value
    mail.set_content(text, charset="gb18030")
    return mail


def read(mail, name="note.eml"):
    document = read_bytes(mail if isinstance(mail, bytes) else mail.as_bytes(), name)
    assert_sound(document)
    return document


def test_headers_and_text_are_decoded():
    document = read(message("各海湾：\n\n请于2031年4月20日前报送结果。\n", Date="Mon, 03 Mar 2031 10:00:00 +0800"))
    assert format_of(document) == "mail" and headings(document) == [(0, "关于报送监测结果的通知")]
    assert texts(document, "paragraph") == [
        "From: 林一 <lin@example.org>", "Date: Mon, 03 Mar 2031 10:00:00 +0800",
        "各海湾：", "请于2031年4月20日前报送结果。",
    ]  # fmt: skip
    assert (document.metadata.title, document.metadata.year) == ("关于报送监测结果的通知", 2031)


def test_the_richest_form_of_the_text_is_read_once_and_attachments_are_sections():
    mail = message("plain words that are said again\n")
    cells = "<tr><th>bay</th><th>due</th></tr><tr><td>North</td><td>May</td></tr>"
    page = f"<p>A late survey costs 90 euro.</p><table>{cells}</table>"
    mail.add_alternative(page, subtype="html")
    mail.add_attachment("海湾,面积\n北湾,12\n".encode("gbk"), maintype="text", subtype="csv", filename="面积.csv")
    mail.add_attachment(bytes(range(32)) * 9, maintype="application", subtype="octet-stream", filename="run.bin")
    mail.add_attachment(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png", filename="reef.png")
    inner = message("The old reef is closed.\n", Subject="Old reef")
    mail.add_attachment(inner)
    document = read(mail)
    assert "plain words" not in document.text and "A late survey costs 90 euro." in texts(document, "paragraph")
    assert headings(document)[1:] == [(1, "面积.csv"), (1, "Old reef")] and len(tables(document)) == 2
    assert "The old reef is closed." in document.text
    assert any("attachment run.bin is not read" in said for said in document.warnings)
    assert "pictures are not read: 1" in document.warnings[-1]


def test_text_of_an_unusual_kind_is_read_or_named():
    head = b"From: a@b.org\nMIME-Version: 1.0\nSubject: L\nContent-Type: "
    for kind in (b"text/calendar", b"multipart/mixed"):  # without the mark that parts it
        assert "The board meets." in read(head + kind + b"\n\nThe board meets.\n").text
    mail = message("See the entry.\n")
    mail.add_alternative("BEGIN:VCALENDAR\n", subtype="calendar")
    assert "calendar" in read(mail).warnings[0]
    quoting = message("> > \n")
    quoting.add_attachment(b"The reef is closed.\n", maintype="text", subtype="plain", filename="reef.txt")
    assert "The reef is closed." in read(quoting).text


def test_headers_without_end_are_read_in_bounds():
    head = b"From: a@b.org\nMIME-Version: 1.0\n"
    long = b"Subject: " + b"=?utf-8?b?5rW36I2J?= " * 5_000
    deep = b"Subject: L\nCc: " + b"(" * 3_000 + b"c@d.org"
    kind = b"Subject: L\nContent-Type: text/plain; " + b"x=?utf-8?b?5rW3?= ;" * 5_000
    for header in (long, deep, kind):
        assert "The board meets." in read(head + header + b"\n\nThe board meets.\n").text


def test_a_message_nested_absurdly_deep_is_refused():
    for opened in ("<div>", "<div></span>", "<!-- </div> --><div>"):
        mail = message("plain")
        mail.add_alternative(opened * 20_000 + "The levy is 80 euro.", subtype="html")
        with pytest.raises(DocumentTooLarge, match=r"note.eml: elements nested"):
            read(mail)


def test_what_a_message_strikes_out_or_hides_is_told():
    mail = message("plain")
    mail.add_alternative("<p>The levy is <s>90</s> 80 euro.</p><p hidden>A line for machines.</p>", subtype="html")
    document = read(mail)
    assert "80 euro" in document.text and "90" not in document.text
    assert ["struck out" in document.warnings[0], "hidden text" in document.warnings[1]] == [True, True]


def test_a_message_without_an_encoding_is_read_as_what_is_likeliest():
    raw = "Subject: 监测结果通知\r\nFrom: a@b.org\r\n\r\n请于四月二十日前报送监测结果。\r\n".encode("gbk")
    document = read(raw)
    assert headings(document) == [(0, "监测结果通知")] and "请于四月二十日前报送监测结果。" in document.text


def test_a_saved_page_is_the_page_whatever_its_part_is_encoded_in():
    page = EmailMessage()
    page["Snapshot-Content-Location"] = "https://example.org/reef"
    page.set_content("<html><head><title>礁石</title></head><body><h1>礁石</h1><p>罚款为九十元。</p></body></html>",
                     subtype="html", charset="gb18030", cte="quoted-printable")  # fmt: skip
    document = read(page, "reef.mht")
    assert (document.metadata.title, document.metadata.url) == ("礁石", "https://example.org/reef")
    assert texts(document, "paragraph") == ["罚款为九十元。"] and not document.warnings


def test_a_message_under_another_name_is_told_and_notes_with_fields_are_none():
    document = read(message("The survey is due in April.\n"), "note.txt")
    assert format_of(document) == "mail" and "holds mail" in document.warnings[0]
    assert format_of(read(b"Subject: reefs\nAuthor: L. Lin\n\nThe survey is due.\n", "note.txt")) == "text"
