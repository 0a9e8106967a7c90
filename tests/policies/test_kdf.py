"""Argon2 parameters, the stored form and its bounds, and upward rehashing."""

from __future__ import annotations

import base64
import re
import time

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.errors import ConfigurationError
from okmate_auth.policies import kdf
from okmate_auth.policies.kdf import (
    ARGON2_PROFILES,
    DEFAULT_STORED_LIMITS,
    MAX_ITERATIONS,
    MAX_LANES,
    MAX_MEMORY_KIB,
    MAX_SALT_BYTES,
    MAX_STORED_MEMORY_KIB,
    MAX_STORED_WORK_KIB,
    MAX_TAG_BYTES,
    MIN_SALT_BYTES,
    MIN_TAG_BYTES,
    OWASP_47104_1,
    OWASP_FLOORS,
    RFC_9106_FIRST,
    RFC_9106_SECOND,
    Argon2Parameters,
    PhcParameters,
    StoredLimits,
    dummy_phc,
    parse_phc,
    weaker_than,
)
from okmate_auth.testing.kdf import UnsafeArgon2Parameters
from tests.unchecked import unchecked

SALT = bytes(range(16))
TAG = bytes(range(100, 132))
SALT64 = "AAECAwQFBgcICQoLDA0ODw"
TAG64 = "ZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXp7fH1+f4CBgoM"
GOOD = f"$argon2id$v=19$m=47104,t=1,p=1${SALT64}${TAG64}"


def phc(memory_kib: int = 47104, iterations: int = 1, lanes: int = 1) -> PhcParameters:
    """Make a stored hash of a given cost."""
    return PhcParameters(memory_kib=memory_kib, iterations=iterations, lanes=lanes, salt=SALT, tag=TAG)


def coded(size: int) -> str:
    """Make the base64 of that many bytes, without padding."""
    return base64.b64encode(bytes(size)).rstrip(b"=").decode()


costs = st.builds(
    phc,
    st.sampled_from([8, 7167, 7168, 9216, 12288, 19455, 19456, 47103, 47104, 65536, 2**18]),
    st.integers(1, 8),
) | st.builds(
    PhcParameters,
    memory_kib=st.integers(128, 2**18),
    iterations=st.integers(1, 4),
    lanes=st.integers(1, 16),
    salt=st.binary(min_size=16, max_size=64),
    tag=st.binary(min_size=16, max_size=64),
)


def as_configured(stored: PhcParameters) -> Argon2Parameters:
    """Return parameters that would make hashes of that cost."""
    return UnsafeArgon2Parameters(
        memory_kib=stored.memory_kib,
        iterations=stored.iterations,
        lanes=stored.lanes,
        salt_bytes=len(stored.salt),
        tag_bytes=len(stored.tag),
    )


# --- parameters ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("memory_kib", "iterations"), OWASP_FLOORS)
def test_each_row_of_the_owasp_table_is_the_floor(memory_kib: int, iterations: int) -> None:
    """A row itself passes, more of either passes, one KiB or one pass less is refused (PW-12)."""
    for more_memory, more_passes in [(0, 0), (1, 0), (0, 1)]:
        Argon2Parameters(memory_kib=memory_kib + more_memory, iterations=iterations + more_passes)
    with pytest.raises(ConfigurationError, match="OWASP_FLOORS"):
        Argon2Parameters(memory_kib=memory_kib - 1, iterations=iterations)
    with pytest.raises(ConfigurationError):
        Argon2Parameters(memory_kib=memory_kib, iterations=iterations - 1)


@given(memory_kib=st.integers(8, 50000), iterations=st.integers(1, 8))
def test_parameters_exist_only_at_or_above_the_floor(memory_kib: int, iterations: int) -> None:
    """Whatever is constructed reaches one row in memory and passes both; all else is refused."""
    allowed = any(memory_kib >= memory and iterations >= passes for memory, passes in OWASP_FLOORS)
    try:
        Argon2Parameters(memory_kib=memory_kib, iterations=iterations)
    except ConfigurationError:
        assert not allowed
    else:
        assert allowed


