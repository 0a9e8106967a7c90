"""The draft: gives what is known or stops with the question, and collects one consistent change set."""

from __future__ import annotations

from collections.abc import Callable

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.decision import (
    Ask,
    CheckPassword,
    Command,
    Commit,
    CountUnjudged,
    Draft,
    Facts,
    HashPassword,
    LetFirstTryFinish,
    Load,
    Reserve,
    decide,
    turn_away,
)
from okmate_auth.decision.draft import Stop
from okmate_auth.errors import MisuseError
from okmate_auth.history import verify
from okmate_auth.ports import MAX_GUARDS, MAX_KEYS, AnyKey, ChangeSet, Loaded, SourceOutcome
from okmate_auth.records import Account, ChainHead, Flow, LoginRecord, Record, Row, Session, Throttle
from okmate_auth.replies import Busy
from okmate_auth.testing.kdf import UNSAFE_CHEAPEST
from tests.stored_values import AT, SUBJECT, account, context, session, throttle

ACCOUNT, THROTTLE = Account.at(SUBJECT), Throttle.at(SUBJECT, "password")
SESSION, FLOW = Session.at("s1"), Flow.at("h1")

CHECK = CheckPassword("phc", b"material")
HASH = HashPassword(UNSAFE_CHEAPEST, b"salt", b"material")


def stored(*records: Record, absent: tuple[AnyKey, ...] = ()) -> Facts:
    """Return facts: these records, each with a version of its own, and what is known to be absent."""
    found: dict[AnyKey, Loaded | None] = {record.key: Loaded(record, f"v-{record.kind}") for record in records}
    return Facts({**found, **dict.fromkeys(absent)})


def draft(*records: Record, absent: tuple[AnyKey, ...] = (), serial: int = 0) -> Draft:
    """Return a draft that knows these records and absences."""
    return Draft(stored(*records, absent=absent), context(serial=serial))


def stopped(call: Callable[[], object]) -> Ask | Reserve:
    """Return the decision with which a draft stops."""
    with pytest.raises(Stop) as caught:
        call()
    return caught.value.decision


def change(commit: Commit[str]) -> ChangeSet:
    """Return a commit's change set, of which there is one."""
    assert commit.change is not None
    return commit.change


# ------------------------------------------------------------------------------------------------------------- reading


def test_a_record_that_is_not_known_is_asked_for() -> None:
    """What was not loaded yet is a question, never taken for absent."""
    assert stopped(lambda: Draft(Facts(), context()).get(ACCOUNT)) == Ask((Load((ACCOUNT,)),))


def test_only_what_is_missing_is_asked_for_and_all_of_it_together() -> None:
    """One load for everything that is not known yet."""
    one = draft(account(), absent=(FLOW,))
    one.load([ACCOUNT, FLOW])
    assert stopped(lambda: one.load([ACCOUNT, THROTTLE, FLOW, SESSION])) == Ask((Load((THROTTLE, SESSION)),))


@pytest.mark.parametrize(
    ("count", "sizes"),
    [
        (1, [1]),
        (MAX_KEYS - 1, [MAX_KEYS - 1]),
        (MAX_KEYS, [MAX_KEYS]),
        (MAX_KEYS + 1, [MAX_KEYS, 1]),
        (200, [64, 64, 64, 8]),
        (MAX_GUARDS, [64, 64, 64, 64]),
    ],
)
def test_more_keys_than_a_store_loads_at_once_are_several_loads(count: int, sizes: list[int]) -> None:
    """Asked for together and in their order, each key once, none more than 64 at a time; the answers count as one."""
    keys = [Session.at(f"s{number}") for number in range(count)]
    asked = stopped(lambda: Draft(Facts(), context()).load(keys))
    assert isinstance(asked, Ask)
    loads = [question for question in asked.questions if isinstance(question, Load)]
    assert [len(load.keys) for load in loads] == sizes
    assert [key for load in loads for key in load.keys] == keys
    facts = Facts()
    for load in loads:
        facts = facts.loaded(load.keys, {})
    Draft(facts, context()).load(keys)


