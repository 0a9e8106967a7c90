"""From enrollment on a code is due at every login; and one more for what the bank asks one for within a session."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from okmate_auth.commands import StepUp
from okmate_auth.demo.hard_token import STEP
from okmate_auth.demo.people import HANAKO, OFFICE, SERIAL, SERIAL_ELSEWHERE
from okmate_auth.demo.scenes.displays import (
    NEXT_DISPLAY,
    desk_explains,
    enters,
    enters_code,
    in_full_width,
    logs_in,
    one_answer,
    proved_both,
    shown,
    untouched,
)
from okmate_auth.demo.scenes.logins import done_once, grants_nothing_yet, logs_out, session_of
from okmate_auth.demo.stage import Stage
from okmate_auth.demo.story import Act, Claim, Scene, Wait, gives, refused
from okmate_auth.replies import CodeDue, SteppedUp

_PHONE_CALL: Final = timedelta(minutes=5)  # shorter than a step of the login may take
_LATE: Final = -4 * STEP  # beyond the step on either side that is accepted


def _steps_up(stage: Stage) -> StepUp:
    return _step_up(stage, stage.display(SERIAL), "transfer")


def _steps_up_for_more(stage: Stage) -> StepUp:
    return _step_up(stage, stage.read_off(SERIAL), "administration")


def _step_up(stage: Stage, code: str, purpose: str) -> StepUp:
    return StepUp(session=stage.session(OFFICE), client=stage.client(OFFICE), code=code, purpose=purpose)


def _for_transfers_alone(stage: Stage) -> bool:
    session = session_of(stage, OFFICE)
    return session is not None and session.stepped_up("transfer") and not session.stepped_up("administration")


CODES: Final = Scene(
    name="codes",
    beats=(
        logs_in(OFFICE, CodeDue, Claim("code-form-grants-nothing", lambda stage: grants_nothing_yet(stage, OFFICE))),
        Act(
            who=OFFICE,
            does="enters-used-code",
            command=enters(OFFICE, lambda stage: stage.read_off(SERIAL)),
            expects=refused("wrong-code", at=CodeDue),
        ),
        desk_explains("desk-sees-a-replay", "replayed-code"),
        Wait(by=_PHONE_CALL, says="phone-call"),
        Act(
            who=OFFICE,
            does="enters-late-code",
            command=enters(OFFICE, shown(SERIAL, later=_LATE)),
            expects=refused("wrong-code", at=CodeDue),
        ),
        Act(
            who=OFFICE,
            does="enters-another-token-s-code",
            command=enters(OFFICE, shown(SERIAL_ELSEWHERE)),
            expects=refused("wrong-code", at=CodeDue),
            claims=(Claim("one-answer-for-all", one_answer("wrong-code", "drifted-code", "replayed-code")),),
        ),
        Act(
            who=OFFICE,
            does="types-full-width-digits",
            command=enters(OFFICE, in_full_width(shown(SERIAL))),
            expects=refused("malformed", "full-width", at=CodeDue),
            claims=(Claim("form-is-still-good", untouched(OFFICE, "wrong-code")),),
        ),
        enters_code(OFFICE, Claim("both-factors", proved_both)),
    ),
)

STEP_UP: Final = Scene(
    name="step-up",
    beats=(
        NEXT_DISPLAY,
        Act(
            who=OFFICE,
            does="steps-up-and-clicks-twice",
            command=_steps_up,
            expects=gives(SteppedUp),
            clicks=2,
            claims=(Claim("stepped-up-once", lambda stage: done_once(stage, HANAKO, "stepped-up")),),
        ),
        Act(
            who=OFFICE,
            does="steps-up-for-more",
            command=_steps_up_for_more,
            expects=refused("wrong-code"),
            claims=(Claim("for-transfers-alone", _for_transfers_alone),),
        ),
        logs_out(OFFICE),
    ),
)
