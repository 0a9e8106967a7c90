"""The two cookies: their names, how they are read, what sets them.

Rule 1. Nothing is believed that was sent twice. A cookie whose name occurs twice, equal or not, in one field or two, is
        not there: one of the two is somebody else's, and nobody knows which (cookie tossing, RFC 6265bis 8.6).
Rule 2. A value is a handle by its form or nothing; no quotes are taken off, nothing is decoded.
Rule 3. Names begin with ``__Host-``: only this very host could set them, by TLS, for all of its paths (RFC 6265bis
        4.1.3.2). Cookies know no ports (8.5): two listeners of a host that must not share them have names of their own.
Rule 4. A session cookie is taken away by a logout and by nothing else. An answer that deletes "the stale one" may reach
        the browser after another tab has logged in, and would delete the new one.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

import attrs

from okmate_auth import handles
from okmate_auth.certificates.sources import Connection
from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.secret import Secret, as_secret
from okmate_auth.text import strict_str

BROWSER_KEPT: Final = timedelta(days=400)
"""How long a browser keeps its token; what is longer is cut to it (RFC 6265bis 5.5)."""

_NAME: Final = re.compile(r"__Host-[A-Za-z0-9_-]{1,64}", re.ASCII)
_ATTRIBUTES: Final = "Secure; HttpOnly; SameSite=Strict; Path=/"


def cookie_name(value: str) -> str:
    """Return a cookie's name that the bank chose.

    Raises:
        ConfigurationError: It is not ``__Host-`` and 1 to 64 letters, digits, hyphens and underscores.
        MisuseError: It is not text.
    """
    name = strict_str(value, "name")
    if _NAME.fullmatch(name) is None:
        message = "a cookie's name: __Host- and 1 to 64 letters, digits, hyphens and underscores"
        raise ConfigurationError(message)
    return name


@attrs.frozen(kw_only=True)
class CookieNames:
    """What a listener's cookies are called.

    Attributes:
        browser: The cookie of the browser token.
        session: The cookie of the session's handle.

    Raises:
        ConfigurationError: A name has the wrong form, or both are the same.
        MisuseError: A name is not text.
    """

    browser: str = attrs.field(converter=cookie_name, default="__Host-browser")
    session: str = attrs.field(converter=cookie_name, default="__Host-session")

    def __attrs_post_init__(self) -> None:
        if self.browser == self.session:
            message = "browser token and session handle need a cookie each"
            raise ConfigurationError(message)


def cookie_value(connection: Connection, name: str) -> str | None:
    """Return the value of the one cookie of a name, as sent; None where there is none, or not exactly one.

    For the bank's own cookies, such as the language; ``WebRules.visitor`` reads the library's. Time is linear in what
    was sent.

    Args:
        connection: The request's.
        name: The cookie's name; its case counts.
    """
    lines = connection.lines("cookie")
    if lines is None:
        return None
    wanted = name.encode("ascii")
    found = [value for line in lines for key, value in _pairs(line) if key == wanted]
    return found[0].decode("latin-1") if len(found) == 1 else None


def handle_in(connection: Connection, name: str) -> Secret | None:
    """Return the handle or token in the one cookie of a name; None where there is none, two, or something else."""
    value = cookie_value(connection, name)
    return Secret(value) if value is not None and handles.is_handle(value) else None


def set_browser(names: CookieNames, token: Secret | str) -> str:
    """Return the ``Set-Cookie`` value that keeps a browser's token for 400 days.

    Raises:
        MisuseError: It is no token of ``Authenticator.new_token``.
    """
    seconds = BROWSER_KEPT // timedelta(seconds=1)
    return f"{names.browser}={_handle(token)}; {_ATTRIBUTES}; Max-Age={seconds}"


def set_session(names: CookieNames, handle: Secret | str) -> str:
    """Return the ``Set-Cookie`` value that keeps a session's handle until the browser is closed.

    Raises:
        MisuseError: It is no handle.
    """
    return f"{names.session}={_handle(handle)}; {_ATTRIBUTES}"


def delete_session(names: CookieNames) -> str:
    """Return the ``Set-Cookie`` value that takes the session cookie away; for the answer to a logout."""
    return f"{names.session}=; {_ATTRIBUTES}; Max-Age=0"


def _pairs(line: bytes) -> list[tuple[bytes, bytes]]:
    """Split a ``Cookie`` field as browsers write it: names and values, nothing decoded (RFC 6265bis 4.2.1)."""
    parts = (part.strip(b" \t").partition(b"=") for part in line.split(b";"))
    return [(name, value) for name, equals, value in parts if equals]


def _handle(value: Secret | str) -> str:
    text = as_secret(value).reveal()
    if not handles.is_handle(text):
        message = "what a cookie keeps is a handle or a token"
        raise MisuseError(message)
    return text
