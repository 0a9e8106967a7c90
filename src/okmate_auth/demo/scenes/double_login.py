"""Logging in again, and from two places at once."""

from __future__ import annotations

from typing import Final

from okmate_auth.demo.people import HANAKO, HANAKO_LOGIN, HOME, OFFICE
from okmate_auth.demo.scenes.logins import is_logged_out, login, logs_out
from okmate_auth.demo.stage import Stage
from okmate_auth.demo.story import Act, Claim, Scene, gives, refused
from okmate_auth.queries import TopPage
from okmate_auth.replies import Authenticated, Refused


def _shows_the_login_before(stage: Stage) -> bool:
    view = stage.read(TopPage(stage.session(OFFICE), stage.client(OFFICE)))
    return view is not None and len(view.logins) == 1 and view.logins[0].at < stage.began


def _says_when(stage: Stage) -> bool:
    reply = stage.replies[-1]
    until = reply.until if isinstance(reply, Refused) else None
    session = stage.auth.session(stage.session(OFFICE), stage.client(OFFICE))
    return until is not None and session is not None and stage.clock() < until <= session.ends_at


def _taken_over(stage: Stage) -> bool:
    reply = stage.replies[-1]
    return isinstance(reply, Authenticated) and reply.took_over and is_logged_out(stage, OFFICE, back=1)


SECOND_LOGIN: Final = Scene(
    name="second-login",
    beats=(
        Act(
            who=OFFICE,
            does="logs-in-in-lower-case",
            command=login(OFFICE, HANAKO.lower(), HANAKO_LOGIN),
            expects=gives(Authenticated),
            claims=(Claim("shows-the-login-before", _shows_the_login_before),),
        ),
    ),
)

TWO_PLACES: Final = Scene(
    name="two-places",
    beats=(
        Act(
            who=HOME,
            does="logs-in-at-home",
            command=login(HOME, HANAKO, HANAKO_LOGIN),
            expects=refused("already-logged-in"),
            claims=(Claim("first-session-goes-on", _says_when),),
        ),
        Act(
            who=OFFICE,
            does="logs-in-again-in-the-same-browser",
            command=login(OFFICE, HANAKO, HANAKO_LOGIN),
            expects=gives(Authenticated),
            claims=(Claim("taken-over", _taken_over),),
        ),
        logs_out(OFFICE),
    ),
)
