"""A token whose clock is fast: its codes are refused until two of them in a row say where it stands."""

from __future__ import annotations

from typing import Final

from okmate_auth.commands import ResyncToken
from okmate_auth.demo.hard_token import STEP
from okmate_auth.demo.people import OFFICE, SERIAL
from okmate_auth.demo.scenes.displays import FAST, NEXT_DISPLAY, desk_explains, enters, logs_in, proved_both, shown
from okmate_auth.demo.scenes.logins import grants_nothing_yet
from okmate_auth.demo.stage import Stage
from okmate_auth.demo.story import Act, Claim, Scene, gives, refused
from okmate_auth.replies import Authenticated, CodeDue


def _enters_two(stage: Stage) -> ResyncToken:
    token, now = stage.token(SERIAL), stage.clock() + FAST  # one instant, or they might not be in a row
    return ResyncToken(
        handle=stage.handle(OFFICE),
        client=stage.client(OFFICE),
        first=token.code(now - STEP),
        second=token.code(now),
    )


DRIFT: Final = Scene(
    name="drift",
    beats=(
        logs_in(OFFICE, CodeDue),
        Act(
            who=OFFICE,
            does="enters-fast-code",
            command=enters(OFFICE, shown(SERIAL, later=FAST)),
            expects=refused("wrong-code", at=CodeDue),
        ),
        desk_explains("desk-sees-drift", "drifted-code"),
        NEXT_DISPLAY,
        Act(
            who=OFFICE,
            does="enters-two-in-a-row",
            command=_enters_two,
            expects=gives(CodeDue),
            claims=(Claim("pair-grants-nothing", lambda stage: grants_nothing_yet(stage, OFFICE)),),
        ),
        NEXT_DISPLAY,
        Act(
            who=OFFICE,
            does="enters-the-next-code",
            command=enters(OFFICE, shown(SERIAL, later=FAST)),
            expects=gives(Authenticated),
            claims=(Claim("both-factors", proved_both),),
        ),
    ),
)
