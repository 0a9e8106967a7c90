"""A bank's own steps: when they are asked, what they take, and what they can't do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import attrs
import pytest

from okmate_auth import (
    AcknowledgeChange,
    ActionDue,
    AnswerAction,
    Authenticated,
    Client,
    PasswordChangeDone,
    PasswordChangeDue,
)
from okmate_auth.actions import Action, Person, Problems
from okmate_auth.codec import Json
from okmate_auth.commands import RequireChange
from okmate_auth.commands.answer import AnswerReply
from okmate_auth.errors import MisuseError
from okmate_auth.policies.profile import PASSWORD_CHANGE, TOKEN_ENROLLMENT, Profile
from okmate_auth.policies.sessions import FlowPolicy
from okmate_auth.records import Note
from okmate_auth.testing.clock import START
from okmate_auth.violations import Violation
from tests.behaviour.bank import COMPANY, DESK, FAST, MICROSECOND, Bank, User, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.steps import CORRECTING, MAIL, at_action, at_result

CLOSES_AT: Final = START + timedelta(minutes=5)
ADDRESS: Final = {"address": "hanako@example.co.jp"}


def always(person: Person, note: Mapping[str, Json] | None, now: datetime) -> Mapping[str, Json]:
    """Be due at every login, and show what is known."""
    del now
    return {
        "role": person.role,
        "company": person.company,
        "rights": list(person.entitlements),
        "note": dict(note or {}),
    }


def before_closing(person: Person, note: Mapping[str, Json] | None, now: datetime) -> Mapping[str, Json] | None:
    """Be due up to an instant."""
    del person, note
    return {} if now < CLOSES_AT else None


def keep(note: Mapping[str, Json] | None, answer: Mapping[str, Json], now: datetime) -> Mapping[str, Json] | Problems:
    """Keep whatever is answered."""
    del note, now
    return answer


NEWS: Final = Action(name="news", is_due=always, apply=keep)
SURVEY: Final = Action(name="survey", is_due=before_closing, apply=keep)


def ordered(*order: str) -> Profile:
    """Return the usual rules with another order of what may be due."""
    return attrs.evolve(FAST, order=order)


NEWS_ONLY: Final = ordered(PASSWORD_CHANGE, TOKEN_ENROLLMENT, "news")
SURVEY_ONLY: Final = ordered(PASSWORD_CHANGE, TOKEN_ENROLLMENT, "survey")


def answer(bank: Bank, step: ActionDue, client: Client, data: Mapping[str, Json] | None = None) -> AnswerReply:
    """Answer an action."""
    return bank.submit(AnswerAction(handle=step.handle, client=client, name=step.name, answer=data or ADDRESS))


def asked(bank: Bank, user: User) -> list[str]:
    """Go through a login and return what was asked, in order."""
    names: list[str] = []
    reply: object = bank.login(user)
    while not isinstance(reply, Authenticated):
        assert len(names) < 8, "one thing is asked again and again"
        if isinstance(reply, PasswordChangeDue):
            names.append(PASSWORD_CHANGE)
            done = expect(PasswordChangeDone, bank.change(user, reply))
            reply = bank.submit(AcknowledgeChange(handle=done.handle, client=user.home))
        else:
            step = expect(ActionDue, reply)
            names.append(step.name)
            reply = answer(bank, step, user.home)
    bank.log_out(user, reply.session)
    return names


# -- order


@pytest.mark.parametrize(
    "order",
    [
        (PASSWORD_CHANGE, TOKEN_ENROLLMENT, "news", "mail"),
        (PASSWORD_CHANGE, "mail", TOKEN_ENROLLMENT, "news"),
        ("news", PASSWORD_CHANGE, TOKEN_ENROLLMENT, "mail"),
        ("mail", "news", TOKEN_ENROLLMENT, PASSWORD_CHANGE),
    ],
)
def test_what_is_due_is_asked_in_the_order_of_the_profile(open_bank: OpenBank, order: tuple[str, ...]) -> None:
    """The profile's names decide, wherever the change of passwords stands among them."""
    bank = open_bank(ordered(*order), (MAIL, NEWS))
    assert asked(bank, bank.newcomer()) == [name for name in order if name != TOKEN_ENROLLMENT]


