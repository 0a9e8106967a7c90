"""What a bank's page, or its desk's screen, would say for a reply; made of the reply alone.

Rule 1. This is the one place where something of a reply becomes text for people. No handle and no cookie is among it;
        an initial password is, because the letter with it is part of the story.
Rule 2. Texts about refusals are the library's own, as any page shows them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import singledispatch
from itertools import groupby
from typing import Final

from okmate_auth import messages
from okmate_auth.demo.wording import Wording
from okmate_auth.queries import HistoryPage, Session, TokenReport, TopPageView, Why
from okmate_auth.records import LoginRecord, Notice, OperationRecord
from okmate_auth.replies import (
    Busy,
    CodeDue,
    CompanyRegistered,
    Done,
    EnrollmentDue,
    LoggedOut,
    PasswordChangeDone,
    PasswordChangeDue,
    Refused,
    SteppedUp,
    TokensDispatched,
    TokensStocked,
    UserRegistered,
)

__all__ = ["menu", "screen"]

_MENU: Final = (  # the procedure's manual, step 5, in its order
    "inquiry",
    "transfer",
    "data-transmission",
    "approval",
    "tax-payment",
    "densai",
    "foreign-exchange",
    "administration",
)


def menu(entitlements: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the menu's entries, in the order of the procedure's manual: top first, logging out last."""
    granted = frozenset(entitlements)
    return ("top", *(name for name in _MENU if name in granted), "logout")


@singledispatch
def screen(shown: object, words: Wording) -> tuple[str, ...]:
    """Return the lines of a page; none for what has no page of its own."""
    del shown, words
    return ()


@screen.register
def _(shown: CompanyRegistered, words: Wording) -> tuple[str, ...]:
    return (words.say("screen.company", company=shown.company),)


@screen.register
def _(shown: UserRegistered, words: Wording) -> tuple[str, ...]:
    lines = [words.say("screen.user", login_id=shown.login_id)]
    if shown.initial_password is not None and shown.until is not None:
        password, until = shown.initial_password.reveal(), words.moment(shown.until)
        lines.append(words.say("screen.letter", password=password, until=until))
    return tuple(lines)


@screen.register
def _(shown: Refused, words: Wording) -> tuple[str, ...]:
    return tuple(shown.message(words.language).splitlines())


@screen.register
def _(shown: Busy, words: Wording) -> tuple[str, ...]:
    return (shown.message(words.language),)


@screen.register
def _(shown: PasswordChangeDue, words: Wording) -> tuple[str, ...]:
    why = dict(zip(shown.change, shown.reasons, strict=True))
    lines = [words.say("screen.change")]
    for factor in dict.fromkeys((*shown.current, *shown.change)):
        if factor in shown.current:
            lines.append(words.say("screen.field", field=_field(words, f"current-{factor}")))
        if factor in shown.change:
            reason = words.named("reason", why[factor])
            lines.append(words.say("screen.change-why", field=_field(words, f"new-{factor}"), reason=reason))
    return tuple(lines)


@screen.register
def _(shown: PasswordChangeDone, words: Wording) -> tuple[str, ...]:
    changed = (words.say("screen.changed-one", field=_field(words, f"new-{factor}")) for factor in shown.changed)
    return (words.say("screen.changed"), *changed)


@screen.register
def _(shown: EnrollmentDue, words: Wording) -> tuple[str, ...]:
    lines = [words.say("screen.enrollment"), *_fields(words, "serial", "code")]
    if shown.may_skip and shown.grace_until is None:
        lines.append(words.say("screen.skip"))
    elif shown.may_skip and shown.grace_until is not None:
        lines.append(words.say("screen.skip-grace", until=words.moment(shown.grace_until)))
    return tuple(lines)


@screen.register
def _(shown: CodeDue, words: Wording) -> tuple[str, ...]:
    del shown
    return (words.say("screen.code"), *_fields(words, "code"))


@screen.register
def _(shown: SteppedUp, words: Wording) -> tuple[str, ...]:
    return (words.say("screen.stepped-up", until=words.moment(shown.until)),)


