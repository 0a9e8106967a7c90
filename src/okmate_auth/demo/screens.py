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

from okmate_auth import messages
from okmate_auth.boards import Transaction
from okmate_auth.demo.wording import Wording
from okmate_auth.policies.menu import MenuItem
from okmate_auth.queries import HistoryPage, LastLogin, TokenReport, TopPageView, Why
from okmate_auth.records import LoginRecord, Notice, OperationRecord
from okmate_auth.replies import (
    Busy,
    CertificateRegistered,
    CodeDue,
    CompanyRegistered,
    Done,
    EnrollmentDue,
    LoggedOut,
    PasswordChangeDone,
    PasswordChangeDue,
    PasswordDue,
    Refused,
    SteppedUp,
    TokensDispatched,
    TokensStocked,
    UserRegistered,
)

__all__ = ["screen"]


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
def _(shown: PasswordDue, words: Wording) -> tuple[str, ...]:
    return (
        words.say("screen.password"),
        words.say("screen.whose", login_id=shown.login_id),
        *_fields(words, "password"),
    )


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
    logins = between.join(_last_login(login, words) for login in shown.logins)
    operations = between.join(words.named("operation", one.operation) for one in shown.operations)
    return (
        words.say("screen.top", login_id=shown.session.login_id),
        words.say("screen.menu", menu=_titles(words, (item for item in shown.menu if not item.unusable))),
        *_closed(shown.menu, words),
        words.say("screen.logins", logins=logins or words.say("screen.no-logins")),
        words.say("screen.operations", operations=operations or words.say("screen.no-operations")),
        *_waiting(shown, words),
        *(reminder.message(words.language) for reminder in shown.reminders),
    )


@screen.register
def _(shown: LoggedOut, words: Wording) -> tuple[str, ...]:
    del shown
    return (words.say("screen.logged-out"),)


@screen.register
def _(shown: Done, words: Wording) -> tuple[str, ...]:
    return (words.say("screen.done", login_id=shown.login_id),)


@screen.register
def _(shown: CertificateRegistered, words: Wording) -> tuple[str, ...]:
    return (words.say("screen.certificate", login_id=shown.login_id, until=words.moment(shown.ends_at)),)


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
    counts = Counter((notice.login_id, _event(notice)) for notice in shown if isinstance(notice, Notice))
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


def _last_login(login: LastLogin, words: Wording) -> str:
    at = words.moment(login.at)
    return words.say("screen.login-failures", at=at, count=login.failures_since) if login.failures_since else at


def _closed(items: Iterable[MenuItem], words: Wording) -> tuple[str, ...]:
    """Return what a page says of services that need a token which the person has not enrolled."""
    closed = [item for item in items if item.unusable]
    return (words.say("screen.closed", menu=_titles(words, closed)),) if closed else ()


def _waiting(shown: TopPageView, words: Wording) -> tuple[str, ...]:
    """Return what the bank's own systems have for this page, where they have anything."""
    between = words.say("separator")
    transactions = () if shown.transactions is None else shown.transactions.items
    notices = () if shown.notices is None else shown.notices.items
    lines = (
        ("screen.transactions", [_transaction(one, words) for one in transactions]),
        ("screen.notices", [one.title for one in notices]),
    )
    return tuple(words.say(name, titles=between.join(titles)) for name, titles in lines if titles)


def _transaction(one: Transaction, words: Wording) -> str:
    if one.amount is None:
        return one.title
    return words.say("screen.transaction", title=one.title, amount=f"{one.amount:,}")


def _event(notice: Notice) -> str:
    """Return what a notice is about; of what was revoked, which kind of thing."""
    return "certificate-revocation" if any(name == "certificates" for name, *_ in notice.details) else notice.event


def _why(kind: str, why: Why, words: Wording) -> str:
    until = "" if why.until is None else words.moment(why.until)
    return words.named(kind, why.reason).format(until=until)


def _titles(words: Wording, items: Iterable[MenuItem]) -> str:
    """Return what entries of the menu are called, with those beneath them in brackets."""
    return words.say("separator").join(
        words.say("screen.beneath", title=title, beneath=_titles(words, item.subentries)) if item.subentries else title
        for item in items
        for title in (item.title(words.language),)
    )


def _fields(words: Wording, *names: str) -> tuple[str, ...]:
    return tuple(words.say("screen.field", field=_field(words, name)) for name in names)


def _field(words: Wording, name: str) -> str:
    return messages.field(words.language, name.replace("-", "_"))
