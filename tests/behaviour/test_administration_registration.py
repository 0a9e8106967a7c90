"""Registering companies and people, and closing accounts: who exists, how many, and what of them is left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Literal

import attrs
import pytest

from okmate_auth import Client, PasswordChangeDue, Refused
from okmate_auth.commands import BySession, CloseUser, RegisterCompany, RegisterUser, Release
from okmate_auth.decision import Command
from okmate_auth.errors import CorruptRecordError, MisuseError
from okmate_auth.factors import LOGIN_PASSWORD
from okmate_auth.ports import ChangeSet
from okmate_auth.queries import ReadHistory
from okmate_auth.records import Account, Company, Throttle
from okmate_auth.replies import CompanyRegistered, Done, UserRegistered
from okmate_auth.violations import Violation
from tests.behaviour.administration import (
    CHOSEN,
    ELSEWHERE,
    account_of,
    boss,
    company_of,
    fields_of,
    operations,
    register,
    registered,
)
from tests.behaviour.bank import COMPANY, DESK, FAST, SERVICES, WRONG, Bank, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.rounds import rounds
from tests.unchecked import unchecked

# ------------------------------------------------------------------------------------------------------- companies


def test_a_company_is_registered_once(bank: Bank) -> None:
    """Under its id, with who did it and under which ticket; a second time it exists and stays as it was."""
    command = RegisterCompany(company="C-77", name="岐阜\u3000工業", method="certificate", authority=DESK)
    assert bank.submit(command) == CompanyRegistered(company="C-77")
    company = company_of(bank, "C-77")
    assert (company.name, company.method, company.users, company.master) == ("岐阜\u3000工業", "certificate", (), "")
    assert company.created_at == bank.clock()
    with bank.unchanged():
        refused(bank.submit(attrs.evolve(command, name="another", method="password")), "exists")
    assert company_of(bank, "C-77") == company


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"company": ""}, {"company"}),
        ({"company": "C" * 33}, {"company"}),
        ({"company": "C 1"}, {"company"}),
        ({"company": "会社"}, {"company"}),
        ({"company": "C1\n"}, {"company"}),
        ({"company": "C:1"}, {"company"}),
        ({"name": ""}, {"name"}),
        ({"name": "x" * 121}, {"name"}),
        ({"method": "fax"}, {"method"}),
        ({"company": "\ud800", "name": "", "method": ""}, {"company", "name", "method"}),
    ],
)
def test_a_company_of_another_form_is_refused(bank: Bank, fields: dict[str, Any], wrong: set[str]) -> None:
    """Everything that is wrong is told at once, and nothing is read or written."""
    good: dict[str, Any] = {"company": "C-77", "name": "x", "authority": DESK}
    with bank.unchanged():
        assert fields_of(refused(bank.submit(RegisterCompany(**{**good, **fields})), "malformed")) == wrong


@pytest.mark.parametrize(
    "fields", [{"company": "C" * 32}, {"name": "x" * 120}, {"name": "\x1b[2J"}, {"name": "x" * 119 + "\n"}]
)
def test_a_company_at_the_bounds_is_registered(bank: Bank, fields: dict[str, Any]) -> None:
    """Names are kept so that they can be shown."""
    good: dict[str, Any] = {"company": "C-77", "name": "x", "authority": DESK}
    expect(CompanyRegistered, bank.submit(RegisterCompany(**{**good, **fields})))
    name = company_of(bank, fields.get("company", "C-77")).name
    assert len(name) <= 120
    assert name.isprintable()


@pytest.mark.parametrize("authority", [None, "desk", COMPANY])
def test_only_the_desk_registers_companies(authority: object) -> None:
    """No session is an authority for it, by the command's very type."""
    with pytest.raises(MisuseError, match="ByDesk"):
        RegisterCompany(company="C-77", name="x", authority=unchecked(authority))
    with pytest.raises(MisuseError, match="ByDesk"):
        RegisterCompany(company="C-77", name="x", authority=unchecked(a_session()))


def a_session() -> BySession:
    """Return an administrator's authority."""
    return BySession(session="A" * 43, confirmation_password="x", client=Client("192.0.2.1"))


def test_a_company_that_two_desks_register_at_once_exists_once(open_bank: OpenBank) -> None:
    """One of them is told that it exists."""
    for _ in range(rounds(2, 40)):
        bank = open_bank()
        replies = bank.together(*(RegisterCompany(company="C-77", name=f"{n}", authority=DESK) for n in range(3)))
        assert sorted(type(reply).__name__ for reply in replies) == ["CompanyRegistered", "Refused", "Refused"]
        (number,) = (n for n, reply in enumerate(replies) if isinstance(reply, CompanyRegistered))
        assert company_of(bank, "C-77").name == f"{number}"