@screen.register
def _(shown: TopPageView, words: Wording) -> tuple[str, ...]:
    between = words.say("separator")
    logins = between.join(words.moment(login.at) for login in shown.logins)
    operations = between.join(words.named("operation", one.operation) for one in shown.operations)
    return (
        words.say("screen.top", login_id=shown.session.login_id),
        words.say("screen.menu", menu=_listed(words, menu(shown.session.entitlements))),
        *_guarded(shown.session, words),
        words.say("screen.logins", logins=logins or words.say("screen.no-logins")),
        words.say("screen.operations", operations=operations or words.say("screen.no-operations")),
    )


@screen.register
def _(shown: LoggedOut, words: Wording) -> tuple[str, ...]:
    del shown
    return (words.say("screen.logged-out"),)


@screen.register
def _(shown: Done, words: Wording) -> tuple[str, ...]:
    return (words.say("screen.done", login_id=shown.login_id),)


@screen.register
def _(shown: TokensStocked, words: Wording) -> tuple[str, ...]:
    return (words.say("screen.stocked", serials=words.say("separator").join(shown.serials)),)


@screen.register
def _(shown: TokensDispatched, words: Wording) -> tuple[str, ...]:
    serials = words.say("separator").join(shown.serials)
    return (words.say("screen.dispatched", company=shown.company, serials=serials),)


@screen.register
def _(shown: TokenReport, words: Wording) -> tuple[str, ...]:
    token = words.say("screen.no-token") if shown.serial is None else words.say("screen.token", serial=shown.serial)
    return (
        token,
        words.say("screen.registration", why=_why("may-register", shown.registration, words)),
        words.say("screen.last-code", why=_why("last-code", shown.code, words)),
    )


@screen.register
def _(shown: HistoryPage, words: Wording) -> tuple[str, ...]:
    return tuple(
        _history_row(result, tuple(run), words)
        for result, run in groupby(shown.records, key=lambda record: _result(record, words))
    )


@screen.register(tuple)
def _(shown: tuple[object, ...], words: Wording) -> tuple[str, ...]:
    """Show a list of notices, those of one kind to one person together."""
    counts = Counter((notice.login_id, notice.event) for notice in shown if isinstance(notice, Notice))
    return tuple(
        words.say("screen.notice", event=words.named("event", event), login_id=login_id, count=count)
        for (login_id, event), count in counts.items()
    )


def _history_row(result: str, run: tuple[LoginRecord | OperationRecord, ...], words: Wording) -> str:
    """Return one line for rows in a row that say the same, which are given newest first."""
    newest, oldest = run[0], run[-1]
    if newest is oldest:
        return words.say("screen.history-row", at=words.moment(newest.at), result=result)
    since = words.moment(oldest.at)
    return words.say("screen.history-rows", at=words.moment(newest.at), result=result, count=len(run), since=since)


def _result(record: LoginRecord | OperationRecord, words: Wording) -> str:
    if isinstance(record, OperationRecord):
        return words.named("operation", record.operation)
    known = words.say("history.known" if record.known_browser else "history.unknown")
    result = words.named("result", record.result).format(count=record.attempts)
    return words.say("separator").join((result, record.address, known))


def _guarded(session: Session, words: Wording) -> tuple[str, ...]:
    """Return what a page says of services that need a token which the person has not enrolled."""
    if not session.guarded:
        return ()
    names = _listed(words, session.guarded)
    if session.grace_until is None:
        return (words.say("screen.closed", menu=names),)
    return (words.say("screen.closed-from", menu=names, until=words.moment(session.grace_until)),)


def _why(kind: str, why: Why, words: Wording) -> str:
    until = "" if why.until is None else words.moment(why.until)
    return words.named(kind, why.reason).format(until=until)


def _listed(words: Wording, names: Iterable[str]) -> str:
    return words.say("separator").join(words.named("menu", name) for name in names)


def _fields(words: Wording, *names: str) -> tuple[str, ...]:
    return tuple(words.say("screen.field", field=_field(words, name)) for name in names)


def _field(words: Wording, name: str) -> str:
    return messages.field(words.language, name.replace("-", "_"))