@pytest.mark.parametrize(
    ("field", "low", "high"),
    [
        ("memory_kib", 8, MAX_MEMORY_KIB),
        ("iterations", 1, MAX_ITERATIONS),
        ("lanes", 1, MAX_LANES),
        ("salt_bytes", MIN_SALT_BYTES, MAX_SALT_BYTES),
        ("tag_bytes", MIN_TAG_BYTES, MAX_TAG_BYTES),
    ],
)
def test_every_number_has_two_bounds(field: str, low: int, high: int) -> None:
    """Each number is allowed at its bounds and refused one beyond, with its name and the rule in the message."""
    other = {} if field == "memory_kib" else {"memory_kib": 47104}
    for value in (low, high):
        UnsafeArgon2Parameters(**{**other, field: value})
    for value in (low - 1, high + 1):
        with pytest.raises(ConfigurationError, match=rf"^{field} must be a whole number from \d+ to {high}$"):
            UnsafeArgon2Parameters(**{**other, field: value})


def test_each_lane_needs_eight_blocks() -> None:
    """Memory of 8 KiB a lane is the least Argon2 works with (RFC 9106 section 3.1)."""
    UnsafeArgon2Parameters(memory_kib=32, lanes=4)
    with pytest.raises(ConfigurationError, match="memory_kib"):
        UnsafeArgon2Parameters(memory_kib=31, lanes=4)


@pytest.mark.parametrize("value", [True, 47104.0, "47104", None, b"1", float("nan")])
@pytest.mark.parametrize("field", ["memory_kib", "iterations", "lanes", "salt_bytes", "tag_bytes"])
def test_only_whole_numbers_are_numbers(field: str, value: object) -> None:
    """Anything that is no int, bool included, is refused and not shown."""
    with pytest.raises(ConfigurationError) as caught:
        Argon2Parameters(**{"memory_kib": 47104, "iterations": 1, field: unchecked(value)})
    assert re.fullmatch(rf"{field} must be a whole number from \d+ to \d+", str(caught.value))


def test_the_named_profiles_are_those_of_their_sources() -> None:
    """Five OWASP rows at one lane, and both options of RFC 9106 section 4 with 128-bit salt, 256-bit tag (PW-13)."""
    assert {(p.memory_kib, p.iterations) for name, p in ARGON2_PROFILES.items() if name.startswith("owasp")} == set(
        OWASP_FLOORS
    )
    for name, parameters in ARGON2_PROFILES.items():
        assert (parameters.salt_bytes, parameters.tag_bytes) == (16, 32)
        assert name.startswith("rfc9106") or parameters.lanes == 1
    first = (RFC_9106_FIRST.iterations, RFC_9106_FIRST.lanes, RFC_9106_FIRST.memory_kib)
    second = (RFC_9106_SECOND.iterations, RFC_9106_SECOND.lanes, RFC_9106_SECOND.memory_kib)
    assert (first, second) == ((1, 4, 2**21), (3, 4, 2**16))