def test_only_what_is_missing_of_many_is_loaded() -> None:
    """What is known already takes no room in a load."""
    keys: list[AnyKey] = [Session.at(f"s{number}") for number in range(MAX_KEYS)]
    one = draft(account(), absent=(FLOW, *keys[:2]))
    assert stopped(lambda: one.load([ACCOUNT, FLOW, *keys, THROTTLE])) == Ask((Load((*keys[2:], THROTTLE)),))


def test_what_is_known_is_given() -> None:
    """A record, or None where there is none."""
    one = draft(account(), absent=(THROTTLE,))
    assert one.get(ACCOUNT) == account()
    assert one.get(THROTTLE) is None


def test_reads_see_the_drafts_own_writes() -> None:
    """After a put the new record, after a delete none: a command never decides against what it overwrites."""
    one = draft(account(), session(), absent=(THROTTLE,))
    one.put(account(name="new"))
    one.put(throttle())
    one.delete(SESSION)
    assert one.get(ACCOUNT) == account(name="new")
    assert one.get(THROTTLE) == throttle()
    assert one.get(SESSION) is None


def test_what_the_draft_puts_need_not_be_loaded_to_be_read() -> None:
    """Its own put answers a read of that key."""
    one = Draft(Facts(), context())
    one.put(account())
    assert one.get(ACCOUNT) == account()


# ----------------------------------------------------------------------------------------------------------- questions


def test_all_open_questions_are_asked_at_once_and_answered_in_order() -> None:
    """Answers are found by what they are about, in whatever order they came."""
    facts = Facts().answered(HASH, "phc")
    assert stopped(lambda: Draft(facts, context()).ask(CHECK, HASH, CountUnjudged("s"))) == Ask(
        (CHECK, CountUnjudged("s"))
    )
    facts = facts.answered(CountUnjudged("s"), 4).answered(CHECK, answer=False)
    assert Draft(facts, context()).ask(CHECK, HASH, CountUnjudged("s")) == [False, "phc", 4]


@pytest.mark.parametrize(
    "other",
    [
        attrs.evolve(CHECK, phc="phc2"),
        attrs.evolve(CHECK, material=b"material2"),
        HASH,
        attrs.evolve(HASH, salt=b"salt2"),
        CountUnjudged("s"),
    ],
)
def test_an_answer_to_another_question_is_no_answer(other: CheckPassword | HashPassword | CountUnjudged) -> None:
    """A verdict over a hash that was replaced meanwhile, or over another password, helps nobody (A33, A45)."""
    facts = Facts().answered(other, answer=True)
    assert stopped(lambda: Draft(facts, context()).ask(CHECK)) == Ask((CHECK,))


def test_a_question_of_another_class_with_the_same_fields_is_another_question() -> None:
    """Classes tell questions apart even where their fields are equal."""

    @attrs.frozen
    class Alike(CountUnjudged):
        """Asks something else."""

        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = CountUnjudged.__hash__

    facts = Facts().answered(Alike("s"), answer=1)
    assert stopped(lambda: Draft(facts, context()).ask(CountUnjudged("s"))) == Ask((CountUnjudged("s"),))


def test_a_twin_is_waited_for() -> None:
    """A submit that finds itself at work already stops with that."""
    assert stopped(draft().let_first_try_finish) == Ask((LetFirstTryFinish(),))


def test_places_that_are_not_written_are_unsettled() -> None:
    """A draft that puts the record in which this submit took a place has settled it; any other leaves it open."""
    facts = attrs.evolve(stored(account(), throttle()), places=(THROTTLE,))
    one = Draft(facts, context())
    one.put(account(name="new"))
    assert list(one.unsettled) == [THROTTLE]
    one.put(throttle(latest=AT))
    assert list(one.unsettled) == []


