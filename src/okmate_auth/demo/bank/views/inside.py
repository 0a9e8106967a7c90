"""Pages within a session: the top page, services, notices, transactions of the bank's board."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from okmate_auth.demo.bank.pages import Pages, Wrong
from okmate_auth.policies.menu import MenuItem
from okmate_auth.queries import TopPage, TopPageView
from okmate_auth.web import Visitor
from okmate_auth.web.asgi import Closed, NeedsLogin

__all__ = ["Inside"]

_PATHS: Final = {"top": "/top", "transfer": "/transfer"}
_NOT_FOUND: Final = 404
_SEE_OTHER: Final = 303


@attrs.frozen
class Inside:
    """The views that only show.

    Attributes:
        pages: The listener's.
    """

    pages: Pages

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/top", self.top, methods=["GET"]),
            Route("/services/{name}", self.service, methods=["GET"]),
            Route("/notices/{notice_id}", self.notice, methods=["GET"]),
        ]

    async def top(self, request: Request) -> Response:
        """Show the top page."""
        visitor, view = await self.seen(request, boards=True)
        words = self.pages.words(request)
        factors = [words.say(f"factor.{factor}") for factor in view.session.factors]
        values = {"factors": ("・" if words.language == "ja" else ", ").join(factors)}
        return self.page(request, "top", words.say("top"), visitor, view, values, current="top")

    async def service(self, request: Request) -> Response:
        """Show one of the menu's services, if the menu shows it and it can be used."""
        name = request.path_params["name"]
        visitor, view = await self.seen(request)
        if name in _PATHS:
            return RedirectResponse(_PATHS[name], _SEE_OTHER)
        item = next((one for one in _flat(view.menu) if one.name == name), None)
        entries = {entry.name for top in self.pages.listener.service.profile.menu for entry in (top, *top.subentries)}
        if name not in entries or name == "log-out":
            raise HTTPException(_NOT_FOUND)
        if item is None or item.unusable:
            raise Closed(name, needs_token=item is not None)
        words = self.pages.words(request)
        about = words.named("service", name)
        values = {"about": "" if about == name else about, "beneath": item.subentries}
        return self.page(request, "service", item.title(words.language), visitor, view, values, current=name)

    async def notice(self, request: Request) -> Response:
        """Show a notice, which is read then."""
        visitor, view = await self.seen(request)
        notice = None
        if visitor.session is not None:
            auth = self.pages.listener.service.auth
            notice = await auth.open_notice(visitor.session, visitor.client, request.path_params["notice_id"])
        if notice is None:
            raise HTTPException(_NOT_FOUND)
        title = self.pages.words(request).mine(notice.title)
        return self.page(request, "notice", title, visitor, view, {"notice": notice})

    async def seen(self, request: Request, *, boards: bool = False) -> tuple[Visitor, TopPageView]:
        """Return who looks, and what his top page has.

        Args:
            request: His.
            boards: Whether the bank's boards are asked.

        Raises:
            NeedsLogin: There is no live session.
        """
        gate = self.pages.listener.gate
        await gate.session(request)
        visitor = await gate.visitor(request)
        view = None
        if visitor.session is not None and boards:
            view = await gate.auth.top_page(visitor.session, visitor.client)
        elif visitor.session is not None:
            view = await gate.auth.read(TopPage(visitor.session, visitor.client))
        if view is None:  # it ended between the two looks
            raise NeedsLogin
        return visitor, view

    def page(  # noqa: PLR0913 - what every page within a session has
        self,
        request: Request,
        template: str,
        title: str,
        visitor: Visitor,
        view: TopPageView,
        values: Mapping[str, Any],
        *,
        current: str = "",
        status: int = 200,
        wrong: Wrong | None = None,
    ) -> Response:
        """Return a page with the menu beside it.

        Args:
            request: For which it is made.
            template: Its name.
            title: Its title.
            visitor: Who looks.
            view: What his top page has.
            values: What the template needs besides.
            current: Name of the menu's entry that it is.
            status: Of the answer.
            wrong: What is wrong with what was sent.
        """
        known = {"view": view, "menu": view.menu, "paths": _PATHS, "current": current}
        return self.pages.page(
            request,
            template,
            title,
            {**known, **values},
            status=status,
            visitor=visitor,
            session=view.session,
            wrong=wrong,
        )


def _flat(menu: tuple[MenuItem, ...]) -> Iterator[MenuItem]:
    for item in menu:
        yield item
        yield from item.subentries
