"""What the desk remembers is bounded, ends when it says, and survives that other threads are at it as well."""

from __future__ import annotations

from collections import OrderedDict
from datetime import timedelta

import pytest

from okmate_auth.certificates.verdict import VerifiedCertificate
from okmate_auth.revocation import memory
from okmate_auth.revocation.memory import Remembered, Signatures, Verdicts
from tests.certificates.openssl import NOW
from tests.certificates.revoking import parsed, usable
from tests.revocation.banks import alice, bank, desk, forger, of_alice

TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)


def remembered() -> Remembered:
    """Return a good verdict that holds for an hour."""
    verdict = desk(bank().crl()).judge(of_alice(), NOW)
    assert isinstance(verdict, VerifiedCertificate)
    return Remembered(verdict, NOW, NOW + HOUR)


def test_a_verdict_holds_from_its_start_to_its_end() -> None:
    """The start is inclusive and the end is not; what does not hold is forgotten."""
    for at, holds in ((NOW - TICK, False), (NOW, True), (NOW + HOUR - TICK, True), (NOW + HOUR, False)):
        verdicts = Verdicts(1)
        verdicts.put(b"key", remembered())
        assert (verdicts.get(b"key", at) is not None, len(verdicts)) == (holds, int(holds))
    assert Verdicts(1).get(b"another", NOW) is None


@pytest.mark.parametrize("capacity", [1, 2, 3])
def test_the_one_not_used_for_the_longest_time_goes(capacity: int) -> None:
    """There are never more than the capacity; looking one up is using it."""
    verdicts, found = Verdicts(capacity), remembered()
    keys = [bytes([number]) for number in range(capacity)]
    for key in keys:
        verdicts.put(key, found)
        assert len(verdicts) <= capacity
    verdicts.get(keys[0], NOW)
    verdicts.put(b"new", found)
    kept = [key for key in (*keys, b"new") if verdicts.get(key, NOW) is not None]
    assert kept == [*([keys[0]] if capacity > 1 else []), *keys[2:], b"new"]


class _Contested(OrderedDict[bytes, Remembered]):
    """Keeps nothing, as if another thread were always faster."""

    def get(self, key: bytes, default: object = None) -> Remembered | None:  # type: ignore[override]  # this one key and value
        del default
        return self.pop(key, None)

    def __len__(self) -> int:
        size = super().__len__()
        self.clear()
        return size


def test_what_another_thread_drops_meanwhile_is_no_error() -> None:
    """A verdict that was found holds, though it is gone; and who makes room may find it made."""
    verdicts, found = Verdicts(1), remembered()
    verdicts._kept = _Contested()
    verdicts._kept[b"key"] = found
    assert verdicts.get(b"key", NOW) is found
    verdicts._kept[b"key"] = found
    assert verdicts.get(b"key", NOW + HOUR) is None
    for key in (b"1", b"2"):
        dict.__setitem__(verdicts._kept, key, found)
    verdicts.put(b"3", found)
    assert len(verdicts) == 0


def test_a_signature_is_checked_once() -> None:
    """And remembered, right or wrong, for each list and each certificate."""
    signatures, one = Signatures(), usable(bank().crl())
    for _ in range(2):
        assert signatures(one, parsed(bank()))
        assert not signatures(one, parsed(forger()))
        assert not signatures(one, parsed(alice()))
    assert len(signatures) == 3
    assert signatures(usable(bank().crl(number=2)), parsed(bank()))
    assert len(signatures) == 4


@pytest.mark.parametrize(("capacity", "kept"), [(1, 1), (2, 2), (3, 3), (4, 3)])
def test_signatures_are_bounded(capacity: int, kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """When there are too many, all are forgotten: they can be checked again."""
    monkeypatch.setattr(memory, "MOST_SIGNATURES", capacity)
    signatures = Signatures()
    for number in range(1, 4):
        assert signatures(usable(bank().crl(number=number)), parsed(bank()))
        assert len(signatures) <= capacity
    assert len(signatures) == (kept if capacity != 2 else 1)