def test_an_answered_action_is_not_asked_again_in_the_same_login(open_bank: OpenBank) -> None:
    """One that is always due is asked once in each login; one that is done, never again."""
    bank = open_bank(ordered(PASSWORD_CHANGE, TOKEN_ENROLLMENT, "news", "mail"), (MAIL, NEWS))
    user = bank.newcomer()
    assert asked(bank, user) == [PASSWORD_CHANGE, "news", "mail"]
    user = attrs.evolve(user, login_password="Zk4mwQ8xp")
    assert asked(bank, user) == ["news"]
    assert asked(bank, user) == ["news"]


# -- what a step shows and takes


def test_an_action_sees_the_person_and_its_own_note(open_bank: OpenBank) -> None:
    """What is known about the account, and what this action kept about it, and nothing of anybody else."""
    bank = open_bank(NEWS_ONLY, (NEWS,))
    one, other = bank.customer(role="master", entitlements=("inquiry",)), bank.customer()
    step = expect(ActionDue, bank.login(one))
    assert step.data == {"role": "master", "company": COMPANY, "rights": ["inquiry"], "note": {}}
    expect(Authenticated, answer(bank, step, one.home, {"read": 7}))
    step = expect(ActionDue, bank.login(one))
    assert step.data["note"] == {"read": 7}
    assert expect(ActionDue, bank.login(other)).data["note"] == {}


def test_an_answer_is_kept_in_the_commit_of_its_step(open_bank: OpenBank) -> None:
    """Note and next step stand in the same change set, so that neither is without the other (FL-3)."""
    at = at_action(open_bank(CORRECTING, (MAIL,)))
    before = len(at.bank.recording.commits)
    expect(Authenticated, at.bank.submit(at.answer()))
    ((change, outcome),) = at.bank.recording.commits[before:]
    assert outcome == "done"
    assert {"note", "session", "account", "throttle"} <= {record.kind for record in change.puts}


def test_problems_bring_the_same_step_again(open_bank: OpenBank) -> None:
    """What the action does not take is listed; the step comes again with a fresh handle and nothing is kept."""
    at = at_action(open_bank(CORRECTING, (MAIL,)))
    step = expect(ActionDue, at.step)
    reply = refused(answer(at.bank, step, at.client, {"address": "nowhere"}), "not-accepted")
    assert reply.violations == (Violation("malformed", "address"),)
    again = expect(ActionDue, reply.at)
    assert attrs.evolve(again, handle=step.handle) == step
    assert again.handle != step.handle
    assert at.bank.record(Note.at(at.bank.subject(at.user), "mail")) is None
    expect(Authenticated, answer(at.bank, again, at.client))


def test_the_flow_of_an_action_stays_the_same(open_bank: OpenBank) -> None:
    """With the action's name it is the idempotency key for the bank's own systems; another login has another."""
    bank = open_bank(ordered(PASSWORD_CHANGE, TOKEN_ENROLLMENT, "news", "mail"), (MAIL, NEWS))
    user = bank.customer()
    news = expect(ActionDue, bank.login(user))
    mail = expect(ActionDue, answer(bank, news, user.home))
    again = expect(ActionDue, refused(answer(bank, mail, user.home, {"address": "x"}), "not-accepted").at)
    assert news.flow == mail.flow == again.flow != ""
    assert expect(ActionDue, bank.login(user)).flow != news.flow


def test_an_action_proves_nothing(open_bank: OpenBank) -> None:
    """The session says what was proven; no answer is among it."""
    at = at_action(open_bank(CORRECTING, (MAIL,)))
    assert expect(Authenticated, at.bank.submit(at.answer())).factors == ("login-password",)


def test_the_name_of_another_action_is_a_wrong_step(open_bank: OpenBank) -> None:
    """Nothing is applied to an action that was not asked, and the handle is not spent."""
    at = at_action(open_bank(CORRECTING, (MAIL,)))
    with at.bank.unchanged():
        command = AnswerAction(handle=at.step.handle, client=at.client, name="news", answer=ADDRESS)
        assert refused(at.bank.submit(command), "wrong-step").at == at.step
    expect(Authenticated, at.bank.submit(at.answer()))


# -- bounds

NESTED: Any = "x"
for _ in range(33):
    NESTED = [NESTED]


@pytest.mark.parametrize(
    "data", [{"a": "x" * 4096}, {"a": float("nan")}, {"a": NESTED}, {"a": b"x"}, {"a": object()}, ["a"], None, "a"]
)
def test_an_answer_that_is_no_small_json_object_is_malformed(open_bank: OpenBank, data: object) -> None:
    """What a page sent is a user's doing: refused by form, the handle not spent, the action not asked."""
    at = at_action(open_bank(CORRECTING, (MAIL,)))
    command = AnswerAction(handle=at.step.handle, client=at.client, name="mail", answer=data)
    with at.bank.unchanged():
        reply = refused(at.bank.submit(command), "malformed")
    assert (reply.at, reply.violations) == (at.step, (Violation("malformed", "answer"),))


