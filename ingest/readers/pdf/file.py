"""A PDF file as a whole: opens it, and reads its outline, page labels and metadata."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

from sinkqa.ingest.about.dating import issue_year
from sinkqa.ingest.about.standards import joined
from sinkqa.ingest.about.titles import bare, is_masthead
from sinkqa.ingest.document import Metadata
from sinkqa.ingest.errors import DocumentTooLarge, EncryptedDocument, UnreadableDocument
from sinkqa.ingest.readers.pdf.blocks.headings import OutlineEntry
from sinkqa.ingest.text.language import detect

if TYPE_CHECKING:
    import pypdfium2 as pdfium

MAX_PAGES = 5000
_MAX_ENTRIES = 5000
_MAX_NAMED = 20  # attached files
_MAX_PLACEHOLDER = 2000  # characters of the page that stands for a form which cannot be shown
_WAITING = re.compile(
    r"please wait|not eventually replaced|later version of the pdf viewer|bitte warten|veuillez patienter|espere"
    r"|请稍[候等]|請稍候|お待ちください",
    re.IGNORECASE,
)
_START = 6000  # characters: what is on the first pages
_NONSENSE = re.compile(
    r"microsoft (?:word|powerpoint|excel)|\buntitled\b|无标题|文档\s*[0-9]|^(?:layout|document|slide|print)\s*[0-9]*$|"
    r"\.(?:docx?|pptx?|xlsx?|pdf|indd|qxd|pmd|rtf|wps|tmp|dotx?|fm)\b|[\\/]|^[\W\d_]*$|\ufffd",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"^(?:admin(?:istrator)?|user[0-9]*|owner|root|author|unknown|default|微软用户|用户|lenovo|hp|dell|windows)?$|[\\/@]",
    re.IGNORECASE,
)
_NOT_AUTHORS = re.compile(r"\s*[;；、]\s*|\s+and\s+|\s*&\s*")


@contextmanager
def open_pdf(content: bytes, name: str) -> Iterator[pdfium.PdfDocument]:
    """Opens the file. If it is encrypted, the empty password is tried.

    Raises:
        EncryptedDocument: the empty password does not open it.
        UnreadableDocument: it is damaged beyond repair, or has no pages.
        DocumentTooLarge: its stated number of pages is over :data:`MAX_PAGES`.
    """
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        if raw.FPDF_GetLastError() in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise EncryptedDocument(
                f"{name}: the PDF is encrypted and the empty password does not open it; "
                "save a copy without a password and add that"
            ) from error
        raise UnreadableDocument(
            f"{name}: not a readable PDF ({error}); expected a complete file; fetch or export it again"
        ) from error
    try:
        if not len(document):
            raise UnreadableDocument(f"{name}: the PDF has no pages; expected at least one; export it again")
        if len(document) > MAX_PAGES:
            raise DocumentTooLarge(
                f"{name}: the PDF claims {len(document)} pages, at most {MAX_PAGES} are read; "
                "split it into parts and add those"
            )
        logging.getLogger("pypdfium2").setLevel(logging.ERROR)  # it warns of loops and forms, which are seen to here
        with suppress(pdfium.PdfiumError):
            document.init_forms()  # before any page is loaded
        yield document
    finally:
        document.close()


def load_page(document: pdfium.PdfDocument, number: int) -> pdfium.PdfPage | None:
    """Opens page ``number`` (1-based). None if it is damaged or does not exist."""
    import pypdfium2 as pdfium

    try:
        return document[number - 1]
    except pdfium.PdfiumError:
        return None


def read_outline(document: pdfium.PdfDocument) -> list[OutlineEntry]:
    """Returns the bookmarks that point to a page, in order. Levels count from 1."""
    entries = []
    for bookmark in document.get_toc(max_depth=6):
        target = bookmark.get_dest()
        page = target.get_index() if target else None
        if page is not None and (title := _said(bookmark.get_title)):
            entries.append(OutlineEntry(title, bookmark.level + 1, page + 1))
        if len(entries) >= _MAX_ENTRIES:
            break
    return entries


def beside_pages(document: pdfium.PdfDocument, text: str, name: str) -> Iterator[str]:
    """Yields warnings about content outside the pages: attached files, an XML form. ``text`` is the text of the pages.

    Raises:
        UnreadableDocument: the only page is the placeholder of a form that this reader cannot show.
    """
    import pypdfium2.raw as raw

    if document.get_formtype() in (raw.FORMTYPE_XFA_FULL, raw.FORMTYPE_XFA_FOREGROUND):
        if len(document) == 1 and len(text) < _MAX_PLACEHOLDER and _WAITING.search(text):
            raise UnreadableDocument(
                f"{name}: a dynamic form (XFA), which programs other than Adobe Reader cannot show; expected pages "
                "with text, got one that asks to wait; print it to a PDF there, or save it as static, and add that"
            )
        yield "holds a form made of XML (XFA): the pages are read, what only the form shows is not"
    if count := document.count_attachments():
        names = ", ".join(_name(document, index) for index in range(min(count, _MAX_NAMED)))
        more = f" and {count - _MAX_NAMED} more" if count > _MAX_NAMED else ""
        yield f"{count} attached file{'s' * (count > 1)} not read: {names}{more}; save and add what you need"


def _name(document: pdfium.PdfDocument, index: int) -> str:
    """An attachment's name. If only the older key has it, pdfium gives its UTF-16 bytes as letters."""
    name = _said(lambda: document.get_attachment(index).get_name())
    if name.startswith(("þÿ", "ÿþ")):
        with suppress(UnicodeError):
            name = name.encode("latin-1").decode("utf-16")
    return name.replace("\0", "") or "one without a name"


