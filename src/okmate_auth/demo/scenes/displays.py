"""What the scenes about tokens have in common: logging in, entering what a display shows, asking what came of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final

from okmate_auth.commands import EnrollToken, EnterCode
from okmate_auth.demo.hard_token import STEP
from okmate_auth.demo.people import DESK, HANAKO, HANAKO_LOGIN, SERIAL
from okmate_auth.demo.scenes.logins import login, results, session_of
from okmate_auth.demo.stage import Role, Stage
from okmate_auth.demo.story import Act, Claim, Look, Wait, gives
from okmate_auth.factors import CODE, LOGIN_PASSWORD
from okmate_auth.queries import ExplainToken
from okmate_auth.replies import Authenticated, Refused

NEXT_DISPLAY: Final = Wait(by=STEP, says="next-display")  # an accepted code is spent: the next login needs another one
FAST: Final = 20 * STEP  # by which the clock of Hanako's is wrong in the end; two codes in a row bring it back
_FULL_WIDTH: Final = {ord("0") + digit: ord("０") + digit for digit in range(10)}


def shown(serial: str, *, later: timedelta = timedelta(0)) -> Callable[[Stage], str]:
    """Return what reads a token's display."""
    return lambda stage: stage.display(serial, later=later)


def in_full_width(code: Callable[[Stage], str]) -> Callable[[Stage], str]:
    """Return what types a code with the input method left on."""
    return lambda stage: code(stage).translate(_FULL_WIDTH)


def enters(role: Role, code: Callable[[Stage], str]) -> Callable[[Stage], EnterCode]:
    """Return what enters a code in the form that a browser shows."""
    return partial(_enter, role, code)


def enrolls(role: Role, serial: str, code: Callable[[Stage], str]) -> Callable[[Stage], EnrollToken]:
    """Return what enters a serial number and a code in the form that a browser shows."""
    return partial(_enroll, role, serial, code)


def logs_in(role: Role, reply: type, *claims: Claim) -> Act:
    """Return the act of Hanako's login by her password, which gets a reply of that class."""
    return Act(who=role, does="logs-in", command=login(role, HANAKO, HANAKO_LOGIN), expects=gives(reply), claims=claims)


def enters_code(role: Role, *claims: Claim) -> Act:
    """Return the act of entering what Hanako's token shows, which opens the top page."""
    return Act(
        who=role, does="enters-code", command=enters(role, shown(SERIAL)), expects=gives(Authenticated), claims=claims
    )


def closed(stage: Stage, role: Role) -> bool:
    """Say whether transfers are closed in the session of a browser because there is no token."""
    session = session_of(stage, role)
    return session is not None and "transfer" not in session.entitlements and "transfer" in session.guarded


def desk_explains(says: str, reason: str) -> Look:
    """Return the desk's look at Hanako's token, with the claim that it sees that as what became of her last code."""
    return Look(
        who=DESK,
        does="explains",
        query=lambda _: ExplainToken(login_id=HANAKO),
        claims=(Claim(says, partial(_desk_sees, reason)),),
    )


def proved_both(stage: Stage) -> bool:
    """Say whether a login has just proven password and code."""
    reply = stage.replies[-1]
    return isinstance(reply, Authenticated) and reply.factors == (LOGIN_PASSWORD, CODE)


def one_answer(*reasons: str) -> Callable[[Stage], bool]:
    """Return what says whether the last refusals of Hanako are one and the same, but for the handle of the form.

    The desk can tell them apart, by the reasons that the history has, newest first.
    """
    return partial(_one_answer, reasons)


def untouched(role: Role, newest: str) -> Callable[[Stage], bool]:
    """Return what says whether the form that came again is the one that was sent, and the history ends as it did."""
    return lambda stage: stage.handle(role) == stage.handle(role, back=1) and results(stage, HANAKO)[0] == newest


def _enter(role: Role, code: Callable[[Stage], str], stage: Stage) -> EnterCode:
    return EnterCode(handle=stage.handle(role), client=stage.client(role), code=code(stage))


def _enroll(role: Role, serial: str, code: Callable[[Stage], str], stage: Stage) -> EnrollToken:
    return EnrollToken(handle=stage.handle(role), client=stage.client(role), serial=serial, code=code(stage))


def _one_answer(reasons: tuple[str, ...], stage: Stage) -> bool:
    count = len(reasons)
    said = [
        (reply.code, reply.until, reply.violations) if isinstance(reply, Refused) else reply
        for reply in stage.replies[-count:]
    ]
    return all(one == said[0] for one in said) and results(stage, HANAKO)[:count] == list(reasons)


def _desk_sees(reason: str, stage: Stage) -> bool:
    report = stage.read(ExplainToken(login_id=HANAKO))
    return report is not None and report.code.reason == reason
