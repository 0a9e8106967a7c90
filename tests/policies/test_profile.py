"""Profiles: what is unsafe or contradicts itself is refused with the reason, what is made can't be changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from okmate_auth.commands import unanswered
from okmate_auth.errors import ConfigurationError
from okmate_auth.factors import CERTIFICATE, CODE, CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies.kdf import Argon2Parameters
from okmate_auth.policies.lockout import Lockout
from okmate_auth.policies.nist import NIST_800_63B_4
from okmate_auth.policies.okmate import OKMATE
from okmate_auth.policies.profile import PASSWORD_CHANGE, TOKEN_ENROLLMENT, Profile
from tests.stored_values import changed
from tests.unchecked import unchecked

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
BOTH = (PASSWORD_CHANGE, TOKEN_ENROLLMENT)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name": ""}, "name: a profile has a name"),
        ({"lockout": {"login": Lockout()}}, "lockout: names a factor"),
        ({"lockout": {CERTIFICATE: Lockout()}}, "lockout: names a factor"),
        ({"initial_lasts": DAY - TICK}, "initial_lasts: 1 to 90 days"),
        ({"initial_lasts": 90 * DAY + TICK}, "initial_lasts: 1 to 90 days"),
        ({"order": (*BOTH, "mail", "mail")}, "order: each name once"),
        ({"order": (PASSWORD_CHANGE, *BOTH)}, "order: each name once"),
        ({"order": ()}, "order: names 'password-change'"),
        ({"order": (TOKEN_ENROLLMENT,)}, "order: names 'password-change', or no change could be forced"),
        ({"order": (PASSWORD_CHANGE,)}, "order: names 'token-enrollment'"),
        ({"code_at_login": {}}, "code_at_login: names both entrances"),
        ({"code_at_login": {"password": "always"}}, "code_at_login: names both entrances"),
        (
            {"code_at_login": {"password": "never", "certificate": "never", "fax": "never"}},
            "code_at_login: names both entrances",
        ),
        ({"code_at_login": {"password": "often", "certificate": "never"}}, "code_at_login: never, when_bound or"),
        ({"users": 0}, "users: 1 to 1000"),
        ({"users": 1001}, "users: 1 to 1000"),
        ({"shown_logins": 0}, "shown_logins: 1 to 20"),
        ({"shown_logins": 21}, "shown_logins: 1 to 20"),
        ({"shown_operations": 0}, "shown_operations: 1 to 20"),
        ({"shown_operations": 21}, "shown_operations: 1 to 20"),
        ({"services": frozenset({"salaries", ""})}, "services: a service has a name"),
    ],
)
def test_a_contradiction_is_refused_with_the_reason(fields: dict[str, object], reason: str) -> None:
    """No profile with a hole in it is ever made, not by evolving a good one either."""
    with pytest.raises(ConfigurationError, match=reason):
        changed(OKMATE, fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"initial_lasts": DAY},
        {"initial_lasts": 90 * DAY},
        {"order": (TOKEN_ENROLLMENT, "mail", PASSWORD_CHANGE)},
        *({"users": number} for number in (1, 1000)),
        *({name: number} for name in ("shown_logins", "shown_operations") for number in (1, 20)),
        {"confirmation_password": None},
    ],
)
def test_values_at_the_bound_are_taken(fields: dict[str, object]) -> None:
    """Each bound itself is allowed, and so is an order of the bank's own."""
    made = changed(OKMATE, fields)
    assert {name: getattr(made, name) for name in fields} == fields


def test_each_factor_has_its_own_lock_or_the_usual_one() -> None:
    """Numbers are looked up by factor; where the bank names none, the usual ones hold."""
    mine = Lockout(limit=3)
    profile = attrs.evolve(OKMATE, lockout={CONFIRMATION_PASSWORD: mine})
    assert profile.lockout_of(CONFIRMATION_PASSWORD) == mine
    assert profile.lockout_of(LOGIN_PASSWORD) == profile.lockout_of(CODE) == Lockout()


def test_each_password_has_its_own_rules() -> None:
    """Rules are looked up by factor; what is no password has none, nor has one that the bank does not use."""
    assert OKMATE.password_rules(LOGIN_PASSWORD) == OKMATE.login_password
    assert OKMATE.password_rules(CONFIRMATION_PASSWORD) == OKMATE.confirmation_password
    assert OKMATE.password_rules(CODE) is None
    assert attrs.evolve(OKMATE, confirmation_password=None).password_rules(CONFIRMATION_PASSWORD) is None


def test_a_profile_can_not_be_changed_once_it_was_checked() -> None:
    """Neither its fields nor the tables in them: what was refused at construction can't come in behind it."""
    locks = {LOGIN_PASSWORD: Lockout()}
    codes: dict[Any, Any] = {"password": "never", "certificate": "never"}
    profile = attrs.evolve(OKMATE, lockout=locks, code_at_login=codes)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        unchecked(profile).users = 0
    locks[CERTIFICATE] = Lockout()
    codes["password"] = "often"
    assert set(profile.lockout) == {LOGIN_PASSWORD}
    assert profile.code_at_login["password"] == "never"
    for table in (profile.lockout, profile.code_at_login):
        with pytest.raises(TypeError):
            unchecked(table)["password"] = None


def test_hashes_of_former_costs_are_admitted() -> None:
    """A bank that lowered its cost still reads the hashes that were made before."""
    dear = Argon2Parameters(memory_kib=2**20, iterations=2)
    assert attrs.evolve(OKMATE, former_kdf=(dear,)).stored_limits.memory_kib >= dear.memory_kib
    assert OKMATE.stored_limits.memory_kib < dear.memory_kib


@pytest.mark.parametrize(
    ("codes", "services", "asks_for_tokens", "asks_for_codes"),
    [
        (("never", "never"), (), False, False),
        (("when_bound", "when_bound"), (), False, True),
        (("when_bound", "never"), (), False, True),
        (("never", "when_bound"), (), False, True),
        (("always", "never"), (), True, True),
        (("never", "always"), (), True, True),
        (("never", "never"), ("transfer",), True, True),
    ],
)
def test_a_profile_that_leads_to_tokens_is_known(
    codes: tuple[Any, Any], services: tuple[str, ...], *, asks_for_tokens: bool, asks_for_codes: bool
) -> None:
    """Whether a login can come to a step about tokens, and whether a code can be judged, follows from the profile.

    Each such step has its commands.
    """
    table = dict(zip(("password", "certificate"), codes, strict=True))
    profile: Profile = changed(OKMATE, {"code_at_login": table, "token_services": frozenset(services)})
    assert profile.asks_for_tokens is asks_for_tokens
    assert profile.asks_for_codes is asks_for_codes
    assert unanswered(profile) == ()


def test_a_service_is_what_the_menu_the_tokens_or_the_bank_names() -> None:
    """Of an entry or beneath one; a name of an entry is none, and one unknown among several is enough."""
    profile = attrs.evolve(OKMATE, token_services=frozenset({"seal"}), services=frozenset({"salaries"}))
    for known in ("transfer", "payroll", "administration", "seal", "salaries"):
        assert profile.knows_services((known,))
    assert profile.knows_services(())
    for unknown in ("trasnfer", "Transfer", "top", "company-data", ""):
        assert not profile.knows_services((unknown,))
        assert not profile.knows_services(("transfer", unknown))


def test_where_no_service_is_named_each_may_be_one() -> None:
    """The standards' profile has no menu, and a bank's own services with it."""
    assert NIST_800_63B_4.knows_services(("anything",))
    assert not attrs.evolve(NIST_800_63B_4, services=frozenset({"inquiry"})).knows_services(("anything",))
