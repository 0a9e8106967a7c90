"""A stored password that can't be judged: its pepper is missing from the key file, or its hash was tampered with.

Whoever knocks is told what an unknown ID is told, at the same cost; the history tells whoever operates the service.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import attrs
import pytest

from okmate_auth import Authenticated, Client, Confirm, PasswordLogin, Refused
from okmate_auth.commands import RequireChange, ResetPasswords
from okmate_auth.decision import Command
from okmate_auth.ports import ChangeSet
from okmate_auth.queries import PendingNotices
from okmate_auth.replies import PasswordsReset
from okmate_auth.shells.key_check import accept_keys
from okmate_auth.testing import Operation
from okmate_auth.testing.keys import unsafe_keys
from tests.behaviour.bank import CONFIRMATION, DESK, FAST, LOGIN, WRONG, Bank, User, expect, refused
from tests.behaviour.fronts import Front
from tests.unchecked import unchecked

WITHOUT_THE_PEPPER: Final = attrs.evolve(unsafe_keys(), peppers=unsafe_keys("another").peppers)
ALL_MEMORY: Final = "$argon2id$v=19$m=4194304,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + "A" * 43
Spoil = Callable[[Bank, User], Front]


def _pepper(bank: Bank, user: User) -> Front:
    """Serve with a key file that lacks the pepper with which the passwords were made, and was accepted all the same."""
    del user
    accept_keys(unchecked(bank.front), WITHOUT_THE_PEPPER, clock=bank.clock)
    front = bank.beside(FAST, keys=WITHOUT_THE_PEPPER)
    front.read(PendingNotices())  # the first call compares keys
    return front


def _hash(bank: Bank, user: User, phc: str) -> Front:
    """Write hashes into the account past the shell."""
    account = bank.account(user)
    assert account.login_password is not None
    assert account.confirmation_password is not None
    spoiled = attrs.evolve(
        account,
        login_password=attrs.evolve(account.login_password, phc=phc),
        confirmation_password=attrs.evolve(account.confirmation_password, phc=phc),
    )
    loaded = bank.front.load((account.key,))[account.key]
    change = ChangeSet(id="f" * 32, at=bank.clock(), guards={account.key: loaded.version}, puts=(spoiled,))
    assert bank.front.commit(change) == "done"
    return bank.front


def _hash_that_asks_for_all_memory(bank: Bank, user: User) -> Front:
    return _hash(bank, user, ALL_MEMORY)


def _hash_of_another_kind(bank: Bank, user: User) -> Front:
    return _hash(bank, user, "$1$salt$" + "x" * 22)


spoilt = pytest.mark.parametrize("spoil", [_pepper, _hash_that_asks_for_all_memory, _hash_of_another_kind])


@attrs.frozen
class Seen:
    """What can be seen of a submit from outside: its reply, and the work it made."""

    reply: object
    trace: list[Operation]
    hashes: list[str]


def submitted(bank: Bank, front: Front, command: Command[Any]) -> Seen:
    """Submit a command, and see what it did."""
    trace, hashes = len(bank.recording.trace), len(bank.hashes.computed)
    reply = front.submit(command)
    return Seen(reply, bank.recording.trace[trace:], list(bank.hashes.computed[hashes:]))


def attempts(bank: Bank, user: User | str, password: str, client: Client) -> list[PasswordLogin]:
    """Return as many logins as lock, and one more."""
    return [bank.attempt(user, password, client) for _ in range(7)]


@spoilt
@pytest.mark.parametrize("password", [LOGIN, WRONG])
def test_it_looks_like_an_id_that_nobody_has(bank: Bank, spoil: Spoil, password: str) -> None:
    """Or a rotated key, a restored file or a tampered row would tell a guesser which IDs exist (FL-8)."""
    user, client = bank.customer(), bank.browser()
    front = spoil(bank, user)
    known = [submitted(bank, front, command) for command in attempts(bank, user, password, client)]
    unknown = [submitted(bank, front, command) for command in attempts(bank, "nobody01", password, client)]
    assert known == unknown
    assert known[0].reply == Refused(code="rejected")


@spoilt
def test_the_history_says_why(bank: Bank, spoil: Spoil) -> None:
    """Or the operator would see his customers' typing mistakes where a key is missing."""
    user = bank.customer()
    front = spoil(bank, user)
    refused(front.submit(bank.attempt(user, LOGIN)), "rejected")
    assert bank.results(user)[0] == "password-unusable"


@spoilt
def test_it_is_charged_like_a_wrong_guess_and_no_more(bank: Bank, spoil: Spoil) -> None:
    """Or a missing key would lock people at their first try, or let guesses go uncounted."""
    user = bank.customer()
    front = spoil(bank, user)
    for number in range(1, 6):
        refused(front.submit(bank.attempt(user, LOGIN)), "rejected")
        assert bank.throttle(user).counter("login-password").known.failures == number
        assert bank.throttle(user).places == ()
    refused(front.submit(bank.attempt(user, LOGIN)), "locked")


@spoilt
def test_nothing_can_be_confirmed_with_it(bank: Bank, spoil: Spoil) -> None:
    """Or a transaction would be let through, or fall over, for want of a key; it is a wrong guess."""
    user = bank.customer()
    session = bank.log_in(user).session
    front = spoil(bank, user)
    command = Confirm(session=session, client=user.home, password=CONFIRMATION, purpose="transfer")
    refused(front.submit(command), "wrong-password")
    assert bank.throttle(user).counter("confirmation-password").known.failures == 1


@spoilt
def test_it_can_not_be_changed_by_its_owner(bank: Bank, spoil: Spoil) -> None:
    """Or a change would go through on passwords that nobody could judge."""
    user = bank.customer()
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK))
    command = bank.change_command(user, bank.due_change(user))
    front = spoil(bank, user)
    before = bank.account(user).login_password
    refused(front.submit(attrs.evolve(command, new_login_password="Vb31kkRt0w")), "wrong-password")
    assert bank.account(user).login_password == before


@spoilt
def test_a_reset_mends_it(bank: Bank, spoil: Spoil) -> None:
    """Or whoever lost a pepper would have lost his customers."""
    user = bank.customer()
    front = spoil(bank, user)
    reset = expect(PasswordsReset, front.submit(ResetPasswords(login_id=user.login_id, authority=DESK)))
    user = attrs.evolve(user, login_password=reset.initial_password.reveal(), confirmation_password="")
    assert not isinstance(front.submit(bank.attempt(user, user.login_password)), Refused)


def test_with_the_right_key_file_everything_is_as_it_was(bank: Bank) -> None:
    """Or one start with the wrong file would cost every customer who came meanwhile his password."""
    user = bank.customer()
    refused(_pepper(bank, user).submit(bank.attempt(user, LOGIN)), "rejected")
    expect(Authenticated, bank.login(user))
