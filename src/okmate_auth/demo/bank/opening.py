"""What was before the first visitor came: companies, people, tokens and certificates, and the everyday people's days.

Rule 1. It all happens by commands, as it would in a bank, on a clock that begins three days ago: so last logins, last
        operations and histories are there to be looked at.
Rule 2. A reply that is not the expected one is a defect of this program, and ends it.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Self, TypeVar

import attrs
from cryptography.hazmat.primitives.serialization import Encoding

from okmate_auth.certificates import CertificateChain, TrustAnchors
from okmate_auth.client import Client
from okmate_auth.commands import (
    AcknowledgeChange,
    ByDesk,
    ChangePasswords,
    DispatchTokens,
    EnrollToken,
    EnterCode,
    Logout,
    PasswordLogin,
    RecordOperation,
    RegisterCertificate,
    RegisterCompany,
    RegisterUser,
    StockTokens,
)
from okmate_auth.decision import Command
from okmate_auth.demo.bank.authority import Authority, Issued
from okmate_auth.demo.bank.handout import Handout, Paper
from okmate_auth.demo.bank.people import COMPANIES, FIRST_DAYS, JIRO, PEOPLE, SERIALS, Person
from okmate_auth.demo.hard_token import HardToken, made
from okmate_auth.demo.stage import StoryClock
from okmate_auth.errors import MisuseError
from okmate_auth.policies.profile import Profile
from okmate_auth.ports import Clock, Store
from okmate_auth.replies import (
    Authenticated,
    CertificateRegistered,
    CodeDue,
    CompanyRegistered,
    Done,
    EnrollmentDue,
    LoggedOut,
    PasswordChangeDone,
    PasswordChangeDue,
    Refused,
    TokensDispatched,
    TokensStocked,
    UserRegistered,
)
from okmate_auth.revocation import CertificateDesk, Trust
from okmate_auth.secret import Secret
from okmate_auth.shells.keyring import KeyRing
from okmate_auth.shells.sync import Authenticator

__all__ = ["Opening", "opened"]

T = TypeVar("T")

_BEFORE: Final = timedelta(days=3)
_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_MINUTE: Final = timedelta(minutes=1)
_YEAR: Final = timedelta(days=365)
_PASSPHRASE_BYTES: Final = 9
_DESK: Final = ByDesk(operator="operator7", ticket="OPENING")
_DONE: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    ("inquiry-deposits", {}),
    ("transfer", {"amount": "128000"}),
    ("inquiry-balance", {}),
)


@attrs.frozen(kw_only=True)
class Opening:
    """What a bank is opened with.

    Attributes:
        clock: The story's time.
        began: When it begins, in whole seconds.
        authority: The CA.
        good: The certificate of whoever logs in by one.
        handout: As it will be, without initial passwords.
        files: PKCS#12 files by name.
    """

    clock: StoryClock
    began: datetime
    authority: Authority
    good: Issued
    handout: Handout
    files: Mapping[str, bytes] = attrs.field(repr=False)

    @classmethod
    def prepared(cls, real: Clock) -> Self:
        """Return a new CA with its certificates, and new tokens."""
        clock = StoryClock(real, _BEFORE)
        began = clock().replace(microsecond=0)
        authority = Authority.made("Demo Bank CA", began - _YEAR)
        issued = {
            "good": (JIRO.login_id, authority.client(JIRO.login_id, began, began + _YEAR)),
            "expired": (JIRO.login_id, authority.client(JIRO.login_id, began - _YEAR, began)),
            "revoked": (JIRO.login_id, authority.client(JIRO.login_id, began - _YEAR / 2, began + _YEAR / 2)),
            "unregistered": ("Shiro099", authority.client("Shiro099", began, began + _YEAR)),
        }
        passphrase = secrets.token_urlsafe(_PASSPHRASE_BYTES)
        anchor = authority.own.certificate
        tokens: list[HardToken] = []
        for serial in SERIALS:
            tokens.append(made(serial, tokens, real()))
        return cls(
            clock=clock,
            began=began,
            authority=authority,
            good=issued["good"][1],
            handout=Handout(
                initial={},
                tokens=tuple(tokens),
                papers=tuple(
                    Paper(name=name, login_id=login_id, until=one.certificate.not_valid_after_utc)
                    for name, (login_id, one) in issued.items()
                ),
                passphrase=Secret(passphrase),
                revoked={issued["revoked"][1].certificate.serial_number: began},
            ),
            files={
                f"{name}.p12": one.pkcs12(f"{login_id} ({name})", anchor, passphrase)
                for name, (login_id, one) in issued.items()
            },
        )


def opened(opening: Opening, store: Store, *, profile: Profile, keys: KeyRing) -> Handout:
    """Register everybody on an empty store, let the everyday people's days pass, and return what is handed out."""
    revoked = opening.authority.revoked(opening.handout.revoked, 1, opening.began)
    desk = CertificateDesk(Trust(anchors=TrustAnchors((opening.authority.anchor,)), lists=(revoked,)))
    with Authenticator(store, profile=profile, keys=keys, certificates=desk, clock=opening.clock) as auth:
        initial = _registered(auth, opening)
        days = [_Days(auth, opening, person) for person in PEOPLE if person not in FIRST_DAYS]
        for one in days:
            one.first(initial.pop(one.login_id))
        opening.clock.move(_DAY)
        for one in days:
            one.another(_DONE[:2])
        opening.clock.move(_DAY - _HOUR)
        for one in days:
            one.another(_DONE[2:], mistyped=one is days[-1])
    return attrs.evolve(opening.handout, initial=initial)


