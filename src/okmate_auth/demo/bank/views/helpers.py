"""The demo's own pages, which no bank has: who can log in, what tokens show, certificates to import, the desk.

They are for everybody who reaches this machine's loopback interface, and each says what it is.
"""

from __future__ import annotations

from typing import Final

import attrs
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from okmate_auth.commands import ByDesk, Release
from okmate_auth.demo.bank.locks import Locks
from okmate_auth.demo.bank.pages import Pages
from okmate_auth.demo.bank.people import COMPANIES, PEOPLE
from okmate_auth.demo.hard_token import STEP
from okmate_auth.queries import ReadHistory

__all__ = ["Helpers"]

_DESK: Final = ByDesk(operator="operator7", ticket="DEMO")
_RECORDS: Final = 5
_NOT_FOUND: Final = 404
_SEE_OTHER: Final = 303
_COMPANIES: Final = {company.id: company for company in COMPANIES}


@attrs.frozen
class Helpers:
    """The views of the helpers.

    Attributes:
        pages: The listener's.
    """

    pages: Pages

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/demo/people", self.people, methods=["GET"]),
            Route("/demo/token", self.tokens, methods=["GET"]),
            Route("/demo/token.json", self.codes, methods=["GET"]),
            Route("/demo/certificate", self.certificates, methods=["GET"]),
            Route("/demo/certificate/ca.crt", self.authority, methods=["GET"]),
            Route("/demo/certificate/{name}.p12", self.paper, methods=["GET"]),
            Route("/desk", self.desk, methods=["GET"]),
            Route("/desk/release", self.release, methods=["POST"]),
        ]

    async def people(self, request: Request) -> Response:
        """Show who can log in."""
        initial = self.pages.listener.service.bank.handout.initial
        people = [
            (person, _COMPANIES[person.company], told.reveal() if (told := initial.get(person.login_id)) else "")
            for person in PEOPLE
        ]
        return self.pages.page(request, "people", self._say(request, "people"), {"people": people})

    async def tokens(self, request: Request) -> Response:
        """Show every token's display; a script of our own lets it tick."""
        service = self.pages.listener.service
        holders = {person.serial: person for person in PEOPLE}
        now = service.clock()
        values = {
            "tokens": [(token, holders.get(token.serial)) for token in service.bank.handout.tokens],
            "now": now,
            "left": int(STEP.total_seconds() - now.timestamp() % STEP.total_seconds()),
        }
        fields = self.pages.listener.gate.rules.page_headers(script=True)
        headers = tuple(field for field in fields if field[0] == "Content-Security-Policy")
        return self.pages.page(request, "token", self._say(request, "token"), values, headers=headers)

    async def codes(self, request: Request) -> Response:
        """Return what every token shows, for the script."""
        del request
        service = self.pages.listener.service
        now = service.clock()
        return JSONResponse({token.serial: token.code(now) for token in service.bank.handout.tokens})

    async def certificates(self, request: Request) -> Response:
        """Show the certificates that can be imported."""
        handout = self.pages.listener.service.bank.handout
        values = {"papers": handout.papers, "passphrase": handout.passphrase.reveal()}
        return self.pages.page(request, "certificate", self._say(request, "certificate"), values)

    async def authority(self, request: Request) -> Response:
        """Return the CA's certificate."""
        del request
        content = self.pages.listener.service.bank.authority.certificate_pem
        return _download(content, "application/x-x509-ca-cert", "okmate-auth-demo-ca.crt")

    async def paper(self, request: Request) -> Response:
        """Return a certificate with its key, as browsers import it."""
        bank = self.pages.listener.service.bank
        paper = bank.handout.paper(request.path_params["name"])
        if paper is None:
            raise HTTPException(_NOT_FOUND)
        return _download(bank.paper(paper.name), "application/x-pkcs12", f"{paper.name}.p12")

    async def desk(self, request: Request) -> Response:
        """Show everybody's locks, and what their histories say."""
        auth = self.pages.listener.service.auth
        people = [
            (
                person,
                await auth.read(Locks(login_id=person.login_id, entrance=_COMPANIES[person.company].method)),
                (
                    await auth.read(
                        ReadHistory(login_id=person.login_id, which=_COMPANIES[person.company].method, limit=_RECORDS)
                    )
                ).records,
            )
            for person in PEOPLE
        ]
        released = request.query_params.get("released", "")
        values = {"people": people, "released": released if released in _login_ids() else ""}
        visitor = await self.pages.listener.gate.visitor(request)
        return self.pages.page(request, "desk", self._say(request, "desk"), values, visitor=visitor)

    async def release(self, request: Request) -> Response:
        """Take somebody's locks away, as the desk does when he has called."""
        gate = self.pages.listener.gate
        form = await gate.form(request, fields=("login_id",), purpose="desk", bound="browser")
        if form.text("login_id") not in _login_ids():
            raise HTTPException(_NOT_FOUND)
        await gate.auth.submit(Release(login_id=form.text("login_id"), authority=_DESK))
        return RedirectResponse(f"/desk?released={form.text('login_id')}", _SEE_OTHER)

    def _say(self, request: Request, name: str) -> str:
        return self.pages.words(request).say(name)


def _login_ids() -> set[str]:
    return {person.login_id for person in PEOPLE}


def _download(content: bytes, media_type: str, name: str) -> Response:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
