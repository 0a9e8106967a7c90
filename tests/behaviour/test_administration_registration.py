"""Registering companies and people, and closing accounts: who exists, how many, with which first password."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, Literal

import attrs
import pytest

from okmate_auth import Authenticated, ChangePasswords, Client, PasswordChangeDone, PasswordChangeDue, Refused, Secret
from okmate_auth.commands import BySession, CloseUser, RegisterCompany, RegisterUser, Release, ResetPasswords
from okmate_auth.decision import Command
from okmate_auth.errors import CorruptRecordError, MisuseError
from okmate_auth.factors import CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies.half_width import EXAMINED
from okmate_auth.ports import ChangeSet
from okmate_auth.queries import ReadHistory
from okmate_auth.records import Account, Company, Throttle
from okmate_auth.replies import CompanyRegistered, Done, UserRegistered
from tests.behaviour.administration import (
    ELSEWHERE,
    account_of,
    boss,
    company_of,
    first_login,
    operations,
    registered,
)
from tests.behaviour.bank import COMPANY, DESK, FAST, MICROSECOND, WRONG, Bank, User, expect, refused
from tests.behaviour.conftest import OpenBank
from tests.rounds import rounds

CHOSEN: Final = "Hana5pring"
"""An initial password that an administrator chose."""


def register(login_id: str = "Hanako01", **fields: Any) -> RegisterUser:  # noqa: ANN401 - fields of the command
    """Return the command of the desk that registers a person."""
    return RegisterUser(**{"login_id": login_id, "company": COMPANY, "authority": DESK, **fields})


def fields_of(refusal: Refused) -> set[str]:
    """Return the fields in which something is wrong."""
    return {violation.field for violation in refusal.violations}


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
def test_only_the_desk_registers_companies(authority: Any) -> None:  # noqa: ANN401 - a wrong type
    """No session is an authority for it, by the command's very type."""
    with pytest.raises(MisuseError, match="ByDesk"):
        RegisterCompany(company="C-77", name="x", authority=authority)
    with pytest.raises(MisuseError, match="ByDesk"):
        RegisterCompany(company="C-77", name="x", authority=a_session())


def a_session() -> Any:  # noqa: ANN401 - a wrong type
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
        {"entitlements": tuple("x" * 62 + f"{n:02}" for n in range(64))},
    ],
)
def test_a_person_at_the_bounds_is_registered(bank: Bank, fields: dict[str, Any]) -> None:
    """Each bound itself is allowed."""
    expect(UserRegistered, bank.submit(register(**fields)))


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


# --------------------------------------------------------------------------------------------- the first password


def test_a_made_password_keeps_the_rules_and_is_told_once(bank: Bank) -> None:
    """Made of the generator's randomness, another one each time, hidden in every text, and due to be changed."""
    made = set[str]()
    for number in range(5):
        reply = expect(UserRegistered, bank.submit(register(f"Person{number}")))
        initial = expect(Secret, reply.initial_password)
        assert initial.reveal() not in repr(reply)
        assert reply.until == bank.clock() + timedelta(days=30)
        credential = account_of(bank, f"Person{number}").login_password
        assert credential is not None
        assert (credential.change_due, credential.ends_at, credential.set_at) == ("initial", reply.until, bank.clock())
        made.add(initial.reveal())
    assert len(made) == 5
    assert all(len(password) == 12 and password.isascii() and password.isalnum() for password in made)


@pytest.mark.parametrize(("later", "usable"), [(-MICROSECOND, True), (timedelta(0), False), (MICROSECOND, False)])
@pytest.mark.parametrize("way", ["made", "chosen", "reset"])
def test_an_initial_password_ends(bank: Bank, way: str, later: timedelta, *, usable: bool) -> None:
    """After thirty days it is refused like a wrong one, however it came about; the history keeps the reason (PW-8)."""
    if way == "chosen":
        reply = expect(UserRegistered, bank.submit(register(initial_password=CHOSEN)))
        user = User("Hanako01", CHOSEN, "", bank.browser())
    else:
        user = registered(bank, "Hanako01")
    if way == "reset":
        bank.wait(timedelta(days=3))
        reset: Any = bank.submit(ResetPasswords(login_id="Hanako01", authority=DESK))
        user = attrs.evolve(user, login_password=reset.initial_password.reveal())
        assert reset.until == bank.clock() + timedelta(days=30)
    elif way == "chosen":
        assert reply.until == bank.clock() + timedelta(days=30)
    bank.wait(timedelta(days=30) + later)
    answer = bank.login(user)
    if usable:
        expect(PasswordChangeDue, answer)
    else:
        refused(answer, "rejected")
        assert bank.results(user)[0] == "initial-password-expired"


def test_an_initial_password_is_good_until_the_change_is_committed(bank: Bank) -> None:
    """A login that was given up changes nothing; after the change it is refused, and can't be chosen again (PW-8)."""
    user = registered(bank, "Hanako01")
    bank.due_change(user)
    step = bank.due_change(user, bank.browser("192.0.2.7"))
    assert step.reasons == ("initial", "unset")
    one = first_login(bank, user)
    bank.log_out(one.user, one.session)
    refused(bank.login(user), "rejected")
    expect(Authenticated, bank.login(one.user))


