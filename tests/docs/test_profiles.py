"""``docs/profiles.md`` says what the profiles are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final, cast

import attrs
from cryptography import x509

from okmate_auth import NIST_800_63B_4, OKMATE
from okmate_auth.factors import CODE, CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies.passwords import PasswordRules
from okmate_auth.policies.profile import Profile
from tests.docs.documents import ROOT, table

PAGE: Final = ROOT / "docs" / "profiles.md"

UNITS: Final = (
    (timedelta(days=2), timedelta(days=1), "d"),
    (timedelta(hours=1), timedelta(hours=1), "h"),
    (timedelta(minutes=2), timedelta(minutes=1), "min"),
    (timedelta(0), timedelta(seconds=1), "s"),
)
"""From which length on a duration is written in which unit."""


def shown(value: object) -> str:
    """Return how the page writes a value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, timedelta):
        return next(f"{value // unit} {name}" for least, unit, name in UNITS if value >= least and not value % unit)
    if isinstance(value, tuple | frozenset):
        listed = sorted(value) if isinstance(value, frozenset) else value  # a set has no order of its own
        return ", ".join(shown(one) for one in listed) or "none"
    if isinstance(value, x509.ObjectIdentifier):
        return value.dotted_string
    return str(value) or "none"


def leaves(profile: Profile) -> Iterator[tuple[str, str]]:
    """Yield every field of a profile down to its plain values, by its dotted name, and how the page writes it."""
    for name, value in _fields(profile):
        if isinstance(value, PasswordRules):
            yield f"{name}.length", f"{value.minimum} to {value.maximum}"
            yield f"{name}.rules", shown(tuple(type(rule).__name__ for rule in value.rules))
            yield f"{name}.normalisation", value.normalisation
        elif name == "lockout":
            numbers = {profile.lockout_of(factor) for factor in (LOGIN_PASSWORD, CONFIRMATION_PASSWORD, CODE)}
            assert len(numbers) == 1, "the page has one column for all factors"
            yield from ((f"{name}.{field}", shown(number)) for field, number in _fields(numbers.pop()))
        elif isinstance(value, Mapping):
            yield from ((f"{name}.{key}", shown(one)) for key, one in value.items())
        elif attrs.has(type(value)):
            yield from _plain(name, value)
        else:
            yield name, shown(value)


def _plain(name: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield the fields of a value, and of those in it, by their dotted names."""
    for field, one in _fields(value):
        if attrs.has(type(one)):
            yield from _plain(f"{name}.{field}", one)
        else:
            yield f"{name}.{field}", shown(one)


def _fields(value: object) -> list[tuple[str, object]]:
    fields = attrs.fields(cast("type[attrs.AttrsInstance]", type(value)))
    return [(field.name, getattr(value, field.name)) for field in fields]


def test_the_table_holds_every_field_with_its_values() -> None:
    """The page's rows are the fields of a profile, in their order, with the values of both profiles and a source."""
    rows = table(PAGE, "Every field")
    assert [(row[0].strip("`"), row[1]) for row in rows] == list(leaves(OKMATE))
    assert [(row[0].strip("`"), row[2]) for row in rows] == list(leaves(NIST_800_63B_4))
    assert all(row[3] for row in rows)


def test_a_deviation_names_its_rule_and_what_compensates() -> None:
    """Every deviation of the procedure's profile says from what it departs, and what is done about it."""
    rows = table(PAGE, "Where `OKMATE` deviates from the standards")
    assert rows
    assert all(all(row) and len(row) == 3 for row in rows)
    assert all("ASVS" in row[1] or "63B-4" in row[1] for row in rows)
