"""The pages of a login under way: the same for both methods, as the answer to the form before."""

from __future__ import annotations

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from okmate_auth.demo.bank.pages import Pages, Wrong
from okmate_auth.replies import (
    CodeDue,
    EnrollmentDue,
    PasswordChangeDone,
    PasswordChangeDue,
    PasswordDue,
    Step,
)
from okmate_auth.web import BusyPage, EntrancePage, Form, LoginAnswer, Redirect, StepPage
from okmate_auth.web.steps import STEP_FIELDS

__all__ = ["entrance_page", "submit"]

_TEMPLATES: Final[dict[type[Step], str]] = {
    PasswordDue: "password",
    PasswordChangeDue: "change",
    PasswordChangeDone: "changed",
    EnrollmentDue: "enrollment",
    CodeDue: "code",
}
_CHANGED: Final = ("login-password", "confirmation-password")


async def submit(pages: Pages, request: Request) -> Response:
    """Do what a form of the login says, whichever it is, and show what comes of it."""
    gate = pages.listener.gate
    form = await gate.login_form(request)
    return await _shown(pages, request, await gate.login(request, form), form)


async def _shown(pages: Pages, request: Request, answer: LoginAnswer, form: Form) -> Response:
    match answer:
        case StepPage():
            return await _step_page(pages, request, answer, form)
        case EntrancePage():
            return await entrance_page(pages, request, answer, login_id=form.text("login_id"))
        case BusyPage():
            return pages.busy(request, answer, (pages.listener.gate.rules.entrance, "to-entrance"))
        case Redirect():
            return pages.listener.gate.response(answer)


async def _step_page(pages: Pages, request: Request, answer: StepPage, form: Form) -> Response:
    words, step = pages.words(request), answer.step
    name = _TEMPLATES[type(step)]
    wrong = None if answer.refused is None else Wrong.told(answer.refused, words, STEP_FIELDS)
    values: dict[str, Any] = {"step": step, "hidden": answer.hidden, "serial": form.text("serial")}
    if isinstance(step, PasswordChangeDue):
        reasons = dict(zip(step.change, step.reasons, strict=True))
        asked = (*step.current, *step.change)
        values["passwords"] = [(each, reasons.get(each, "")) for each in _CHANGED if each in asked]
    return pages.page(
        request,
        f"step_{name}",
        words.say(f"step.{name}"),
        values,
        status=answer.status,
        headers=answer.headers,
        visitor=await pages.listener.gate.visitor(request),
        wrong=wrong,
    )


async def entrance_page(pages: Pages, request: Request, answer: EntrancePage, *, login_id: str = "") -> Response:
    """Return the page where a login begins at this listener.

    Args:
        pages: The listener's.
        request: Whose answer it is.
        answer: How it is shown.
        login_id: What was entered before, to be entered again.
    """
    gate, words = pages.listener.gate, pages.words(request)
    name, fields = ("begin", ()) if pages.listener.method == "certificate" else ("login", ("login_id", "password"))
    values = {"hidden": answer.hidden, "login_id": login_id, "logged_out": "logged-out" in request.query_params}
    return pages.page(
        request,
        name,
        words.say(name),
        values,
        status=answer.status,
        headers=answer.headers,
        visitor=await gate.visitor(request),
        session=await gate.session_if_any(request),
        wrong=None if answer.refused is None else Wrong.told(answer.refused, words, fields, title="ended"),
    )