def test_an_initial_password_can_not_be_kept_as_ones_own(bank: Bank) -> None:
    """Neither as the new login password nor as the confirmation password (ASVS 5.0 6.4.1, A34)."""
    user = registered(bank, "Hanako01")
    step = bank.due_change(user)
    command = attrs.evolve(bank.change_command(user, step), new_login_password=user.login_password)
    refusal = refused(bank.submit(command), "password-policy")
    assert "new_login_password" in fields_of(refusal)


@pytest.mark.parametrize("by", ["desk", "administrator"])
def test_a_chosen_password_is_not_told_and_its_change_is_forced(bank: Bank, by: str) -> None:
    """Where the profile lets administrators choose: the person must change it, and the reply does not repeat it."""
    authority = DESK if by == "desk" else boss(bank).authority()
    reply = expect(UserRegistered, bank.submit(register(initial_password=CHOSEN, authority=authority)))
    assert reply == UserRegistered(login_id="Hanako01", initial_password=None, until=bank.clock() + timedelta(days=30))
    step = bank.due_change(User("Hanako01", CHOSEN, "", bank.browser()))
    assert step.change == (LOGIN_PASSWORD, CONFIRMATION_PASSWORD)


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("Ab1", {"too-short"}),
        ("Ab1" * 5, {"too-long"}),
        ("onlyletters", {"letters-and-digits"}),
        ("Hanako01", {"same-as-login-id"}),
        ("passw0rd", {"common"}),
        ("ｐａｓｓ１２３４", {"full-width"}),
        ("x" * (EXAMINED + 1), {"too-long"}),
    ],
)
def test_a_chosen_password_keeps_the_rules(bank: Bank, password: str, codes: set[str]) -> None:
    """All that is wrong with it is told, for the field, and nothing but the administrator's own proof is written."""
    for authority in (DESK, boss(bank).authority()):
        refusal = refused(bank.submit(register(initial_password=password, authority=authority)), "password-policy")
        assert {violation.code for violation in refusal.violations} >= codes
        assert fields_of(refusal) == {"initial_password"}
        assert password not in repr(refusal)
    assert bank.record(Account.at(bank.subject("Hanako01"))) is None


@pytest.mark.parametrize(
    ("may_choose", "may_stay", "fields", "code"),
    [
        (False, True, {"initial_password": CHOSEN}, "choosing-not-allowed"),
        (False, False, {"initial_password": CHOSEN, "force_change": False}, "choosing-not-allowed"),
        (True, True, {"initial_password": CHOSEN, "force_change": False}, "change-is-forced"),
        (True, False, {"force_change": False}, "change-is-forced"),
        (True, True, {"force_change": False}, None),
        (False, True, {"force_change": False}, None),
        (True, False, {"initial_password": CHOSEN}, None),
        (False, False, {}, None),
    ],
)
def test_the_profile_says_what_an_administrator_may_do(
    open_bank: OpenBank, fields: dict[str, Any], code: str | None, *, may_choose: bool, may_stay: bool
) -> None:
    """Choosing, and letting a made one stay, are deviations that a profile allows or not (ASVS 5.0 6.4.1, 6.4.6)."""
    bank = open_bank(attrs.evolve(FAST, chosen_initial=may_choose, initial_may_stay=may_stay))
    reply = bank.submit(register(**fields))
    if code is not None:
        refused(reply, code)
        assert bank.record(Account.at(bank.subject("Hanako01"))) is None
    else:
        expect(UserRegistered, reply)


def test_a_made_password_may_stay_where_the_profile_allows_it(bank: Bank) -> None:
    """It does not end, and at the first login only the unset confirmation password is due."""
    reply = expect(UserRegistered, bank.submit(register(force_change=False)))
    assert reply.until is None
    user = User("Hanako01", expect(Secret, reply.initial_password).reveal(), "", bank.browser())
    bank.wait(timedelta(days=4000))
    step = bank.due_change(user)
    assert (step.change, step.current) == ((CONFIRMATION_PASSWORD,), (LOGIN_PASSWORD,))
    assert expect(PasswordChangeDone, bank.change(user, step)).changed == (CONFIRMATION_PASSWORD,)


def test_no_change_is_reached_without_the_current_password(bank: Bank) -> None:
    """Whoever has the step's handle and not the password changes nothing (PW-7)."""
    user = registered(bank, "Hanako01")
    step = bank.due_change(user)
    before = account_of(bank, "Hanako01")
    for current in (None, "", WRONG):
        command: ChangePasswords = attrs.evolve(bank.change_command(user, step), current_login_password=current)
        reply = expect(Refused, bank.submit(command))
        assert reply.code in ("malformed", "wrong-password")
        step = expect(PasswordChangeDue, reply.at)
    after = account_of(bank, "Hanako01")
    assert (after.login_password, after.confirmation_password) == (before.login_password, before.confirmation_password)


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
