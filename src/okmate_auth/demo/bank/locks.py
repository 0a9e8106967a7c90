"""What the demo bank's desk looks at: who is locked, and by what.

A query of the bank's own, on the records that the library keeps; a bank's desk would have more of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import attrs

from okmate_auth import fields
from okmate_auth.decision import Context
from okmate_auth.factors import CODE, CONFIRMATION_PASSWORD, LOGIN_PASSWORD
from okmate_auth.policies import lockout
from okmate_auth.policies.lockout import LANES, Locked
from okmate_auth.queries.query import Found, Need, Query
from okmate_auth.records import Throttle
from okmate_auth.records.history import Entrance
from okmate_auth.text import canonical_login_id

__all__ = ["Lock", "Locks"]

_FACTORS: Final = (LOGIN_PASSWORD, CONFIRMATION_PASSWORD, CODE)


@attrs.frozen(kw_only=True)
class Lock:
    """A lock that stands.

    Attributes:
        factor: Of which factor guesses are not judged.
        lane: From which browsers: ``known`` or ``others``.
        until: Until when; None: until somebody releases it.
    """

    factor: str
    lane: str
    until: datetime | None


@attrs.frozen(kw_only=True)
class Locks(Query[tuple[Lock, ...]]):
    """Read the locks of one login ID at its entrance.

    Attributes:
        login_id: Whose.
        entrance: By which method he comes.
    """

    login_id: str = attrs.field(converter=fields.login_id)
    entrance: Entrance

    def need(self, context: Context) -> Need:
        """Return the throttle's key."""
        subject = context.keys.subject(context.bank, canonical_login_id(self.login_id))
        return Need((Throttle.at(subject, self.entrance),))

    def answer(self, found: Found, context: Context) -> tuple[Lock, ...]:
        """Return the locks that stand now."""
        (key,) = self.need(context).keys
        throttle = found.get(key, Throttle)
        if throttle is None:
            return ()
        settled = lockout.settled(throttle, context.profile.lockout_of, context.now)
        rules = context.profile.lockout_of
        return tuple(
            Lock(factor=factor, lane=lane, until=state.until)
            for factor in _FACTORS
            for lane in LANES
            if isinstance(state := lockout.standing(settled, factor, lane, rules(factor), context.now), Locked)
        )
