"""The hard tokens of the story: what their displays show, what their maker writes, and that no two codes are alike."""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyotp.totp import TOTP

from okmate_auth.demo.hard_token import STEP, HardToken, made
from okmate_auth.demo.people import SERIAL, SERIAL_SPARE
from okmate_auth.demo.scenes import STORY
from okmate_auth.demo.scenes.displays import FAST
from okmate_auth.demo.story import length
from okmate_auth.policies.okmate import OKMATE
from okmate_auth.testing import FakeClock
from okmate_auth.tokens import read_oath_csv

NOW = FakeClock()()
SEED = bytes(range(20))


def shown(token: HardToken, *, since: timedelta, until: timedelta) -> list[str]:
    """Return every code that a token shows from one time to another."""
    return [token.code(NOW + since + number * STEP) for number in range((until - since) // STEP)]


@given(st.binary(min_size=20, max_size=20), st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - as Hypothesis wants
def test_a_display_shows_what_pyotp_computes(seed: bytes, instant: datetime) -> None:
    """Six digits for each minute, by an implementation that shares nothing with ours."""
    at = instant.replace(tzinfo=UTC)
    totp = TOTP(base64.b32encode(seed).decode(), interval=60)
    assert HardToken(serial=SERIAL, seed=seed).code(at) == totp.at(at)


def test_the_maker_s_file_says_what_the_display_shows() -> None:
    """Its line is read without a defect, and the code of what was read is the code on the display."""
    token = HardToken(serial=SERIAL, seed=SEED)
    (entry,), defects, _ = read_oath_csv(token.line(), most=1)
    assert defects == ()
    assert (entry.serial, entry.seed) == (SERIAL, SEED)
    assert (entry.parameters.kind, entry.parameters.digits) == ("totp", 6)
    assert timedelta(seconds=entry.parameters.period_seconds) == STEP


def test_a_token_does_not_show_its_seed() -> None:
    """In a traceback it is a serial number."""
    assert repr(HardToken(serial=SERIAL, seed=SEED)) == f"HardToken(serial={SERIAL!r})"


def test_no_code_of_the_story_is_shown_twice() -> None:
    """Neither by a token nor by two of them, from an hour before the first is made to four hours after."""
    tokens: list[HardToken] = []
    for number in range(4):
        tokens.append(made(f"NB-{number}", tokens, NOW))
    codes = [code for token in tokens for code in shown(token, since=-timedelta(hours=1), until=timedelta(hours=4))]
    assert len(codes) == 4 * 300
    assert len(set(codes)) == len(codes)


def test_every_code_of_the_story_is_among_them() -> None:
    """What is looked through for a code from when a wrong one is first typed to the end, by the fastest clock.

    Jiro's is the token of the days before; nobody types a wrong code of his.
    """
    began = [scene.name for scene in STORY].index("stock")
    reach = OKMATE.tokens.windows.resync * STEP
    assert reach < timedelta(hours=1)
    assert length(STORY[began:]) + FAST + reach < timedelta(hours=4)


def test_a_seed_that_shows_a_code_again_is_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other's own seed shows all of its codes again; the next one that was drawn is taken."""
    other = made(SERIAL, (), NOW)
    good = made(SERIAL_SPARE, [other], NOW).seed
    drawn = [other.seed, good]
    monkeypatch.setattr(secrets, "token_bytes", lambda _: drawn.pop(0))
    assert made(SERIAL_SPARE, [other], NOW).seed == good
    assert drawn == []
