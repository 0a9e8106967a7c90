"""Every benchmark there is. A new one: a module that says what both sides do, its ``ROWS``, a line here."""

from __future__ import annotations

from typing import Final

from benchmarks import (
    certificates,
    hashing,
    importing,
    login,
    otp_accept,
    otp_peers,
    otp_place,
    otp_window,
    session,
    web,
)
from benchmarks.contest import Benchmark

__all__ = ["ROWS"]

ROWS: Final[tuple[Benchmark, ...]] = (
    *login.ROWS,
    *session.ROWS,
    *otp_window.ROWS,
    *otp_place.ROWS,
    *otp_accept.ROWS,
    *otp_peers.ROWS,
    *hashing.ROWS,
    *certificates.ROWS,
    *importing.ROWS,
    *web.ROWS,
)