def test_verdicts_are_known_by_their_factors() -> None:
    """Right is what was found right and counts as right; the newest verdict on a factor is the one that counts."""
    facts = Facts().answered(HASH, "phc").answered(attrs.evolve(CHECK, factor="a"), answer=True)
    facts = facts.answered(attrs.evolve(CHECK, factor="b"), answer=False)
    facts = facts.answered(attrs.evolve(CHECK, factor="c", counts=False), answer=True)
    assert Draft(facts, context()).verdicts == {"a": True, "b": False, "c": False}
    again = facts.answered(attrs.evolve(CHECK, factor="a", phc="another"), answer=False)
    assert Draft(again, context()).verdicts["a"] is False


# ------------------------------------------------------------------------------------------------------------- writing


def test_one_put_for_a_key_and_the_last_one_counts() -> None:
    """However often a record is put, the change set puts it once."""
    one = draft(account())
    one.put(account(name="first"))
    one.put(account(name="second"))
    assert change(one.commit("done")).puts == (account(name="second"),)


def test_a_delete_after_a_put_and_a_put_after_a_delete() -> None:
    """What comes last counts; no key is both put and deleted."""
    one = draft(account(), session())
    one.put(account(name="new"))
    one.delete(ACCOUNT)
    one.delete(SESSION)
    one.put(session(used_at=AT))
    done = change(one.commit("done"))
    assert done.deletes == (ACCOUNT,)
    assert done.puts == (session(used_at=AT),)


def test_deleting_what_is_not_there_does_nothing_and_rests_on_nothing() -> None:
    """A session that has ended by itself is no reason to fail, nor to be read again."""
    one = draft(absent=(SESSION,))
    one.delete(SESSION)
    assert one.commit("done") == Commit(None, "done", None)
    one = draft(session())
    one.delete(SESSION)
    one.delete(SESSION)
    assert change(one.commit("done")).deletes == (SESSION,)


def test_a_delete_asks_what_is_there_first() -> None:
    """Its guard is the version of the record, so it must be known."""
    assert stopped(lambda: Draft(Facts(), context()).delete(SESSION)) == Ask((Load((SESSION,)),))


def test_what_was_never_stored_is_not_deleted() -> None:
    """A record that this very draft created can't be guarded by a version: such a command is a mistake."""
    one = draft(absent=(SESSION,))
    one.put(session())
    one.delete(SESSION)
    with pytest.raises(MisuseError, match="session: a commit rests on the absence"):
        one.commit("done")


def test_rows_of_a_chain_are_numbered_once() -> None:
    """Two rows of one commit follow each other even where the caller gives the same head twice."""
    one = draft()
    first = one.record("login:s", ChainHead(), LoginRecord(at=AT, entrance="password", result="step"))
    second = one.record("login:s", ChainHead(), LoginRecord(at=AT, entrance="password", result="authenticated"))
    other = one.record("operation:s", ChainHead(), LoginRecord(at=AT, entrance="password", result="step"))
    rows: tuple[Row, ...] = change(one.commit("done")).appends
    assert [(row.chain, row.number) for row in rows] == [("login:s", 1), ("login:s", 2), ("operation:s", 1)]
    assert (first.count, second.count, other.count) == (1, 2, 1)
    assert verify(rows[:2], second, context().keys, chain="login:s") is None
    assert verify(rows[2:], other, context().keys, chain="operation:s") is None


# -------------------------------------------------------------------------------------------------------------- guards


def test_a_commit_rests_on_everything_that_was_read() -> None:
    """Every record that was read is guarded by its version, written or not (guarantee 2: no write skew)."""
    one = draft(account(), throttle(), session())
    one.get(THROTTLE)
    one.get(SESSION)
    one.put(account(name="new"))
    guards = change(one.commit("done")).guards
    assert guards == {THROTTLE: "v-throttle", SESSION: "v-session", ACCOUNT: "v-account"}


def test_what_was_only_loaded_is_no_guard() -> None:
    """A load ahead of need costs no conflict."""
    one = draft(account(), throttle())
    one.load([ACCOUNT, THROTTLE])
    one.put(account(name="new"))
    assert set(change(one.commit("done")).guards) == {ACCOUNT}


