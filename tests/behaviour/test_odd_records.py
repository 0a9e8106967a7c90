"""Records that vanished, or that another version wrote: a refusal or an end, never a crash and never a grant."""

from __future__ import annotations

import json
from datetime import timedelta

import attrs
import pytest

from okmate_auth import Abandon, AnswerAction, Authenticated, Busy, ChangePasswords, Client, Confirm, Logout
from okmate_auth.commands.advance import _double_login
from okmate_auth.commands.repeats import Submission, canonical, kept
from okmate_auth.decision import Draft, Facts
from okmate_auth.factors import CODE, LOGIN_PASSWORD
from okmate_auth.keys import NONCE_BYTES, seal
from okmate_auth.ports import ChangeSet, Loaded
from okmate_auth.queries.query import Query
from okmate_auth.records import Account, Ledger, Place, Proof, Repeat
from okmate_auth.replies import Abandoned, LoggedOut
from okmate_auth.secret import Secret
from okmate_auth.testing.kdf import UnsafeArgon2Parameters
from okmate_auth.testing.keys import unsafe_keys
from tests.behaviour.bank import FAST, Bank, User, expect, refused
from tests.behaviour.locking import write
from tests.stored_values import AT, context, flow, session

TOKEN = "A" * 43


def forget(bank: Bank, user: User) -> None:
    """Delete a person's account past the shell, as only somebody with the database could."""
    key = Account.at(bank.subject(user))
    version = bank.front.load((key,))[key].version
    change = ChangeSet(id=f"{next(bank.numbers):032x}", at=bank.clock(), guards={key: version}, deletes=(key,))
    assert bank.front.commit(change) == "done"


def test_a_login_of_an_account_that_vanished_is_stale_and_can_be_abandoned(bank: Bank) -> None:
    """Nothing is granted by a flow that belongs to nobody, and it can still be ended."""
    user = bank.newcomer()
    step = bank.due_change(user)
    forget(bank, user)
    refused(bank.change(user, step), "stale")
    assert isinstance(bank.submit(Abandon(handle=step.handle, client=user.home)), Abandoned)


def test_a_session_of_an_account_that_vanished_confirms_nothing_and_can_be_ended(bank: Bank) -> None:
    """What needs the account is refused; logging out works."""
    user = bank.customer()
    handle = bank.log_in(user).session
    forget(bank, user)
    confirm = Confirm(session=handle, password=user.confirmation_password, purpose="transfer", client=user.home)
    refused(bank.submit(confirm), "not-logged-in")
    assert isinstance(bank.submit(Logout(handle, client=user.home)), LoggedOut)
    assert bank.session(handle, user.home) is None


def test_a_change_while_as_many_guesses_are_judged_as_may_be_is_busy(bank: Bank) -> None:
    """Six guesses of strangers are being judged: the step is told Busy, and its handle stays good."""
    user = bank.newcomer()
    step = bank.due_change(user)
    places = tuple(
        Place(
            id=f"p{number}",
            owner=f"o{number}",
            factor=LOGIN_PASSWORD,
            lane="others",
            ends_at=bank.clock() + timedelta(seconds=60),
        )
        for number in range(6)
    )
    write(bank, attrs.evolve(bank.throttle(user), places=places))
    with bank.unhashed():
        assert isinstance(bank.change(user, step), Busy)
    write(bank, attrs.evolve(bank.throttle(user), places=()))
    assert not isinstance(bank.change(user, step), Busy)


@pytest.mark.parametrize("stronger", [False, True])
def test_a_former_peppers_password_is_hashed_anew_at_no_lower_cost(bank: Bank, *, stronger: bool) -> None:
    """After a rotation the next login moves the hash to the new pepper; a stronger hash stays as strong."""
    user = bank.customer()
    if stronger:
        costly = bank.beside(attrs.evolve(FAST, kdf=UnsafeArgon2Parameters(memory_kib=16)))
        session_ = expect(Authenticated, costly.submit(bank.attempt(user, user.login_password))).session
        bank.log_out(user, session_)
    before = bank.account(user).login_password
    renewed = unsafe_keys().rotated("pepper", bytes(range(7, 39)))
    after_rotation = bank.beside(FAST, keys=renewed)
    expect(Authenticated, after_rotation.submit(bank.attempt(user, user.login_password)))
    after = bank.account(user).login_password
    assert before is not None
    assert after is not None
    assert (after.id, after.pepper) == (before.id, renewed.current_pepper)
    assert before.pepper != after.pepper
    assert f"m={16 if stronger else 8}," in after.phc


def test_a_kept_reply_of_another_version_is_as_if_none_was_kept() -> None:
    """What opens, but has a form this version does not know, is not given out."""
    client = Client("192.0.2.1", browser=TOKEN)
    command = ChangePasswords(handle=TOKEN, client=client)
    submission = Submission(command=command, spent=Secret(TOKEN), client=client, stored="s")
    draft = Draft(Facts(), context())
    text = json.dumps({"$": "NotYetInvented"}).encode()
    sealed = seal(submission.key(draft), bytes(range(NONCE_BYTES)), text, b"s")
    repeat = Repeat(id="s", sealed=sealed, until=AT + timedelta(seconds=30))
    assert kept(Draft(Facts(records={repeat.key: Loaded(repeat, "v")}), context()), submission) is None


def test_commands_that_differ_in_a_list_alone_are_different() -> None:
    """A repeat is the very same thing, down to the items of what was answered."""
    client = Client("192.0.2.1", browser=TOKEN)
    one, other = (
        AnswerAction(handle=TOKEN, client=client, name="mail", answer={"rows": rows}) for rows in ([1, 2], [2, 1])
    )
    assert canonical(one) != canonical(other)


def test_a_login_that_proved_a_code_takes_over() -> None:
    """A live session elsewhere does not keep out whoever proved more than a password."""
    strong = flow(ledger=Ledger(proven=(Proof(factor=CODE, credential="c"),)))
    elsewhere = [session(used_at=AT, browser="another")]
    draft, client = Draft(Facts(), context()), Client("192.0.2.1", browser=TOKEN)
    assert _double_login(draft, elsewhere, strong, client) is None
    assert _double_login(draft, elsewhere, flow(), client) is not None


def test_a_query_says_what_it_needs_and_answers() -> None:
    """Who forgets one of the two has no query."""
    base: type = Query
    with pytest.raises(TypeError, match=r"abstract.*answer.*need"):
        base()