def _said(ask: Callable[[], str]) -> str:
    """The result of ``ask``; nothing if that part of the file is damaged."""
    import pypdfium2 as pdfium

    try:
        return ask()
    except (UnicodeError, pdfium.PdfiumError):
        return ""


def page_label(document: pdfium.PdfDocument, number: int) -> str | None:
    """Returns the printed number of page ``number`` (1-based), if the file gives one that differs from it."""
    label = _said(lambda: document.get_page_label(number - 1))
    return label if label and label != str(number) else None


def read_metadata(document: pdfium.PdfDocument, text: str, *, name: str, heading: str | None) -> Metadata:
    """Returns title, authors, year and language. ``text`` is the file's text, ``heading`` the title on its first pages.

    The production date is the last resort, because a file is often made again long after its content was issued.
    """
    start = text[:_START]
    said = {key: _said(partial(document.get_metadata_value, key)) for key in ("Title", "Author", "CreationDate")}
    title = " ".join(said["Title"].split())
    if not _is_title(title, start) or (heading and bare(title) in bare(heading)):
        title = heading or ""
    authors = tuple(
        author
        for author in _NOT_AUTHORS.split(said["Author"].strip())
        if not _NO_AUTHOR.search(author) and _printed(author, start)
    )
    year = re.match(r"(?:D:)?((?:19|20)[0-9]{2})", said["CreationDate"])
    return Metadata(
        title=title or None,
        authors=authors,
        year=issue_year(title, text, name) or (int(year.group(1)) if year else None),
        language=detect(text),
    )


def _is_title(title: str, start: str) -> bool:
    """Whether it is a real title. Many files have program names, file names and template titles instead."""
    if not 4 <= len(title) <= 300 or _NONSENSE.search(title) or is_masthead(title) or joined(title) != title:
        return False
    return bare(title) in bare(start) or (len(title) > 40 and _printed(title, start))


def _printed(words: str, start: str) -> bool:
    """Whether most of ``words`` are on the first pages."""
    wanted = re.findall(r"[a-z]{2,}|[0-9]{2,}|[\u3400-\u9fff]", words.casefold())
    given = set(re.findall(r"[a-z]{2,}|[0-9]{2,}|[\u3400-\u9fff]", start.casefold()))
    return bool(wanted) and sum(word in given for word in wanted) >= 0.6 * len(wanted)
