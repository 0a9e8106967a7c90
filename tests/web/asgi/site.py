"""A bank's application of a few lines on the gate, and people's browsers in front of it: pages are JSON, to be read.

>>> with at_work(Site()) as bank:
...     bank.register("hanako01")
...     browser = bank.browser()
...     browser.log_in("hanako01")
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final, cast

import attrs
import httpx2
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from okmate_auth import OKMATE, AsyncAuthenticator, Confirm, Secret, StepUp
from okmate_auth.certificates import CertificateChain
from okmate_auth.commands import ByDesk, DispatchTokens, RegisterCompany, RegisterUser, StockTokens
from okmate_auth.decision import Command
from okmate_auth.ports import CertificateJudge
from okmate_auth.records.account import Role
from okmate_auth.replies import UserRegistered
from okmate_auth.storage import AsyncMemoryStore
from okmate_auth.testing import FakeClock, VirtualToken
from okmate_auth.testing.kdf import UNSAFE_CHEAPEST
from okmate_auth.testing.keys import unsafe_keys
from okmate_auth.tokens import Parameters
from okmate_auth.web import Answer, EntrancePage, FormPage, SessionReply, StepPage, WebRules
from okmate_auth.web.asgi import Gate, Guard, PageHeaders
from tests.web.requests import ORIGIN

View = Callable[[Request], Awaitable[Response]]

DESK: Final = ByDesk(operator="tanaka", ticket="2026-0105")
LOGIN: Final = "Kawa7nobe2"
CONFIRMATION: Final = "Zk4mmmQ8x"
RULES: Final = WebRules(origins=[ORIGIN], top="/top")
OURS: Final = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
SERIAL: Final = "NB-70010528"


class Site:
    """The bank: the library, its gate, and a Starlette application with a view for each thing to try.

    Args:
        rules: The listener's.
        form_seconds: How long a form may take.
        certificates: Who judges certificates.
    """

    def __init__(
        self, rules: WebRules = RULES, *, form_seconds: float = 10.0, certificates: CertificateJudge | None = None
    ) -> None:
        self.clock = FakeClock()
        self.auth = AsyncAuthenticator(
            AsyncMemoryStore(),
            profile=attrs.evolve(OKMATE, kdf=UNSAFE_CHEAPEST),
            keys=unsafe_keys(),
            certificates=certificates,
            clock=self.clock,
        )
        self.gate = Gate(self.auth, rules, form_seconds=form_seconds)
        self.token = VirtualToken(SERIAL, bytes(range(1, 21)), Parameters(kind="totp", period_seconds=60), self.clock)
        self.app = Starlette(routes=self._routes(), middleware=[Middleware(PageHeaders, rules=rules)])
        self.gate.install(self.app)

    def _routes(self) -> list[Route]:
        gate, both = self.gate, ["GET", "POST"]
        guards: dict[str, Guard] = {
            "/transfers": gate.service("transfer"),
            "/transfer": gate.fresh_code("transfer", service="transfer"),
            "/coded": gate.fresh_code("transfer"),
            "/confirmed": gate.confirmed("transfer"),
            "/approve": gate.confirmed("transfer", service="approval"),
        }
        return [
            Route("/login", self._entrance),
            Route("/login/step", self._step, methods=["POST"]),
            Route("/top", self._top),
            Route("/home", self._home),
            Route("/prove", self._prove, methods=both),
            Route("/logout", self._logout, methods=["POST"]),
            Route("/survey", self._survey, methods=both),
            Route("/client", self._client, methods=both),
            Route("/nothing", self._nothing),
            *(Route(path, self._guarded(guard), methods=both) for path, guard in guards.items()),
        ]

    def _guarded(self, guard: Guard) -> View:
        async def view(request: Request) -> Response:
            return JSONResponse({"login_id": (await guard(request)).login_id})

        return view

    async def _entrance(self, request: Request) -> Response:
        return self._shown(await self.gate.entrance(request))

    async def _step(self, request: Request) -> Response:
        return self._shown(await self.gate.login(request))

    async def _logout(self, request: Request) -> Response:
        return self._shown(await self.gate.logout(request))

    async def _top(self, request: Request) -> Response:
        session, visitor = await self.gate.session(request), await self.gate.visitor(request)
        return JSONResponse({"login_id": session.login_id, "logout": visitor.token("logout")})

    async def _home(self, request: Request) -> Response:
        session = await self.gate.session_if_any(request)
        return JSONResponse({"login_id": None if session is None else session.login_id})

    async def _prove(self, request: Request) -> Response:
        """Ask for a code or the confirmation password, and take it."""
        visitor = await self.gate.visitor(request)
        if request.method == "GET":
            return JSONResponse({"token": visitor.token("prove")})
        form = await self.gate.form(request, fields=["code", "password", "purpose"], purpose="prove")
        session, purpose, client = visitor.session or Secret(""), form.text("purpose"), visitor.client
        command = (
            StepUp(session=session, code=form.secret("code"), purpose=purpose, client=client)
            if "code" in form
            else Confirm(session=session, password=form.secret("password"), purpose=purpose, client=client)
        )
        reply: SessionReply = await self.auth.submit(cast("Command[SessionReply]", command))
        answer = self.gate.session_answer(reply)
        return JSONResponse({"proven": True}) if answer is None else self._shown(answer)

    async def _survey(self, request: Request) -> Response:
        """Take a form that is for everybody."""
        if request.method == "GET":
            return JSONResponse({"token": (await self.gate.visitor(request)).login_token("survey")})
        form = await self.gate.form(request, fields=["a"], purpose="survey", bound="browser")
        return JSONResponse({"a": form.text("a")})

    async def _client(self, request: Request) -> Response:
        visitor, again = await self.gate.visitor(request), await self.gate.visitor(request)
        certificate = visitor.client.certificate
        return JSONResponse(
            {
                "same": visitor is again,
                "address": visitor.client.address,
                "certificate": certificate.fingerprint if isinstance(certificate, CertificateChain) else None,
            }
        )

    async def _nothing(self, request: Request) -> Response:
        """Return a page that asks the gate nothing."""
        return JSONResponse({"path": request.url.path})

    def _shown(self, answer: Answer) -> Response:
        page: dict[str, Any] = {"page": type(answer).__name__}
        if isinstance(answer, StepPage | EntrancePage):
            page["hidden"] = dict(answer.hidden)
        if isinstance(answer, StepPage):
            page["step"] = type(answer.step).__name__
        if isinstance(answer, StepPage | EntrancePage | FormPage) and answer.refused is not None:
            page["code"] = answer.refused.code
        return self.gate.response(answer, json.dumps(page))


class Bank:
    """A site at work, and its desk.

    Args:
        site: The site.
        run: Runs something asynchronous in the site's own event loop.
        client: Makes a browser without cookies.
    """

    def __init__(self, site: Site, run: Callable[..., Any], client: Callable[[], httpx2.Client]) -> None:
        self.site = site
        self._run = run
        self._client = client
        self._initial: dict[str, str] = {}

    def submit(self, command: Any) -> Any:  # noqa: ANN401 - whatever it is, its reply
        """Carry out a command at the desk."""
        return self._run(self.site.auth.submit, command)

    def open(self) -> None:
        """Register a company, and dispatch its token."""
        token = self.site.token
        self.submit(StockTokens(file=f"{token.serial},{token.seed.hex()},totp,6,60", authority=DESK))
        self.submit(RegisterCompany(company="C0001", name="架空商事", authority=DESK))
        self.submit(DispatchTokens(company="C0001", serials=[SERIAL], authority=DESK))

    def register(self, login_id: str, *entitlements: str, role: Role = "user") -> None:
        """Register a person, who has never logged in."""
        registered = self.submit(
            RegisterUser(login_id=login_id, company="C0001", role=role, entitlements=entitlements, authority=DESK)
        )
        assert isinstance(registered, UserRegistered)
        assert registered.initial_password is not None
        self._initial[login_id] = registered.initial_password.reveal()

    def browser(self, http: httpx2.Client | None = None) -> Browser:
        """Return a new browser; or one that speaks in a way of its own."""
        return Browser(self, http or self._client())

    def initial(self, login_id: str) -> str:
        """Return a newcomer's password."""
        return self._initial[login_id]


