"""How much is computed while a code is looked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["Work"]


class CountingHash:
    """One of hashlib's, that counts how often it is asked for its digest; copies count as well."""

    def __init__(self, real: Any, work: Work) -> None:  # noqa: ANN401 - hashlib names no type for it
        self.real, self.work = real, work

    def copy(self) -> CountingHash:
        """Return a copy."""
        return CountingHash(self.real.copy(), self.work)

    def update(self, data: bytes) -> None:
        """Hash more."""
        self.real.update(data)

    def digest(self) -> bytes:
        """Return the digest, and count it."""
        self.work.digests += 1
        return bytes(self.real.digest())


class Work:
    """Counts the hashes that are finished; each code takes two (RFC 2104 section 2)."""

    def __init__(self) -> None:
        self.digests = 0

    def counting(self, hashes: Mapping[str, tuple[Any, int]]) -> dict[str, tuple[Any, int]]:
        """Return hashes that compute what they did, and are counted."""
        return {name: (self._counting(new), block) for name, (new, block) in hashes.items()}

    def _counting(self, new: Callable[[bytes], Any]) -> Callable[[bytes], CountingHash]:
        return lambda data: CountingHash(new(data), self)

    def codes(self, action: Callable[[], object]) -> int:
        """Return how many codes are computed while something is done."""
        before = self.digests
        action()
        codes, rest = divmod(self.digests - before, 2)
        assert rest == 0
        return codes
