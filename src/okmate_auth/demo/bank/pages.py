"""Pages: templates filled in with words, in the language of whoever looks at them.

Rule 1. Templates escape whatever is put into them, and a name that is missing is an error, not nothing.
Rule 2. A page learns of secrets only what a form of it has to carry.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

import attrs
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from okmate_auth import messages
from okmate_auth.demo.bank.listener import Listener
from okmate_auth.demo.bank.wording import Wording, preferred, wording
from okmate_auth.messages import Language
from okmate_auth.queries import Session
from okmate_auth.replies import Refused
from okmate_auth.web import BusyPage, Visitor, cookie_value, local_target
from okmate_auth.web.asgi import connection_of
from okmate_auth.web.headers import Headers
from okmate_auth.web.request import SAFE_METHODS

__all__ = ["LANGUAGE_COOKIE", "Pages", "Wrong", "WrongField", "language_of"]

LANGUAGE_COOKIE: Final = "__Host-language"
_TEMPLATES: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@attrs.frozen(kw_only=True)
class WrongField:
    """What is wrong with one field.

    Attributes:
        field: Its name.
        message: What to say of it.
        linked: Whether the page has such a field to lead to.
    """

    field: str
    message: str
    linked: bool


@attrs.frozen(kw_only=True)
class Wrong:
    """What is wrong with what was sent.

    Attributes:
        title: Heads the summary.
        message: In one sentence.
        fields: By field.
    """

    title: str
    message: str
    fields: tuple[WrongField, ...] = ()

    @classmethod
    def told(cls, refused: Refused, words: Wording, fields: Collection[str], *, title: str = "errors") -> Self:
        """Return what a refusal says.

        Args:
            refused: Why.
            words: Of the page.
            fields: Those that the page has.
            title: Name of the summary's heading.
        """
        language = words.language
        return cls(
            title=words.say(title),
            message=attrs.evolve(refused, violations=()).message(language),
            fields=tuple(
                WrongField(field=one.field, message=one.message(language), linked=one.field in fields)
                for one in refused.violations
            ),
        )

    def of(self, field: str) -> tuple[str, ...]:
        """Return what is wrong with one field."""
        return tuple(one.message for one in self.fields if one.field == field)


def language_of(request: Request) -> Language:
    """Return the language that was chosen here, else the one that the browser asks for."""
    chosen = cookie_value(connection_of(request.scope), LANGUAGE_COOKIE)
    known: dict[str, Language] = {one: one for one in messages.LANGUAGES}
    return known.get(chosen or "") or preferred(request.headers.get("accept-language", ""))


@attrs.frozen
class Pages:
    """Makes the pages of a listener.

    Attributes:
        listener: Whose.
    """

    listener: Listener

    def words(self, request: Request) -> Wording:
        """Return the words for a request."""
        return wording(language_of(request))

    def page(  # noqa: PLR0913 - what every page has
        self,
        request: Request,
        template: str,
        title: str,
        values: Mapping[str, Any] | None = None,
        *,
        status: int = 200,
        headers: Headers = (),
        visitor: Visitor | None = None,
        session: Session | None = None,
        wrong: Wrong | None = None,
    ) -> HTMLResponse:
        """Return a page.

        Args:
            request: For which it is made.
            template: Name of the template, without its ending.
            title: Its title and heading.
            values: What the template needs besides.
            status: Of the answer.
            headers: Header fields besides those of every page.
            visitor: Who looks at it, where it has forms.
            session: The session, where there is one.
            wrong: What is wrong with what was sent.
        """
        words, origin = self.words(request), self.listener.origin
        known: dict[str, Any] = {
            "language": words.language,
            "words": words,
            "say": words.say,
            "title": title,
            "wrong": wrong,
            "visitor": visitor,
            "session": session if visitor is not None else None,
            "here": _here(request),
            "helpers": origin(request, "password"),
            "password_entrance": f"{origin(request, 'password')}/",
            "certificate_entrance": f"{origin(request, 'certificate')}/",
            "menu_title": partial(messages.title, words.language),
        }
        html = _TEMPLATES.get_template(f"{template}.html").render({**known, **(values or {})})
        response = HTMLResponse(html, status)
        for name, value in headers:
            response.headers.append(name, value)
        return response

    def busy(self, request: Request, answer: BusyPage, way: tuple[str, str]) -> HTMLResponse:
        """Return the page that says when to try again.

        Args:
            request: For which it is made.
            answer: What it says, and is sent with.
            way: Where to go from there: a path, and the name of its text.
        """
        words, (path, name) = self.words(request), way
        values = {
            "messages": (answer.busy.message(words.language), words.say("failure.again")),
            "ways": ((path, words.say(name)),),
        }
        return self.page(request, "failure", words.say("busy"), values, status=answer.status, headers=answer.headers)


def _here(request: Request) -> str:
    """Return where a choice of language comes back to; '' for the answer to a form, which has no address."""
    if request.method not in SAFE_METHODS:
        return ""
    query = request.url.query
    return local_target(f"{request.url.path}?{query}" if query else request.url.path, "/")
