"""Everything a decision depends on besides the facts: time, randomness, rules, keys."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar, TypeVarTuple, cast

import attrs

from okmate_auth.actions import Action
from okmate_auth.errors import MisuseError
from okmate_auth.keys import Keys
from okmate_auth.policies.profile import Profile

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

Memo = dict[tuple[object, ...], tuple[object, Any]]
"""What one submit has worked out already; it goes with the submit, for passwords and keys are among it."""

BLOCK_BYTES: Final = 32  # of SHA-256


@attrs.frozen(kw_only=True)
class Context:
    """Everything else a decision depends on.

    Attributes:
        now: This instant, aware, in UTC; read again after every slow answer.
        entropy: 32 random bytes, drawn once per submit, expanded under a label per use.
        serial: Which commit of this submit comes next.
        bank: The bank's id.
        profile: The bank's rules.
        keys: The data keys.
        actions: The bank's own actions by name.
        memo: What this submit has worked out already, see :meth:`once`; of no meaning, only of use.
    """

    now: datetime
    entropy: bytes = attrs.field(repr=False)
    bank: str
    profile: Profile
    keys: Keys
    actions: Mapping[str, Action]
    serial: int = 0
    memo: Memo = attrs.field(factory=Memo, eq=False, repr=False)  # eq: what was worked out changes no decision

    def once(self, work: Callable[[*Ts], T], *of: *Ts) -> T:
        """Return ``work(*of)``, worked out once in a submit: a decision begins anew after each answer.

        Args:
            work: A pure function, always the same object: of a module or a class, no lambda and no bound method.
            of: All it depends on, immutable values; the very same objects are known again (secrets can't be hashed).
        """
        name = (work, *map(id, of))
        known = self.memo.get(name)
        if known is None:
            known = self.memo[name] = (of, work(*of))  # held, so that nothing else is ever found under their ids
        return cast("T", known[1])

    def random(self, label: str, size: int = 32) -> bytes:
        """Return ``size`` random bytes; the same for the same label of the same submit.

        Raises:
            MisuseError: Not 1 to 32 bytes are asked for.
        """
        if not 1 <= size <= BLOCK_BYTES:
            message = f"size: 1 to {BLOCK_BYTES} bytes of one label"
            raise MisuseError(message)
        return hmac.digest(self.entropy, label.encode(), hashlib.sha256)[:size]

    def stream(self, label: str) -> Callable[[int], bytes]:
        """Return a source of as many random bytes as are asked for, from one label."""
        block, rest = 0, b""

        def read(size: int) -> bytes:
            nonlocal block, rest
            while len(rest) < size:
                rest += self.random(f"{label}/{block}")
                block += 1
            out, rest = rest[:size], rest[size:]
            return out

        return read