# ---------------------------------------------------------------------------------------------------- registering


def test_a_person_is_registered_with_everything_that_was_said(bank: Bank) -> None:
    """ID as written, company, role, name, method and rights; nothing is due to anybody but the person himself."""
    command = register(
        "Hanako01", role="administrator", name="大垣 花子", entitlements=("inquiry", "transfer", "inquiry")
    )
    reply = expect(UserRegistered, bank.submit(command))
    account = account_of(bank, "hanako01")
    assert (account.login_id, account.company, account.role) == ("Hanako01", COMPANY, "administrator")
    assert (account.name, account.method, account.entitlements) == ("大垣 花子", "password", ("inquiry", "transfer"))
    assert (account.created_at, account.confirmation_password, account.suspended) == (bank.clock(), None, None)
    assert reply.login_id == "Hanako01"
    assert company_of(bank).users == (account.subject,)
    (row,) = operations(bank, "Hanako01")
    assert (row.operation, row.actor, row.ticket) == ("register", "desk:teller-7", "T-1")
    assert row.details == (("role", "administrator"),)


@pytest.mark.parametrize("companys", ["password", "certificate"])
@pytest.mark.parametrize("own", [None, "password", "certificate"])
def test_the_method_is_the_companys_unless_said_otherwise(
    bank: Bank, companys: Literal["password", "certificate"], own: Literal["password", "certificate"] | None
) -> None:
    """Whoever is to log in by certificate can't log in by ID, whatever his initial password."""
    expect(CompanyRegistered, bank.submit(RegisterCompany(company="C-77", name="x", method=companys, authority=DESK)))
    user = registered(bank, "Hanako01", "C-77", method=own)
    method = own or companys
    assert account_of(bank, "Hanako01").method == method
    if method == "password":
        expect(PasswordChangeDue, bank.login(user))
    else:
        refused(bank.login(user), "rejected")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"login_id": "short"}, {"login_id"}),
        ({"login_id": "a" * 13}, {"login_id"}),
        ({"login_id": "ｈａｎａｋｏ"}, {"login_id"}),
        ({"login_id": "hanako 1"}, {"login_id"}),
        ({"login_id": "hanako1\x00"}, {"login_id"}),
        ({"login_id": ""}, {"login_id"}),
        ({"company": ""}, {"company"}),
        ({"company": "会社"}, {"company"}),
        ({"company": "C" * 33}, {"company"}),
        ({"role": "owner"}, {"role"}),
        ({"role": ""}, {"role"}),
        ({"name": "x" * 121}, {"name"}),
        ({"method": "fax"}, {"method"}),
        ({"entitlements": ("a b",)}, {"entitlements"}),
        ({"entitlements": ("",)}, {"entitlements"}),
        ({"entitlements": ("x" * 65,)}, {"entitlements"}),
        ({"entitlements": ("\n",)}, {"entitlements"}),
        ({"entitlements": tuple(f"e{n}" for n in range(65))}, {"entitlements"}),
        ({"entitlements": ("inquiry", "trasnfer")}, {"entitlements"}),
        ({"login_id": "!", "role": "!", "company": "!"}, {"login_id", "role", "company"}),
    ],
)
def test_a_person_of_another_form_is_refused(bank: Bank, fields: dict[str, Any], wrong: set[str]) -> None:
    """Everything that is wrong is told at once, before any authority is looked at, and nothing is written."""
    one = boss(bank)
    for authority in (DESK, one.authority(), one.authority(WRONG)):
        with bank.unchanged(), bank.unhashed():
            reply = bank.submit(register(**{"authority": authority, **fields}))
            assert fields_of(refused(reply, "malformed")) == wrong


@pytest.mark.parametrize(
    "fields",
    [
        {"login_id": "a" * 6},
        {"login_id": "9" * 12},
        {"name": "x" * 120},
        {"name": ""},
        {"entitlements": SERVICES},
    ],
)
def test_a_person_at_the_bounds_is_registered(bank: Bank, fields: dict[str, Any]) -> None:
    """Each bound itself is allowed."""
    expect(UserRegistered, bank.submit(register(**fields)))


def test_a_misspelt_service_is_told_as_such(bank: Bank) -> None:
    """Beside what else is wrong: it would open nothing, and nobody would know why."""
    reply = refused(bank.submit(register(name="x" * 121, entitlements=("trasnfer",))), "malformed")
    assert reply.violations == (Violation("malformed", "name"), Violation("unknown-service", "entitlements"))


