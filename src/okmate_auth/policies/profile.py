"""A bank's rules in one frozen value.

There is no default profile: a bank names one, and changes what it must with :func:`attrs.evolve`. Whatever is unsafe or
contradicts itself is refused when it is made, with the reason. Deviations from NIST SP 800-63B-4 and ASVS 5.0 are
listed in ``docs/profiles.md``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final, Literal

import attrs

from okmate_auth.certificates.subject import SubjectRule
from okmate_auth.errors import ConfigurationError
from okmate_auth.factors import CODE, CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies.kdf import Argon2Parameters, StoredLimits
from okmate_auth.policies.lockout import Lockout
from okmate_auth.policies.login_id import LoginIdRule
from okmate_auth.policies.menu import MOST_ENTRIES, MenuEntry, menu_names, menu_services
from okmate_auth.policies.passwords import PasswordRules
from okmate_auth.policies.sessions import FlowPolicy, SessionPolicy, SourceLimit
from okmate_auth.policies.tokens import TokenPolicy
from okmate_auth.records.history import Entrance

CodeAtLogin = Literal["never", "when_bound", "always"]

PASSWORD_CHANGE: Final = "password-change"  # noqa: S105 - a step's name
TOKEN_ENROLLMENT: Final = "token-enrollment"  # noqa: S105 - a step's name
MASTER_LIMIT: Final = 1000
_NOTICES: Final = "1 to 365 days before the end, the longest first, each once; 8 at most"


def _are_notices(notices: tuple[timedelta, ...]) -> bool:
    """Say whether these can be notices; none at all is a bank's choice."""
    inside = all(timedelta(days=1) <= notice <= timedelta(days=365) for notice in notices)
    return inside and len(notices) <= 8 and list(notices) == sorted(set(notices), reverse=True)  # noqa: PLR2004 - said above


def _locks(table: Mapping[str, Lockout]) -> Mapping[str, Lockout]:
    return MappingProxyType(dict(table))  # a copy that nobody changes after it was checked


def _codes(table: Mapping[Entrance, CodeAtLogin]) -> Mapping[Entrance, CodeAtLogin]:
    return MappingProxyType(dict(table))  # as above


