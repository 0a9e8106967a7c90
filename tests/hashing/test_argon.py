"""Argon2id as it is used here."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

import attrs
import pytest
from argon2.exceptions import HashingError
from argon2.low_level import Type, core, ffi, hash_secret
from hypothesis import given, settings
from hypothesis import strategies as st

from okmate_auth.errors import InfrastructureError, MisuseError
from okmate_auth.hashing import argon, hash_password, verify
from okmate_auth.policies.kdf import OWASP_7168_5, RFC_9106_FIRST, StoredLimits, dummy_phc, parse_phc, weaker_than
from okmate_auth.testing.kdf import UNSAFE_CHEAPEST, UnsafeArgon2Parameters

SALT = bytes(range(16))
MATERIAL = b"peppered password"
STORED = hash_password(UNSAFE_CHEAPEST, SALT, MATERIAL)

cheap = st.builds(
    UnsafeArgon2Parameters,
    memory_kib=st.integers(32, 64),
    iterations=st.integers(1, 3),
    lanes=st.integers(1, 4),
    salt_bytes=st.integers(16, 64),
    tag_bytes=st.integers(16, 64),
)


def test_the_library_computes_argon2id_of_the_standard() -> None:
    """The test vector of RFC 9106 section 5.3, with secret key and associated data."""
    tag = ffi.new("uint8_t[]", 32)
    inputs = [ffi.new("uint8_t[]", bytes([byte]) * size) for byte, size in ((1, 32), (2, 16), (3, 8), (4, 12))]
    context = ffi.new(
        "argon2_context *",
        {
            "out": tag,
            "outlen": 32,
            "version": 0x13,
            "pwd": inputs[0],
            "pwdlen": 32,
            "salt": inputs[1],
            "saltlen": 16,
            "secret": inputs[2],
            "secretlen": 8,
            "ad": inputs[3],
            "adlen": 12,
            "t_cost": 3,
            "m_cost": 32,
            "lanes": 4,
            "threads": 4,
            "allocate_cbk": ffi.NULL,
            "free_cbk": ffi.NULL,
            "flags": 0,
        },
    )
    assert core(context, Type.ID.value) == 0
    assert bytes(ffi.buffer(tag)) == bytes.fromhex("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659")


@given(cheap, st.data())
@settings(max_examples=20)
def test_hashes_are_those_of_the_library(parameters: UnsafeArgon2Parameters, data: st.DataObject) -> None:
    """Our text is the very text that argon2-cffi writes for the same input."""
    size = parameters.salt_bytes
    salt = data.draw(st.binary(min_size=size, max_size=size))
    material = data.draw(st.binary(max_size=64))
    expected = hash_secret(
        secret=material,
        salt=salt,
        time_cost=parameters.iterations,
        memory_cost=parameters.memory_kib,
        parallelism=parameters.lanes,
        hash_len=parameters.tag_bytes,
        type=Type.ID,
        version=0x13,
    )
    assert hash_password(parameters, salt, material) == expected.decode()


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_a_hash_verifies_its_own_material_alone(material: bytes, other: bytes) -> None:
    """The material that was hashed verifies; no other does."""
    stored = hash_password(UNSAFE_CHEAPEST, SALT, material)
    assert verify(stored, material)
    assert verify(stored, other) is (other == material)


@given(st.integers(0, len(STORED) - 1), st.sampled_from("$=,0189aAzZ+/"))
def test_an_altered_hash_verifies_nothing(place: int, character: str) -> None:
    """Whatever character of a stored hash is changed, the password no longer verifies and nothing is raised."""
    altered = STORED[:place] + character + STORED[place + 1 :]
    limits = StoredLimits(memory_kib=1024, work_kib=1024)  # some alterations ask for more work; not in this test
    assert verify(altered, MATERIAL, limits) is (altered == STORED)


@pytest.mark.parametrize("phc", ["", "!", "peppered password", STORED.replace("argon2id", "argon2i"), STORED[:-1]])
def test_an_unusable_hash_verifies_nothing_and_costs_nothing(phc: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no hash of ours is False before Argon2 is called (A42, A44)."""
    monkeypatch.setattr(argon, "hash_secret_raw", None)
    assert verify(phc, MATERIAL) is False


def test_limits_decide_before_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """2 GiB are computed only where they are configured."""
    asked: list[int] = []

    def instead(*, memory_cost: int, hash_len: int, **_: object) -> bytes:
        asked.append(memory_cost)
        return bytes(hash_len)

    monkeypatch.setattr(argon, "hash_secret_raw", instead)
    assert not verify(dummy_phc(RFC_9106_FIRST), MATERIAL)
    assert asked == []
    assert not verify(dummy_phc(RFC_9106_FIRST), MATERIAL, StoredLimits.admitting(RFC_9106_FIRST))
    assert asked == [2**21]


def test_a_dummy_is_computed_like_a_hash_and_verifies_nothing() -> None:
    """The dummy for unknown IDs passes the same way and fails."""
    assert verify(dummy_phc(UNSAFE_CHEAPEST), MATERIAL) is False


def test_a_fresh_hash_needs_no_rehash() -> None:
    """What is made with the current parameters is not weaker than they are."""
    stored = parse_phc(hash_password(OWASP_7168_5, SALT, MATERIAL))
    assert stored is not None
    assert not weaker_than(stored, OWASP_7168_5)


@pytest.mark.parametrize("size", [0, 15, 17])
def test_the_salt_has_the_length_that_was_configured(size: int) -> None:
    """A shorter or longer salt is the caller's mistake."""
    with pytest.raises(MisuseError, match="salt: must have 16 bytes"):
        hash_password(UNSAFE_CHEAPEST, bytes(size), MATERIAL)


@pytest.mark.parametrize("failure", [HashingError("Memory allocation error"), MemoryError()])
def test_a_failure_is_never_a_wrong_password(failure: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    """If Argon2 can't do its work, that is raised as a failure of the infrastructure, without the material."""

    def fail(**_: object) -> NoReturn:
        raise failure

    monkeypatch.setattr(argon, "hash_secret_raw", fail)
    for use in (lambda: verify(STORED, MATERIAL), lambda: hash_password(UNSAFE_CHEAPEST, SALT, MATERIAL)):
        with pytest.raises(InfrastructureError, match="exhausted") as caught:
            use()
        assert MATERIAL.decode() not in f"{caught.value} {caught.value.args} {caught.value.__cause__!r}"


@pytest.mark.skipif(sys.platform != "linux", reason="limits of address space as Linux has them")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_exhausted_memory_is_a_failure() -> None:
    """Under a real limit of memory a real hash of 256 MiB raises, and a small one still works."""
    import resource  # noqa: PLC0415 - Linux alone

    child = os.fork()
    if not child:
        try:
            used = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (used + 2**26, used + 2**26))
            big = dummy_phc(attrs.evolve(UNSAFE_CHEAPEST, memory_kib=2**18))
            try:
                verify(big, MATERIAL)
            except InfrastructureError:
                os._exit(0 if verify(STORED, MATERIAL) else 2)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
