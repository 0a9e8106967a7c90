"""Tokens that somebody edited in the store, and records that another version wrote: a refusal, never a grant.

Whoever can write to the store may not come in by it: not by moving a seed or a binding, not by taking a record away.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from okmate_auth import Authenticated, EnrollToken, EnterCode, Refused, StepUp
from okmate_auth.commands import (
    ReinitializeToken,
    ReleaseToken,
    ResyncInSession,
    ResyncToken,
    RevokeToken,
    SuspendToken,
)
from okmate_auth.commands.administration import OnAccount
from okmate_auth.factors import CODE
from okmate_auth.ports import AnyKey, ChangeSet
from okmate_auth.queries import ExplainToken, TokenReport
from okmate_auth.records import Flow, HardToken, Session, Suspension
from okmate_auth.replies import CodeDue, Done, EnrollmentDue, Resynchronized, SteppedUp
from okmate_auth.testing import VirtualToken
from tests.behaviour.bank import COMPANY, DESK, Bank, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.behaviour.tokens import (
    TOKENS,
    at_code,
    at_enrollment,
    dispatched,
    enroll,
    enter,
    entitled,
    holder,
    next_code,
    stored,
    throttle,
)

Edit = Callable[[Bank, HardToken, HardToken], None]
"""Edits the store behind the library's back, given somebody's token and another one."""


@pytest.fixture
def bank(open_bank: OpenBank) -> Bank:
    """A bank with a service that needs a token."""
    return open_bank(TOKENS)


def take_away(bank: Bank, key: AnyKey) -> None:
    """Delete a record past the library."""
    version = bank.front.load((key,))[key].version
    change = ChangeSet(id=f"{next(bank.numbers):032x}", at=bank.clock(), guards={key: version}, deletes=(key,))
    assert bank.front.commit(change) == "done"


def put(**fields: Any) -> Edit:  # noqa: ANN401 - fields of a token
    """Return the edit that gives somebody's token other fields."""
    return lambda bank, token, _: bank.put_record(attrs.evolve(token, **fields))


def flipped(place: int) -> Edit:
    """Return the edit that flips one bit of the sealed seed."""

    def edit(bank: Bank, token: HardToken, _: HardToken) -> None:
        seed = bytearray(token.seed)
        seed[place] ^= 1
        bank.put_record(attrs.evolve(token, seed=bytes(seed)))

    return edit


