"""Settling what was judged for something that is gone: what no real store brings about, and every order of events."""

from __future__ import annotations

import attrs
import pytest

from okmate_auth import Client
from okmate_auth.commands.guesses import owner_of
from okmate_auth.commands.leftovers import settle_leftovers
from okmate_auth.decision import CheckPassword, Commit, Draft, Facts
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.ports import AnyKey, Loaded, SourceOutcome
from okmate_auth.records import Account, Place, Throttle
from okmate_auth.replies import Refused
from tests.stored_values import AT, SUBJECT, context, throttle

CLIENT = Client("192.0.2.1", "Mozilla/5.0", browser="A" * 43)
GONE = Refused(code="not-logged-in")
CONTEXT = context()
KEY = Throttle.at(SUBJECT, "password")
CHECK = CheckPassword("phc", b"material", CONFIRMATION_PASSWORD)


def place(owner: str = owner_of(CONTEXT), factor: str = CONFIRMATION_PASSWORD) -> Place:
    """Return a place that is still open."""
    return Place(id="p", owner=owner, factor=factor, lane="known", ends_at=AT.replace(year=AT.year + 1))


def settled(facts: Facts) -> Commit[Refused]:
    """Settle what these facts leave open, where the command itself has nothing to write."""
    draft = Draft(facts, CONTEXT)
    return settle_leftovers(draft, draft.commit(GONE), CLIENT)


def facts(record: Throttle | None, *answers: tuple[CheckPassword, object]) -> Facts:
    """Return what a submit knows that took a place in a throttle and had its guesses judged."""
    found: dict[AnyKey, Loaded | None] = {
        KEY: None if record is None else Loaded(record, "v"),
        Account.at(SUBJECT): None,
    }
    return Facts(found, answers=answers, places=(KEY,))


def test_a_throttle_that_is_gone_holds_nothing_to_settle() -> None:
    """Whoever swept it has ended every place in it: the reply is given and nothing is written."""
    assert settled(facts(None, (CHECK, True))) == Commit(None, GONE, None)


@pytest.mark.parametrize(
    "open_place", [place(owner="another submit"), place(factor=LOGIN_PASSWORD)], ids=["another's", "not judged"]
)
def test_only_ones_own_verdicts_are_settled(open_place: Place) -> None:
    """Or one submit would give away another's place, or count a guess that nobody judged."""
    record = attrs.evolve(throttle(), places=(open_place,))
    assert settled(facts(record, (CHECK, False))) == Commit(None, GONE, None)


@pytest.mark.parametrize(("answer", "counts"), [(True, False), (False, True), (False, False)])
def test_a_right_answer_that_does_not_count_is_wrong(*, answer: bool, counts: bool) -> None:
    """Or the right password of somebody who was suspended meanwhile would end his failures."""
    record = attrs.evolve(throttle(), places=(place(),))
    commit = settled(facts(record, (attrs.evolve(CHECK, counts=counts), answer)))
    assert commit.source == SourceOutcome(result="failed", subject=SUBJECT)
    assert commit.change is not None
    (put,) = (one for one in commit.change.puts if isinstance(one, Throttle))
    assert put.places == ()
    assert put.counter(CONFIRMATION_PASSWORD).known.failures == 1
