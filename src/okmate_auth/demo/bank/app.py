"""The two applications of the demo bank: the same pages within a session, an entrance of its own for each method."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from okmate_auth.demo.bank.listener import Listener
from okmate_auth.demo.bank.pages import Pages
from okmate_auth.demo.bank.service import Service
from okmate_auth.demo.bank.views.entrance import Entrance
from okmate_auth.demo.bank.views.failures import Failures
from okmate_auth.demo.bank.views.helpers import Helpers
from okmate_auth.demo.bank.views.inside import Inside
from okmate_auth.demo.bank.views.transfer import Transfers
from okmate_auth.web.asgi import PageHeaders

__all__ = ["entrances"]

_STATIC: Final = "/static"
_FILES: Final = Path(__file__).parent / "static"


def entrances(service: Service, by_id: int, by_certificate: int) -> tuple[ASGIApp, ASGIApp]:
    """Return the applications of the entrance by ID and of the one by certificate.

    Args:
        service: What both share.
        by_id: Port of the first.
        by_certificate: Port of the second.
    """
    ports = (by_id, by_certificate)
    password = Listener.made(service, "password", ports)
    return _application(password, helpers=True), _application(Listener.made(service, "certificate", ports))


def _application(listener: Listener, *, helpers: bool = False) -> ASGIApp:
    pages = Pages(listener)
    inside = Inside(pages)
    routes: list[BaseRoute] = [
        *Entrance(pages).routes(),
        *inside.routes(),
        *Transfers(pages, inside).routes(),
        *(Helpers(pages).routes() if helpers else ()),
        Mount(_STATIC, StaticFiles(directory=_FILES)),
    ]
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False  # it would send the browser to whatever host its request named
    listener.gate.install(app)
    Failures(pages).install(app)
    # Around the whole application, so that the page of a defect has the rules' header fields as well.
    return PageHeaders(app, rules=listener.gate.rules, static=[f"{_STATIC}/"])
