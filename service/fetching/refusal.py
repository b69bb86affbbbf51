"""The reasons why a document could not be fetched.

forbidden            the server wants a person or a login (401, 403, 451)
not-found            nothing at the address any more (404, 410)
rate-limited         asked too often (429)
not-ready            the server says it will have it later (202)
server-error         the server failed (5xx)
unexpected-status    any other status
robots-disallowed    the site asks programs to stay away from this address
robots-unavailable   the site's robots.txt cannot be read now, which counts as a no
redirect-refused     redirected to a host that is not allowed, to an unsafe address, or from https to http
too-many-redirects   redirected too often
private-address      the address is of this machine or of an inner network
unreachable          no connection
timed-out            too slow, as a whole or between two pieces
broken-reply         the reply broke off, or is no proper HTTP
truncated            fewer bytes than there should be, or a PDF without its end
bad-encoding         compressed in a way that is not accepted, or damaged
too-large            past the size limit
wrong-type           not the type that the manifest expects
no-text              a web page with next to no text: a waiting page, or a shell that needs a browser
checksum-mismatch    not the bytes that the manifest pins
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
