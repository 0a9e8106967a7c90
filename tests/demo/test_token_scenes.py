"""What the scenes about tokens say can be found false, by a changed story and by a bank with other rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from okmate_auth.commands import ReinitializeToken, Release, ResyncToken, StepUp, StockTokens
from okmate_auth.demo.hard_token import STEP
from okmate_auth.demo.people import HANAKO, OFFICE, SERIAL, SERIAL_ELSEWHERE, SERIAL_LOOKALIKE, SERIAL_SPARE
from okmate_auth.demo.scenes import STORY
from okmate_auth.demo.scenes.displays import FAST as FAST_CLOCK
from okmate_auth.demo.scenes.displays import NEXT_DISPLAY, enrolls, enters, in_full_width, shown
from okmate_auth.demo.scenes.logins import login
from okmate_auth.demo.stage import Stage
from okmate_auth.demo.story import Wait, gives, refused
from okmate_auth.policies.tokens import TokenPolicy
from okmate_auth.replies import Authenticated, CodeDue, EnrollmentDue, SteppedUp, TokensStocked
from okmate_auth.secret import Secret
from okmate_auth.tokens import Windows
from tests.demo.changes import (
    NOTHING,
    Change,
    act,
    before,
    both,
    changed,
    instead,
    logs_in,
    logs_out,
    skips,
    without,
    without_waits,
)
from tests.shows import FAST, rehearsed

TOO_LONG = "line-period-too-long"
READ_OFF = enters(OFFICE, lambda stage: stage.read_off(SERIAL))


def _stocks_another(stage: Stage) -> StockTokens:
    return StockTokens(file=stage.token("NB-70990018").line(), authority=stage.desk())


def _steps_up_for_administration(stage: Stage) -> StepUp:
    return _step_up(stage, stage.display(SERIAL), "administration")


def _steps_up_for_approval(stage: Stage) -> StepUp:
    return _step_up(stage, stage.read_off(SERIAL), "approval")


def _step_up(stage: Stage, code: str, purpose: str) -> StepUp:
    return StepUp(session=stage.session(OFFICE), client=stage.client(OFFICE), code=code, purpose=purpose)


def _enters_two_apart(stage: Stage) -> ResyncToken:
    token, now = stage.token(SERIAL), stage.clock() + FAST_CLOCK
    first, second = token.code(now - 2 * STEP), token.code(now)
    return ResyncToken(handle=stage.handle(OFFICE), client=stage.client(OFFICE), first=first, second=second)


STOCKS = act(gives(TokensStocked), _stocks_another)
SKIPS = act(gives(Authenticated), skips)
TYPES_FULL_WIDTH = act(
    refused("malformed", "full-width", at=EnrollmentDue), enrolls(OFFICE, SERIAL, in_full_width(shown(SERIAL)))
)


@pytest.mark.parametrize(
    ("name", "change", "wrong"),
    [
        ("stock", before("stocks-a-broken-file", STOCKS), "stocks-a-broken-file: not so: nothing-is-in-stock"),
        ("stock", before("stocks", STOCKS), "stocks: not so: all-are-sealed"),
        (
            "stock",
            without("dispatches"),  # what is in stock is no token for anybody
            "enrolls: expected Authenticated, got Refused(wrong-token) at EnrollmentDue",
        ),
        (
            "stock",
            without("dispatches-elsewhere"),
            "tries-another-company-s-token: not so: one-answer-for-both",
        ),
        (
            "first-login",
            instead("puts-off", command=enrolls(OFFICE, SERIAL, shown(SERIAL))),
            "puts-off: not so: transfers-are-closed",
        ),
        (
            "enrollment",
            before("logs-in-in-lower-case", logs_in(EnrollmentDue), SKIPS, logs_out(OFFICE)),
            "enrolls: not so: shows-the-login-before",
        ),
        (
            "enrollment",
            instead("mistakes-the-serial", command=enrolls(OFFICE, SERIAL, shown(SERIAL))),
            "mistakes-the-serial: expected Refused(wrong-token) at EnrollmentDue, got Authenticated",
        ),
        (
            "enrollment",
            instead("mistakes-the-serial", command=enrolls(OFFICE, SERIAL_ELSEWHERE, shown(SERIAL))),
            "tries-another-company-s-token: not so: one-answer-for-both",
        ),
        (
            "enrollment",
            instead(
                "types-full-width-digits",
                command=enrolls(OFFICE, SERIAL_LOOKALIKE, shown(SERIAL)),
                expects=refused("wrong-token", at=EnrollmentDue),
            ),
            "types-full-width-digits: not so: form-is-still-good",
        ),
        (
            "enrollment",
            both(  # the handle of a form that came again is the newest, but then a password was judged
                before("types-full-width-digits", TYPES_FULL_WIDTH),
                instead(
                    "types-full-width-digits",
                    command=login(OFFICE, HANAKO, Secret("wrong1234")),
                    expects=refused("rejected"),
                ),
            ),
            "types-full-width-digits: not so: form-is-still-good",
        ),
        (
            "enrollment",
            before("tries-another-company-s-token", NOTHING),  # what was answered before is no refusal
            "tries-another-company-s-token: not so: one-answer-for-both",
        ),
        (
            "enrollment",
            instead("enrolls", command=skips),
            "enrolls: not so: both-factors, transfers-are-open",
        ),
        (
            "codes",
            instead("enters-used-code", command=enters(OFFICE, shown(SERIAL_ELSEWHERE))),
            "explains: not so: desk-sees-a-replay",
        ),
        # The display still shows what the registration used up.
        ("codes", without_waits, "enters-another-token-s-code: not so: one-answer-for-all"),
        (
            "codes",
            instead("enters-late-code", command=enters(OFFICE, shown(SERIAL, later=-STEP))),
            "enters-late-code: expected Refused(wrong-code) at CodeDue, got Authenticated",
        ),
        (
            "codes",
            before("enters-another-token-s-code", NOTHING),
            "enters-another-token-s-code: not so: one-answer-for-all",
        ),
        (
            "codes",
            instead("enters-late-code", command=enters(OFFICE, shown(SERIAL_SPARE))),
            "enters-another-token-s-code: not so: one-answer-for-all",
        ),
        (
            "codes",
            instead(
                "types-full-width-digits",
                command=enters(OFFICE, shown(SERIAL_SPARE)),
                expects=refused("wrong-code", at=CodeDue),
            ),
            "types-full-width-digits: not so: form-is-still-good",
        ),
        ("codes", instead("enters-code", command=READ_OFF), ""),  # the right one, which was typed in full width before
        ("step-up", without_waits, "steps-up-and-clicks-twice: expected SteppedUp, got Refused(wrong-code)"),
        (
            "step-up",
            instead("steps-up-and-clicks-twice", clicks=1),
            "steps-up-and-clicks-twice: not so: stepped-up-once",
        ),
        (
            "step-up",
            before("steps-up-for-more", NEXT_DISPLAY, act(gives(SteppedUp), _steps_up_for_administration)),
            "steps-up-for-more: expected Refused(wrong-code), got SteppedUp",
        ),
        (
            "step-up",
            both(
                before("steps-up-for-more", NEXT_DISPLAY, act(gives(SteppedUp), _steps_up_for_administration)),
                instead("steps-up-for-more", command=_steps_up_for_approval),
            ),
            "steps-up-for-more: not so: for-transfers-alone",
        ),
        (
            "step-up",
            before("steps-up-for-more", Wait(by=FAST.session.fresh_for, says="x")),
            "steps-up-for-more: not so: for-transfers-alone",
        ),
        (
            "drift",
            instead("enters-fast-code", command=enters(OFFICE, shown(SERIAL_SPARE))),
            "explains: not so: desk-sees-drift",
        ),
        (
            "drift",
            instead("enters-two-in-a-row", command=_enters_two_apart),
            "enters-two-in-a-row: expected CodeDue, got Refused(wrong-code) at CodeDue",
        ),
        (
            "drift",
            without_waits,  # the display still shows the second one of the pair
            "enters-the-next-code: expected Authenticated, got Refused(wrong-code) at CodeDue",
        ),
        ("lost-token", without("revokes"), "logs-in: expected Authenticated, got CodeDue"),
        (
            "lost-token",
            instead("revokes", command=lambda stage: ReinitializeToken(login_id=HANAKO, authority=stage.desk())),
            "logs-in: expected Authenticated, got EnrollmentDue",
        ),
        (
            "lost-token",
            instead("revokes", command=lambda stage: Release(login_id=HANAKO, authority=stage.desk())),
            "revokes: not so: her-session-ended",
        ),
        (
            "lost-token",
            before("is-asked-for-the-screen", Wait(by=timedelta(minutes=2), says="x")),
            "is-asked-for-the-screen: not so: desk-sees-the-wait",
        ),
        (
            "lost-token",
            instead("finds-the-old-token", command=enrolls(OFFICE, SERIAL_LOOKALIKE, shown(SERIAL))),
            "finds-the-old-token: not so: revoked-for-good",
        ),
        ("lost-token", instead("enrolls-the-spare", command=skips), "enrolls-the-spare: not so: both-factors"),
        (
            "lost-token",
            instead("enrolls-the-spare", command=skips, claims=()),
            "reads-outbox: not so: told-of-the-tokens",
        ),
    ],
)
def test_a_changed_story_is_found_out(name: str, change: Change, wrong: str) -> None:
    """The demo ends where something is not so any more; what changes nothing that is said ends well."""
    said = rehearsed(changed(name, change)).wrong
    assert said.endswith(wrong)
    assert bool(said) is bool(wrong)


@pytest.mark.parametrize(
    ("rules", "wrong"),
    [
        ({"token_services": frozenset()}, "acknowledges: expected EnrollmentDue, got Authenticated"),
        ({"token_services": frozenset({"approval"})}, "puts-off: not so: transfers-are-closed"),
        ({"tokens": TokenPolicy(grace=timedelta(days=30))}, "puts-off: not so: transfers-are-closed"),
        (
            {"tokens": TokenPolicy(longest_period_seconds=30)},
            f"stocks-his-token: expected TokensStocked, got Refused(delivery-defects, {TOO_LONG})",
        ),
        (
            {"code_at_login": {"password": "never", "certificate": "when_bound"}},
            "logs-in: expected CodeDue, got Authenticated",
        ),
        ({"tokens": TokenPolicy(windows=Windows(resync=15))}, "explains: not so: desk-sees-drift"),
        (
            {"tokens": TokenPolicy(wait_after_revocation=timedelta(0))},
            "logs-in: expected Authenticated, got EnrollmentDue",
        ),
        (
            {"tokens": TokenPolicy(wait_after_revocation=timedelta(minutes=15))},
            "is-asked-for-the-screen: not so: desk-sees-the-wait",
        ),
        (
            {"tokens": TokenPolicy(wait_after_revocation=timedelta(hours=1))},
            "is-asked-for-the-screen: not so: desk-sees-the-wait",
        ),
    ],
)
def test_other_rules_are_found_out(rules: dict[str, Any], wrong: str) -> None:
    """A bank with rules of its own has another story, and the demo says where."""
    assert rehearsed(STORY, attrs.evolve(FAST, **rules)).wrong.endswith(wrong)