def test_a_service_s_name_has_sixty_four_characters(open_bank: OpenBank) -> None:
    """The bound itself, in a service that stands in no menu."""
    bank = open_bank(attrs.evolve(FAST, services=frozenset({"x" * 64})))
    expect(UserRegistered, bank.submit(register(entitlements=("x" * 64,))))


@pytest.mark.parametrize("spelling", ["Hanako01", "hanako01", "HANAKO01"])
def test_an_id_is_taken_whatever_its_case(bank: Bank, spelling: str) -> None:
    """IDs are unique over all companies of the bank, and case tells none apart (A48)."""
    registered(bank, "Hanako01")
    registered(bank, "Other001", ELSEWHERE)
    before = account_of(bank, "Hanako01")
    for company in (COMPANY, ELSEWHERE):
        with bank.unchanged():
            refused(bank.submit(register(spelling, company=company)), "exists")
    assert account_of(bank, "Hanako01") == before


def test_a_company_that_is_not_registered_is_unknown(bank: Bank) -> None:
    """Nobody is registered for a company that does not exist."""
    with bank.unchanged():
        refused(bank.submit(register(company="C-99")), "unknown-company")
    assert bank.record(Account.at(bank.subject("Hanako01"))) is None


@pytest.mark.parametrize(("users", "fits"), [(2, True), (3, False)])
def test_a_company_is_full_at_its_limit(open_bank: OpenBank, users: int, *, fits: bool) -> None:
    """One fewer leaves room for one more; a closed account makes room again."""
    bank = open_bank(attrs.evolve(FAST, users=3))
    for number in range(users):
        registered(bank, f"Person{number}")
    reply = bank.submit(register("Another1"))
    if fits:
        expect(UserRegistered, reply)
        refused(bank.submit(register("Another2")), "company-full")
    else:
        refused(reply, "company-full")
    expect(Done, bank.submit(CloseUser(login_id="Person0", authority=DESK)))
    expect(UserRegistered, bank.submit(register("Another3")))
    assert len(company_of(bank).users) == 3


def test_a_stricter_limit_closes_nobody(open_bank: OpenBank) -> None:
    """Where a bank allows fewer than there are, nobody new comes in and everybody stays."""
    bank = open_bank(attrs.evolve(FAST, users=3))
    for number in range(3):
        registered(bank, f"Person{number}")
    stricter = bank.beside(attrs.evolve(FAST, users=1))
    refused(stricter.submit(register("Another1")), "company-full")
    assert len(company_of(bank).users) == 3


def test_a_company_has_one_master(bank: Bank) -> None:
    """The second is refused as long as there is the first."""
    registered(bank, "Master1", role="master")
    assert company_of(bank).master == bank.subject("Master1")
    refused(bank.submit(register("Master2", role="master")), "has-master")
    registered(bank, "Master2", ELSEWHERE, role="master")
    assert company_of(bank).master == bank.subject("Master1")


@pytest.mark.parametrize("case", ["same id", "last place", "masters"])
def test_registrations_at_the_same_moment_break_no_rule(open_bank: OpenBank, case: str) -> None:
    """One ID, one last place, one master: of several administrators one gets it, the others are told why not."""
    commands: dict[str, tuple[Callable[[int], RegisterUser], str]] = {
        "same id": (lambda n: register("Hanako01", name=f"{n}"), "exists"),
        "last place": (lambda n: register(f"Hanako0{n}"), "company-full"),
        "masters": (lambda n: register(f"Hanako0{n}", role="master"), "has-master"),
    }
    make, code = commands[case]
    for _ in range(rounds(1, 40)):
        bank = open_bank(attrs.evolve(FAST, users=2))
        registered(bank, "Person0")
        replies = bank.together(*(make(number) for number in range(3)))
        assert sorted(type(reply).__name__ for reply in replies) == ["Refused", "Refused", "UserRegistered"]
        assert {reply.code for reply in replies if isinstance(reply, Refused)} <= {code, "company-full"}
        assert len(company_of(bank).users) == 2


# -------------------------------------------------------------------------------------------------------- closing


