"""The login as a state machine: which step is due, as a table of everything that it depends on."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest

from okmate_auth.actions import Action, Person
from okmate_auth.codec import Json
from okmate_auth.errors import MisuseError
from okmate_auth.factors import CERTIFICATE, CODE, CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.flow import Situation, change_due, credential_id, holds, next_step, password
from okmate_auth.policies.profile import PASSWORD_CHANGE, TOKEN_ENROLLMENT, CodeAtLogin
from okmate_auth.records import Account, CertificateBinding, Ledger, Note, Proof, TokenBinding
from okmate_auth.replies import ActionDue, PasswordChangeDone, PasswordChangeDue, PasswordDue
from okmate_auth.secret import Secret
from tests.stored_values import AT, FAST, SUBJECT, account, credential, flow
from tests.unchecked import unchecked

HANDLE = Secret("A" * 43)
UNTIL = AT + timedelta(minutes=10)
BOTH = (LOGIN_PASSWORD, CONFIRMATION_PASSWORD)
BOUND = TokenBinding(id="token-1", serial="TK000001", enrolled_at=AT)
OLDER = CertificateBinding(id="certificate-1", fingerprint="aa", ends_at=AT, used=True)
NEWER = CertificateBinding(id="certificate-2", fingerprint="bb", ends_at=AT)
PROVEN = flow().ledger
"""The login password alone."""
PRESENTED = Ledger(proven=(Proof(factor=CERTIFICATE, credential="certificate-1"),))
"""A certificate alone."""


def always(person: Person, note: Mapping[str, Json] | None, now: datetime) -> Mapping[str, Json] | None:
    """Be due, and tell the page what was seen."""
    return {"who": person.login_id, "note": None if note is None else dict(note), "now": now.isoformat()}


def never(person: Person, note: Mapping[str, Json] | None, now: datetime) -> None:
    """Be due never."""
    del person, note, now


def keep(note: Mapping[str, Json] | None, answer: Mapping[str, Json], now: datetime) -> Mapping[str, Json]:
    """Keep the answer."""
    del note, now
    return answer


MAIL = Action(name="mail", is_due=always, apply=keep)
NEWS = Action(name="news", is_due=always, apply=keep)
QUIET = Action(name="mail", is_due=never, apply=keep)


def situation(**fields: object) -> Situation:
    """Return a situation in which nothing is due."""
    known: dict[str, Any] = {
        "account": account(),
        "flow": flow(),
        "profile": FAST,
        "actions": {},
        "notes": {},
        "locked": frozenset(),
        "now": AT,
    }
    return Situation(**{**known, **fields})


def with_actions(*order: str, **fields: object) -> Situation:
    """Return a situation with the actions MAIL and NEWS, in an order of what may be due."""
    profile = attrs.evolve(FAST, order=order)
    return situation(**{"profile": profile, "actions": {"mail": MAIL, "news": NEWS}, **fields})


def due(**fields: object) -> PasswordChangeDue | None:
    """Return the forced change that is due, through the machine."""
    step = next_step(situation(**fields), HANDLE, UNTIL)
    assert step is None or isinstance(step, PasswordChangeDue)
    assert step == change_due(situation(**fields), HANDLE, UNTIL)
    return step


# ------------------------------------------------------------------------------------------------------ forced change


Asked = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def expected_change(login: str | None, confirmation: str | None, *, locked: bool, kept: bool) -> Asked | None:
    """Return in a table's words what a change asks: what to change, what is asked, why, and what stays unusable.

    Args:
        login: Why the login password is due, None where it is not.
        confirmation: The same; ``unset`` where there is none.
        locked: Whether the confirmation password is locked.
        kept: Whether this bank has confirmation passwords at all.
    """
    left_out = not kept or (locked and confirmation != "unset" and login != "compromise")
    reasons = {LOGIN_PASSWORD: login, CONFIRMATION_PASSWORD: None if left_out else confirmation}
    change = tuple(factor for factor in BOTH if reasons[factor])
    current = BOTH[:1] if left_out or confirmation == "unset" else BOTH
    unusable = BOTH[1:] if kept and left_out and confirmation else ()
    return (change, current, tuple(filter(None, reasons.values())), unusable) if change else None


@pytest.mark.parametrize("login", [None, "initial", "administrator", "reset", "compromise"])
@pytest.mark.parametrize("confirmation", [None, "unset", "administrator", "compromise", "not-compared"])
@pytest.mark.parametrize("kept", [True, False])
def test_what_a_forced_change_asks(login: str | None, confirmation: str | None, *, kept: bool) -> None:
    """Every combination of reasons and locks, and a bank without confirmation passwords, against the table.

    A lock of the confirmation password leaves it out, unless the login password is compromised: whoever stole that must
    not get round the other by locking it. A lock of the login password leaves nothing out: the change stays due.
    """
    person = account(
        login_password=credential("login-1", change_due=login),
        confirmation_password=None if confirmation == "unset" else credential("c-1", change_due=confirmation),
    )
    profile = FAST if kept else attrs.evolve(FAST, confirmation_password=None)
    for number in range(3):
        for locked in map(frozenset, itertools.combinations(BOTH, number)):
            step = due(account=person, profile=profile, locked=locked)
            told = None if step is None else (step.change, step.current, step.reasons, step.unusable)
            assert told == expected_change(login, confirmation, locked=CONFIRMATION_PASSWORD in locked, kept=kept)
            if step is not None:
                assert (step.handle, step.until, step.login_id) == (HANDLE, UNTIL, "Hanako01")


def test_an_unset_confirmation_password_is_due_even_while_its_factor_is_locked() -> None:
    """There is nothing to ask, so a lock does not keep it from being set; what is set counts when the lock ends."""
    step = due(account=account(confirmation_password=None), locked=frozenset({CONFIRMATION_PASSWORD}))
    assert step is not None
    assert (step.change, step.current, step.unusable) == ((CONFIRMATION_PASSWORD,), (LOGIN_PASSWORD,), ())


def test_age_alone_never_forces_a_change() -> None:
    """Ten years later nothing is due (NIST SP 800-63B-4 3.1.1.2 (6), ASVS 5.0 6.2.10)."""
    assert due(now=AT + timedelta(days=3653)) is None


def test_nobody_without_a_login_password_is_asked_for_it() -> None:
    """Where the login password is missing altogether, a new one is due and no current one asked."""
    step = due(account=account(login_password=None))
    assert step is not None
    assert (step.change, step.current, step.reasons) == ((LOGIN_PASSWORD,), (CONFIRMATION_PASSWORD,), ("unset",))


# ------------------------------------------------------------------------------------------------------------ password


@pytest.mark.parametrize("code", ["never", "when_bound", "always"])
@pytest.mark.parametrize(
    "person",
    [
        account(method="certificate", certificates=(OLDER,)),
        account(method="certificate", certificates=(OLDER, NEWER), tokens=(BOUND,)),
        account(method="certificate", certificates=(OLDER,), login_password=credential(change_due="compromise")),
        account(method="certificate", certificates=(OLDER,), login_password=None),
    ],
)
def test_after_a_certificate_the_password_comes_before_anything_else(person: Account, code: CodeAtLogin) -> None:
    """Whatever is due, whatever is demanded: each factor is proven before anything is told or done."""
    profile = attrs.evolve(
        FAST, order=("mail", PASSWORD_CHANGE, TOKEN_ENROLLMENT), code_at_login={"password": code, "certificate": code}
    )
    under_way = flow(entrance="certificate", certificate="aa", ledger=PRESENTED)
    due_now = situation(account=person, flow=under_way, profile=profile, actions={"mail": MAIL})
    assert next_step(due_now, HANDLE, UNTIL) == PasswordDue(handle=HANDLE, until=UNTIL, login_id="Hanako01")


def test_after_both_the_certificate_method_goes_on_as_the_other() -> None:
    """What is due is a matter of the account, not of the entrance."""
    ledger = attrs.evolve(PROVEN, proven=(*PRESENTED.proven, *PROVEN.proven))
    person = account(method="certificate", certificates=(OLDER,))
    under_way = flow(entrance="certificate", certificate="aa", ledger=ledger)
    assert next_step(situation(account=person, flow=under_way), HANDLE, UNTIL) is None


# ------------------------------------------------------------------------------------------------------- result, order


@pytest.mark.parametrize("changed", [(LOGIN_PASSWORD,), (CONFIRMATION_PASSWORD,), BOTH])
def test_the_result_of_a_change_comes_before_anything_else(changed: tuple[str, ...]) -> None:
    """Even where another change is due already, and an action (the procedure's manual, step 3)."""
    again = account(login_password=credential(change_due="compromise"))
    under_way = flow(ledger=attrs.evolve(PROVEN, changed=changed))
    step = next_step(
        with_actions("mail", PASSWORD_CHANGE, TOKEN_ENROLLMENT, account=again, flow=under_way), HANDLE, UNTIL
    )
    assert step == PasswordChangeDone(handle=HANDLE, until=UNTIL, login_id="Hanako01", changed=changed)


@pytest.mark.parametrize("order", list(itertools.permutations(("mail", PASSWORD_CHANGE, TOKEN_ENROLLMENT, "news"))))
def test_what_is_due_comes_in_the_profiles_order(order: tuple[str, ...]) -> None:
    """Each step until it is done, in the order that the bank names, and then nothing."""
    person, answered, seen = account(login_password=credential(change_due="initial")), list[str](), list[str]()
    while True:
        under_way = flow(ledger=attrs.evolve(PROVEN, answered=tuple(answered)))
        step = next_step(with_actions(*order, account=person, flow=under_way), HANDLE, UNTIL)
        if step is None:
            break
        if isinstance(step, ActionDue):
            seen.append(step.name)
            answered.append(step.name)
        else:
            seen.append(PASSWORD_CHANGE)
            person = account()
    assert seen == [name for name in order if name != TOKEN_ENROLLMENT]


def test_where_nothing_is_due_there_is_no_step() -> None:
    """Both passwords set and due to nobody, no action: the login is over."""
    assert next_step(situation(), HANDLE, UNTIL) is None
    assert next_step(with_actions(PASSWORD_CHANGE, TOKEN_ENROLLMENT), HANDLE, UNTIL) is None


# -------------------------------------------------------------------------------------------------------------- actions


@pytest.mark.parametrize("note", [None, Note(subject=SUBJECT, action="mail", data={"seen": 1})])
def test_an_action_sees_the_person_its_own_note_and_the_time(note: Note | None) -> None:
    """What it returns is for the page, with the flow's id as idempotency key."""
    other = Note(subject=SUBJECT, action="news", data={"other": 1})
    notes = {"mail": note, "news": other}
    step = next_step(with_actions(PASSWORD_CHANGE, TOKEN_ENROLLMENT, "mail", notes=notes), HANDLE, UNTIL)
    data: dict[str, Json] = {"who": "Hanako01", "note": None if note is None else {"seen": 1}, "now": AT.isoformat()}
    assert step == ActionDue(handle=HANDLE, until=UNTIL, name="mail", data=data, flow="f1")


def test_an_action_without_a_note_of_its_own_sees_none() -> None:
    """A missing note is like none."""
    step = next_step(with_actions(PASSWORD_CHANGE, TOKEN_ENROLLMENT, "mail"), HANDLE, UNTIL)
    assert isinstance(step, ActionDue)
    assert step.data["note"] is None


def test_an_action_that_is_not_due_is_no_step() -> None:
    """It is asked every time, and says so itself."""
    quiet = situation(
        profile=attrs.evolve(FAST, order=(PASSWORD_CHANGE, TOKEN_ENROLLMENT, "mail")), actions={"mail": QUIET}
    )
    assert next_step(quiet, HANDLE, UNTIL) is None


def test_what_was_answered_in_this_flow_is_not_due_again() -> None:
    """Even where the action would still say so: one answer for a login."""
    answered = flow(ledger=attrs.evolve(PROVEN, answered=("mail",)))
    step = next_step(with_actions(PASSWORD_CHANGE, TOKEN_ENROLLMENT, "mail", "news", flow=answered), HANDLE, UNTIL)
    assert isinstance(step, ActionDue)
    assert step.name == "news"


def test_a_page_gets_json_or_the_action_is_at_fault() -> None:
    """What an action gives to the page is checked like a note: its author learns of it in his first test."""
    wrong = Action(name="mail", is_due=unchecked(lambda *_: {"now": AT}), apply=keep)
    broken = with_actions(PASSWORD_CHANGE, TOKEN_ENROLLMENT, "mail", actions={"mail": wrong})
    with pytest.raises(MisuseError, match="'mail'"):
        next_step(broken, HANDLE, UNTIL)


# --------------------------------------------------------------------------------------------------------------- ledger


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        (LOGIN_PASSWORD, "login-1"),
        (CONFIRMATION_PASSWORD, "confirmation-1"),
        (CODE, None),
        (CERTIFICATE, None),
        ("", None),
    ],
)
def test_passwords_are_found_by_their_factors(factor: str, expected: str | None) -> None:
    """A factor that is no password has none; what proves a code is the binding of a token."""
    found = password(account(tokens=(BOUND,)), factor)
    assert (None if found is None else found.id) == expected
    assert credential_id(account(), factor) == expected
    assert credential_id(account(tokens=(BOUND,)), factor) == ("token-1" if factor == CODE else expected)


