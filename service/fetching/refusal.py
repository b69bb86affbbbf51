"""The reasons why a document could not be fetched.

forbidden            the server requires a person or a login (401, 403, 451)
not-found            there is nothing at the address any more (404, 410)
rate-limited         the server received too many requests (429)
not-ready            the server will have the document later (202)
server-error         the server failed (5xx)
unexpected-status    any other status
robots-disallowed    the site's robots.txt disallows this address
robots-unavailable   the site's robots.txt cannot be read now, which counts as a refusal
redirect-refused     redirected to a host that is not allowed, to an unsafe address, or from https to http
too-many-redirects   redirected too often
private-address      the address belongs to this machine or to an inner network
unreachable          no connection
timed-out            the request took too long, as a whole or between two pieces
broken-reply         the reply broke off, or is not valid HTTP
truncated            there are fewer bytes than announced, or a PDF has no end
bad-encoding         the compression is not accepted, or is damaged
too-large            the document exceeds the size limit
wrong-type           the document is not of the type that the manifest expects
no-text              a web page has almost no text: a waiting page, or a shell that needs a browser
checksum-mismatch    the bytes are not those whose checksum the manifest gives
cannot-write         the folder cannot be written to
"""

from __future__ import annotations


class FetchRefusal(Exception):
    """A document could not be fetched. ``again``: another try may succeed."""

    def __init__(self, code: str, message: str, *, again: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.again = again