def _registered(auth: Authenticator, opening: Opening) -> dict[str, Secret]:
    """Return everybody's initial password, after the desk registered all there is."""
    lines = "\n".join(token.line() for token in opening.handout.tokens)
    _expected(auth, StockTokens(file=lines, authority=_DESK), TokensStocked)
    for company in COMPANIES:
        registration = RegisterCompany(company=company.id, name=company.name, method=company.method, authority=_DESK)
        _expected(auth, registration, CompanyRegistered)
        _expected(auth, DispatchTokens(company=company.id, serials=company.serials, authority=_DESK), TokensDispatched)
    initial: dict[str, Secret] = {}
    for person in PEOPLE:
        registered = _expected(
            auth,
            RegisterUser(
                login_id=person.login_id,
                company=person.company,
                name=person.name,
                role=person.role,
                entitlements=person.entitlements,
                authority=_DESK,
            ),
            UserRegistered,
        )
        if registered.initial_password is not None:
            initial[person.login_id] = registered.initial_password
    chain = CertificateChain(opening.good.certificate.public_bytes(Encoding.DER))
    _expected(
        auth, RegisterCertificate(login_id=JIRO.login_id, certificate=chain, authority=_DESK), CertificateRegistered
    )
    return initial


class _Days:
    """The days of somebody who logs in by ID, at his own browser.

    Attributes:
        login_id: Whose.
    """

    def __init__(self, auth: Authenticator, opening: Opening, person: Person) -> None:
        self.login_id: Final = person.login_id
        self._auth = auth
        self._clock = opening.clock
        self._person = person
        self._token = opening.handout.token(person.serial)
        self._client = Client("192.0.2.20", "Browser at the office", browser=auth.new_token())

    def first(self, initial: Secret) -> None:
        """Change the initial password, enroll the token, log out."""
        due = _expected(self._auth, self._login(initial), PasswordChangeDue)
        done = _expected(
            self._auth,
            ChangePasswords(
                handle=due.handle,
                client=self._client,
                current_login_password=initial,
                new_login_password=self._person.login_password,
                new_confirmation_password=self._person.confirmation_password,
            ),
            PasswordChangeDone,
        )
        acknowledged = AcknowledgeChange(handle=done.handle, client=self._client)
        enrollment = _expected(self._auth, acknowledged, EnrollmentDue)
        enroll = EnrollToken(
            handle=enrollment.handle, client=self._client, serial=self._person.serial, code=self._code()
        )
        self._out(_expected(self._auth, enroll, Authenticated))

    def another(self, operations: tuple[tuple[str, dict[str, str]], ...], *, mistyped: bool = False) -> None:
        """Log in with the token, do some things, log out."""
        if mistyped:
            _expected(self._auth, self._login(Secret("mistyped1")), Refused)
            self._clock.move(_MINUTE)
        due = _expected(self._auth, self._login(Secret(self._person.login_password)), CodeDue)
        entered = EnterCode(handle=due.handle, client=self._client, code=self._code())
        ended = _expected(self._auth, entered, Authenticated)
        for name, details in operations:
            self._clock.move(2 * _MINUTE)
            reference = f"OP-{secrets.token_hex(4)}"
            record = RecordOperation(
                session=ended.session, id=reference, name=name, details=details, client=self._client
            )
            _expected(self._auth, record, Done)
        self._out(ended)

    def _login(self, password: Secret) -> PasswordLogin:
        return PasswordLogin(self._person.login_id, password, attempt=self._auth.new_token(), client=self._client)

    def _code(self) -> str:
        return self._token.code(self._clock())

    def _out(self, ended: Authenticated) -> None:
        _expected(self._auth, Logout(ended.session, self._client), LoggedOut)


def _expected(auth: Authenticator, command: Command[Any], kind: type[T]) -> T:
    """Submit a command that this program knows the answer to."""
    reply = auth.submit(command)
    if not isinstance(reply, kind):
        message = f"the demo bank can't be opened: {type(command).__name__} was answered with {type(reply).__name__}"
        raise MisuseError(message)
    return reply
