"""Somebody guesses from elsewhere: his lane is locked, the owner's is not; the desk releases."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from okmate_auth.commands import PasswordLogin, Release
from okmate_auth.demo.people import DESK, HANAKO, HANAKO_LOGIN, HOME, NOBODY, OFFICE, STRANGER
from okmate_auth.demo.scenes.displays import NEXT_DISPLAY, enters_code
from okmate_auth.demo.scenes.logins import login, results, runs_for, took_over
from okmate_auth.demo.stage import Stage
from okmate_auth.demo.story import Act, Claim, Look, Scene, Wait, gives, refused
from okmate_auth.factors import LOGIN_PASSWORD
from okmate_auth.policies.okmate import OKMATE
from okmate_auth.queries import ReadHistory
from okmate_auth.records import LoginRecord
from okmate_auth.replies import CodeDue, Done, Refused

_RULES: Final = OKMATE.lockout_of(LOGIN_PASSWORD)
_SECOND: Final = timedelta(seconds=1)


def _guess(stage: Stage) -> PasswordLogin:
    return PasswordLogin(HANAKO, stage.guess(), attempt=stage.page(), client=stage.client(STRANGER))


def _guess_at_nobody(stage: Stage) -> PasswordLogin:
    return PasswordLogin(NOBODY, stage.guess(), attempt=stage.page(), client=stage.client(STRANGER))


def _same_words(stage: Stage) -> bool:
    """The refusals of the login ID that nobody has and of all guesses at one that somebody has are the same value."""
    first, *others = stage.replies[-_RULES.limit :]
    return all(other == first for other in others)


def _locked_for(stage: Stage, lasts: timedelta) -> bool:
    reply = stage.replies[-1]
    until = reply.until if isinstance(reply, Refused) else None
    return runs_for(stage, until, lasts)


def _not_judged(stage: Stage) -> bool:
    """The right password, in the locked lane, left no verdict: only that it was turned away."""
    return results(stage, HANAKO)[0] == "locked"


def _known_browser(stage: Stage) -> bool:
    """The login that reached its end was one of a known browser, while the lock of the others runs on."""
    newest = stage.read(ReadHistory(login_id=HANAKO, limit=1)).records[0]
    return isinstance(newest, LoginRecord) and newest.result == "authenticated" and newest.known_browser


def _history_holds(stage: Stage) -> bool:
    return stage.read(ReadHistory(login_id=HANAKO)).defect is None


GUESSES: Final = Scene(
    name="guesses",
    beats=(
        Act(who=STRANGER, does="guesses-at-nobody", command=_guess_at_nobody, expects=refused("rejected")),
        Act(
            who=STRANGER,
            does="guesses",
            command=_guess,
            expects=refused("rejected"),
            times=_RULES.limit - 1,
            claims=(Claim("same-words", _same_words),),
        ),
        Act(
            who=STRANGER,
            does="guesses-once-more",
            command=_guess,
            expects=refused("locked"),
            claims=(Claim("locked-for-half-an-hour", lambda stage: _locked_for(stage, _RULES.growing[0])),),
        ),
        Wait(by=_RULES.growing[0] + _SECOND, says="half-an-hour-later"),
        Act(who=STRANGER, does="guesses-again", command=_guess, expects=refused("rejected"), times=_RULES.limit - 1),
        Act(
            who=STRANGER,
            does="guesses-once-more",
            command=_guess,
            expects=refused("locked"),
            claims=(Claim("locked-for-longer", lambda stage: _locked_for(stage, _RULES.growing[1])),),
        ),
        Act(
            who=HOME,
            does="is-kept-out-at-home",
            command=login(HOME, HANAKO, HANAKO_LOGIN),
            expects=refused("locked"),
            claims=(Claim("not-judged", _not_judged),),
        ),
        Act(
            who=OFFICE,
            does="logs-in-from-known-browser",
            command=login(OFFICE, HANAKO, HANAKO_LOGIN),
            expects=gives(CodeDue),
        ),
        enters_code(OFFICE, Claim("was-not-locked-out", _known_browser)),
    ),
)

RELEASE: Final = Scene(
    name="release",
    beats=(
        Look(
            who=DESK,
            does="reads-history",
            query=lambda _: ReadHistory(login_id=HANAKO, limit=2 * _RULES.limit + 3),
            claims=(Claim("history-holds", _history_holds),),
        ),
        Act(
            who=DESK,
            does="releases",
            command=lambda stage: Release(login_id=HANAKO, authority=stage.desk()),
            expects=gives(Done),
        ),
        Act(
            who=HOME,
            does="logs-in-after-release",
            command=login(HOME, HANAKO, HANAKO_LOGIN),
            expects=gives(CodeDue),
        ),
        NEXT_DISPLAY,
        enters_code(HOME, Claim("code-takes-over", lambda stage: took_over(stage, OFFICE))),
    ),
)
