"""The entries of a revocation list, packed: 26 bytes each, found in some microseconds among a million.

cryptography looks through a list from its beginning, for every certificate that is *not* on it: tens of milliseconds
at 10⁶ entries, in every login. Here a serial number is looked up by halving, and the list's own bytes need not be
kept.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import attrs
from cryptography import x509

SERIAL_OCTETS: Final = 20  # RFC 5280 4.1.2.2: users must handle as many, and issuers must not use more
_LOW: Final = 8  # low octets: the key; serial numbers differ there, whether drawn or counted
_HIGH: Final = SERIAL_OCTETS - _LOW
_SECONDS: Final = 5
_REST: Final = _HIGH + _SECONDS + 1
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_REASONS: Final = tuple(x509.ReasonFlags)
_UNSPECIFIED: Final = _REASONS.index(x509.ReasonFlags.unspecified)
_UNDERSTOOD: Final = (x509.CRLReason, x509.InvalidityDate)  # RFC 5280 5.3.1, 5.3.2


@attrs.frozen
class Revoked:
    """A certificate is on its issuer's list; on hold counts as well (CE-7).

    Attributes:
        at: Since when, as the issuer says; may lie ahead, which changes nothing.
        reason: The issuer's, as RFC 5280 5.3.1 names it: ``keyCompromise``, ``certificateHold`` and so on;
            ``unspecified`` where it says nothing.
    """

    at: datetime
    reason: str


@attrs.frozen(eq=False, repr=False)
class Entries:
    """Entries in order of the low octets of their serial numbers."""

    _lows: Sequence[int] = attrs.field(alias="lows")
    _rest: bytes = attrs.field(alias="rest")

    def __len__(self) -> int:
        return len(self._lows)

    @property
    def size(self) -> int:
        """How many bytes they take."""
        return len(self._lows) * _LOW + len(self._rest)

    def find(self, serial: int) -> Revoked | None:
        """Return the entry of a serial number; None where there is none."""
        try:
            octets = serial.to_bytes(SERIAL_OCTETS, "big", signed=True)
        except OverflowError:
            return None  # a list with such an entry is not read at all
        low, high = int.from_bytes(octets[_HIGH:], "big"), octets[:_HIGH]
        at = bisect_left(self._lows, low)
        while at < len(self._lows) and self._lows[at] == low:
            rest = self._rest[at * _REST : (at + 1) * _REST]
            if rest.startswith(high):
                seconds = int.from_bytes(rest[_HIGH:-1], "big", signed=True)
                return Revoked(_EPOCH + timedelta(seconds=seconds), _REASONS[rest[-1]].value)
            at += 1
        return None


def read_entries(crl: x509.CertificateRevocationList) -> Entries | Literal["unknown-critical", "removed-entry"]:
    """Return the entries of a list, or why the list can't be used.

    One that says something critical that is not understood spoils the list for every certificate (RFC 5280 5.3), and
    so does ``removeFromCRL``, which only a delta list may say (5.3.1).

    Raises:
        ValueError: An extension can't be read or is there twice.
        OverflowError: A serial number has more than 20 octets.
    """
    records: list[bytes] = []
    for entry in crl:
        reason = _UNSPECIFIED
        for extension in entry.extensions:
            if extension.critical and not isinstance(extension.value, _UNDERSTOOD):
                return "unknown-critical"
            if isinstance(extension.value, x509.CRLReason):
                if extension.value.reason is x509.ReasonFlags.remove_from_crl:
                    return "removed-entry"
                reason = _REASONS.index(extension.value.reason)
        seconds = (entry.revocation_date_utc - _EPOCH) // timedelta(seconds=1)
        octets = entry.serial_number.to_bytes(SERIAL_OCTETS, "big", signed=True)
        records.append(
            octets[_HIGH:] + octets[:_HIGH] + seconds.to_bytes(_SECONDS, "big", signed=True) + bytes([reason])
        )
    records.sort()
    lows = array("Q", (int.from_bytes(record[:_LOW], "big") for record in records))
    return Entries(lows, b"".join(record[_LOW:] for record in records))