@attrs.frozen
class Browser:
    """A browser: cookies as they are set, and forms of our own pages.

    Attributes:
        bank: The bank.
        http: What speaks for it.
    """

    bank: Bank
    http: httpx2.Client

    def get(self, path: str, **fields: str) -> httpx2.Response:
        """Ask for a page."""
        return self.http.get(path, headers={name.replace("_", "-"): value for name, value in fields.items()})

    def post(self, path: str, form: Mapping[str, str], headers: Mapping[str, str] = OURS) -> httpx2.Response:
        """Send a form."""
        return self.http.post(path, data=dict(form), headers=dict(headers))

    def enter(self, login_id: str, password: str, hidden: Mapping[str, str] | None = None) -> httpx2.Response:
        """Send the entrance's form."""
        shown = self.get("/login").json()["hidden"] if hidden is None else hidden
        return self.step("login", shown, login_id=login_id, password=password)

    def step(self, button: str, hidden: Mapping[str, str], **entered: str) -> httpx2.Response:
        """Send a step's form."""
        return self.post("/login/step", {"button": button, **hidden, **entered})

    def first_login(self, login_id: str, *, enroll: bool = False) -> None:
        """Log a newcomer in: change, result, token."""
        self.change(login_id, self.enter(login_id, self.bank.initial(login_id)), enroll=enroll)

    def change(self, login_id: str, page: httpx2.Response, *, enroll: bool = False) -> None:
        """Go on from the forced change to the end of the login."""
        due = page.json()
        assert due["step"] == "PasswordChangeDue"
        done = self.step(
            "change",
            due["hidden"],
            current_login_password=self.bank.initial(login_id),
            new_login_password=LOGIN,
            new_confirmation_password=CONFIRMATION,
        ).json()
        page = self.step("acknowledge", done["hidden"])
        if page.status_code == 200 and page.json()["step"] == "EnrollmentDue":
            hidden = page.json()["hidden"]
            page = (
                self.step("enroll", hidden, serial=SERIAL, code=self.bank.site.token.code())
                if enroll
                else self.step("skip", hidden)
            )
        assert (page.status_code, page.headers["location"]) == (303, "/top")


@contextmanager
def at_work(site: Site) -> Generator[Bank]:
    """Lend a bank whose site answers requests."""
    with TestClient(site.app, base_url=ORIGIN, follow_redirects=False) as client:
        portal = client.portal
        assert portal is not None

        def another() -> TestClient:
            browser = TestClient(site.app, base_url=ORIGIN, follow_redirects=False)
            browser.portal = portal
            return browser

        try:
            bank = Bank(site, portal.call, another)
            bank.open()
            yield bank
        finally:
            portal.call(site.auth.close)
