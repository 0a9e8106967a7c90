"""What both shells share: parts that must fit together, bounded patience, and the watch over the clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.actions import Action
from okmate_auth.certificates import CertificateChain, CertificateRefusal
from okmate_auth.commands import TRANSITIONS, Abandon, transitions
from okmate_auth.decision import CheckPassword, HashPassword
from okmate_auth.errors import ClockError, ConfigurationError, InfrastructureError, MisuseError
from okmate_auth.handles import is_handle
from okmate_auth.hashing import HashingPool
from okmate_auth.keys import Keys
from okmate_auth.policies.nist import NIST_800_63B_4
from okmate_auth.policies.profile import PASSWORD_CHANGE, TOKEN_ENROLLMENT
from okmate_auth.ports import SourceOutcome
from okmate_auth.shells import setup
from okmate_auth.shells.setup import (
    CLOCK_BOUND,
    CLOCK_CHECK,
    LONGEST_WAIT_SECONDS,
    ROUNDS,
    ROUNDS_TO_SETTLE,
    TWIN_WAITS,
    ClockWatch,
    Setup,
    Submit,
    TurnedAway,
    system_entropy,
    utc_now,
)
from okmate_auth.shells.sources import InProcessSourceLimiter
from okmate_auth.testing import FakeClock
from okmate_auth.testing.kdf import UNSAFE_CHEAPEST
from okmate_auth.testing.keys import unsafe_keys
from tests.stored_values import AT, FAST

TICK = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)


def action(name: str) -> Action:
    """Return an action that is never due."""
    return Action(name=name, is_due=lambda *_: None, apply=lambda _note, answer, _now: answer)


WITH_MAIL = attrs.evolve(FAST, order=(PASSWORD_CHANGE, TOKEN_ENROLLMENT, "mail"))


@pytest.fixture
def parts() -> Iterator[dict[str, Any]]:
    """Parts that fit together."""
    pool = HashingPool(UNSAFE_CHEAPEST, slots=1)
    yield {
        "profile": FAST,
        "keys": unsafe_keys(),
        "bank": "",
        "actions": (),
        "pool": pool,
        "certificates": None,
        "limiter": None,
        "clock": FakeClock(),
        "entropy": lambda size: b"\x05" * size,
    }
    pool.close()


def test_without_a_judge_nobody_s_certificate_is_known(parts: dict[str, Any]) -> None:
    """Where nothing is trusted nothing is accepted, whatever it is."""
    judge = Setup.checked(**parts).certificates
    assert judge.judge(CertificateChain(b"certificate"), AT) == CertificateRefusal("unknown-issuer")


# ------------------------------------------------------------------------------------------------- parts that don't fit


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("profile", None),
        ("profile", "OKMATE"),
        ("keys", b"k"),
        ("bank", None),
        ("bank", 1),
        ("certificates", "ca.pem"),
        ("certificates", True),
    ],
)
def test_a_part_of_another_type_is_refused(parts: dict[str, Any], name: str, wrong: object) -> None:
    """Named, at construction, before anything is served."""
    with pytest.raises(MisuseError, match=name):
        Setup.checked(**{**parts, name: wrong})


@pytest.mark.parametrize("bank", ["大垣", "a b", "a" * 33, "a:b", "é", "\x00", "_"])
def test_a_banks_id_is_plain(parts: dict[str, Any], bank: str) -> None:
    """It becomes part of keys, so what no store can keep is refused here and not at the first login."""
    with pytest.raises(ConfigurationError, match="bank"):
        Setup.checked(**{**parts, "bank": bank})


@pytest.mark.parametrize("bank", ["", "0155", "ogaki-kyoritsu", "a" * 32])
def test_a_plain_id_is_taken(parts: dict[str, Any], bank: str) -> None:
    """Up to 32 letters, digits and hyphens, or none where there is one bank."""
    assert Setup.checked(**{**parts, "bank": bank}).context(b"\x01" * 32, 0).bank == bank


@pytest.mark.parametrize(
    ("order", "actions", "differing"),
    [
        ((PASSWORD_CHANGE, TOKEN_ENROLLMENT), ("mail",), "mail"),
        ((PASSWORD_CHANGE, TOKEN_ENROLLMENT, "mail"), (), "mail"),
        ((PASSWORD_CHANGE, TOKEN_ENROLLMENT, "mail"), ("news",), "mail, news"),
        ((PASSWORD_CHANGE, TOKEN_ENROLLMENT), (PASSWORD_CHANGE,), PASSWORD_CHANGE),
        ((PASSWORD_CHANGE, TOKEN_ENROLLMENT), (TOKEN_ENROLLMENT,), TOKEN_ENROLLMENT),
    ],
)
def test_actions_and_order_name_the_same(
    parts: dict[str, Any], order: tuple[str, ...], actions: tuple[str, ...], differing: str
) -> None:
    """A step that is named and missing, or given and never due, is a mistake that shows before the first login."""
    profile = attrs.evolve(FAST, order=order)
    with pytest.raises(ConfigurationError, match=f"differ in: {differing}$"):
        Setup.checked(**{**parts, "profile": profile, "actions": map(action, actions)})


@pytest.mark.parametrize("name", ["", "メール", "mail address", "m" * 33, "mail:1"])
def test_an_actions_name_is_plain(parts: dict[str, Any], name: str) -> None:
    """It becomes part of a note's key."""
    profile = attrs.evolve(FAST, order=(PASSWORD_CHANGE, TOKEN_ENROLLMENT, name))
    with pytest.raises(ConfigurationError, match="actions"):
        Setup.checked(**{**parts, "profile": profile, "actions": (action(name),)})


