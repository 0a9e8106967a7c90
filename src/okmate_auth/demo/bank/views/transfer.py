"""Transfers: drafted, shown, confirmed by password and code, carried out once.

Rule 1. A draft has its id before its page is shown; what is confirmed is that id, and so this payee and this amount.
Rule 2. Every form is answered by a redirect or by its own page again: nothing is done by a reload.
Rule 3. First the bank carries out, then the library's history is told (``RecordOperation``), under the same id: however
        many clicks come through, both stand once.
"""

from __future__ import annotations

import re
import secrets
from typing import Final

import attrs
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from okmate_auth.commands import Confirm, RecordOperation, StepUp
from okmate_auth.demo.bank.ledger import LARGEST, PAYEES, Transfer
from okmate_auth.demo.bank.pages import Pages, Wrong, WrongField
from okmate_auth.demo.bank.views.inside import Inside
from okmate_auth.demo.bank.wording import Wording
from okmate_auth.queries import Session, TopPageView
from okmate_auth.secret import Secret
from okmate_auth.shells.pages import viewer_of
from okmate_auth.web import BusyPage, Form, FormPage, Redirect, SessionAnswer, Visitor
from okmate_auth.web.asgi import Rejected
from okmate_auth.web.forms import MALFORMED

__all__ = ["Transfers"]

_SERVICE: Final = "transfer"
_FIELDS: Final = ("button", "id", "payee", "amount", "confirmation_password", "code")
_ID: Final = re.compile(r"TR-[0-9a-f]{16}", re.ASCII)
_AMOUNT: Final = re.compile(r"[1-9][0-9]{0,7}", re.ASCII)
_NOT_FOUND: Final = 404
_UNPROCESSABLE: Final = 422
_SEE_OTHER: Final = 303


