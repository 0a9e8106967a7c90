"""A browser for the demo bank: cookies, forms and redirects as browsers have them, over TLS, and no script."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import attrs

HOST: Final = "localhost"
_PATIENCE_SECONDS: Final = 20
_SEE_OTHER: Final = 303


@attrs.define
class Form:
    """A form of a page.

    Attributes:
        action: Where it is sent.
        fields: What it carries as it stands.
        buttons: Values of its buttons, by name and value.
    """

    action: str
    fields: dict[str, str] = attrs.field(factory=dict[str, str])
    buttons: list[tuple[str, str]] = attrs.field(factory=list[tuple[str, str]])


class _Reader(HTMLParser):
    """Reads forms, headings, ids and text off a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.text: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in the beginning of an element."""
        found = {name: value or "" for name, value in attrs}
        self.tags.append((tag, found))
        if tag == "form":
            self.forms.append(Form(found.get("action", "")))
        elif tag in ("input", "select") and "name" in found and self.forms:
            self.forms[-1].fields[found["name"]] = found.get("value", "")
        elif tag == "button" and self.forms:
            self.forms[-1].buttons.append((found.get("name", ""), found.get("value", "")))

    def handle_data(self, data: str) -> None:
        """Take in text."""
        self.text.append(data)


@attrs.frozen
class Page:
    """What a request was answered with, after redirects.

    Attributes:
        status: Of the last answer.
        path: Of the last request.
        headers: Header fields, in order.
        html: The page.
    """

    status: int
    path: str
    headers: tuple[tuple[str, str], ...]
    html: str

    def _read(self) -> _Reader:
        reader = _Reader()
        reader.feed(self.html)
        return reader

    @property
    def title(self) -> str:
        """Its title."""
        return self.html.partition("<title>")[2].partition("</title>")[0]

    @property
    def text(self) -> str:
        """All that stands there to be read."""
        return " ".join(" ".join(self._read().text).split())

    @property
    def tags(self) -> list[tuple[str, dict[str, str]]]:
        """Every element with its attributes."""
        return self._read().tags

    def form(self, button: str) -> Form:
        """Return the form that has a button of this value, or that is sent to this path."""
        for form in self._read().forms:
            if form.action == button or any(value == button for _, value in form.buttons):
                return form
        raise AssertionError(button, self.status, self.text)

    def header(self, name: str) -> str:
        """Return a header field, '' where it is not there."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def links(self) -> Iterator[str]:
        """Yield where its links lead."""
        return (found["href"] for tag, found in self.tags if tag == "a" and "href" in found)


class Browser:
    """A browser of somebody's.

    Args:
        ports: Of the entrance by ID, and of the one by certificate.
        authority: PEM file of the CA that it trusts.
        certificate: PEM file of a certificate with its key, that it shows where it is asked.
        language: What it asks for.
    """

    def __init__(
        self, ports: tuple[int, int], authority: Path, *, certificate: Path | None = None, language: str = "en"
    ) -> None:
        self.cookies: dict[str, str] = {}
        self._ports = ports
        self._language = language
        self._tls = ssl.create_default_context(cafile=str(authority))
        if certificate is not None:
            self._tls.load_cert_chain(certificate)
        self.port = ports[0] if certificate is None else ports[1]

    def get(self, path: str, **headers: str) -> Page:
        """Return a page whose address was typed."""
        return self._followed("GET", path, None, {"Sec-Fetch-Site": "none", **headers})

    def submit(self, page: Page, button: str, /, **entered: str) -> Page:
        """Return what comes of pressing a button of a page.

        Args:
            page: As it was got.
            button: The button's value, or the form's path where its button has none.
            entered: What is typed before that, by field.
        """
        form = page.form(button)
        assert set(entered) <= set(form.fields), (entered, form)
        pressed = {name: value for name, value in form.buttons if name and value == button}
        return self.post(form.action, {**form.fields, **entered, **pressed})

    def post(self, path: str, fields: Mapping[str, str] | bytes, **headers: str) -> Page:
        """Return what comes of sending a form of our own page's."""
        body = fields if isinstance(fields, bytes) else urlencode(fields).encode()
        sent = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"https://{HOST}:{self.port}",
            "Sec-Fetch-Site": "same-origin",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return self._followed("POST", path, body, sent)

    def ask(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Page:
        """Return one answer, redirects not followed; cookies are kept."""
        connection = http.client.HTTPSConnection(HOST, self.port, context=self._tls, timeout=_PATIENCE_SECONDS)
        try:
            jar = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
            known = jar if self.cookies else {}
            connection.request(method, path, body, {"Accept-Language": self._language, **known, **headers})
            answer = connection.getresponse()
            page = Page(answer.status, path, tuple(answer.getheaders()), answer.read().decode("utf-8", "replace"))
        finally:
            connection.close()
        for name, value in page.headers:
            if name.lower() == "set-cookie":
                self._keep(value)
        return page

    def _followed(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Page:
        page = self.ask(method, path, body, headers)
        while page.status == _SEE_OTHER:
            site = {"Sec-Fetch-Site": "none" if method == "GET" else "same-origin"}
            page = self.ask("GET", page.header("location"), None, site)
        return page

    def _keep(self, cookie: str) -> None:
        pair, *attributes = cookie.split("; ")
        name, _, value = pair.partition("=")
        if "Max-Age=0" in attributes:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value