EDITS: dict[str, tuple[Edit, str]] = {
    "taken away": (lambda bank, token, _: take_away(bank, token.key), "token-missing"),
    "another holder's": (put(holders=("0" * 32,)), "token-missing"),
    "nobody's": (put(holders=()), "token-missing"),
    "revoked": (put(state="revoked"), "token-missing"),
    "dispatched": (put(state="dispatched"), "token-missing"),
    "of another number": (put(serial="TKOOOOO1"), "token-missing"),
    "another seed": (
        lambda bank, token, other: bank.put_record(attrs.evolve(token, seed=other.seed)),
        "token-unusable",
    ),
    "more digits": (put(digits=8), "token-unusable"),
    "another algorithm": (put(algorithm="SHA256"), "token-unusable"),
    "another time step": (put(period_seconds=30), "token-unusable"),
    "another kind": (put(type="hotp", period_seconds=0), "token-unusable"),
    "a key that is not held": (put(seed_key="9-00000000"), "token-unusable"),
    "a time step that no token has": (put(period_seconds=0), "token-unusable"),
    "no seed": (put(seed=b""), "token-unusable"),
    "a flipped nonce": (flipped(0), "token-unusable"),
    "a flipped seed": (flipped(12), "token-unusable"),
    "a flipped tag": (flipped(-1), "token-unusable"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_token_opens_nothing(bank: Bank, edit: str) -> None:
    """The code that is right by the seed is refused like a wrong one, the history has the reason, and it counts.

    The token stays bound: what somebody did to the store gets nobody round the code, nor to another token (A97).
    """
    token, other = dispatched(bank), dispatched(bank)
    user = holder(bank, token)
    key, bound = stored(bank, token).key, bank.account(user).tokens
    does, reason = EDITS[edit]
    does(bank, stored(bank, token), stored(bank, other))
    edited = bank.record(key)
    code = token.code() if edit != "more digits" else f"00{token.code()}"
    expect(CodeDue, refused(enter(bank, user, code), "wrong-code").at)
    assert bank.results(user)[0] == reason
    assert bank.throttle(user).counter(CODE).known.failures == 1
    assert (bank.record(key), bank.account(user).tokens) == (edited, bound)


@pytest.mark.parametrize("edit", ["taken away", "another holder's", "a flipped seed"])
def test_an_edited_token_opens_nothing_in_a_session_either(bank: Bank, edit: str) -> None:
    """Nor does it step a session up, nor come into step again."""
    user, token, other = entitled(bank), dispatched(bank), dispatched(bank)
    session = enroll(bank, user, token).session
    next_code(bank, token)
    EDITS[edit][0](bank, stored(bank, token), stored(bank, other))
    step_up = StepUp(session=session, client=user.home, code=token.code(), purpose="transfer")
    refused(bank.submit(step_up), "wrong-code")
    first, second = pair(bank, token)
    refused(bank.submit(ResyncInSession(session=session, client=user.home, first=first, second=second)), "wrong-code")
    seen = bank.session(session, user.home)
    assert seen is not None
    assert not seen.stepped_up("transfer")


def pair(bank: Bank, token: VirtualToken) -> tuple[str, str]:
    """Return two codes that a token shows in a row, from now on."""
    first = token.code()
    next_code(bank, token)
    return first, token.code()


def test_an_edited_token_does_not_come_into_step(bank: Bank) -> None:
    """Two right codes in a row are refused where the seed is not the token's."""
    token, other = dispatched(bank), dispatched(bank)
    user = holder(bank, token)
    EDITS["another seed"][0](bank, stored(bank, token), stored(bank, other))
    first, second = pair(bank, token)
    due = at_code(bank, user)
    command = ResyncToken(handle=due.handle, client=user.home, first=first, second=second)
    refused(bank.submit(command), "wrong-code")
    assert bank.results(user)[0] == "token-unusable"


def test_a_token_that_was_moved_to_the_company_by_hand_enrolls_nobody(bank: Bank) -> None:
    """A seed of a bank's stock under another serial number does not open, so its code binds nothing."""
    user, token, other = entitled(bank), dispatched(bank), dispatched(bank)
    bank.put_record(attrs.evolve(stored(bank, token), seed=stored(bank, other).seed))
    due = at_enrollment(bank, user)
    for code in (token.code(), other.code()):
        command = EnrollToken(handle=due.handle, client=user.home, serial=token.serial, code=code)
        due = expect(EnrollmentDue, refused(bank.submit(command), "wrong-token").at)
    assert bank.account(user).tokens == ()


ON_ACCOUNT: list[tuple[type[OnAccount[Any]], str]] = [
    (RevokeToken, ""),
    (ReinitializeToken, ""),
    (ReleaseToken, ""),
    (SuspendToken, "no-token"),
]


@pytest.mark.parametrize(("command", "code"), ON_ACCOUNT)
def test_somebody_whose_token_vanished_can_be_helped(bank: Bank, command: type[OnAccount[Any]], code: str) -> None:
    """What binds him is in his account, so it can be taken away; there is nothing to suspend, and the desk is told."""
    token = dispatched(bank)
    user = holder(bank, token)
    take_away(bank, stored(bank, token).key)
    reply = bank.submit(command(login_id=user.login_id, authority=DESK))
    assert isinstance(reply, Refused if code else Done)
    assert not isinstance(reply, Refused) or reply.code == code
    unbound = command in (RevokeToken, ReinitializeToken)
    assert (bank.account(user).token is None) is unbound
    report = expect(TokenReport, bank.read(ExplainToken(login_id=user.login_id)))
    assert (report.serial, report.code.reason) == (None, "no-token" if unbound else "token-missing")


def test_a_throttle_that_vanished_is_begun_anew(bank: Bank) -> None:
    """Whoever takes it away gets the token's failures forgotten, not the person's."""
    token = dispatched(bank)
    user = holder(bank, token)
    due = at_code(bank, user)
    command = EnterCode(handle=due.handle, client=user.home, code="000000")
    due = expect(CodeDue, refused(bank.submit(command), "wrong-code").at)
    key = throttle(bank, token.serial)
    assert key is not None
    take_away(bank, key.key)
    expect(Authenticated, enter(bank, user, token.code(), due))


# ------------------------------------------------------------------------------------------------ other versions


def test_a_login_that_a_former_version_began_comes_to_its_end(bank: Bank) -> None:
    """Its flow names neither company nor token, which are only hints: what decides is the account."""
    token = dispatched(bank)
    user = holder(bank, token)
    due = at_code(bank, user)
    (ref,) = bank.account(user).flows
    bank.put_record(attrs.evolve(expect(Flow, bank.record(Flow.at(ref.id))), company="", token=""))
    expect(Authenticated, enter(bank, user, token.code(), due))


def test_a_session_that_a_former_version_minted_is_stepped_up(bank: Bank) -> None:
    """It names no token: the one that is bound to the account is judged."""
    user, token = entitled(bank), dispatched(bank)
    handle = enroll(bank, user, token).session
    next_code(bank, token)
    (ref,) = bank.account(user).sessions
    bank.put_record(attrs.evolve(expect(Session, bank.record(Session.at(ref.id))), token=""))
    step_up = StepUp(session=handle, client=user.home, code=token.code(), purpose="transfer")
    expect(SteppedUp, bank.submit(step_up))
    next_code(bank, token)
    first, second = pair(bank, token)
    resync = ResyncInSession(session=handle, client=user.home, first=first, second=second)
    expect(Resynchronized, bank.submit(resync))


def test_a_hint_at_another_token_decides_nothing(bank: Bank) -> None:
    """A flow that names somebody else's token is still judged by the account's own."""
    mine, other = dispatched(bank), dispatched(bank)
    user, _ = holder(bank, mine), holder(bank, other)
    due = at_code(bank, user)
    (ref,) = bank.account(user).flows
    hint = stored(bank, other).serial
    bank.put_record(attrs.evolve(expect(Flow, bank.record(Flow.at(ref.id))), token=hint))
    due = expect(CodeDue, refused(enter(bank, user, other.code(), due), "wrong-code").at)
    expect(Authenticated, enter(bank, user, mine.code(), due))


# ------------------------------------------------------------------------------------------------ numbers that are none


def test_a_number_that_is_no_token_s_is_released(bank: Bank) -> None:
    """The desk takes its lock away like any other; no token comes of it."""
    user = entitled(bank)
    due = at_enrollment(bank, user)
    command = EnrollToken(handle=due.handle, client=user.home, serial="ZZ-9999", code="123456")
    refused(bank.submit(command), "wrong-token")
    expect(Done, bank.submit(ReleaseToken(login_id=user.login_id, serial="zz 9999", authority=DESK)))
    released = throttle(bank, "ZZ-9999")
    assert released is not None
    assert released.counters == ()
    assert bank.record(HardToken.at("", "229999")) is None


def test_a_number_that_only_looks_like_a_token_s_does_not_release_it(bank: Bank) -> None:
    """Or one mistyped number would lift the stop of a colleague's token (A76)."""
    token, user = dispatched(bank, "TK-000777"), entitled(bank)
    stop = Suspension(at=bank.clock(), actor="user:Boss0001")
    bank.put_record(attrs.evolve(stored(bank, token), suspended=stop))
    expect(Done, bank.submit(ReleaseToken(login_id=user.login_id, serial="TK-OOO777", authority=DESK)))
    assert stored(bank, token).suspended == stop
    assert stored(bank, token).company == COMPANY
