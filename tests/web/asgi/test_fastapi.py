"""The gate's callables as FastAPI's dependencies: annotated, on a router, beside FastAPI's own parameters."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, Final

import pytest
from fastapi import APIRouter, Body, Depends, FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from okmate_auth import Session
from okmate_auth.web import Visitor
from okmate_auth.web.asgi import NeedsCode, PageHeaders
from tests.web.asgi.site import CONFIRMATION, OURS, RULES, Bank, Browser, Site, at_work
from tests.web.requests import ORIGIN

# At the top of the module, as in a bank's: FastAPI finds what an annotation names there.
SITE: Final = Site()
GATE: Final = SITE.gate
Mine = Annotated[Session, Depends(GATE.session)]
Coded = Annotated[Session, Depends(GATE.fresh_code("transfer"))]
Sure = Annotated[Session, Depends(GATE.confirmed("transfer", service="transfer"))]


async def who(session: Mine) -> dict[str, str]:
    """Say who is logged in."""
    return {"login_id": session.login_id}


async def pay(session: Coded, account: str, amount: int = 0) -> dict[str, Any]:
    """Pay, after a code."""
    return {"login_id": session.login_id, "account": account, "amount": amount}


async def sure(session: Sure, same: Sure, note: Annotated[str, Body()]) -> dict[str, Any]:
    """Take a body of FastAPI's, after a confirmation."""
    return {"same": session is same, "note": note}


async def caller(visitor: Annotated[Visitor, Depends(GATE.visitor)], request: Request) -> dict[str, bool]:
    """Ask twice who calls."""
    return {"same": await GATE.visitor(request) is visitor}


def in_a_thread(session: Mine) -> dict[str, str]:
    """Say a role, from a view that is no coroutine."""
    return {"role": session.role}


def application() -> FastAPI:
    """Return an application whose views say by dependencies what they need."""
    app = FastAPI()
    app.add_middleware(PageHeaders, rules=RULES)
    GATE.install(app)
    closed = APIRouter(prefix="/closed", dependencies=[Depends(GATE.service("payroll"))])
    app.get("/who")(who)
    app.get("/pay/{account}")(pay)
    app.post("/pay/{account}")(pay)
    app.post("/sure")(sure)
    app.get("/caller")(caller)
    app.get("/thread")(in_a_thread)
    closed.get("/list")(who)
    app.include_router(closed)
    return app


@pytest.fixture(scope="module")
def bank() -> Iterator[Bank]:
    """The bank, and whoever is logged in to its own pages."""
    with at_work(SITE) as working:
        working.register("hanako01", "transfer")
        yield working


@pytest.fixture(scope="module")
def pages(bank: Bank) -> Browser:
    """The browser in which she is logged in, at the bank's own pages."""
    browser = bank.browser()
    browser.first_login("hanako01", enroll=True)
    return browser


@pytest.fixture
def app() -> FastAPI:
    """FastAPI's application."""
    return application()


@pytest.fixture
def browser(bank: Bank, pages: Browser, app: FastAPI) -> Browser:
    """The same browser at FastAPI's application, with nothing proven lately."""
    SITE.clock.advance(timedelta(minutes=6))
    assert pages.get("/top").status_code == 200
    http = TestClient(app, base_url=ORIGIN, follow_redirects=False, cookies=pages.http.cookies)
    assert isinstance(pages.http, TestClient)
    http.portal = pages.http.portal  # the event loop that the library is at work in
    return bank.browser(http)


def proven(pages: Browser, **what: str) -> None:
    """Prove a factor again, on the bank's page for it."""
    token = pages.get("/prove").json()["token"]
    assert pages.post("/prove", {"purpose": "transfer", "token": token, **what}).json() == {"proven": True}


def test_a_view_gets_its_session(browser: Browser) -> None:
    """As a dependency of an asynchronous view and of one that runs in a thread."""
    assert browser.get("/who").json() == {"login_id": "hanako01"}
    assert browser.get("/thread").json() == {"role": "user"}


def test_a_view_without_a_session_is_not_run(browser: Browser) -> None:
    """303 to the entrance, with the page that was asked for; and the page's fields on it."""
    browser.http.cookies.clear()
    page = browser.get("/pay/17?amount=1")
    assert (page.status_code, page.headers["location"]) == (303, "/login?next=%2Fpay%2F17%3Famount%3D1")
    assert page.headers["cache-control"] == "no-store"


def test_a_view_gets_its_session_after_a_code(browser: Browser, pages: Browser) -> None:
    """Without a fresh one 303 to the page that asks for it, with it the view and its own arguments."""
    due = browser.get("/pay/17?amount=1")
    assert due.headers["location"] == "/code?purpose=transfer&next=%2Fpay%2F17%3Famount%3D1"
    SITE.clock.advance(timedelta(minutes=1))
    proven(pages, code=SITE.token.code())
    assert browser.get("/pay/17?amount=1").json() == {"login_id": "hanako01", "account": "17", "amount": 1}
    assert browser.post("/pay/17?amount=2", {}).json()["amount"] == 2
    assert browser.post("/pay/17?amount=2", {}, {"Sec-Fetch-Site": "cross-site"}).status_code == 403
    SITE.clock.advance(timedelta(minutes=5))
    assert browser.post("/pay/17?amount=2", {}).headers["location"] == "/code?purpose=transfer"


def test_a_dependency_that_is_asked_for_twice_is_one(browser: Browser, pages: Browser) -> None:
    """FastAPI keeps what the same guard gave in one request; a body of FastAPI's own is read beside it."""
    assert browser.http.post("/sure", json="a", headers=OURS).headers["location"] == "/confirmation?purpose=transfer"
    proven(pages, password=CONFIRMATION)
    assert browser.http.post("/sure", json="a", headers=OURS).json() == {"same": True, "note": "a"}


def test_a_router_may_be_closed_as_a_whole(browser: Browser) -> None:
    """403 for every view of it, where the service is not his."""
    page = browser.get("/closed/list")
    assert (page.status_code, "権限がありません" in page.text) == (403, True)


def test_who_calls_is_worked_out_once(browser: Browser) -> None:
    """A dependency and the view's own question have one answer."""
    browser.http.cookies.clear()
    page = browser.get("/caller")
    assert (page.json(), len(page.headers.get_list("set-cookie"))) == ({"same": True}, 1)


def test_a_bank_s_own_page_takes_the_place_of_ours(browser: Browser, app: FastAPI) -> None:
    """A handler that is registered for one of the exceptions is asked before the gate's."""

    async def asked(request: Request, stopped: Exception) -> Response:
        assert isinstance(stopped, NeedsCode)
        return Response(f"{stopped.purpose} {stopped.next} {request.url.path}", 401)

    app.add_exception_handler(NeedsCode, asked)
    page = browser.get("/pay/17")
    assert (page.status_code, page.text) == (401, "transfer /pay/17 /pay/17")


def test_the_gate_adds_no_parameter_to_the_interface(browser: Browser) -> None:
    """What FastAPI tells of a view are the view's own parameters."""
    told = browser.get("/openapi.json").json()
    assert [one["name"] for one in told["paths"]["/pay/{account}"]["get"]["parameters"]] == ["account", "amount"]
    assert "parameters" not in told["paths"]["/who"]["get"]