@attrs.frozen
class Transfers:
    """The views of transfers, and of what the bank's board lists.

    Attributes:
        pages: The listener's.
        inside: Shows pages within a session.
    """

    pages: Pages
    inside: Inside

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/transfer", self.transfer, methods=["GET", "POST"]),
            Route("/transactions/{transaction_id}", self.transaction, methods=["GET"]),
        ]

    async def transfer(self, request: Request) -> Response:
        """Show an empty form, or do what one says."""
        session = await self.pages.listener.gate.service(_SERVICE)(request)
        visitor, view = await self.inside.seen(request)
        if request.method != "POST":
            return self._form(request, visitor, view, f"TR-{secrets.token_hex(8)}")
        form = await self.pages.listener.gate.form(request, fields=_FIELDS, purpose=_SERVICE)
        if _ID.fullmatch(form.text("id")) is None:
            raise Rejected(MALFORMED)
        if form.text("button") == "draft":
            return self._draft(request, visitor, view, form)
        found = self.pages.listener.service.ledger.find(form.text("id"), session.subject)
        match form.text("button"):
            case "execute" if found is not None:
                return await self._execute(request, visitor, view, found, form)
            case "execute":
                raise HTTPException(_NOT_FOUND)
            case "discard":
                self.pages.listener.service.ledger.discard(form.text("id"), session.subject)
                return RedirectResponse(self.pages.listener.gate.rules.top, _SEE_OTHER)
            case _:
                raise Rejected(MALFORMED)

    async def transaction(self, request: Request) -> Response:
        """Show a transfer of one's own, to be confirmed or done; or what else the board lists for one."""
        visitor, view = await self.inside.seen(request, boards=True)
        wanted = request.path_params["transaction_id"]
        words = self.pages.words(request)
        found = self.pages.listener.service.ledger.find(wanted, view.session.subject)
        if found is not None and found.state == "draft":
            await self.pages.listener.gate.service(_SERVICE)(request)
            return self._confirm(request, visitor, view, found)
        if found is not None:
            values = {"done": True, "facts": _facts(words, found)}
            return self.inside.page(request, "transaction", words.say("transfer.done"), visitor, view, values)
        listed = () if view.transactions is None else view.transactions.items
        for one in listed:
            if one.id == wanted:
                amount = () if one.amount is None else (("amount", words.yen(one.amount)),)
                facts = (
                    ("id", one.id),
                    ("title", words.mine(one.title)),
                    *amount,
                    ("state", words.say(f"state.{one.state}")),
                    ("at", words.moment(one.at)),
                )
                values = {"done": False, "facts": facts}
                return self.inside.page(request, "transaction", words.say("transaction"), visitor, view, values)
        raise HTTPException(_NOT_FOUND)

    def _draft(self, request: Request, visitor: Visitor, view: TopPageView, form: Form) -> Response:
        words = self.pages.words(request)
        payee, amount = form.text("payee"), form.text("amount")
        good = _AMOUNT.fullmatch(amount) is not None and int(amount) <= LARGEST
        fields = (
            *(() if payee in PAYEES else (_wrong(words, "payee", "transfer.payee-missing"),)),
            *(() if good else (_wrong(words, "amount", "transfer.amount-malformed"),)),
        )
        if fields:
            wrong = Wrong(title=words.say("errors"), message=words.say("transfer.check"), fields=fields)
            return self._form(request, visitor, view, form.text("id"), form=form, wrong=wrong)
        service = self.pages.listener.service
        transfer = Transfer(
            id=form.text("id"), subject=view.session.subject, payee=payee, amount=int(amount), at=service.clock()
        )
        if not service.ledger.draft(transfer, viewer_of(view.session)):
            wrong = Wrong(title=words.say("transfer.not-kept"), message=words.say("transfer.too-many"))
            return self._form(request, visitor, view, form.text("id"), form=form, wrong=wrong)
        return RedirectResponse(f"/transactions/{transfer.id}", _SEE_OTHER)

    async def _execute(
        self, request: Request, visitor: Visitor, view: TopPageView, transfer: Transfer, form: Form
    ) -> Response:
        service, done = self.pages.listener.service, RedirectResponse(f"/transactions/{transfer.id}", _SEE_OTHER)
        if visitor.session is None:
            return done
        if transfer.state == "draft":
            answer = await self._proven(visitor, view.session, transfer, form)
            if answer is not None:
                return await self._answered(request, answer, transfer)
        carried_out = service.ledger.carry_out(transfer, service.clock())  # or it was, and the history was not told
        record = RecordOperation(
            session=visitor.session,
            id=carried_out.id,
            name="transfer",
            client=visitor.client,
            details={"payee": carried_out.payee, "amount": str(carried_out.amount)},
        )
        await service.auth.submit(record)
        return done

    async def _proven(self, visitor: Visitor, session: Session, transfer: Transfer, form: Form) -> SessionAnswer | None:
        """Prove what is still to be proven for this transfer; return why not, None where all is."""
        gate, handle, purpose = self.pages.listener.gate, visitor.session or Secret(""), transfer.purpose
        if not session.confirmed(purpose):
            password = form.secret("confirmation_password")
            confirm = Confirm(session=handle, password=password, purpose=purpose, client=visitor.client)
            confirmed = await gate.auth.submit(confirm)
            answer = gate.session_answer(confirmed)
            if answer is not None:
                return answer
        if self._code_due(session) and not session.stepped_up(purpose):
            step_up = StepUp(session=handle, code=form.secret("code"), purpose=purpose, client=visitor.client)
            stepped_up = await gate.auth.submit(step_up)
            return gate.session_answer(stepped_up)
        return None

    async def _answered(self, request: Request, answer: SessionAnswer, transfer: Transfer) -> Response:
        """Show the same page again, with what was proven meanwhile, or send on."""
        match answer:
            case FormPage(refused=refused):
                visitor, view = await self.inside.seen(request)
                wrong = Wrong.told(refused, self.pages.words(request), ("confirmation_password", "code"))
                return self._confirm(request, visitor, view, transfer, wrong=wrong)
            case BusyPage():
                return self.pages.busy(request, answer, (f"/transactions/{transfer.id}", "transfer.confirm"))
            case Redirect():
                return self.pages.listener.gate.response(answer)

    def _form(
        self,
        request: Request,
        visitor: Visitor,
        view: TopPageView,
        transfer_id: str,
        *,
        form: Form | None = None,
        wrong: Wrong | None = None,
    ) -> Response:
        values = {
            "id": transfer_id,
            "payees": PAYEES,
            "payee": "" if form is None else form.text("payee"),
            "amount": "" if form is None else form.text("amount"),
        }
        title = self.pages.words(request).say("transfer")
        status = 200 if wrong is None else _UNPROCESSABLE
        return self.inside.page(
            request, "transfer", title, visitor, view, values, current=_SERVICE, status=status, wrong=wrong
        )

    def _confirm(
        self,
        request: Request,
        visitor: Visitor,
        view: TopPageView,
        transfer: Transfer,
        *,
        wrong: Wrong | None = None,
    ) -> Response:
        words, session = self.pages.words(request), view.session
        values = {
            "id": transfer.id,
            "facts": _facts(words, transfer),
            "asks_password": not session.confirmed(transfer.purpose),
            "asks_code": self._code_due(session) and not session.stepped_up(transfer.purpose),
        }
        title, status = words.say("transfer.confirm"), 200 if wrong is None else _UNPROCESSABLE
        return self.inside.page(
            request, "transfer_confirm", title, visitor, view, values, current=_SERVICE, status=status, wrong=wrong
        )

    def _code_due(self, session: Session) -> bool:
        """Say whether a code is asked: the service needs a token, and no grace runs without one."""
        return _SERVICE in self.pages.listener.service.profile.token_services and _SERVICE not in session.guarded


def _facts(words: Wording, transfer: Transfer) -> tuple[tuple[str, str], ...]:
    state = "in-progress" if transfer.state == "draft" else transfer.state
    return (
        ("id", transfer.id),
        ("title", words.mine(PAYEES[transfer.payee])),
        ("amount", words.yen(transfer.amount)),
        ("state", words.say(f"state.{state}")),
        ("at", words.moment(transfer.at)),
    )


def _wrong(words: Wording, field: str, text: str) -> WrongField:
    return WrongField(field=field, message=words.say(text), linked=True)
