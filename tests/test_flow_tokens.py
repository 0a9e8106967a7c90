"""What of tokens is due in a login, as a table of everything that it depends on."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal, get_args

import attrs
import pytest

from okmate_auth.actions import Action, Person
from okmate_auth.codec import Json
from okmate_auth.factors import CODE, LOGIN_PASSWORD
from okmate_auth.flow import Situation, TokenWait, code_due, enrollment_due, next_step
from okmate_auth.policies.profile import PASSWORD_CHANGE, TOKEN_ENROLLMENT, CodeAtLogin, Profile
from okmate_auth.policies.tokens import TokenPolicy
from okmate_auth.records import Account, Ledger, Proof, TokenBinding, TokenHistory
from okmate_auth.records.history import Entrance
from okmate_auth.replies import (
    ActionDue,
    CodeDue,
    EnrollmentDue,
    PasswordChangeDone,
    PasswordChangeDue,
    Step,
)
from okmate_auth.secret import Secret
from tests.stored_values import AT, FAST, account, credential, flow

HANDLE: Final = Secret("A" * 43)
LOGIN_ID: Final = account().login_id
UNTIL: Final = AT + timedelta(minutes=10)
TICK: Final = timedelta(microseconds=1)
GRACE, WAIT = timedelta(days=30), timedelta(minutes=30)
CODES: Final[tuple[CodeAtLogin, ...]] = get_args(CodeAtLogin)
ENTRANCES: Final[tuple[Entrance, ...]] = get_args(Entrance)
BOUND: Final = TokenBinding(id="token-1", serial="TK000001", enrolled_at=AT)

Past = Literal["none", "waiting", "waited"]
PASTS: Final[Mapping[Past, TokenHistory]] = {
    "none": TokenHistory(),
    "waiting": TokenHistory(enrolled_at=AT - timedelta(days=9), revoked_at=AT - WAIT + TICK),
    "waited": TokenHistory(enrolled_at=AT - timedelta(days=9), revoked_at=AT - WAIT),
}


def rules(code: CodeAtLogin, *, services: tuple[str, ...] = ("transfer",), grace: timedelta = GRACE) -> Profile:
    """Return rules that ask for codes in one way at both entrances."""
    return attrs.evolve(
        FAST,
        code_at_login={"password": code, "certificate": code},
        token_services=frozenset(services),
        tokens=TokenPolicy(grace=grace, wait_after_revocation=WAIT),
    )


def situation(person: Account, ledger: Ledger, profile: Profile, **fields: object) -> Situation:
    """Return a situation of a login."""
    known: dict[str, Any] = {
        "account": person,
        "flow": flow(ledger=ledger),
        "profile": profile,
        "actions": {},
        "notes": {},
        "locked": frozenset(),
        "now": AT,
    }
    return Situation(**{**known, **fields})


def due(person: Account, ledger: Ledger, profile: Profile, **fields: object) -> Step | TokenWait | None:
    """Return what is due."""
    return next_step(situation(person, ledger, profile, **fields), HANDLE, UNTIL)


def proven(*factors: str, **fields: Any) -> Ledger:  # noqa: ANN401 - fields of a ledger
    """Return a ledger in which factors are proven."""
    ids = {LOGIN_PASSWORD: "login-1", CODE: "token-1"}
    return Ledger(proven=tuple(Proof(factor=one, credential=ids[one]) for one in factors), **fields)


def enrollment(*, may_skip: bool, entitled: bool = True, grace_until: datetime | None = None) -> EnrollmentDue:
    """Return the step of an enrollment, which names the services that stay closed without a token."""
    return EnrollmentDue(
        handle=HANDLE,
        until=UNTIL,
        login_id=LOGIN_ID,
        may_skip=may_skip,
        services=("transfer",) if entitled else (),
        grace_until=grace_until,
    )


def expected(
    code: CodeAtLogin, past: Past, *, bound: bool, entitled: bool, has_proven: bool, skipped: bool
) -> Step | TokenWait | None:
    """Return in a table's words what is due of tokens.

    Args:
        code: Whether the bank asks for codes.
        past: Whether a token was revoked, and the wait after that is over.
        bound: Whether a token is.
        entitled: Whether a service is open to him that needs one.
        has_proven: Whether this login proved the code.
        skipped: Whether it put enrollment off.
    """
    waits = past == "waiting"
    if code != "never" and not has_proven:
        if bound:
            return CodeDue(handle=HANDLE, until=UNTIL, login_id=LOGIN_ID)
        if code == "always":
            return TokenWait(AT + TICK) if waits else enrollment(may_skip=False, entitled=entitled)
    if bound or skipped or waits or not entitled:
        return None
    grace_until = AT + GRACE if past == "none" else None
    return enrollment(may_skip=True, grace_until=grace_until)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("past", PASTS)
def test_what_is_due_of_tokens(code: CodeAtLogin, past: Past) -> None:
    """Every combination of what a bank asks, what is bound, proven, put off and open to him, against the table."""
    for bound, entitled, has_proven, skipped in itertools.product((False, True), repeat=4):
        person = account(
            tokens=(BOUND,) if bound else (),
            token_history=PASTS[past],
            entitlements=("inquiry", "transfer") if entitled else ("inquiry",),
        )
        factors = (LOGIN_PASSWORD, CODE) if has_proven else (LOGIN_PASSWORD,)
        found = due(person, proven(*factors, enrollment_skipped=skipped), rules(code))
        words = {"bound": bound, "entitled": entitled, "has_proven": has_proven, "skipped": skipped}
        assert found == expected(code, past, **words), words


@pytest.mark.parametrize(("entrance", "other"), [ENTRANCES, ENTRANCES[::-1]])
@pytest.mark.parametrize("code", CODES)
def test_each_entrance_asks_for_codes_in_its_own_way(entrance: Entrance, other: Entrance, code: CodeAtLogin) -> None:
    """What the bank says of the other entrance does not matter."""
    for of_other in CODES:
        table: dict[Entrance, CodeAtLogin] = {entrance: code, other: of_other}
        profile = attrs.evolve(rules(code), code_at_login=table)
        for person in (account(), account(tokens=(BOUND,))):
            here = situation(person, proven(LOGIN_PASSWORD), profile, flow=flow(entrance=entrance))
            alike = situation(person, proven(LOGIN_PASSWORD), rules(code), flow=flow(entrance=entrance))
            assert next_step(here, HANDLE, UNTIL) == next_step(alike, HANDLE, UNTIL)


@pytest.mark.parametrize(
    ("skipped_at", "until"),
    [
        (None, AT + GRACE),
        (AT, AT + GRACE),
        (AT - GRACE + TICK, AT + TICK),
        (AT - GRACE, None),
        (AT - GRACE - TICK, None),
    ],
)
def test_enrollment_says_until_when_it_may_be_put_off(skipped_at: datetime | None, until: datetime | None) -> None:
    """The end of the grace, which runs from the first time on; None where services are closed without a token."""
    person = account(entitlements=("transfer",), token_history=TokenHistory(skipped_at=skipped_at))
    step = due(person, proven(LOGIN_PASSWORD), rules("when_bound"))
    assert step == enrollment(may_skip=True, grace_until=until)


@pytest.mark.parametrize("entitlements", [(), ("inquiry",), ("Transfer",), ("transfers", "inquiry")])
def test_who_needs_no_token_is_offered_none(entitlements: tuple[str, ...]) -> None:
    """Only a service that the bank names, to the letter, and that is open to him, brings the screen."""
    assert due(account(entitlements=entitlements), proven(LOGIN_PASSWORD), rules("when_bound")) is None
    assert due(account(entitlements=("transfer",)), proven(LOGIN_PASSWORD), rules("when_bound", services=())) is None


# ---------------------------------------------------------------------------------------------------------- order


def always_due(person: Person, note: Mapping[str, Json] | None, now: datetime) -> Mapping[str, Json]:
    """Be due."""
    del note, now
    return {"who": person.login_id}


MAIL: Final = Action(name="mail", is_due=always_due, apply=lambda _note, answer, _now: answer)


def step_name(step: Step | TokenWait | None) -> str:
    """Return which step it is."""
    if isinstance(step, ActionDue):
        return step.name
    if isinstance(step, PasswordChangeDue):
        return PASSWORD_CHANGE
    return TOKEN_ENROLLMENT if isinstance(step, EnrollmentDue) else type(step).__name__


@pytest.mark.parametrize("order", list(itertools.permutations((PASSWORD_CHANGE, TOKEN_ENROLLMENT, "mail"))))
def test_enrollment_that_may_be_put_off_has_its_place_in_the_profiles_order(order: tuple[str, ...]) -> None:
    """Each step until it is done, in the order that the bank names."""
    person = account(login_password=credential("login-1", change_due="initial"), entitlements=("transfer",))
    profile, seen = attrs.evolve(rules("when_bound"), order=order), list[str]()
    while len(seen) < len(order):
        ledger = proven(
            LOGIN_PASSWORD,
            enrollment_skipped=TOKEN_ENROLLMENT in seen,
            answered=("mail",) if "mail" in seen else (),
        )
        fresh = account(entitlements=("transfer",)) if PASSWORD_CHANGE in seen else person
        seen.append(step_name(due(fresh, ledger, profile, actions={"mail": MAIL})))
    assert tuple(seen) == order


@pytest.mark.parametrize("order", list(itertools.permutations((PASSWORD_CHANGE, TOKEN_ENROLLMENT, "mail"))))
@pytest.mark.parametrize("bound", [False, True])
def test_the_factor_comes_before_everything_that_is_merely_due(order: tuple[str, ...], *, bound: bool) -> None:
    """A code that is demanded, or the enrollment that proves one, is first in every order (rule 2)."""
    person = account(
        login_password=credential("login-1", change_due="compromise"),
        entitlements=("transfer",),
        tokens=(BOUND,) if bound else (),
    )
    profile = attrs.evolve(rules("always"), order=order)
    step = due(person, proven(LOGIN_PASSWORD), profile, actions={"mail": MAIL})
    assert isinstance(step, CodeDue if bound else EnrollmentDue)
    after = due(attrs.evolve(person, tokens=(BOUND,)), proven(LOGIN_PASSWORD, CODE), profile, actions={"mail": MAIL})
    assert step_name(after) == next(name for name in order if name != TOKEN_ENROLLMENT)


@pytest.mark.parametrize("code", CODES)
def test_the_result_of_a_change_comes_before_the_factor(code: CodeAtLogin) -> None:
    """It is shown before anything else is asked, also where the bank demands codes since a moment ago."""
    ledger = proven(LOGIN_PASSWORD, changed=(LOGIN_PASSWORD,))
    for person in (account(), account(tokens=(BOUND,)), account(token_history=PASTS["waiting"])):
        assert isinstance(due(person, ledger, rules(code)), PasswordChangeDone)


def test_stricter_rules_count_for_a_login_that_put_enrollment_off() -> None:
    """A bank that demands codes from now on gets one from whoever skipped a moment ago, too (A27, A28)."""
    person, ledger = account(entitlements=("transfer",)), proven(LOGIN_PASSWORD, enrollment_skipped=True)
    assert due(person, ledger, rules("when_bound")) is None
    assert due(person, ledger, rules("always")) == enrollment(may_skip=False)


def test_the_two_parts_say_the_same_as_the_whole() -> None:
    """Asked alone, the factor and what is offered give what the login comes to."""
    person = account(entitlements=("transfer",))
    demanded = situation(person, proven(LOGIN_PASSWORD), rules("always"))
    offered = situation(person, proven(LOGIN_PASSWORD), rules("never"))
    assert code_due(demanded, HANDLE, UNTIL) == next_step(demanded, HANDLE, UNTIL)
    assert code_due(offered, HANDLE, UNTIL) is None
    assert enrollment_due(offered, HANDLE, UNTIL) == next_step(offered, HANDLE, UNTIL)
