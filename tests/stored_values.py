"""Any value of a stored class, drawn from its annotations; a person's records with every field at hand; a context."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, TypeVar, Union, cast

import attrs
from hypothesis import strategies as st

from okmate_auth.codec import Part
from okmate_auth.decision import Context
from okmate_auth.factors import LOGIN_PASSWORD
from okmate_auth.policies.kdf import dummy_phc
from okmate_auth.policies.okmate import OKMATE
from okmate_auth.records import Account, Credential, Flow, Ledger, Proof, Session, Throttle, TokenThrottle
from okmate_auth.testing.kdf import UNSAFE_CHEAPEST
from okmate_auth.testing.keys import unsafe_keys

T = TypeVar("T")

AT: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SUBJECT: Final = "00112233445566778899aabbccddeeff"
FAST: Final = attrs.evolve(OKMATE, kdf=UNSAFE_CHEAPEST)

any_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=20)
any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=8,
)
instants = st.datetimes(timezones=st.just(UTC))

_SIMPLE: Final[dict[Any, st.SearchStrategy[Any]]] = {
    str: any_text,
    int: st.integers(),
    bool: st.booleans(),
    bytes: st.binary(max_size=40),
    datetime: instants,
    timedelta: st.timedeltas(),
}

_MADE: Final[dict[type, st.SearchStrategy[Any]]] = {}


def values_of(cls: type) -> st.SearchStrategy[Any]:
    """Return a strategy for any value of a stored class, with fields of a newer version in it."""
    if cls not in _MADE:
        _MADE[cls] = _made(cls)
    return _MADE[cls]


def _made(cls: type) -> st.SearchStrategy[Any]:
    hints = typing.get_type_hints(cls)
    names = [field.name for field in attrs.fields(cls) if field.name != "unknown"]
    fields = {name: _of(hints[name]) for name in names}
    if issubclass(cls, Part):
        newer = any_text.filter(lambda name: name not in {*names, "schema", "$"})
        fields["unknown"] = st.dictionaries(newer, any_json, max_size=2)
    return st.builds(cls, **fields)


def _of(hint: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - any annotation
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return st.one_of(*(st.none() if one is type(None) else _of(one) for one in arguments))
    if origin is tuple:
        return st.lists(_of(arguments[0]), max_size=3).map(tuple)
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is Mapping:
        return st.dictionaries(any_text, any_json, max_size=3)
    return _SIMPLE[hint] if hint in _SIMPLE else values_of(hint)


def changed(value: T, fields: Mapping[str, object]) -> T:
    """Return a copy with other fields, of whatever types."""
    evolve: Any = attrs.evolve
    return cast("T", evolve(value, **fields))


def context(**fields: object) -> Context:
    """Return the context of a decision under the procedure's rules, with hashes that cost nothing."""
    known: dict[str, Any] = {
        "now": AT,
        "entropy": bytes(range(32)),
        "bank": "",
        "profile": FAST,
        "keys": unsafe_keys(),
        "actions": {},
    }
    return Context(**{**known, **fields})


def credential(name: str = "c1", **fields: Any) -> Credential:  # noqa: ANN401 - fields of a credential
    """Return a stored password that nothing matches."""
    return Credential(**{"id": name, "phc": dummy_phc(UNSAFE_CHEAPEST), "pepper": "p1", "set_at": AT, **fields})


def account(**fields: object) -> Account:
    """Return a user of the password method whose passwords are both set and due to nobody."""
    known: dict[str, Any] = {
        "subject": SUBJECT,
        "id": "a1",
        "bank": "",
        "login_id": "Hanako01",
        "company": "C1",
        "role": "user",
        "method": "password",
        "created_at": AT,
        "login_password": credential("login-1"),
        "confirmation_password": credential("confirmation-1"),
    }
    return Account(**{**known, **fields})


def throttle(**fields: Any) -> Throttle:  # noqa: ANN401 - fields of a throttle
    """Return the throttle of that user's entrance."""
    return Throttle(**{"subject": SUBJECT, "entrance": "password", "latest": AT, **fields})


def token_throttle(**fields: Any) -> TokenThrottle:  # noqa: ANN401 - fields of a throttle
    """Return the throttle of that user's token at his company."""
    return TokenThrottle(**{"serial": "0" * 32, "latest": AT, **fields})


def flow(**fields: object) -> Flow:
    """Return that user's login under way, his login password proven."""
    known: dict[str, Any] = {
        "handle": "h1",
        "id": "f1",
        "subject": SUBJECT,
        "entrance": "password",
        "browser": "b1",
        "ends_at": AT + timedelta(minutes=30),
        "step_ends_at": AT + timedelta(minutes=10),
        "ledger": Ledger(proven=(Proof(factor=LOGIN_PASSWORD, credential="login-1"),)),
    }
    return Flow(**{**known, **fields})


def session(**fields: object) -> Session:
    """Return that user's session."""
    known: dict[str, Any] = {
        "handle": "s1",
        "subject": SUBJECT,
        "account": "a1",
        "login_id": "Hanako01",
        "bank": "",
        "company": "C1",
        "role": "user",
        "entrance": "password",
        "browser": "b1",
        "started_at": AT,
        "ends_at": AT + timedelta(hours=8),
    }
    return Session(**{**known, **fields})