@pytest.mark.parametrize(("length", "fits"), [(4095, True), (4096, True), (4097, False)])
def test_a_note_has_at_most_4_kib(open_bank: OpenBank, length: int, *, fits: bool) -> None:
    """An action that wants to keep more is the bank's mistake: raised, and nothing is committed."""
    note = {"a": "x" * (length - len('{"a":""}'))}
    greedy = attrs.evolve(NEWS, apply=lambda *_: note)
    bank = open_bank(NEWS_ONLY, (greedy,))
    user = bank.customer()
    step = expect(ActionDue, bank.login(user))
    if fits:
        expect(Authenticated, answer(bank, step, user.home))
        stored = bank.record(Note.at(bank.subject(user), "news"))
        assert expect(Note, stored).data == note
        return
    with bank.unchanged(), pytest.raises(MisuseError, match="'news'"):
        answer(bank, step, user.home)


# -- what changes between a step and its answer


def test_an_action_that_is_no_longer_due_is_passed_over(open_bank: OpenBank) -> None:
    """Whoever answers after it was closed goes on, and nothing is kept of his answer."""
    bank = open_bank(SURVEY_ONLY, (SURVEY,))
    user = bank.customer()
    step = expect(ActionDue, bank.login(user))
    bank.clock.set(CLOSES_AT)
    expect(Authenticated, answer(bank, step, user.home))
    assert bank.record(Note.at(bank.subject(user), "survey")) is None


def test_an_action_is_due_up_to_its_last_microsecond(open_bank: OpenBank) -> None:
    """The instant an action sees is the clock's, to the microsecond."""
    bank = open_bank(SURVEY_ONLY, (SURVEY,))
    user = bank.customer()
    bank.clock.set(CLOSES_AT - MICROSECOND)
    step = expect(ActionDue, bank.login(user))
    expect(Authenticated, answer(bank, step, user.home))
    assert bank.record(Note.at(bank.subject(user), "survey")) is not None


def test_another_action_that_is_due_now_is_asked_first(open_bank: OpenBank) -> None:
    """What is due is computed anew at every submit: a change that became due comes before the answer."""
    at = at_action(open_bank(CORRECTING, (MAIL,)))
    at.bank.submit(RequireChange(login_id=at.user.login_id, authority=DESK))
    with at.bank.unchanged():
        reply = refused(at.bank.submit(at.answer()), "wrong-step")
    step = expect(PasswordChangeDue, reply.at)
    assert step.handle == at.step.handle
    command = at.bank.change_command(at.user, step, login="Vb31kkRt0w")
    done = expect(PasswordChangeDone, at.bank.submit(command))
    ended = at.bank.submit(AcknowledgeChange(handle=done.handle, client=at.client))
    assert expect(ActionDue, ended).name == "mail"


def test_a_stricter_order_counts_for_logins_under_way(open_bank: OpenBank) -> None:
    """A bank that adds a step while somebody is at the result asks it of him, too (A28)."""
    at = at_result(open_bank())
    stricter = at.bank.beside(CORRECTING, (MAIL,))
    step = expect(ActionDue, stricter.submit(at.answer()))
    assert at.bank.account(at.user).sessions == ()
    reply = stricter.submit(AnswerAction(handle=step.handle, client=at.client, name="mail", answer=ADDRESS))
    expect(Authenticated, reply)


def test_a_step_that_is_asked_no_more_is_passed_over(open_bank: OpenBank) -> None:
    """A bank that takes a step away while somebody is at it lets him through with nothing kept."""
    at = at_action(open_bank(CORRECTING, (MAIL,)))
    laxer = at.bank.beside(FAST)
    expect(Authenticated, laxer.submit(at.answer()))
    assert at.bank.record(Note.at(at.bank.subject(at.user), "mail")) is None


def test_shorter_steps_count_for_logins_under_way(open_bank: OpenBank) -> None:
    """A step whose end is further away than a stricter profile allows is over."""
    at = at_action(open_bank(CORRECTING, (MAIL,)))
    minute = timedelta(minutes=1)
    stricter = at.bank.beside(attrs.evolve(CORRECTING, flow=FlowPolicy(step_lasts=minute, whole_lasts=minute)), (MAIL,))
    refused(stricter.submit(at.answer()), "expired")