def test_a_commit_may_name_what_it_rests_on() -> None:
    """Besides what it writes, which is always guarded."""
    one = draft(account(), throttle(), session())
    one.get(ACCOUNT)
    one.get(THROTTLE)
    one.get(SESSION)
    one.put(throttle(latest=AT))
    assert set(change(one.commit("done", rests_on=(SESSION,))).guards) == {SESSION, THROTTLE}


def test_absence_is_guarded_by_creating() -> None:
    """What was read as absent is created by this very commit, or the command is a mistake (guarantee 5)."""
    one = draft(absent=(ACCOUNT, THROTTLE))
    one.get(ACCOUNT)
    one.put(account())
    assert change(one.commit("done")).guards == {ACCOUNT: None}
    one = draft(absent=(ACCOUNT, THROTTLE))
    one.get(ACCOUNT)
    one.put(throttle())
    with pytest.raises(MisuseError, match="account: a commit rests on the absence") as caught:
        one.commit("done")
    assert SUBJECT not in str(caught.value)


def test_another_record_may_stand_for_an_absence() -> None:
    """Whoever creates the absent one writes that record too, so its version is guard enough."""
    one = draft(throttle(), absent=(ACCOUNT,))
    assert one.get(ACCOUNT, absence_by=THROTTLE) is None
    one.put(throttle(latest=AT))
    assert change(one.commit("done")).guards == {THROTTLE: "v-throttle"}
    one = draft(account(), throttle())
    one.get(ACCOUNT, absence_by=THROTTLE)
    one.put(throttle(latest=AT))
    assert set(change(one.commit("done")).guards) == {THROTTLE, ACCOUNT}


def test_what_stands_for_an_absence_must_be_there() -> None:
    """An absent record can't stand for another absent one."""
    one = draft(session(), absent=(ACCOUNT, THROTTLE))
    one.get(ACCOUNT, absence_by=THROTTLE)
    one.put(session(used_at=AT))
    with pytest.raises(MisuseError, match="throttle: a commit rests on the absence"):
        one.commit("done")


def test_what_changes_nothing_commits_nothing() -> None:
    """A reply without a change costs no write, whatever was read."""
    one = draft(account(), absent=(SESSION,))
    one.get(ACCOUNT)
    one.get(SESSION)
    outcome = SourceOutcome(result="malformed")
    assert one.commit("refused", source=outcome) == Commit(None, "refused", outcome)


def test_a_row_alone_is_a_change() -> None:
    """A history row is committed even where no record is."""
    one = draft()
    one.record("login:s", ChainHead(), LoginRecord(at=AT, entrance="password", result="step"))
    assert len(change(one.commit("done")).appends) == 1


def test_a_reservation_rests_on_what_it_writes_alone() -> None:
    """A subject that nobody registered is served by the same statements as any other (FL-8)."""
    one = draft(throttle(), absent=(ACCOUNT,))
    one.get(ACCOUNT)
    one.put(throttle(latest=AT))
    reserved = stopped(one.reserve)
    assert isinstance(reserved, Reserve)
    assert reserved.change.guards == {THROTTLE: "v-throttle"}


@given(st.integers(0, 5), st.integers(0, 5))
def test_each_commit_of_a_submit_has_an_id_of_its_own(one: int, other: int) -> None:
    """Sent again after a lost answer it is the same; decided again after a conflict it is another (guarantee 6)."""

    def id_of(serial: int) -> str:
        made = draft(account(), serial=serial)
        made.put(account(name="new"))
        return change(made.commit("done")).id

    assert (id_of(one) == id_of(other)) is (one == other)
    assert len(id_of(one)) == 32
    assert change_at() == AT


def change_at() -> object:
    """Return the instant that a change set carries."""
    made = draft(account())
    made.put(account(name="new"))
    return change(made.commit("done")).at


# ------------------------------------------------------------------------------------------------------------ commands


class Renaming(Command[str]):
    """Gives an account a name, once a password was found right."""

    def decide(self, draft: Draft) -> Commit[str]:
        """Ask, reserve, ask, commit."""
        found = draft.get(ACCOUNT)
        if found is None:
            return draft.commit("nobody")
        counted = draft.get(THROTTLE)
        if counted is None:
            draft.put(throttle())
            draft.reserve()
        (right,) = draft.ask(CHECK)
        draft.put(attrs.evolve(found, name="new" if right else "wrong"))
        return draft.commit("renamed")


