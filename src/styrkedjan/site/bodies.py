"""Bodies of requests, as the server hands them over: whole, or not at all."""

from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
NO_PAGE = (("Content-Security-Policy", "default-src 'none'"), ("X-Content-Type-Options", "nosniff"))
Application = Callable[[Environ, Callable], Iterable[bytes]]


class WholeBody:
    """A body that fails when it ends before its announced length.

    The server gives what came when a sender is cut off. Without this, half a form would be read and saved as if whole.
    """

    def __init__(self, stream: Any, length: int) -> None:
        self.stream = stream
        self.left = length

    def read(self, size: int = -1) -> bytes:
        """Read up to ``size`` bytes. Raises: OSError when the body has been cut off."""
        wanted = self.left if size < 0 else min(size, self.left)
        return self._counted(self.stream.read(wanted), wanted) if wanted else b""

    def readline(self, size: int = -1) -> bytes:
        """Read up to and with the next line break. Raises: OSError when the body has been cut off."""
        wanted = self.left if size < 0 else min(size, self.left)
        return self._counted(self.stream.readline(wanted), 1) if wanted else b""

    def _counted(self, got: bytes, least: int) -> bytes:
        self.left -= len(got)
        if len(got) < least:
            raise OSError("the body ended before its announced length")
        return got


def whole_bodies(application: Application) -> Application:
    """The application, never fed half a body; a body of unannounced length is refused with 411."""

    def answer(environ: Environ, start_response: Callable) -> Iterable[bytes]:
        if environ.get("HTTP_TRANSFER_ENCODING"):
            heads = [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close"), *NO_PAGE]
            start_response("411 Length Required", heads)
            return [b"Skicka om med Content-Length.\n"]
        if length := environ.get("CONTENT_LENGTH"):
            environ["wsgi.input"] = WholeBody(environ["wsgi.input"], int(length) if length.isdecimal() else 0)
        return application(environ, start_response)

    return answer
