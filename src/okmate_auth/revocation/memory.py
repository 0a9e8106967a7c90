"""What the desk remembers: verdicts that are still good, and signatures it has checked; bounded.

All threads share it without a lock: each step on a dictionary is one step of the interpreter's, and between two of them
any order is a right one.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from datetime import datetime
from typing import Final

import attrs
from cryptography import x509

from okmate_auth.certificates.crl import RevocationList
from okmate_auth.certificates.verdict import VerifiedCertificate

MOST_SIGNATURES: Final = 1024  # ours: lists times the certificates that carry their issuer's name, with room


@attrs.frozen
class Remembered:
    """A good verdict and the time in which it holds.

    Attributes:
        verdict: The verdict; its ``good_until`` may end earlier.
        since: The last start on the path, inclusive: of a certificate's validity or of a list's.
        until: The first end, exclusive.
    """

    verdict: VerifiedCertificate
    since: datetime
    until: datetime


class Verdicts:
    """The verdicts used last, by a key that names all they rest on.

    Args:
        capacity: How many there are at most.
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[bytes, Remembered] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: bytes, now: datetime) -> Remembered | None:
        """Return what is remembered and holds now."""
        found = self._kept.get(key)
        if found is None:
            return None
        if not found.since <= now < found.until:
            self._kept.pop(key, None)
            return None
        with suppress(KeyError):  # another thread has just dropped it; it holds all the same
            self._kept.move_to_end(key)
        return found

    def put(self, key: bytes, found: Remembered) -> None:
        """Remember a verdict, in the place of the one that was not used for the longest time."""
        self._kept[key] = found
        while len(self._kept) > self._capacity:
            with suppress(KeyError):  # other threads have dropped them all
                self._kept.popitem(last=False)


class Signatures:
    """Whether lists are signed by certificates: facts that never change, so each is checked once."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, x509.Certificate], bool] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def __call__(self, revocation_list: RevocationList, issuer: x509.Certificate) -> bool:
        """Return :meth:`RevocationList.signed_by`."""
        key = (revocation_list.fingerprint, issuer)
        known = self._kept.get(key)
        if known is None:
            known = revocation_list.signed_by(issuer)
            if len(self._kept) >= MOST_SIGNATURES:
                self._kept.clear()
            self._kept[key] = known
        return known
