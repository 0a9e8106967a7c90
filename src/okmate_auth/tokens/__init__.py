"""One-time passwords of hard tokens: a leaf library that knows bytes and integers, and no accounts.

Rule 1. Time, seeds and counters are arguments; what is judged comes back as a verdict with the token's new position,
        which the caller commits under the version of the token's record.
Rule 2. RFC 4226 and RFC 6238 are implemented here; pyotp is the self-test's and the tests' oracle.
"""

from __future__ import annotations

from okmate_auth.tokens.codes import code_at, is_code, step_at
from okmate_auth.tokens.oath_csv import Defect, Delivery, TokenEntry, read_oath_csv
from okmate_auth.tokens.parameters import (
    LEGACY_SEED_BYTES,
    MAXIMUM_SEED_BYTES,
    MINIMUM_SEED_BYTES,
    Algorithm,
    Kind,
    Parameters,
    Position,
    Windows,
)
from okmate_auth.tokens.self_test import self_test
from okmate_auth.tokens.serials import canonical_serial, serial_skeleton, serial_violations
from okmate_auth.tokens.verification import Accepted, OutOfStep, Replayed, Verdict, Wrong, enroll, resync, verify
from okmate_auth.tokens.window import matching

__all__ = [
    "LEGACY_SEED_BYTES",
    "MAXIMUM_SEED_BYTES",
    "MINIMUM_SEED_BYTES",
    "Accepted",
    "Algorithm",
    "Defect",
    "Delivery",
    "Kind",
    "OutOfStep",
    "Parameters",
    "Position",
    "Replayed",
    "TokenEntry",
    "Verdict",
    "Windows",
    "Wrong",
    "canonical_serial",
    "code_at",
    "enroll",
    "is_code",
    "matching",
    "read_oath_csv",
    "resync",
    "self_test",
    "serial_skeleton",
    "serial_violations",
    "step_at",
    "verify",
]