def test_two_actions_of_one_name_are_refused(parts: dict[str, Any]) -> None:
    """Or the second would silently stand for the first."""
    with pytest.raises(ConfigurationError, match="actions: each name once"):
        Setup.checked(**{**parts, "profile": WITH_MAIL, "actions": (action("mail"), action("mail"))})


@pytest.mark.parametrize("wrong", [None, "mail", object()])
def test_an_action_is_an_action(parts: dict[str, Any], wrong: object) -> None:
    """Something else in its place is the program's mistake."""
    with pytest.raises(MisuseError, match="actions"):
        Setup.checked(**{**parts, "profile": WITH_MAIL, "actions": (wrong,)})


def test_a_profile_with_steps_that_nothing_answers_is_refused(
    parts: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A login must never come to a step that can't be left, as in a version that lacks the commands about tokens."""
    assert Setup.checked(**{**parts, "profile": NIST_800_63B_4}).profile is NIST_800_63B_4
    lacking = {step: {Abandon: Abandon.replies} for step in TRANSITIONS}
    monkeypatch.setattr(transitions, "TRANSITIONS", lacking)
    with pytest.raises(ConfigurationError, match=r"'NIST_800_63B_4' can come to steps .* EnrollmentDue, CodeDue"):
        Setup.checked(**{**parts, "profile": NIST_800_63B_4})


NO_CODES: Any = {"code_at_login": {"password": "never", "certificate": "never"}, "token_services": frozenset()}


def test_a_machine_that_computes_codes_wrongly_serves_no_bank_that_asks_for_them(
    parts: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The known answers are compared once in a process, before the first code could be judged; elsewhere not at all."""
    compared: list[str] = []

    def failing() -> None:
        compared.append("failed")
        message = "one-time passwords are not computed as the standards say"
        raise InfrastructureError(message)

    setup._known_answers.cache_clear()
    monkeypatch.setattr(setup, "self_test", failing)
    Setup.checked(**{**parts, "profile": attrs.evolve(FAST, **NO_CODES)})
    assert compared == []
    with pytest.raises(InfrastructureError, match="one-time passwords"):
        Setup.checked(**parts)
    monkeypatch.setattr(setup, "self_test", lambda: compared.append("passed"))
    for _ in range(3):
        Setup.checked(**parts)
    assert compared == ["failed", "passed"]
    setup._known_answers.cache_clear()  # of this process nothing is known yet


# ------------------------------------------------------------------------------------------------------ what they make


def test_a_bank_may_bring_its_own_limiter(parts: dict[str, Any]) -> None:
    """Whatever it is, even one that is empty so far; without one there is one in this process."""

    class Shared(list[int]):
        """A limiter that counts as false while it is empty."""

        def verdict(self, *_: object) -> None:
            """Let everybody pass."""

        def tell(self, *_: object) -> None:
            """Learn nothing."""

    mine = Shared()
    assert Setup.checked(**{**parts, "limiter": mine}).limiter is mine
    usual = Setup.checked(**parts).limiter
    assert isinstance(usual, InProcessSourceLimiter)
    for _ in range(FAST.source.failures):
        usual.tell("192.0.2.1", SourceOutcome(result="malformed"), AT)
    assert usual.verdict("192.0.2.1", AT) is not None


def test_a_pool_is_made_where_none_is_given(parts: dict[str, Any]) -> None:
    """Sized by the profile's cost."""
    made = Setup.checked(**{**parts, "pool": None})
    assert made.pool.close(wait_seconds=1)
    assert Setup.checked(**parts).pool is parts["pool"]


def test_a_context_has_the_time_as_it_is_now(parts: dict[str, Any]) -> None:
    """Read again for each decision; the randomness is the submit's."""
    setup = Setup.checked(**{**parts, "profile": WITH_MAIL, "actions": (action("mail"),)})
    first = setup.context(b"\x01" * 32, 0)
    parts["clock"].advance(SECOND)
    second = setup.context(b"\x01" * 32, 7)
    assert (first.now, second.now) == (AT, AT + SECOND)
    assert (first.serial, second.serial) == (0, 7)
    assert set(second.actions) == {"mail"}
    assert (second.profile, second.keys, second.bank) == (WITH_MAIL, unsafe_keys(), "")


@pytest.mark.parametrize("zone", [None, timezone(timedelta(hours=9)), timezone(timedelta(seconds=1))])
def test_a_clock_that_is_not_in_utc_is_refused(parts: dict[str, Any], zone: timezone | None) -> None:
    """A naive instant, or one of another zone, never gets into a record (rule of the whole library)."""
    setup = Setup.checked(**{**parts, "clock": lambda: datetime(2026, 1, 5, 9, 0, tzinfo=zone)})
    with pytest.raises(MisuseError, match="aware instants in UTC"):
        setup.now()


def test_tokens_are_made_of_the_entropy_that_is_given(parts: dict[str, Any]) -> None:
    """43 characters of 256 bits, another one each time with a real source."""
    assert is_handle(Setup.checked(**parts).new_token())
    real = Setup.checked(**{**parts, "entropy": system_entropy})
    assert len({real.new_token() for _ in range(50)}) == 50


def test_the_usual_clock_is_aware() -> None:
    """The one place that reads the machine's clock reads it in UTC."""
    assert utc_now().utcoffset() == timedelta(0)
    assert abs(utc_now() - datetime.now(UTC)) < timedelta(minutes=1)  # noqa: TID251 - what it is compared with


def test_questions_become_jobs_of_the_pool(parts: dict[str, Any]) -> None:
    """A hash that was made verifies, and nothing else does; a hostile stored text is not worked on."""
    setup = Setup.checked(**parts)
    make, *arguments = setup.job(HashPassword(UNSAFE_CHEAPEST, b"s" * 16, b"material"))
    phc = make(*arguments)
    for stored, material, right in (
        (phc, b"material", True),
        (phc, b"other", False),
        ("$argon2id$v=19$m=4194304,t=4294967295,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAA", b"material", False),
        ("!", b"material", False),
    ):
        check, *arguments = setup.job(CheckPassword(stored, material))
        assert check(*arguments) is right


# ------------------------------------------------------------------------------------------------------------ patience


def test_a_submits_decisions_share_what_they_worked_out_and_no_two_submits_do(parts: dict[str, Any]) -> None:
    """A name that one decision computed is there in the next, at another instant; it goes with its submit."""
    built = Setup.checked(**parts)
    one, other = Submit(built, b"\x01" * 32), Submit(built, b"\x02" * 32)
    first = one.context()
    keys, login_id = first.keys, "hanako01"
    subject = first.once(Keys.subject, keys, "", login_id)
    parts["clock"].advance(SECOND)
    later = one.context()
    assert later.now == first.now + SECOND
    assert later.once(Keys.subject, keys, "", login_id) is subject
    assert other.context().memo == built.context(b"\x03" * 32, 0).memo == {}


def test_a_submit_shows_nothing_that_was_worked_out(parts: dict[str, Any]) -> None:
    """Peppered passwords and seal keys are among it."""
    submit, text = Submit(Setup.checked(**parts), b"\x01" * 32), "kanari4"
    submit.context().once(str.upper, text)
    assert text not in repr(submit).lower()


def pauses(submit: Submit, pause: str) -> list[float]:
    """Wait until it is turned away; return how long each time."""
    waited, told = list[float](), None
    while told is None:
        try:
            waited.append(getattr(submit, pause)())
        except TurnedAway as away:
            told = away.retry_after
    assert told == SECOND
    return waited


@pytest.mark.parametrize(("reserved", "rounds"), [(False, ROUNDS), (True, ROUNDS_TO_SETTLE)])
def test_conflicts_are_bounded(parts: dict[str, Any], *, reserved: bool, rounds: int) -> None:
    """Random, growing waits up to a bound; one conflict too many is turned away, later where a place is held."""
    submit = Submit(Setup.checked(**parts), b"\x01" * 32, reserved=reserved)
    waited = pauses(submit, "conflict_pause_seconds")
    assert len(waited) == rounds - 1
    assert all(0 <= seconds <= min(0.001 * 2**at, LONGEST_WAIT_SECONDS) for at, seconds in enumerate(waited, 1))
    assert len(set(waited)) > 1


def test_waiting_for_a_twin_is_bounded(parts: dict[str, Any]) -> None:
    """Long enough for a slot's wait and a hash, and then no longer."""
    waited = pauses(Submit(Setup.checked(**parts), b"\x01" * 32), "twin_pause_seconds")
    assert len(waited) == TWIN_WAITS
    assert all(LONGEST_WAIT_SECONDS / 2 <= seconds <= LONGEST_WAIT_SECONDS for seconds in waited)
    assert sum(waited) > 6


def test_a_submit_is_the_same_to_all_its_decisions(parts: dict[str, Any]) -> None:
    """Its randomness stays, its serial counts its commits, and its repr shows neither."""
    submit = Submit(Setup.checked(**parts), b"kanari4-" * 4)
    handle = submit.context().random("handle/flow")
    submit.serial += 1
    assert submit.context().random("handle/flow") == handle
    assert submit.context().serial == 1
    assert "kanari4" not in repr(submit)


# --------------------------------------------------------------------------------------------------------------- clock


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("beyond", "wrong"), [(-TICK, False), (timedelta(0), False), (TICK, True)])
def test_a_clock_that_differs_by_more_than_30_s_stops_serving(sign: int, beyond: timedelta, *, wrong: bool) -> None:
    """Ahead or behind, exactly 30 s is allowed; what passed while the store was asked is not held against anybody."""
    watch, before = ClockWatch(), AT
    after = before + 2 * SECOND
    stores = (after if sign > 0 else before) + sign * (CLOCK_BOUND + beyond)
    if not wrong:
        watch.compare(before, stores, after)
        assert not watch.due(after)
        return
    with pytest.raises(ClockError, match="more than 30 s"):
        watch.compare(before, stores, after)
    assert watch.due(after)


def test_a_wrong_clock_is_looked_at_again_until_it_is_right() -> None:
    """The process serves nothing meanwhile, and goes on by itself as soon as the clocks agree."""
    watch = ClockWatch()
    watch.compare(AT, AT, AT)
    late = AT + CLOCK_CHECK
    for _ in range(3):
        assert watch.due(late)
        with pytest.raises(ClockError):
            watch.compare(late, AT, late)
    watch.compare(late, late, late)
    assert not watch.due(late)


@pytest.mark.parametrize(
    ("elapsed", "due"),
    [
        (timedelta(0), False),
        (CLOCK_CHECK - TICK, False),
        (CLOCK_CHECK, True),
        (CLOCK_CHECK + TICK, True),
        (-TICK, True),
    ],
)
def test_clocks_are_compared_at_start_and_each_minute(elapsed: timedelta, *, due: bool) -> None:
    """And at once where the clock went back."""
    watch = ClockWatch()
    assert watch.due(AT)
    watch.compare(AT, AT, AT)
    assert watch.due(AT + elapsed) is due


@given(st.timedeltas(min_value=-timedelta(days=1), max_value=timedelta(days=1)))
def test_a_store_without_a_clock_is_believed(apart: timedelta) -> None:
    """A store that has no clock but this machine's has nothing to compare with."""
    watch = ClockWatch()
    watch.compare(AT, None, AT + apart)
    assert not watch.due(AT + apart)
