"""What a commit leaves for later readers: rows of the histories, and notices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from okmate_auth.commands.guesses import load_throttle
from okmate_auth.decision import CountUnjudged, Draft
from okmate_auth.records import (
    Account,
    LoginRecord,
    Notice,
    OperationHead,
    OperationRecord,
    Throttle,
)
from okmate_auth.records.history import Entrance, login_chain, operation_chain
from okmate_auth.records.notice import NoticeEvent

if TYPE_CHECKING:
    from okmate_auth.client import Client


def log_login(  # noqa: PLR0913 - a row's columns
    draft: Draft,
    throttle: Throttle,
    result: str,
    *,
    client: Client,
    factor: str = "",
    step: str = "",
    flow: str = "",
    known: bool = False,
    attempts: int = 1,
) -> Throttle:
    """Append a row to the entrance's history; return the throttle with the new head, which is to be put.

    At the certificate entrance the row names the caller's certificate: flow and session are bound to it, so that it is
    theirs.

    Args:
        draft: The commit it belongs to; if the row can't be written, the login fails with it (HI-4).
        throttle: The subject's, whose head it is.
        result: The real reason; never shown to whoever is not logged in.
        client: Where it came from.
        factor: Which factor was judged.
        step: Which step it concerns.
        flow: The flow's id.
        known: Whether the browser is a known one.
        attempts: How many attempts the row stands for; 0: there is no row, since the history does not hear of this one.
    """
    if not attempts:
        return throttle
    chain = client.chain if throttle.entrance == "certificate" else None
    row = LoginRecord(
        at=draft.context.now,
        entrance=throttle.entrance,
        result=result,
        factor=factor,
        step=step,
        address=client.address,
        user_agent=client.user_agent,
        known_browser=known,
        certificate="" if chain is None else chain.fingerprint,
        flow=flow,
        attempts=attempts,
    )
    head = draft.record(login_chain(throttle.subject, throttle.entrance), throttle.head, row)
    return attrs.evolve(throttle, head=head)


def heard(draft: Draft, of: str) -> int:
    """Count what a flood is made of; return its number where the history hears of it, else 0.

    It hears of the 1st, 2nd, 4th, 8th …, so that a flood stays off the disk.
    """
    number: int = draft.ask(CountUnjudged(of))[0]
    return 0 if number & (number - 1) else number


def count_unjudged(
    draft: Draft, subject: str, entrance: Entrance, result: str, *, client: Client, of: str, known: bool = False
) -> None:
    """Count an attempt that was not judged, and append a row where the history hears of it.

    Args:
        draft: Where the row goes, if there is one.
        subject: Who was tried.
        entrance: At which entrance.
        result: Why it was not judged.
        client: Where it came from.
        of: What the count is of: this lock, or this source.
        known: Whether the browser is a known one; False where nothing was read that says so.
    """
    number = heard(draft, of)
    if number:
        throttle = load_throttle(draft, subject, entrance)
        draft.put(log_login(draft, throttle, result, client=client, known=known, attempts=number))


def log_operation(
    draft: Draft, subject: str, operation: str, *, actor: str, ticket: str = "", details: dict[str, str] | None = None
) -> None:
    """Append a row to the operations of an account, and put its head."""
    row = OperationRecord(
        at=draft.context.now,
        operation=operation,
        actor=actor,
        ticket=ticket,
        details=tuple((details or {}).items()),
    )
    head = draft.get(OperationHead.at(subject)) or OperationHead(subject=subject)
    draft.put(attrs.evolve(head, head=draft.record(operation_chain(subject), head.head, row)))


def notify(
    draft: Draft,
    event: NoticeEvent,
    *,
    account: Account | None,
    subject: str = "",
    details: dict[str, str] | None = None,
) -> None:
    """Put a notice into the outbox.

    For a login ID that nobody has, or has any more, the notice is born as sent: nobody is told, but the commit writes
    just as much as it would for a person (FL-8).
    """
    context = draft.context
    nobody = account is None or account.closed_at is not None
    draft.put(
        Notice(
            id=context.random(f"notice/{event}", 16).hex(),
            subject=subject if account is None else account.subject,
            bank=context.bank,
            login_id="" if account is None else account.login_id,
            event=event,
            written_at=context.now,
            details=tuple((details or {}).items()),
            sent_at=context.now if nobody else None,
        )
    )