def test_a_command_is_decided_from_its_beginning_each_time() -> None:
    """Ask, reserve, ask again, commit: each decision follows from the facts so far and nothing else."""
    facts = Facts()
    assert decide(Renaming(), facts, context()) == Ask((Load((ACCOUNT,)),))
    facts = stored(account())
    assert decide(Renaming(), facts, context()) == Ask((Load((THROTTLE,)),))
    facts = facts.loaded([THROTTLE], {})
    reserve = decide(Renaming(), facts, context())
    assert isinstance(reserve, Reserve)
    assert reserve.change.puts == (throttle(),)
    facts = facts.reserved(reserve.change)
    assert decide(Renaming(), facts, context(serial=1)) == Ask((CHECK,))
    done = decide(Renaming(), facts.answered(CHECK, answer=True), context(serial=1))
    assert isinstance(done, Commit)
    assert change(done).puts == (account(name="new"),)
    assert change(done).guards == {ACCOUNT: "v-account", THROTTLE: reserve.change.id}


def test_a_command_declares_nothing_it_does_not_say() -> None:
    """By default there are no keys, no source, no step; turned away it says Busy and changes nothing."""
    command = Renaming()
    assert command.keys(context()) == ()
    assert command.source == ""
    assert (command.answers, command.replies) == (None, ())
    retry = AT - AT.replace(hour=0)
    away = turn_away(command, Facts(), context(), retry, "busy")
    assert isinstance(away, Commit)
    assert (away.change, str(away.reply), away.source) == (None, str(Busy(retry_after=retry)), None)
    base: type = Command
    with pytest.raises(TypeError, match="decide"):
        base()


def test_a_command_settles_what_its_commit_leaves_open() -> None:
    """Where a place was taken and the decision no longer writes it, the command is asked once more."""

    class Settling(Command[str]):
        """Forgets its place, and remembers it when it is asked."""

        def decide(self, draft: Draft) -> Commit[str]:
            """Forget it."""
            return draft.commit("gone")

        def settle(self, draft: Draft, commit: Commit[str]) -> Commit[str]:
            """Give it back."""
            draft.put(throttle(latest=AT))
            return draft.commit(f"{commit.reply}, settled", rests_on=())

    class Forgetful(Settling):
        """Never remembers it."""

        settle = Command.settle

    facts = attrs.evolve(stored(throttle()), places=(THROTTLE,))
    settled = decide(Settling(), facts, context())
    assert isinstance(settled, Commit)
    assert settled.reply == "gone, settled"
    assert change(settled).puts == (throttle(latest=AT),)
    assert decide(Settling(), stored(throttle()), context()) == Commit(None, "gone", None)
    assert decide(Forgetful(), facts, context()) == Commit(None, "gone", None)


def test_a_command_that_is_turned_away_may_ask() -> None:
    """What it asks is answered like any other question."""

    class Counting(Renaming):
        """Counts how often it was turned away."""

        def turned_away(self, draft: Draft, retry_after: object, reason: str) -> Commit[str]:
            """Ask the process."""
            del retry_after
            (number,) = draft.ask(CountUnjudged("s"))
            return draft.commit(f"{reason} {number}")

    asked = turn_away(Counting(), Facts(), context(), AT - AT, "busy")
    assert asked == Ask((CountUnjudged("s"),))
    assert turn_away(Counting(), Facts().answered(CountUnjudged("s"), 2), context(), AT - AT, "busy") == Commit(
        None, "busy 2"
    )


def test_a_mistake_in_a_command_is_no_decision() -> None:
    """Whatever else is raised inside comes out as it is, and nothing is committed."""

    class Broken(Command[str]):
        """Fails."""

        def decide(self, draft: Draft) -> Commit[str]:
            """Fail."""
            del draft
            message = "broken"
            raise LookupError(message)

    with pytest.raises(LookupError, match="broken"):
        decide(Broken(), Facts(), context())
