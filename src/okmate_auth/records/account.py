"""A person's account at one bank, and the bounded lists that stand for everything that belongs to it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

import attrs

from okmate_auth.codec import Part
from okmate_auth.records.base import Key, Record
from okmate_auth.records.history import Entrance

Role = Literal["master", "administrator", "user"]
ChangeReason = Literal["initial", "administrator", "reset", "compromise", "not-compared"]


@attrs.frozen(kw_only=True)
class Credential(Part):
    """A stored password.

    Attributes:
        id: Random, new when the *secret* changes, kept by a rehash: what a flow's ledger refers to.
        phc: Argon2id hash in PHC form, over the peppered password.
        pepper: Id of the pepper key that was used.
        set_at: When the secret was set.
        change_due: Why it must be changed at the next login, None where it need not.
        ends_at: End of an initial password's life; it then verifies no more.
    """

    id: str
    phc: str = attrs.field(repr=False)
    pepper: str
    set_at: datetime
    change_due: ChangeReason | None = None
    ends_at: datetime | None = None


@attrs.frozen(kw_only=True)
class KnownBrowser(Part):
    """A browser that reached the end of a login: hash of its cookie, and when it last did."""

    browser: str
    used_at: datetime


@attrs.frozen(kw_only=True)
class FlowRef(Part):
    """A login under way.

    Attributes:
        id: Its record's key.
        proven: How many factors it proved.
        known: Whether its browser is known.
        ends_at: Its end.
        waits: Hash of its browser's cookie while no secret was proven in it, '' afterwards: what the same browser
            begins again takes its place.
    """

    id: str
    proven: int
    known: bool
    ends_at: datetime
    waits: str = ""


@attrs.frozen(kw_only=True)
class SessionRef(Part):
    """A session that may be live: its record's key and its absolute end."""

    id: str
    ends_at: datetime


@attrs.frozen(kw_only=True)
class LoginRef(Part):
    """A login that reached its end.

    Attributes:
        at: When.
        entrance: By which method.
        took_over: Whether it ended another session.
        failures_before: Guesses of the person's passwords and codes that failed between the login before it and it.
    """

    at: datetime
    entrance: Entrance
    took_over: bool = False
    failures_before: int = 0


@attrs.frozen(kw_only=True)
class Suspension(Part):
    """An administrator's or the desk's stop of an account: when, by whom, and whether that was the desk."""

    at: datetime
    actor: str
    by_desk: bool = False


@attrs.frozen(kw_only=True)
class TokenBinding(Part):
    """A token that a person enrolled, and that proves his codes until it is revoked.

    Attributes:
        id: Random, new at each enrollment: what a flow's ledger refers to.
        serial: The serial number in its one spelling.
        enrolled_at: When.
    """

    id: str
    serial: str
    enrolled_at: datetime


@attrs.frozen(kw_only=True)
class CertificateBinding(Part):
    """A certificate with which a person may log in.

    Attributes:
        id: Random, new at each registration: what a flow's ledger refers to.
        fingerprint: SHA-256 of its DER, in hexadecimal.
        ends_at: Its ``notAfter``.
        used: Whether a login with it reached its end; until then one that is used stays good beside it.
    """

    id: str
    fingerprint: str
    ends_at: datetime
    used: bool = False


@attrs.frozen(kw_only=True)
class TokenHistory(Part):
    """What an account's past with tokens decides about the next one.

    Attributes:
        skipped_at: When enrollment was put off for the first time; the grace runs from then.
        enrolled_at: When a token was enrolled last, whether it is bound still or not; it ends the grace for good.
        revoked_at: When one was revoked last; the next enrollment waits from then.
    """

    skipped_at: datetime | None = None
    enrolled_at: datetime | None = None
    revoked_at: datetime | None = None


@attrs.frozen(kw_only=True)
class Account(Record):
    """A person's account.

    It holds what a login needs of the company, so that no login reads a record that others' logins write.

    Attributes:
        subject: Keyed hash of bank and canonical login ID; the key.
        id: Random id of the account, part of what every password hash is made over (a hash moved to another row fails).
        bank: The bank's id.
        login_id: As it was registered, for show.
        company: The company's id.
        role: master, administrator or user.
        method: By which entrance the person logs in; the other one is closed to him.
        name: As the company wrote it.
        login_password: None while there is none.
        confirmation_password: The second secret; None until it was set.
        suspended: Set while stopped by an administrator or the desk.
        closed_at: Set when the account was closed; its login ID can never be registered again.
        entitlements: Names of services.
        tokens: Tokens that are bound: enrolled, and neither revoked nor reinitialized; at most one by now.
        token_history: What came before, as far as it decides something.
        certificates: With which he may log in; two at most: the one in use, and a newer one before its first login.
        known_browsers: The last ones that reached ``Authenticated``, newest first.
        flows: Logins under way.
        sessions: Sessions that may be live.
        logins: The last logins that reached their end, newest first, as many as the top page shows and this one.
        created_at: When it was registered.
    """

    kind: ClassVar[str] = "account"

    subject: str
    id: str
    bank: str
    login_id: str
    company: str
    role: Role
    method: Entrance
    created_at: datetime
    name: str = ""
    login_password: Credential | None = None
    confirmation_password: Credential | None = None
    suspended: Suspension | None = None
    closed_at: datetime | None = None
    entitlements: tuple[str, ...] = ()
    tokens: tuple[TokenBinding, ...] = ()
    token_history: TokenHistory = TokenHistory()
    certificates: tuple[CertificateBinding, ...] = ()
    known_browsers: tuple[KnownBrowser, ...] = ()
    flows: tuple[FlowRef, ...] = ()
    sessions: tuple[SessionRef, ...] = ()
    logins: tuple[LoginRef, ...] = ()

    @classmethod
    def at(cls, subject: str) -> Key[Account]:
        """Return the key for a subject."""
        return Key(cls.kind, subject)

    @property
    def key(self) -> Key[Account]:
        """Where this record stands."""
        return self.at(self.subject)

    def knows(self, browser: str) -> bool:
        """Say whether a browser (hash of its cookie) reached the end of a login of this account lately."""
        return any(known.browser == browser for known in self.known_browsers)

    @property
    def token(self) -> TokenBinding | None:
        """The token that proves this person's codes; None where none is bound."""
        return self.tokens[0] if self.tokens else None

    @property
    def usable(self) -> bool:
        """Whether a login can succeed at all: neither suspended nor closed."""
        return self.suspended is None and self.closed_at is None
