"""What a type checker knows of the web: a bank's views on the gate, checked by mypy and pyright, never run."""

from __future__ import annotations

import asyncio
from typing import Annotated, assert_never, assert_type

import uvicorn
from fastapi import Depends, FastAPI
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from okmate_auth import AsyncAuthenticator, Client, Confirm, Session
from okmate_auth.certificates.sources import Connection, client_certificate
from okmate_auth.decision import Command
from okmate_auth.replies import Busy, Confirmed, Refused
from okmate_auth.web import (
    Answer,
    BusyPage,
    Callers,
    EntrancePage,
    Form,
    FormPage,
    LoginAnswer,
    LoginReply,
    Problem,
    Redirect,
    SessionAnswer,
    StepPage,
    Visitor,
    WebRequest,
    WebRules,
    command_for,
)
from okmate_auth.web.asgi import Gate, Guard, PageHeaders, connection_of
from okmate_auth.web.asgi.certificates import CertificateH11Protocol, CertificateHttpToolsProtocol


def html(answer: Answer) -> str:
    """Every answer is one of five; a checker finds the match that forgets one."""
    match answer:
        case StepPage(step=step, hidden=hidden):
            return f"{type(step).__name__} {hidden['handle']}"
        case EntrancePage(refused=refused):
            return "" if refused is None else refused.message("ja")
        case FormPage(refused=refused):
            return refused.message("ja")
        case BusyPage(busy=busy):
            return busy.message("en")
        case Redirect():
            return ""
        case _:
            assert_never(answer)


async def every_answer_is_exact(gate: Gate, request: Request, client: Client) -> Response:
    """Each call gives its own answers and nothing wider."""
    assert_type(await gate.visitor(request), Visitor)
    assert_type(await gate.session(request), Session)
    assert_type(await gate.session_if_any(request), Session | None)
    assert_type(await gate.entrance(request), EntrancePage)
    assert_type(await gate.logout(request), Redirect | BusyPage)
    assert_type(await gate.form(request, fields=["amount"], purpose="transfer"), Form)
    reply = await gate.auth.submit(Confirm(session="s", password="p", purpose="transfer", client=client))
    assert_type(reply, Confirmed | Refused | Busy)
    assert_type(gate.session_answer(reply), SessionAnswer | None)
    answer = await gate.login(request)
    assert_type(answer, LoginAnswer)
    return gate.response(answer, html(answer))


def the_rules_need_no_framework(rules: WebRules, connection: Connection) -> Command[LoginReply] | Problem:
    """A form, or a problem; a command, or a problem: neither is passed over by mistake."""
    request = WebRequest(method="POST", path="/login/step", connection=connection, body=b"")
    visitor = rules.visitor(request, lambda: "t")
    form = rules.login_form(request, visitor)
    assert_type(form, Form | Problem)
    return form if isinstance(form, Problem) else command_for(form, visitor.client)


def an_application(auth: AsyncAuthenticator) -> FastAPI:
    """Guards are dependencies, the middleware and the protocols are what Starlette and uvicorn take."""
    rules = WebRules(origins=["https://bank.example"], callers=Callers(certificates=client_certificate))
    gate = Gate(auth, rules)
    guard: Guard = gate.session
    app = FastAPI(middleware=[Middleware(PageHeaders, rules=rules)], dependencies=[Depends(gate.service("transfer"))])
    gate.install(app)

    async def pay(
        session: Annotated[Session, Depends(gate.fresh_code("transfer"))],
        sure: Annotated[Session, Depends(gate.confirmed("transfer", service="transfer"))],
        mine: Annotated[Session, Depends(guard)],
    ) -> HTMLResponse:
        return HTMLResponse(session.login_id + sure.login_id + mine.login_id)

    app.get("/pay")(pay)
    protocols: tuple[type[asyncio.Protocol], ...] = (CertificateH11Protocol, CertificateHttpToolsProtocol)
    for protocol in protocols:
        uvicorn.Config(PageHeaders(app, rules=rules), http=protocol, proxy_headers=False)
    assert_type(connection_of({}), Connection)
    return app
