"""Security headers on every response, from outside Flask, so that errors and static files carry them too."""

import logging
import sys
from collections.abc import Callable, Iterable
from typing import Any

Start = Callable[..., Any]
Wsgi = Callable[[dict[str, Any], Start], Iterable[bytes]]

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), interest-cohort=()",
}


LAST_WORDS = (
    '<!doctype html><html lang="vi"><meta charset="utf-8"><title>Có trục trặc phía máy chủ | Làm Theo</title>'
    "<h1>Có trục trặc phía máy chủ</h1><p>Không phải do anh/chị. Xin thử lại sau ít phút.</p></html>"
).encode()
log = logging.getLogger(__name__)


class SecurityHeaders:
    """WSGI middleware; a header the application set itself is kept. Where even the page of an error failed, it answers
    itself, in few words."""

    def __init__(self, app: Wsgi, https: bool, answers_faults: bool = True) -> None:
        self._app = app
        self._faults: tuple[type[Exception], ...] = (Exception,) if answers_faults else ()
        self._headers = dict(HEADERS)
        if https:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        begun: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            begun.append(status)
            present = {name.lower() for name, _ in headers}
            more = [(name, value) for name, value in self._headers.items() if name.lower() not in present]
            return start_response(status, headers + more, *rest)

        try:
            return self._app(environ, start)
        except self._faults as error:  # its words may hold what a person wrote
            log.error("fault %s outside every page", type(error).__name__)
            started = [sys.exc_info()] if begun else []  # WSGI wants it said that an answer had been begun
            start("500 Internal Server Error", [("Content-Type", "text/html; charset=utf-8")], *started)
            return [LAST_WORDS]
