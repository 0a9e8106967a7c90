"""Requests that another site's page makes a browser send, and how they are told from our own.

Rule 1. Whatever may change something comes from a page of this very origin: the browser says so itself, by
        ``Sec-Fetch-Site``, or by ``Origin`` where it is too old for that. Neither, two, ``null``: refused. A sibling
        host of the same site is another site here.
Rule 2. Every form carries a token besides: a MAC of what it is for, under the cookie that the browser holds. Whoever
        could make the browser send a form can't know it, and nothing is stored for it.
Rule 3. A login page that another site's link led to was asked for without the browser cookie (``SameSite=Strict``), so
        that it has no token to carry. The empty token is let through at the entrances, on rule 1 alone; a wrong one is
        not, and within a login or session neither.

Source: W3C Fetch Metadata 2.1; RFC 6454 7; ASVS 5.0 3.5.1 to 3.5.3; OWASP's cheat sheet on cross-site request forgery,
"Employing HMAC CSRF Tokens".
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable
from typing import Final

from okmate_auth.certificates.sources import Connection
from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.secret import Secret
from okmate_auth.text import is_name, strict_str
from okmate_auth.web.problems import Problem
from okmate_auth.web.request import WebRequest

FORGED: Final = Problem(403, "request-forged")
OUTDATED: Final = Problem(403, "page-outdated")

_ORIGIN: Final = re.compile(
    r"https://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::([1-9][0-9]{0,4}))?", re.ASCII
)
_DEFAULT_PORT: Final = 443  # browsers leave it out
_LAST_PORT: Final = 65_535
_DOMAIN: Final = "okmate form 1/"
_SAME_ORIGIN: Final = b"same-origin"
_OTHERS: Final = frozenset({b"cross-site", b"same-site"})


def some_origins(value: Iterable[str]) -> frozenset[str]:
    """Return the origins of a listener, as browsers write them in ``Origin``: ``https://host``, ``https://host:8443``.

    Raises:
        ConfigurationError: There is none, or one has another form: capitals, a path, a port that is the default.
        MisuseError: It is one text, not several.
    """
    if isinstance(value, str | bytes):
        message = "origins: several texts, not one"
        raise MisuseError(message)
    origins = frozenset(strict_str(one, "origins") for one in value)
    if not origins:
        message = "a listener has an origin at least"
        raise ConfigurationError(message)
    if not all(map(_is_origin, origins)):
        message = "origins: https://host or https://host:port, in small letters, without the default port or a path"
        raise ConfigurationError(message)
    return origins


def _is_origin(text: str) -> bool:
    found = _ORIGIN.fullmatch(text)
    port = None if found is None or found[1] is None else int(found[1])
    return found is not None and (port is None or (port != _DEFAULT_PORT and port <= _LAST_PORT))


def cross_site_problem(request: WebRequest, origins: frozenset[str]) -> Problem | None:
    """Say whether a request may be another site's doing; None: it changes nothing, or comes from our own page.

    Problems: ``request-forged``.

    Args:
        request: Its method and header fields are looked at.
        origins: The listener's (:func:`some_origins`).
    """
    if request.is_safe:
        return None
    site, origin = request.connection.only("sec-fetch-site"), request.connection.only("origin")
    if site is None and origin is None:
        return FORGED
    told = site is None or site == _SAME_ORIGIN
    ours = origin is None or (isinstance(origin, bytes) and origin.decode("latin-1") in origins)
    return None if told and ours else FORGED


def came_from_elsewhere(connection: Connection) -> bool:
    """Say whether another site led here, so that the browser kept its cookies back; one that tells nothing did not."""
    site = connection.only("sec-fetch-site")
    return site is not None and (not isinstance(site, bytes) or site in _OTHERS)


def some_purpose(value: str) -> str:
    """Return a purpose that the program names, made sure that it is one: as ``Confirm`` and ``StepUp`` take it.

    Raises:
        MisuseError: It is something else than lower-case words joined by hyphens, 64 characters at most.
    """
    purpose = strict_str(value, "purpose")
    if not is_name(purpose):
        message = "purpose: lower-case words joined by hyphens, 64 characters at most"
        raise MisuseError(message)
    return purpose


def form_token(holder: Secret | None, purpose: str) -> str:
    """Return the token a form carries: 43 characters; '' where the browser holds nothing yet.

    Args:
        holder: The browser's token for a form of a login, the session's handle for one within a session.
        purpose: What the form is for: lower-case words joined by hyphens, 64 characters at most.

    Raises:
        MisuseError: The purpose has another form.
    """
    about = _DOMAIN + some_purpose(purpose)
    if holder is None:
        return ""
    mac = hmac.digest(holder.encoded(), about.encode("ascii"), "sha256")
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode("ascii")


def token_problem(token: str, holder: Secret | None, purpose: str, *, entrance: bool = False) -> Problem | None:
    """Say whether a form is not of this browser's or session's page; None: it is.

    Problems: ``page-outdated``.

    Args:
        token: As sent; '' where there was none.
        holder: As for :func:`form_token`; without one no token is right.
        purpose: As for :func:`form_token`.
        entrance: Whether the form is a login's first, which may have no token.

    Raises:
        MisuseError: The purpose has another form.
    """
    right = form_token(holder, purpose)
    if entrance and not token:
        return None
    return None if right and hmac.compare_digest(token.encode("utf-8", "surrogatepass"), right.encode()) else OUTDATED
