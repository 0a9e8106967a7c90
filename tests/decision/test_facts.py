"""Facts: what is known so far, and what of it outlives a conflict."""

from __future__ import annotations

from okmate_auth.decision import CheckPassword, CountUnjudged, Facts, HashPassword
from okmate_auth.ports import ChangeSet, Loaded
from okmate_auth.records import Account, Throttle
from okmate_auth.testing.kdf import UNSAFE_CHEAPEST
from tests.stored_values import AT, SUBJECT, account, throttle

ACCOUNT, THROTTLE = Account.at(SUBJECT), Throttle.at(SUBJECT, "password")
CHECK = CheckPassword("kanari4-phc", b"kanari4-material")


def test_no_repr_of_facts_shows_an_answer() -> None:
    """A new hash is an answer, and facts are what a debugger shows of a decision."""
    facts = Facts().answered(HashPassword(UNSAFE_CHEAPEST, b"salt", b"material"), "kanari4-hash")
    assert "kanari4" not in repr(facts)


def test_what_was_loaded_is_known_absence_included() -> None:
    """A key that was loaded and is missing is known to be absent; a key that was not asked is not known at all."""
    facts = Facts().loaded([ACCOUNT, THROTTLE], {ACCOUNT: Loaded(account(), "v1")})
    assert facts.records == {ACCOUNT: Loaded(account(), "v1"), THROTTLE: None}
    again = facts.loaded([ACCOUNT], {ACCOUNT: Loaded(account(name="n"), "v2")})
    assert again.records == {ACCOUNT: Loaded(account(name="n"), "v2"), THROTTLE: None}
    assert Facts().records == {}


def test_our_own_reservation_is_known_without_reading() -> None:
    """After a reservation its records stand with the reservation's id as their version."""
    taken = throttle(latest=AT)
    change = ChangeSet(id="0" * 32, at=AT, guards={THROTTLE: None}, puts=(taken,))
    facts = Facts().loaded([ACCOUNT, THROTTLE], {ACCOUNT: Loaded(account(), "v1")}).reserved(change)
    assert facts.records == {ACCOUNT: Loaded(account(), "v1"), THROTTLE: Loaded(taken, "0" * 32)}
    assert facts.places == (THROTTLE,)


def test_every_record_with_a_place_of_this_submit_is_known() -> None:
    """Each once, in the order in which they were reserved, and still so after a conflict."""
    other = throttle(entrance="certificate")
    facts = Facts()
    for number, record in enumerate((throttle(), other, throttle(latest=AT))):
        facts = facts.reserved(ChangeSet(id=f"{number:032}", at=AT, guards={record.key: None}, puts=(record,)))
    assert facts.places == facts.without_records().places == (THROTTLE, other.key)


def test_after_a_conflict_records_are_forgotten_and_answers_kept() -> None:
    """What was loaded is stale; a hash that was computed is as true as before."""
    facts = Facts().loaded([ACCOUNT], {}).answered(CHECK, answer=True).answered(CountUnjudged("s"), 3)
    assert facts.without_records().records == {}
    assert facts.without_records().answers == ((CHECK, True), (CountUnjudged("s"), 3))


def test_no_repr_of_a_question_shows_a_hash_or_a_password() -> None:
    """Questions travel to pools and through logs of tasks; neither hash, salt nor material is in their text."""
    assert "kanari4" not in repr(CHECK)
    assert "kanari4" not in repr(HashPassword(UNSAFE_CHEAPEST, b"kanari4-salt", b"kanari4-material"))
