"""The first and the second day of somebody who logs in by certificate (the procedure's manual, steps 1-1 to 5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final

from okmate_auth.certificates import CertificateChain
from okmate_auth.commands import EnterPassword, PresentCertificate, RecordOperation
from okmate_auth.demo.people import JIRO, JIRO_AT_WORK, JIRO_CONFIRMATION, JIRO_LOGIN, SERIAL_OF_JIRO
from okmate_auth.demo.scenes.displays import enrolls, enters, shown
from okmate_auth.demo.scenes.logins import (
    acknowledges,
    change,
    first_of_all,
    grants_nothing_yet,
    is_logged_out,
    logs_out,
    shows_the_login_before,
    transfers_are_open,
)
from okmate_auth.demo.stage import Role, Stage
from okmate_auth.demo.story import Act, Claim, Scene, Wait, gives
from okmate_auth.factors import CERTIFICATE, CODE, LOGIN_PASSWORD
from okmate_auth.queries import TopPage
from okmate_auth.replies import (
    Authenticated,
    CodeDue,
    Done,
    EnrollmentDue,
    PasswordChangeDone,
    PasswordChangeDue,
    PasswordDue,
)
from okmate_auth.secret import Secret

_A_DAY: Final = timedelta(days=1)
_OPERATION: Final = "balance-inquiry"

Showing = Callable[[Stage], CertificateChain | None]


def own(stage: Stage) -> None:
    """Return what a browser is told where no certificate but its own is chosen."""
    del stage


def presents(role: Role, *, showing: Showing = own) -> Callable[[Stage], PresentCertificate]:
    """Return what presses the button of the certificate method, and chooses a certificate."""
    return partial(_present, role, showing)


def enters_password(
    role: Role, password: Callable[[Stage], Secret], *, showing: Showing = own
) -> Callable[[Stage], EnterPassword]:
    """Return what enters a login password in the form that a browser shows."""
    return partial(_enter_password, role, password, showing)


def knows(password: Secret) -> Callable[[Stage], Secret]:
    """Return what somebody types who knows a password."""
    return lambda _: password


def presents_his_certificate(*claims: Claim) -> Act:
    """Return the act of beginning Jiro's login by his certificate, which asks for his password."""
    return Act(
        who=JIRO_AT_WORK,
        does="presents-his-certificate",
        command=presents(JIRO_AT_WORK),
        expects=gives(PasswordDue),
        claims=claims,
    )


def enters_his_code(*claims: Claim) -> Act:
    """Return the act of entering what Jiro's token shows, which opens the top page."""
    return Act(
        who=JIRO_AT_WORK,
        does="enters-his-code",
        command=enters(JIRO_AT_WORK, shown(SERIAL_OF_JIRO)),
        expects=gives(Authenticated),
        claims=(Claim("all-three-factors", proved_all), *claims),
    )


def proved_all(stage: Stage) -> bool:
    """Say whether a login has just proven certificate, password and code, and after a change the new password, too."""
    reply = stage.replies[-1]
    return isinstance(reply, Authenticated) and {CERTIFICATE, LOGIN_PASSWORD, CODE} <= set(reply.factors)


def _present(role: Role, showing: Showing, stage: Stage) -> PresentCertificate:
    return PresentCertificate(attempt=stage.page(), client=stage.client(role, showing=showing(stage)))


def _enter_password(role: Role, password: Callable[[Stage], Secret], showing: Showing, stage: Stage) -> EnterPassword:
    client = stage.client(role, showing=showing(stage))
    return EnterPassword(handle=stage.handle(role), client=client, password=password(stage))


def _asks_for_a_balance(stage: Stage) -> RecordOperation:
    return RecordOperation(
        session=stage.session(JIRO_AT_WORK), id="Q-20", name=_OPERATION, client=stage.client(JIRO_AT_WORK)
    )


def _is_told_to_log_out(stage: Stage) -> bool:
    view = stage.read(TopPage(stage.session(JIRO_AT_WORK), stage.client(JIRO_AT_WORK)))
    return view is not None and [one.code for one in view.reminders] == ["log-out"]


def _shows_what_waits(stage: Stage) -> bool:
    view = stage.auth.top_page(stage.session(JIRO_AT_WORK), stage.client(JIRO_AT_WORK))
    lists = () if view is None else (view.transactions, view.notices)
    return [len(one.items) for one in lists if one is not None] == [1, 1]


def _is_listed(stage: Stage) -> bool:
    view = stage.read(TopPage(stage.session(JIRO_AT_WORK), stage.client(JIRO_AT_WORK)))
    return view is not None and view.operations[0].operation == _OPERATION


CERTIFICATE_FIRST_DAY: Final = Scene(
    name="certificate-first-day",
    beats=(
        presents_his_certificate(Claim("grants-nothing-yet", lambda stage: grants_nothing_yet(stage, JIRO_AT_WORK))),
        Act(
            who=JIRO_AT_WORK,
            does="enters-the-initial-password",
            command=enters_password(JIRO_AT_WORK, lambda stage: stage.initial_password(JIRO)),
            expects=gives(PasswordChangeDue),
        ),
        Act(
            who=JIRO_AT_WORK,
            does="chooses-his-passwords",
            command=lambda stage: change(stage, JIRO_AT_WORK, JIRO_LOGIN, JIRO_CONFIRMATION),
            expects=gives(PasswordChangeDone),
        ),
        Act(who=JIRO_AT_WORK, does="acknowledges", command=acknowledges(JIRO_AT_WORK), expects=gives(EnrollmentDue)),
        Act(
            who=JIRO_AT_WORK,
            does="enrolls-his-token",
            command=enrolls(JIRO_AT_WORK, SERIAL_OF_JIRO, shown(SERIAL_OF_JIRO)),
            expects=gives(Authenticated),
            claims=(
                Claim("all-three-factors", proved_all),
                Claim("first-login-of-all", lambda stage: first_of_all(stage, JIRO_AT_WORK)),
                Claim("transfers-are-open", lambda stage: transfers_are_open(stage, JIRO_AT_WORK)),
                Claim("shows-what-waits", _shows_what_waits),
                Claim("is-told-to-log-out", _is_told_to_log_out),
            ),
        ),
    ),
)

CERTIFICATE_SECOND_DAY: Final = Scene(
    name="certificate-second-day",
    beats=(
        Wait(by=_A_DAY, says="a-day-later"),
        presents_his_certificate(Claim("yesterday-is-over", lambda stage: is_logged_out(stage, JIRO_AT_WORK))),
        Act(
            who=JIRO_AT_WORK,
            does="enters-his-password",
            command=enters_password(JIRO_AT_WORK, knows(JIRO_LOGIN)),
            expects=gives(CodeDue),
        ),
        enters_his_code(Claim("shows-the-login-before", lambda stage: shows_the_login_before(stage, JIRO_AT_WORK))),
        Act(
            who=JIRO_AT_WORK,
            does="asks-for-a-balance",
            command=_asks_for_a_balance,
            expects=gives(Done),
            claims=(Claim("is-among-the-last-operations", _is_listed),),
        ),
        logs_out(JIRO_AT_WORK),
    ),
)
