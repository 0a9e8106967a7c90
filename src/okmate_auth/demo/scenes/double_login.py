"""Logging in from two places at once."""

from __future__ import annotations

from typing import Final

from okmate_auth.demo.people import COLLEAGUE, HOME_OF_TARO, TARO, TARO_LOGIN
from okmate_auth.demo.scenes.logins import login, logs_out, session_of, took_over
from okmate_auth.demo.stage import Stage
from okmate_auth.demo.story import Act, Claim, Scene, gives, refused
from okmate_auth.replies import Authenticated, Refused


def _says_when(stage: Stage) -> bool:
    reply = stage.replies[-1]
    until = reply.until if isinstance(reply, Refused) else None
    session = session_of(stage, COLLEAGUE)
    return until is not None and session is not None and stage.clock() < until <= session.ends_at


TWO_PLACES: Final = Scene(
    name="two-places",
    beats=(
        Act(
            who=HOME_OF_TARO,
            does="logs-in-at-home",
            command=login(HOME_OF_TARO, TARO, TARO_LOGIN),
            expects=refused("already-logged-in"),
            claims=(Claim("first-session-goes-on", _says_when),),
        ),
        Act(
            who=COLLEAGUE,
            does="logs-in-again-in-the-same-browser",
            command=login(COLLEAGUE, TARO, TARO_LOGIN),
            expects=gives(Authenticated),
            claims=(Claim("taken-over", lambda stage: took_over(stage, COLLEAGUE, back=1)),),
        ),
        logs_out(COLLEAGUE),
    ),
)
