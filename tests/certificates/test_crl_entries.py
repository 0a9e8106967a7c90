"""The packed entries: each serial number is found with its own date and reason, in few steps and few bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import attrs
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.certificates.crl import RevocationList
from tests.certificates import reshaping
from tests.certificates.openssl import Revoked, root
from tests.certificates.reshaping import Parts, reshaped
from tests.certificates.revoking import usable
from tests.rounds import rounds

STEP: Final = 7919
_SERIALS: Final = st.integers(1, 2**159 - 1) | st.integers(1, 2**70) | st.integers(1, 40)


def numbered(serials: list[int]) -> RevocationList:
    """Return a list of these serial numbers, the entries copied from one of openssl's."""
    first = root().crl(Revoked(serial=1))

    def filled(parts: Parts) -> Parts:
        (entry,) = parts.entries
        date = entry[5:]  # after the outer header and INTEGER 1
        return attrs.evolve(parts, entries=tuple(_entry(serial, date) for serial in serials))

    return usable(reshaped(first, root(), filled))


def _entry(serial: int, date: bytes) -> bytes:
    octets = serial.to_bytes(serial.bit_length() // 8 + 1, "big")
    return reshaping.value(reshaping.SEQUENCE, reshaping.value(0x02, octets), date)


@given(st.lists(_SERIALS, max_size=30, unique=True), st.lists(_SERIALS, max_size=30))
def test_what_is_listed_is_found_and_nothing_else(listed: list[int], others: list[int]) -> None:
    """Whatever the serial numbers, in whatever order; also where they differ in high octets alone."""
    alike = [one ^ 1 << 130 for one in listed]
    found = numbered(listed)
    assert [one for one in {*listed, *others, *alike} if found.find(one) is not None] == [
        one for one in {*listed, *others, *alike} if one in listed
    ]


def test_entries_alike_in_their_low_octets_keep_their_own() -> None:
    """Each has its own date and reason, also next to others that lie in the same place."""
    day = timedelta(days=1)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    reasons = ("keyCompromise", "CACompromise", "superseded", "certificateHold")
    listed = [
        Revoked(serial=(high << 64) | 7, at=start + high * day, reason=reason)
        for high, reason in enumerate(reasons, start=1)
    ]
    found = usable(root().crl(*listed))
    for one in listed:
        entry = found.find(one.serial)
        assert entry is not None
        assert (entry.at, entry.reason.lower()) == (one.at, str(one.reason).lower())
    assert found.find(7) is None
    assert found.find(9 << 64 | 7) is None


def test_a_date_before_1970_is_kept() -> None:
    """Times are signed: nobody's old list makes a login fail."""
    at = datetime(1955, 1, 1, tzinfo=UTC)
    entry = usable(root().crl(Revoked(serial=7, at=at))).find(7)
    assert entry is not None
    assert entry.at == at


def test_a_long_list_is_looked_up_in_few_steps_and_bytes() -> None:
    """Of 10⁵ entries (10⁶ in a full run) each that was asked for is found, each neighbour is not; 26 bytes an entry.

    The steps are counted, not timed: a look-up compares at most once for each halving and once more.
    """
    count = rounds(100_000, 1_000_000)
    entries = numbered([1 + number * STEP for number in range(count)])._entries
    assert len(entries) == count
    assert entries.size == 26 * count
    counting = _Counting(entries._lows)
    counted = attrs.evolve(entries, lows=counting)
    for number in range(0, count, count // 500):
        counting.looks = 0
        assert counted.find(1 + number * STEP) is not None
        assert counted.find(2 + number * STEP) is None
        assert counting.looks <= 2 * (count.bit_length() + 2)


class _Counting(Sequence[int]):
    """The keys, with a count of how many were looked at."""

    def __init__(self, keys: Sequence[int]) -> None:
        self._keys = keys
        self.looks = 0

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, place: Any) -> Any:  # noqa: ANN401 - an int in use, a slice by its type
        self.looks += 1
        return self._keys[place]
