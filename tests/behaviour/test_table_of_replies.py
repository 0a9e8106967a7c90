"""What a right password comes to: every state of somebody's token, by the three values of ``code_at_login``.

Under ``always`` no cell is a session: no flow reaches ``Authenticated`` without the code factor in its ledger, whatever
happened to the token, and whatever the person is entitled to.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from okmate_auth import Authenticated, Client, EnterCode, SkipEnrollment
from okmate_auth.commands import ReinitializeToken, RequireChange, RevokeToken, SuspendToken
from okmate_auth.commands.enter import EnterReply
from okmate_auth.commands.login import LoginReply
from okmate_auth.policies.profile import CodeAtLogin
from okmate_auth.replies import CodeDue, EnrollmentDue, Refused
from okmate_auth.testing import VirtualToken
from tests.behaviour.bank import DESK, Bank, User, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.fronts import Front
from tests.behaviour.tokens import TOKENS, asking, at_code, dispatched, enter, entitled, holder, next_code, shown_wrong

State = Callable[[Bank], tuple[User, VirtualToken | None]]
LIMIT = TOKENS.lockout_of("code").limit


def with_token(bank: Bank) -> tuple[User, VirtualToken]:
    """Somebody with a token."""
    token = dispatched(bank)
    return holder(bank, token), token


def locked(bank: Bank) -> tuple[User, VirtualToken]:
    """His token is locked for a time."""
    user, token = with_token(bank)
    for _ in range(LIMIT):
        enter(bank, user, shown_wrong(bank, token))
    next_code(bank, token)
    return user, token


def suspended(bank: Bank) -> tuple[User, VirtualToken]:
    """His token is suspended."""
    user, token = with_token(bank)
    bank.submit(SuspendToken(login_id=user.login_id, authority=DESK))
    return user, token


def revoked(bank: Bank) -> tuple[User, None]:
    """His token was revoked five minutes ago."""
    user, _ = with_token(bank)
    bank.submit(RevokeToken(login_id=user.login_id, authority=DESK))
    bank.wait(timedelta(minutes=5))
    return user, None


def revoked_long_ago(bank: Bank) -> tuple[User, None]:
    """His token was revoked before the wait."""
    user, _ = revoked(bank)
    bank.wait(TOKENS.tokens.wait_after_revocation)
    return user, None


def reinitialized(bank: Bank) -> tuple[User, None]:
    """His enrollment was undone."""
    user, _ = with_token(bank)
    bank.submit(ReinitializeToken(login_id=user.login_id, authority=DESK))
    return user, None


def never_had_one(bank: Bank) -> tuple[User, None]:
    """He is entitled, and never enrolled one."""
    return entitled(bank), None


def not_entitled(bank: Bank) -> tuple[User, None]:
    """No service of his needs a token."""
    return bank.customer(entitlements=("inquiry",)), None


def told(reply: LoginReply | EnterReply) -> str:
    """Return a reply in one word."""
    if isinstance(reply, Refused):
        return reply.code
    if isinstance(reply, EnrollmentDue):
        return "EnrollmentDue" if reply.may_skip else "EnrollmentDue!"
    return type(reply).__name__


# State, then what the right password comes to under never, when_bound and always; and what the right code, or a skip,
# comes to from there.
TABLE: dict[State, dict[CodeAtLogin, tuple[str, str]]] = {
    with_token: {
        "never": ("Authenticated", ""),
        "when_bound": ("CodeDue", "Authenticated"),
        "always": ("CodeDue", "Authenticated"),
    },
    locked: {
        "never": ("Authenticated", ""),
        "when_bound": ("CodeDue", "token-locked"),
        "always": ("CodeDue", "token-locked"),
    },
    suspended: {
        "never": ("Authenticated", ""),
        "when_bound": ("CodeDue", "token-locked"),
        "always": ("CodeDue", "token-locked"),
    },
    revoked: {
        "never": ("Authenticated", ""),
        "when_bound": ("Authenticated", ""),
        "always": ("token-wait", ""),
    },
    revoked_long_ago: {
        "never": ("EnrollmentDue", "Authenticated"),
        "when_bound": ("EnrollmentDue", "Authenticated"),
        "always": ("EnrollmentDue!", "may-not-skip"),
    },
    reinitialized: {
        "never": ("EnrollmentDue", "Authenticated"),
        "when_bound": ("EnrollmentDue", "Authenticated"),
        "always": ("EnrollmentDue!", "may-not-skip"),
    },
    never_had_one: {
        "never": ("EnrollmentDue", "Authenticated"),
        "when_bound": ("EnrollmentDue", "Authenticated"),
        "always": ("EnrollmentDue!", "may-not-skip"),
    },
    not_entitled: {
        "never": ("Authenticated", ""),
        "when_bound": ("Authenticated", ""),
        "always": ("EnrollmentDue!", "may-not-skip"),
    },
}


def go_on(at: Front, reply: object, token: VirtualToken | None, client: Client) -> EnterReply | None:
    """Enter the right code where one is due, skip enrollment where that is."""
    if isinstance(reply, CodeDue) and token is not None:
        return at.submit(EnterCode(handle=reply.handle, client=client, code=token.code()))
    if isinstance(reply, EnrollmentDue):
        return at.submit(SkipEnrollment(handle=reply.handle, client=client))
    return None


@pytest.mark.parametrize("asked", ["never", "when_bound", "always"])
@pytest.mark.parametrize("state", TABLE, ids=lambda state: state.__name__)
def test_what_a_right_password_comes_to(open_bank: OpenBank, state: State, asked: CodeAtLogin) -> None:
    """The table; what does not say Authenticated has left no session, and no right that a session would have."""
    bank = open_bank(TOKENS)
    user, token = state(bank)
    under = bank.beside(asking(asked))
    first, then = TABLE[state][asked]
    reply: LoginReply | EnterReply = under.submit(bank.attempt(user, user.login_password))
    assert told(reply) == first
    if then:
        second = go_on(under, reply, token, user.home)
        assert second is not None
        assert told(second) == then
        reply = second
    assert bool(bank.sessions(user)) == isinstance(reply, Authenticated)
    if asked == "always" and isinstance(reply, Authenticated):
        assert "code" in reply.factors


def test_under_always_no_cell_is_a_session_by_the_password_alone() -> None:
    """The rule itself, read off the table."""
    assert all(cells["always"][0] != "Authenticated" for cells in TABLE.values())
    assert all(state is with_token for state, cells in TABLE.items() if cells["always"][1] == "Authenticated")


def test_a_rule_that_became_stricter_in_the_middle_of_a_login_counts(open_bank: OpenBank) -> None:
    """Somebody who skipped, or has nothing due, must prove the code all the same if it is demanded by then (A28)."""
    bank = open_bank(TOKENS)
    user = entitled(bank)
    due = expect(EnrollmentDue, bank.login(user))
    strict = bank.beside(asking("always"))
    reply = strict.submit(SkipEnrollment(handle=due.handle, client=user.home))
    assert told(reply) == "may-not-skip"
    holding = holder(bank, token := dispatched(bank))
    step = at_code(bank, holding)
    bank.submit(RevokeToken(login_id=holding.login_id, authority=DESK))
    assert told(strict.submit(EnterCode(handle=step.handle, client=holding.home, code=token.code()))) == "stale"
    assert told(strict.submit(bank.attempt(holding, holding.login_password))) == "token-wait"


def test_a_wait_that_became_a_rule_in_the_middle_of_a_login_ends_it(open_bank: OpenBank) -> None:
    """Without a token and within the wait nobody goes on to anything else once a code is demanded (A28)."""
    bank = open_bank(TOKENS)
    user, _ = revoked(bank)
    bank.submit(RequireChange(login_id=user.login_id, authority=DESK))
    due = bank.due_change(user)
    strict = bank.beside(asking("always"))
    reply = refused(strict.submit(bank.change_command(user, due)), "token-wait")
    assert reply.until == bank.clock() - timedelta(minutes=5) + TOKENS.tokens.wait_after_revocation
    refused(bank.submit(bank.change_command(user, due)), "stale")
    assert bank.results(user)[0] == "token-wait"