@pytest.mark.parametrize(
    ("person", "proven", "expected"),
    [
        (account(), (), True),
        (account(), ((LOGIN_PASSWORD, "login-1"),), True),
        (account(), ((LOGIN_PASSWORD, "login-1"), (CONFIRMATION_PASSWORD, "confirmation-1")), True),
        (
            account(login_password=credential("login-1", phc="x", change_due="reset")),
            ((LOGIN_PASSWORD, "login-1"),),
            True,
        ),
        (account(login_password=credential("login-2")), ((LOGIN_PASSWORD, "login-1"),), False),
        (account(login_password=None), ((LOGIN_PASSWORD, "login-1"),), False),
        (account(), ((LOGIN_PASSWORD, "login-1"), (CONFIRMATION_PASSWORD, "login-1")), False),
        (account(confirmation_password=None), ((CONFIRMATION_PASSWORD, "confirmation-1"),), False),
        (account(), ((LOGIN_PASSWORD, ""),), False),
        (account(), (("unheard-of", "login-1"),), False),
        (account(tokens=(BOUND,)), ((CODE, "token-1"),), True),
        (account(tokens=(BOUND,)), ((LOGIN_PASSWORD, "login-1"), (CODE, "token-1")), True),
        (account(tokens=(attrs.evolve(BOUND, id="token-2"),)), ((CODE, "token-1"),), False),
        (account(tokens=(BOUND,)), ((CODE, "login-1"),), False),
        (account(), ((CODE, "token-1"),), False),
        (account(certificates=(OLDER,)), ((CERTIFICATE, "certificate-1"),), True),
        (account(certificates=(OLDER, NEWER)), ((CERTIFICATE, "certificate-1"),), True),
        (account(certificates=(OLDER, NEWER)), ((CERTIFICATE, "certificate-2"), (LOGIN_PASSWORD, "login-1")), True),
        (account(certificates=(NEWER,)), ((CERTIFICATE, "certificate-1"),), False),
        (account(), ((CERTIFICATE, "certificate-1"),), False),
        (account(certificates=(OLDER,)), ((CERTIFICATE, "login-1"),), False),
        (account(certificates=(OLDER,)), ((CODE, "certificate-1"),), False),
    ],
)
def test_a_ledger_counts_while_each_credential_is_the_same(
    person: Account, proven: tuple[tuple[str, str], ...], *, expected: bool
) -> None:
    """By its id: a rehash or a flag keeps it, another secret or another factor does not (A33)."""
    ledger = Ledger(proven=tuple(Proof(factor=factor, credential=id_) for factor, id_ in proven))
    assert holds(person, ledger) is expected