@attrs.frozen(kw_only=True)
class Profile:
    """Every rule a bank may change.

    Attributes:
        name: For logs and documents.
        login_id: Form of a login ID.
        login_password: Rules for a new login password.
        confirmation_password: Rules for a new confirmation password; None where the bank has none.
        kdf: Cost of a password hash.
        former_kdf: Costs of hashes that were made before, where they are higher than what is read anyway.
        lockout: Numbers of the lock, by factor.
        flow: Limits of a login under way.
        session: Limits of a session.
        source: What one source may do.
        initial_lasts: Life of an initial password.
        chosen_initial: Whether an administrator may choose an initial password himself; its change is then forced.
        initial_may_stay: Whether whoever registers a person may leave it to him to change an initial password.
        order: What may be due before the top page, in this order: ``password-change``, ``token-enrollment`` and the
            names of the bank's actions.
        code_at_login: Whether a token's code is asked at login, by entrance.
        certificate_subject: Where the login ID stands in the name of a certificate.
        token_services: Entitlements that are protected by a token; whoever has one is offered enrollment.
        tokens: Windows, waits and grace.
        users: Accounts of one company, at most.
        shown_logins: How many of the last logins the top page shows.
        shown_operations: How many of the last operations the top page shows.
        menu: Entries of the top page's menu, in their order; who sees which follows from his entitlements and role.
        services: Entitlements besides those that ``menu`` and ``token_services`` name.
        certificate_notices: How long before a certificate's end the top page tells of it, the longest first.
        token_notices: The same for the end of a token's life.
    """

    name: str
    login_id: LoginIdRule
    login_password: PasswordRules
    confirmation_password: PasswordRules | None
    kdf: Argon2Parameters
    former_kdf: tuple[Argon2Parameters, ...] = ()
    lockout: Mapping[str, Lockout] = attrs.field(factory=dict[str, Lockout], converter=_locks)
    flow: FlowPolicy = FlowPolicy()
    session: SessionPolicy = SessionPolicy()
    source: SourceLimit = SourceLimit()
    initial_lasts: timedelta = timedelta(days=30)
    chosen_initial: bool = False
    initial_may_stay: bool = False
    order: tuple[str, ...] = (PASSWORD_CHANGE, TOKEN_ENROLLMENT)
    code_at_login: Mapping[Entrance, CodeAtLogin] = attrs.field(
        factory=lambda: {"password": "when_bound", "certificate": "when_bound"}, converter=_codes
    )
    certificate_subject: SubjectRule = SubjectRule()
    token_services: frozenset[str] = frozenset()
    tokens: TokenPolicy = TokenPolicy()
    users: int = 100
    shown_logins: int = 3
    shown_operations: int = 5
    menu: tuple[MenuEntry, ...] = ()
    services: frozenset[str] = frozenset()
    certificate_notices: tuple[timedelta, ...] = (timedelta(days=40), timedelta(days=10))
    token_notices: tuple[timedelta, ...] = (timedelta(days=90),)

    def __attrs_post_init__(self) -> None:
        """Refuse what is unsafe or contradicts itself.

        Raises:
            ConfigurationError: Says which field breaks which rule.
        """
        day = timedelta(days=1)
        for broken, message in (
            (not self.name, "name: a profile has a name"),
            (
                not set(self.lockout) <= {LOGIN_PASSWORD, CONFIRMATION_PASSWORD, CODE},
                "lockout: names a factor that is not guessed",
            ),
            (not day <= self.initial_lasts <= 90 * day, "initial_lasts: 1 to 90 days (ASVS 5.0 6.4.1)"),
            (len(set(self.order)) != len(self.order), "order: each name once"),
            (PASSWORD_CHANGE not in self.order, f"order: names {PASSWORD_CHANGE!r}, or no change could be forced"),
            (TOKEN_ENROLLMENT not in self.order, f"order: names {TOKEN_ENROLLMENT!r}"),
            (set(self.code_at_login) != {"password", "certificate"}, "code_at_login: names both entrances"),
            (
                not set(self.code_at_login.values()) <= {"never", "when_bound", "always"},
                "code_at_login: never, when_bound or always",
            ),
            (not 1 <= self.users <= MASTER_LIMIT, f"users: 1 to {MASTER_LIMIT}"),
            (not 1 <= self.shown_logins <= 20, "shown_logins: 1 to 20"),  # noqa: PLR2004 - the message says it
            (not 1 <= self.shown_operations <= 20, "shown_operations: 1 to 20"),  # noqa: PLR2004 - the message says it
            (len(self.menu) > MOST_ENTRIES, f"menu: at most {MOST_ENTRIES} entries"),
            (len(set(names := tuple(menu_names(self.menu)))) != len(names), "menu: each name once"),
            (not all(self.services), "services: a service has a name"),
            (not _are_notices(self.certificate_notices), f"certificate_notices: {_NOTICES}"),
            (not _are_notices(self.token_notices), f"token_notices: {_NOTICES}"),
        ):
            if broken:
                raise ConfigurationError(message)

    def lockout_of(self, factor: str) -> Lockout:
        """Return the numbers of one factor's lock."""
        return self.lockout.get(factor, _LOCKOUT)

    def password_rules(self, factor: str) -> PasswordRules | None:
        """Return the rules for a new password of one factor, None where the bank has no such password."""
        return {LOGIN_PASSWORD: self.login_password, CONFIRMATION_PASSWORD: self.confirmation_password}.get(factor)

    def knows_services(self, names: Iterable[str]) -> bool:
        """Say whether each of these names is a service; where the profile names no service at all, each may be one."""
        known = {*menu_services(self.menu), *self.token_services, *self.services}
        return not known or known.issuperset(names)

    @property
    def stored_limits(self) -> StoredLimits:
        """What a stored hash may cost before any work is done."""
        return StoredLimits.admitting(self.kdf, *self.former_kdf)

    @property
    def asks_for_tokens(self) -> bool:
        """Whether a login under this profile can come to a step about tokens."""
        return bool(self.token_services) or "always" in self.code_at_login.values()

    @property
    def asks_for_codes(self) -> bool:
        """Whether a code can be judged under this profile at all."""
        return self.asks_for_tokens or "when_bound" in self.code_at_login.values()


_LOCKOUT: Final = Lockout()