def test_profiles_cannot_be_changed() -> None:
    """No program can weaken a profile for the whole process."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        unchecked(OWASP_47104_1).memory_kib = 8
    with pytest.raises(TypeError):
        unchecked(ARGON2_PROFILES)["owasp-47104-1"] = OWASP_47104_1


# --- the stored form -------------------------------------------------------------------------------------------------


def test_a_hash_of_ours_is_taken_apart() -> None:
    """The parts of a well-formed text are read as written."""
    parsed = parse_phc(GOOD)
    assert parsed == phc()
    assert parsed is not None
    assert parsed.text() == GOOD
    assert parsed.work_kib == 47104


@given(costs)
def test_writing_and_reading_a_hash_are_inverse(stored: PhcParameters) -> None:
    """Every hash within the bounds reads back as it was written."""
    assert parse_phc(stored.text()) == (stored if stored.work_kib <= MAX_STORED_WORK_KIB else None)


@given(st.text(alphabet="$argon2idv=9,mtp01-+/ AQ\n\x00４", max_size=120) | st.text(max_size=300))
def test_whatever_is_read_is_the_only_spelling(text: str) -> None:
    """No text is read unless writing it gives the very same characters: each hash has one form."""
    parsed = parse_phc(text)
    assert parsed is None or parsed.text() == text


@given(st.data())
def test_a_changed_character_is_noticed(data: st.DataObject) -> None:
    """Any one character replaced gives a different hash or none, never the same parts."""
    place = data.draw(st.integers(0, len(GOOD) - 1))
    character = data.draw(st.characters(exclude_categories=(), exclude_characters=GOOD[place]))
    assert parse_phc(GOOD[:place] + character + GOOD[place + 1 :]) != phc()


A42 = {
    "4 GiB": f"$argon2id$v=19$m=4194304,t=1,p=1${SALT64}${TAG64}",
    "1 GiB": f"$argon2id$v=19$m=1048576,t=1,p=1${SALT64}${TAG64}",
    "2**32-1 KiB": f"$argon2id$v=19$m=4294967295,t=1,p=1${SALT64}${TAG64}",
    "2**32-1 passes": f"$argon2id$v=19$m=8,t=4294967295,p=1${SALT64}${TAG64}",
    "2**24-1 lanes": f"$argon2id$v=19$m=47104,t=1,p=16777215${SALT64}${TAG64}",
    "a number of 10**6 digits": f"$argon2id$v=19$m={'9' * 10**6},t=1,p=1${SALT64}${TAG64}",
    "10**7 characters": "$argon2id$v=19$m=8,t=1,p=1$" + "A" * 10**7,
    "10**6 parameters": "$argon2id$v=19$" + "m=8," * 10**6 + f"t=1,p=1${SALT64}${TAG64}",
    "too little memory for the lanes": f"$argon2id$v=19$m=15,t=1,p=2${SALT64}${TAG64}",
    "no memory": f"$argon2id$v=19$m=0,t=1,p=1${SALT64}${TAG64}",
    "no passes": f"$argon2id$v=19$m=47104,t=0,p=1${SALT64}${TAG64}",
    "no lanes": f"$argon2id$v=19$m=47104,t=1,p=0${SALT64}${TAG64}",
    "salt of 1 byte": f"$argon2id$v=19$m=47104,t=1,p=1$AA${TAG64}",
    "salt of 15 bytes": f"$argon2id$v=19$m=47104,t=1,p=1${coded(15)}${TAG64}",
    "salt of 65 bytes": f"$argon2id$v=19$m=47104,t=1,p=1${coded(65)}${TAG64}",
    "no salt": f"$argon2id$v=19$m=47104,t=1,p=1$${TAG64}",
    "tag of 15 bytes": f"$argon2id$v=19$m=47104,t=1,p=1${SALT64}${coded(15)}",
    "tag of 65 bytes": f"$argon2id$v=19$m=47104,t=1,p=1${SALT64}${coded(65)}",
    "no tag": f"$argon2id$v=19$m=47104,t=1,p=1${SALT64}$",
    "no tag at all": f"$argon2id$v=19$m=47104,t=1,p=1${SALT64}",
    "memory twice": f"$argon2id$v=19$m=47104,m=47104,t=1,p=1${SALT64}${TAG64}",
    "lanes twice": f"$argon2id$v=19$m=47104,t=1,p=1,p=1${SALT64}${TAG64}",
    "another order": f"$argon2id$v=19$t=1,m=47104,p=1${SALT64}${TAG64}",
    "unknown parameter": f"$argon2id$v=19$m=47104,t=1,p=1,x=1${SALT64}${TAG64}",
    "key id": f"$argon2id$v=19$m=47104,t=1,p=1,keyid=AAAA${SALT64}${TAG64}",
    "data": f"$argon2id$v=19$m=47104,t=1,p=1,data=AAAA${SALT64}${TAG64}",
    "parameter missing": f"$argon2id$v=19$m=47104,t=1${SALT64}${TAG64}",
    "version 16": GOOD.replace("v=19", "v=16"),
    "version 18": GOOD.replace("v=19", "v=18"),
    "version missing": GOOD.replace("v=19$", ""),
    "argon2i": GOOD.replace("argon2id", "argon2i"),
    "argon2d": GOOD.replace("argon2id", "argon2d"),
    "capitals": GOOD.replace("argon2id", "Argon2id"),
    "leading zero": GOOD.replace("t=1", "t=01"),
    "sign": GOOD.replace("t=1", "t=+1"),
    "full-width digit": GOOD.replace("t=1", "t=１"),  # the digits of int() are not those of the format
    "space": GOOD.replace("t=1", "t= 1"),
    "line break": GOOD + "\n",
    "NUL": GOOD + "\x00",
    "padding": GOOD + "=",
    "url-safe base64": GOOD.replace("+", "-"),
    "left-over bits in the salt": GOOD.replace(SALT64, SALT64[:-1] + "x"),
    "left-over bits in the tag": GOOD.replace(TAG64, TAG64[:-1] + "N"),
    "base64 of an impossible length": GOOD.replace(SALT64, SALT64 + "AAA"),
    "empty": "",
    "locked account of Unix": "!",
    "plaintext": "passw0rd",
    "MD5": "5f4dcc3b5aa765d61d8327deb882cf99",
    "bcrypt": "$2b$10$" + "a" * 53,
    "lone surrogate": GOOD + "\ud800",
}


@pytest.mark.parametrize("text", A42.values(), ids=A42.keys())
def test_hostile_and_foreign_texts_are_unusable_at_once(text: str) -> None:
    """None within 10 ms, whatever a row says (A42, A44, PW-16)."""
    best = float("inf")
    for _ in range(3):  # the machine may be busy; the parser is not slow three times
        start = time.perf_counter()
        assert parse_phc(text) is None
        best = min(best, time.perf_counter() - start)
    assert best < 0.010


@pytest.mark.parametrize(
    ("cost", "usable"),
    [
        (phc(MAX_STORED_MEMORY_KIB, 1), True),
        (phc(MAX_STORED_MEMORY_KIB + 1, 1), False),
        (phc(MAX_STORED_WORK_KIB // 4, 4), True),
        (phc(MAX_STORED_WORK_KIB // 4 + 1, 4), False),
        (phc(8, MAX_ITERATIONS), True),
        (phc(8, MAX_ITERATIONS + 1), False),
        (phc(2**16, 1, MAX_LANES), True),
        (phc(2**16, 1, MAX_LANES + 1), False),
        (phc(16, 1, 2), True),
        (phc(15, 1, 2), False),
        (attrs.evolve(phc(), salt=bytes(MIN_SALT_BYTES)), True),
        (attrs.evolve(phc(), salt=bytes(MAX_SALT_BYTES)), True),
        (attrs.evolve(phc(), tag=bytes(MIN_TAG_BYTES)), True),
        (attrs.evolve(phc(), tag=bytes(MAX_TAG_BYTES)), True),
    ],
)
def test_the_bounds_of_a_stored_hash_are_exact(cost: PhcParameters, *, usable: bool) -> None:
    """At each bound a hash is read, one beyond it is not."""
    assert (parse_phc(cost.text()) is not None) is usable


def test_the_longest_hash_fits() -> None:
    """The bound on characters is exactly what the other bounds need."""
    longest = attrs.evolve(
        phc(MAX_MEMORY_KIB, MAX_ITERATIONS, MAX_LANES), salt=bytes(MAX_SALT_BYTES), tag=bytes(MAX_TAG_BYTES)
    )
    assert len(longest.text()) == kdf._MAX_PHC_CHARACTERS
    limits = StoredLimits(memory_kib=MAX_MEMORY_KIB, work_kib=MAX_MEMORY_KIB * MAX_ITERATIONS)
    assert parse_phc(longest.text(), limits) == longest


@pytest.mark.parametrize("parameters", ARGON2_PROFILES.values(), ids=ARGON2_PROFILES.keys())
def test_what_is_configured_can_be_read(parameters: Argon2Parameters) -> None:
    """A configured profile is within the limits made from it, the 2 GiB of RFC 9106 included, and no more is."""
    own = phc(parameters.memory_kib, parameters.iterations, parameters.lanes)
    limits = StoredLimits.admitting(parameters)
    assert parse_phc(own.text(), limits) == own
    assert (parse_phc(own.text()) == own) is (parameters is not RFC_9106_FIRST)
    beyond = attrs.evolve(own, memory_kib=limits.memory_kib + 1, iterations=1)
    assert parse_phc(beyond.text(), limits) is None


def test_limits_cover_former_parameters() -> None:
    """After a change to something smaller, hashes of the former parameters stay usable where they are named."""
    assert StoredLimits.admitting(OWASP_47104_1) == DEFAULT_STORED_LIMITS
    limits = StoredLimits.admitting(OWASP_47104_1, RFC_9106_FIRST)
    assert (limits.memory_kib, limits.work_kib) == (2**21, 2**21)
    assert StoredLimits.admitting() == DEFAULT_STORED_LIMITS


@pytest.mark.parametrize("field", ["memory_kib", "work_kib"])
@pytest.mark.parametrize("value", [7, MAX_MEMORY_KIB * MAX_ITERATIONS + 1, True, "x"])
def test_limits_are_bounded_themselves(field: str, value: object) -> None:
    """A limit that is no sane number is refused at construction."""
    with pytest.raises(ConfigurationError, match=field):
        StoredLimits(**{field: unchecked(value)})


def test_salt_and_tag_are_not_shown() -> None:
    """The repr of a stored hash tells its cost and nothing to guess against."""
    assert repr(phc()) == "PhcParameters(memory_kib=47104, iterations=1, lanes=1)"


# --- rehash ----------------------------------------------------------------------------------------------------------


@given(costs, costs)
def test_no_two_settings_rewrite_a_hash_in_turns(one: PhcParameters, other: PhcParameters) -> None:
    """If one is weaker than the other, the other is not weaker than the one, and none is weaker than itself."""
    assert not weaker_than(one, as_configured(one))
    assert not (weaker_than(one, as_configured(other)) and weaker_than(other, as_configured(one)))


@given(costs, costs, costs)
def test_weaker_is_an_order(one: PhcParameters, two: PhcParameters, three: PhcParameters) -> None:
    """Rehashing from first to second to third is the same direction as from first to third."""
    if weaker_than(one, as_configured(two)) and weaker_than(two, as_configured(three)):
        assert weaker_than(one, as_configured(three))


@given(costs, st.integers(0, 100), st.integers(0, 2))
def test_a_stronger_hash_is_kept(stored: PhcParameters, memory: int, passes: int) -> None:
    """What costs as much or more than the current parameters in memory and passes is never rehashed."""
    current = as_configured(stored)
    stronger = attrs.evolve(
        stored, memory_kib=stored.memory_kib + memory, iterations=stored.iterations + passes, salt=stored.salt
    )
    assert not weaker_than(stronger, current)
    if memory or passes:
        assert weaker_than(stored, as_configured(stronger))


@pytest.mark.parametrize(
    ("stored", "current", "weaker"),
    [
        (phc(47104, 1), OWASP_47104_1, False),
        (phc(47103, 1), OWASP_47104_1, True),  # below the floor
        (phc(8, 60), OWASP_47104_1, True),
        (phc(47105, 1), OWASP_47104_1, False),
        (phc(47104, 2), OWASP_47104_1, False),
        (phc(19456, 2), OWASP_47104_1, True),  # less memory, less work
        (phc(47104, 1), kdf.OWASP_19456_2, False),  # and never back
        (phc(19456, 3), OWASP_47104_1, False),  # less memory, more work: neither is the weaker
        (phc(47104, 1), RFC_9106_SECOND, True),
        (phc(65536, 3), RFC_9106_SECOND, False),  # fewer lanes are not weaker
        (phc(65536, 3, 4), RFC_9106_FIRST, True),
        (attrs.evolve(phc(), tag=bytes(16)), OWASP_47104_1, True),
        (attrs.evolve(phc(), salt=bytes(17)), OWASP_47104_1, False),
        (attrs.evolve(phc(19456, 2), salt=bytes(17)), OWASP_47104_1, False),  # no step down in anything
    ],
)
def test_rehash_goes_upward_only(stored: PhcParameters, current: Argon2Parameters, *, weaker: bool) -> None:
    """A table of moves between costs."""
    assert weaker_than(stored, current) is weaker


# --- dummies ---------------------------------------------------------------------------------------------------------


@given(costs)
def test_a_dummy_costs_what_the_parameters_say(cost: PhcParameters) -> None:
    """The dummy for an unknown ID is read like a real hash and has exactly the current cost and lengths."""
    parameters = as_configured(cost)
    parsed = parse_phc(dummy_phc(parameters), StoredLimits.admitting(parameters))
    assert parsed is not None
    assert as_configured(parsed) == parameters
    assert not weaker_than(parsed, parameters)
    assert dummy_phc(parameters) == dummy_phc(parameters)