def test_closing_leaves_nothing_that_could_be_used(bank: Bank) -> None:
    """No password, no right, no session, no login under way, no place in the company; the histories stay."""
    one = boss(bank, "user")
    expect(Done, bank.submit(CloseUser(login_id=one.user.login_id, authority=DESK)))
    account = bank.account(one.user)
    assert account.closed_at == bank.clock()
    assert (account.login_password, account.confirmation_password, account.entitlements) == (None, None, ())
    assert (account.sessions, account.flows) == ((), ())
    assert bank.session(one.session, one.user.home) is None
    assert company_of(bank).users == ()
    assert [row.operation for row in operations(bank, one.user)] == ["close", "register"]
    refused(bank.login(one.user), "rejected")
    assert bank.results(one.user)[0] == "closed"


def test_an_account_whose_company_vanished_is_not_closed(bank: Bank) -> None:
    """A store from which somebody took the company is told of; half a closing is never written."""
    user = registered(bank, "Hanako01")
    key = Company.at("", COMPANY)
    version = bank.front.load((key,))[key].version
    removal = ChangeSet(id="0" * 32, at=bank.clock(), guards={key: version}, deletes=(key,))
    assert bank.front.commit(removal) == "done"
    with bank.unchanged(), pytest.raises(CorruptRecordError, match="company"):
        bank.submit(CloseUser(login_id="Hanako01", authority=DESK))
    assert bank.account(user).closed_at is None


def test_a_closed_id_stays_taken_for_ever(bank: Bank) -> None:
    """Nobody gets the ID, and with it the histories, of somebody who was there before, in whatever spelling."""
    registered(bank, "Hanako01")
    expect(Done, bank.submit(CloseUser(login_id="Hanako01", authority=DESK)))
    bank.wait(timedelta(days=4000))
    for login_id in ("Hanako01", "hanako01"):
        refused(bank.submit(register(login_id)), "exists")


# ------------------------------------------------------------------------------ guesses at an ID that nobody had


def test_what_was_guessed_before_is_kept_when_the_id_is_registered(bank: Bank) -> None:
    """Failures, locks and history of an unknown ID are those of the account that gets it."""
    client = bank.browser()
    for _ in range(6):
        bank.guess("Hanako01", client)
    throttle = bank.throttle("Hanako01")
    user = registered(bank, "Hanako01")
    assert bank.throttle(user).counters == throttle.counters
    refused(bank.login(user), "locked")
    assert bank.results(user)[-2:] == ["unknown-id", "unknown-id"]
    expect(Done, bank.submit(Release(login_id="Hanako01", authority=DESK)))
    bank.due_change(user)


@pytest.mark.parametrize("entrance", ["password", "certificate"])
def test_a_registration_creates_both_throttles(bank: Bank, entrance: Literal["password", "certificate"]) -> None:
    """A throttle stands for the absence of its account, so whoever creates the one writes the other."""
    registered(bank, "Hanako01")
    expect(Throttle, bank.record(Throttle.at(bank.subject("Hanako01"), entrance)))
    page = bank.read(ReadHistory(login_id="Hanako01", which=entrance))
    assert (page.records, page.defect) == ((), None)


@pytest.mark.parametrize("password", [CHOSEN, WRONG])
def test_a_guess_that_is_judged_while_its_id_is_registered_is_judged_anew(bank: Bank, password: str) -> None:
    """Its verdict spoke of nobody's hash; it keeps its place, is judged against the new account, and counts once."""
    with bank.meanwhile("hash", register(initial_password=CHOSEN)) as replies:
        reply = bank.submit(bank.attempt("Hanako01", password))
    expect(UserRegistered, replies[0])
    throttle = bank.throttle("Hanako01")
    assert throttle.places == ()
    assert throttle.counter(LOGIN_PASSWORD).others.failures == (0 if password == CHOSEN else 1)
    if password == CHOSEN:
        expect(PasswordChangeDue, reply)
        assert bank.results("Hanako01") == ["step"]
    else:
        refused(reply, "rejected")
        assert bank.results("Hanako01") == ["wrong-password"]


def test_guesses_and_a_registration_at_the_same_moment(open_bank: OpenBank) -> None:
    """Wrong guesses count exactly once each, whether they were judged before or after the account existed."""
    for _ in range(rounds(2, 40)):
        bank = open_bank()
        commands: list[Command[Any]] = [bank.attempt("Hanako01", WRONG) for _ in range(3)]
        *guesses, made = bank.together(*commands, register())
        expect(UserRegistered, made)
        for guess in guesses:
            refused(guess, "rejected")
        throttle = bank.throttle("Hanako01")
        assert throttle.counter(LOGIN_PASSWORD).others.failures == 3
        assert throttle.places == ()
        assert set(bank.results("Hanako01")) <= {"unknown-id", "wrong-password"}
        assert len(bank.results("Hanako01")) == 3
        assert account_of(bank, "Hanako01").subject in company_of(bank).users
