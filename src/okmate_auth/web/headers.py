"""What pages are sent with, so that a browser keeps them to itself.

Rule 1. No page is kept by a cache, framed, given a script, or told to any other site: by default nothing is allowed,
        and what a page needs is named.
Rule 2. ``Referrer-Policy`` is ``same-origin``, not ``no-referrer``: with that one browsers send ``Origin: null`` with
        a form's POST, which is refused (Fetch 3.2, "append a request Origin header").
Rule 3. A logout clears the cache and not the cookies: the browser stays known.

Source: ASVS 5.0 3.4.1 to 3.4.8, 14.3.1, 14.3.2; OWASP Secure Headers.
"""

from __future__ import annotations

from typing import Final

from okmate_auth.errors import ConfigurationError

Headers = tuple[tuple[str, str], ...]

HSTS_SECONDS: Final = 31_536_000
"""A year, the least that ASVS 5.0 3.4.1 asks for."""
STATIC_SECONDS: Final = 3_600
"""How long a style sheet is kept without asking again; ours."""

_NOTHING: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_SCRIPT: Final = "; script-src 'self'; connect-src 'self'"
_EVERYWHERE: Final[Headers] = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)


def page_headers(*, hsts_seconds: int = HSTS_SECONDS, script: bool = False) -> Headers:
    """Return the header fields of a page.

    Args:
        hsts_seconds: For how long the browser comes back by TLS alone; 0: the field is not sent. It is the whole
            host's, on every port of it, and so not for a trial on ``localhost``.
        script: Whether the page has a script of this origin, that may ask this origin.

    Raises:
        ConfigurationError: A negative number of seconds.
    """
    policy = _NOTHING + (_SCRIPT if script else "")
    return (("Cache-Control", "no-store"), ("Content-Security-Policy", policy), *_EVERYWHERE, *_hsts(hsts_seconds))


def static_headers(*, hsts_seconds: int = HSTS_SECONDS, kept_seconds: int = STATIC_SECONDS) -> Headers:
    """Return the header fields of a file that is the same for everybody, such as a style sheet.

    Args:
        hsts_seconds: As for :func:`page_headers`.
        kept_seconds: For how long it is used without asking again.

    Raises:
        ConfigurationError: A negative number of seconds.
    """
    return (
        ("Cache-Control", f"public, max-age={_seconds(kept_seconds)}"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'"),
        *_EVERYWHERE,
        *_hsts(hsts_seconds),
    )


LOGOUT_HEADERS: Final[Headers] = (("Clear-Site-Data", '"cache"'),)
"""What the answer to a logout carries besides."""


def _hsts(seconds: int) -> Headers:
    return (("Strict-Transport-Security", f"max-age={seconds}"),) if _seconds(seconds) else ()


def _seconds(value: int) -> int:
    if type(value) is not int or value < 0:
        message = "seconds: a whole number, 0 or more"
        raise ConfigurationError(message)
    return value
