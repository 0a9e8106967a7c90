"""A browser: curl with a jar of cookies and perhaps a certificate; and what a thief sends who goes past nginx."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from tests.certificates.nginx import Front, curl
from tests.certificates.sources.pki import Identity

_JAR_COLUMNS: Final = 7  # curl's file of cookies: the name is the sixth column, the value the seventh


@attrs.frozen
class Page:
    """What a browser got.

    Attributes:
        status: Its status code.
        body: Its JSON; empty for a redirect.
    """

    status: int
    body: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Return which page it is."""
        return str(self.body.get("page", ""))

    @property
    def code(self) -> str:
        """Return why something was refused; '' where nothing was."""
        return str(self.body.get("code", ""))

    def __getitem__(self, name: str) -> str:
        return str(self.body[name])


@attrs.frozen
class Browser:
    """curl, with a jar of cookies and perhaps a certificate.

    Attributes:
        front: nginx.
        jar: File of its cookies, made with the first page.
        identity: Whose certificate it shows; None for none.
    """

    front: Front
    jar: Path
    identity: Identity | None = None

    def showing(self, identity: Identity | None) -> Browser:
        """Return this browser, cookies and all, with another certificate chosen."""
        return attrs.evolve(self, identity=identity)

    def get(self, path: str, *arguments: str) -> Page:
        """Return a page."""
        jar = ("--cookie", str(self.jar), "--cookie-jar", str(self.jar))
        return _read(self.front.get(*jar, *arguments, identity=self.identity, path=path))

    def post(self, path: str, *arguments: str, **form: str) -> Page:
        """Send a form, and return the answer to it."""
        return self.get(path, *_sent(form), *arguments)

    def present(self, *arguments: str) -> Page:
        """Open the login page and send its form."""
        return self.post("/present", *arguments, attempt=self.get("/")["attempt"])

    def cookies(self) -> dict[str, str]:
        """Return what the jar holds, for whoever stole it."""
        rows = [line.split("\t") for line in self.jar.read_text("ascii").splitlines()]
        return {row[5]: row[6] for row in rows if len(row) == _JAR_COLUMNS}


def straight(url: str, path: str, stolen: Mapping[str, str], *arguments: str, **form: str) -> Page:
    """Return what the application behind nginx answers somebody who goes past it.

    Args:
        url: The application's own.
        path: What to ask for.
        stolen: Cookies.
        arguments: Further arguments of curl.
        form: Fields to send.
    """
    cookie = "; ".join("=".join(pair) for pair in stolen.items())
    return _read(curl("-H", f"Cookie: {cookie}", *(_sent(form) if form else ()), *arguments, url + path))


def _sent(form: Mapping[str, str]) -> tuple[str, ...]:
    """Return a form as arguments of curl; one without fields is sent as well."""
    return ("--data", "", *(word for pair in form.items() for word in ("--data-urlencode", "=".join(pair))))


def _read(answer: tuple[int, bytes]) -> Page:
    status, body = answer
    return Page(status, json.loads(body or b"{}"))
