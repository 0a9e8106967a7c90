"""A browser at the host: curl with a jar of cookies and perhaps a certificate, which reads forms and sends them."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import attrs

from tests.certificates.nginx import PATIENCE_SECONDS
from tests.certificates.sources.pki import Identity, installed
from tests.deployment.host import NAMES, Host

SAME_ORIGIN: Final = ("-H", "Sec-Fetch-Site: same-origin")
_JAR_COLUMNS: Final = 7  # curl's file of cookies: the name is the sixth column, the value the seventh


@attrs.frozen
class Page:
    """What was answered.

    Attributes:
        status: Status code; 0 where the connection was closed without an answer.
        headers: Header fields in order, names in lower case.
        body: The page.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""

    @property
    def name(self) -> str:
        """Its heading: which page it is."""
        return _Reading.of(self.body).texts.get("h1", "")

    @property
    def message(self) -> str:
        """What it says to the person."""
        return _Reading.of(self.body).texts.get("p", "")

    @property
    def hidden(self) -> Mapping[str, str]:
        """Hidden fields of its form."""
        return _Reading.of(self.body).hidden

    def fields(self, name: str) -> list[str]:
        """Return the values of every header field of a name."""
        return [value for key, value in self.headers if key == name]


class _Reading(HTMLParser):
    """Reads a page's texts by element, and its hidden fields."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, str] = {}
        self.hidden: dict[str, str] = {}
        self._inside = ""

    @classmethod
    def of(cls, body: str) -> _Reading:
        """Read a page."""
        reading = cls()
        reading.feed(body)
        return reading

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a hidden field, and where a text belongs."""
        self._inside, told = tag, dict(attrs)
        if tag == "input" and told.get("type") == "hidden":
            self.hidden[str(told["name"])] = str(told["value"])

    def handle_data(self, data: str) -> None:
        """Note the first text of each element."""
        self.texts.setdefault(self._inside, data)


@attrs.frozen(kw_only=True)
class Browser:
    """curl, at one of the two entrances.

    Attributes:
        host: Whose.
        at: Which: ``entrance`` or ``certificates``.
        jar: File of its cookies, made with the first page.
        identity: Whose certificate it shows; None for none.
        address: Where it connects from: nginx counts what each address asks for.
    """

    host: Host
    at: str
    jar: Path
    identity: Identity | None = None
    address: str = "127.0.0.1"

    def get(self, path: str, *arguments: str) -> Page:
        """Return a page."""
        jar = ("--cookie", str(self.jar), "--cookie-jar", str(self.jar))
        place = ("--interface", self.address)
        return fetch(self.host, self.at, path, *jar, *place, *arguments, identity=self.identity)

    def post(self, path: str, *arguments: str, **form: str) -> Page:
        """Send a form, and return the answer to it."""
        return self.get(path, *SAME_ORIGIN, "--data-raw", urlencode(form), *arguments)

    def begin(self, *arguments: str, **entered: str) -> Page:
        """Open the entrance and send its form."""
        button = "login" if self.at == "entrance" else "begin"
        return self.post("/login", *arguments, **self.get("/login").hidden, button=button, **entered)

    def go_on(self, page: Page, button: str, **entered: str) -> Page:
        """Send the form of a step."""
        return self.post("/login", **page.hidden, button=button, **entered)

    def cookies(self) -> dict[str, str]:
        """Return what the jar holds."""
        rows = [line.split("\t") for line in self.jar.read_text("ascii").splitlines()]
        return {row[5]: row[6] for row in rows if len(row) == _JAR_COLUMNS}


def fetch(host: Host, at: str, path: str, *arguments: str, identity: Identity | None = None) -> Page:
    """Return what curl gets of a path at one of the two names."""
    shown = () if identity is None else ("--cert", str(identity.certificate), "--key", str(identity.key))
    known = [word for name in NAMES.values() for word in ("--resolve", f"{name}:{host.port}:127.0.0.1")]
    url = f"{host.origin(at)}{path}"
    return curl("--cacert", str(host.authorities), *known, *shown, *arguments, url)


def curl(*arguments: str) -> Page:
    """Return what curl gets; status 0 where it gets nothing."""
    program = installed("curl", "it is the client of these tests")
    words = ("-q", "--noproxy", "*", "--silent", "--include", "--http1.1", "--max-time", str(PATIENCE_SECONDS))
    done = subprocess.run(  # noqa: S603 - our own words
        [program, *words, *arguments], check=False, capture_output=True, timeout=2 * PATIENCE_SECONDS
    )
    head, _, body = done.stdout.decode("utf-8").partition("\r\n\r\n")
    if head.startswith("HTTP/1.1 100"):
        head, _, body = body.partition("\r\n\r\n")
    if not head:
        return Page(0)
    first, *lines = head.split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return Page(int(first.split()[1]), tuple((name.lower(), value.strip()) for name, _, value in pairs), body)
