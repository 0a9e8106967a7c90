"""Looking into a store past any shell: what is counted, held and written about a person."""

from __future__ import annotations

from typing import Any

import attrs

from okmate_auth.history import verify
from okmate_auth.ports import Store
from okmate_auth.records import CODEC, Account, Key, LoginRecord, Place, Session, Throttle
from okmate_auth.records.history import login_chain
from okmate_auth.testing.keys import unsafe_keys

__all__ = ["Sight", "look"]


@attrs.frozen(kw_only=True)
class Sight:
    """What a store holds about a login ID.

    Attributes:
        throttle: None where nobody ever tried it.
        places: Guesses that are counted and not judged yet.
        failures: Of the login password, since the last success, in both lanes.
        results: Real reasons in the login history, oldest first.
        judged: Those of them that are verdicts about a password.
        sessions: Sessions that exist.
        flows: Logins under way.
    """

    throttle: Throttle | None
    places: tuple[Place, ...]
    failures: int
    results: tuple[str, ...]
    judged: tuple[str, ...]
    sessions: tuple[Session, ...]
    flows: int


def look(store: Store, login_id: str) -> Sight:
    """Return what a store holds about a login ID, made sure that the history's chain holds."""
    subject = unsafe_keys().subject("", login_id)
    found: Any = {key: one.record for key, one in store.load((Account.at(subject), _throttle(subject))).items()}
    throttle: Throttle | None = found.get(_throttle(subject))
    account: Account | None = found.get(Account.at(subject))
    chain = login_chain(subject, "password")
    rows = list(reversed(store.history(chain, limit=10_000)))
    if throttle is not None:
        assert verify(rows, throttle.head, unsafe_keys(), chain=chain) is None
    records = [CODEC.loads(LoginRecord, row.body) for row in rows]
    listed = () if account is None else account.sessions
    sessions: Any = [one.record for one in store.load([Session.at(ref.id) for ref in listed]).values()]
    counter = None if throttle is None else throttle.counter("login-password")
    return Sight(
        throttle=throttle,
        places=() if throttle is None else throttle.places,
        failures=0 if counter is None else counter.known.total + counter.others.total,
        results=tuple(record.result for record in records),
        judged=tuple(record.result for record in records if record.factor),
        sessions=tuple(sessions),
        flows=0 if account is None else len(account.flows),
    )


def _throttle(subject: str) -> Key[Throttle]:
    return Throttle.at(subject, "password")
