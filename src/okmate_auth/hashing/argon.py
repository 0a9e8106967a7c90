"""Argon2id itself: two functions to be run in a slot."""

from __future__ import annotations

import hmac
from typing import Final

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw

from okmate_auth.errors import InfrastructureError, MisuseError
from okmate_auth.policies.kdf import DEFAULT_STORED_LIMITS, Argon2Parameters, PhcParameters, StoredLimits, parse_phc

VERSION: Final = 0x13  # RFC 9106 section 3.1


def verify(phc: str, material: bytes, limits: StoredLimits = DEFAULT_STORED_LIMITS) -> bool:
    """Say whether a stored hash was made of this material.

    Args:
        phc: The stored hash. One that is unusable (:func:`~okmate_auth.policies.kdf.parse_phc`) verifies nothing and
            costs nothing; where that must not show, the caller verifies a dummy in its place.
        material: What was hashed: the peppered password.
        limits: What a stored hash may cost.

    Raises:
        InfrastructureError: It could not be computed.
    """
    stored = parse_phc(phc, limits)
    return stored is not None and hmac.compare_digest(_tag(stored, material), stored.tag)


def hash_password(parameters: Argon2Parameters, salt: bytes, material: bytes) -> str:
    """Return the PHC string of the material under the current parameters.

    Raises:
        MisuseError: The salt has another length than the parameters say.
        InfrastructureError: It could not be computed.
    """
    if len(salt) != parameters.salt_bytes:
        message = f"salt: must have {parameters.salt_bytes} bytes"
        raise MisuseError(message)
    blank = PhcParameters(
        memory_kib=parameters.memory_kib,
        iterations=parameters.iterations,
        lanes=parameters.lanes,
        salt=salt,
        tag=bytes(parameters.tag_bytes),
    )
    return blank.with_tag(_tag(blank, material)).text()


def _tag(wanted: PhcParameters, material: bytes) -> bytes:
    """Compute Argon2id."""
    try:
        return hash_secret_raw(
            secret=material,
            salt=wanted.salt,
            time_cost=wanted.iterations,
            memory_cost=wanted.memory_kib,
            parallelism=wanted.lanes,
            hash_len=len(wanted.tag),
            type=Type.ID,
            version=VERSION,
        )
    except (HashingError, MemoryError) as error:
        message = "a password could not be hashed: memory or threads are exhausted"
        raise InfrastructureError(message) from error
