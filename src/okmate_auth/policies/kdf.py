"""What a password hash costs: parameters, their floor, the stored form, and when a stored hash is too weak.

Rule 1. Argon2id only, version 0x13 only. Every other stored text ("!", plaintext, MD5, another variant) is unusable:
        nothing verifies against it, so a row can't be downgraded by whoever writes the database (A44).
Rule 2. A stored text is parsed and bounded *before* any work is done, so that one row can't take all memory or all
        time of a host (ASVS 5.0 2.4.1, 11.2.5).
Rule 3. A rehash only ever goes upward.

No hashing happens here; :mod:`okmate_auth.hashing` does it.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import attrs

from okmate_auth.errors import ConfigurationError

# OWASP Password Storage Cheat Sheet, Argon2id: (memory in KiB, iterations), each row as good as the others at one lane.
OWASP_FLOORS: Final = ((47104, 1), (19456, 2), (12288, 3), (9216, 4), (7168, 5))

MAX_MEMORY_KIB: Final = 2**21  # RFC 9106 section 4, first recommended option: the largest that is recommended anywhere
MAX_ITERATIONS: Final = 64  # ours: thirteen times the highest published row
MAX_LANES: Final = 16  # ours: four times RFC 9106 section 4
MIN_SALT_BYTES: Final = 16  # RFC 9106 section 4: 128 bits suffice for all applications
MIN_TAG_BYTES: Final = 16  # RFC 9106 section 4: 128 bits suffice for most applications
MAX_SALT_BYTES: Final = 64  # ours: four times the recommended salt
MAX_TAG_BYTES: Final = 64  # ours: twice the recommended tag
MIN_BLOCKS_PER_LANE: Final = 8  # RFC 9106 section 3.1: memory is at least 8 KiB a lane

# Unless the configuration is larger, a stored hash that would need more than this is not computed: a quarter of the
# gibibyte that a hostile row would ask for (A42), yet more than any OWASP row and RFC 9106's second option.
MAX_STORED_MEMORY_KIB: Final = 2**18
MAX_STORED_WORK_KIB: Final = 2**20  # memory times iterations: about a second of one processor

_MAX_PHC_CHARACTERS: Final = 208  # the longest text within the bounds above
_NUMBER: Final = "[1-9][0-9]{0,9}"
_BASE64: Final = "[A-Za-z0-9+/]+"
_PHC: Final = re.compile(
    rf"\$argon2id\$v=19\$m=({_NUMBER}),t=({_NUMBER}),p=({_NUMBER})\$({_BASE64})\$({_BASE64})", re.ASCII
)


def _whole(field: str, value: int, low: int, high: int) -> None:
    if type(value) is not int or not low <= value <= high:
        message = f"{field} must be a whole number from {low} to {high}"
        raise ConfigurationError(message)


@attrs.frozen(kw_only=True)
class Argon2Parameters:
    """What hashing a password costs from now on.

    Attributes:
        memory_kib: Memory of one hash, in KiB (RFC 9106: m).
        iterations: Passes over that memory (t).
        lanes: Parallel lanes, each on a thread of its own (p).
        salt_bytes: Length of the random salt, in bytes.
        tag_bytes: Length of the hash, in bytes.

    Raises:
        ConfigurationError: A number is out of its bounds, or memory and iterations reach none of the rows of
            :data:`OWASP_FLOORS`.

    Source: RFC 9106; OWASP Password Storage Cheat Sheet; ASVS 5.0 appendix C.
    """

    memory_kib: int
    iterations: int
    lanes: int = 1
    salt_bytes: int = MIN_SALT_BYTES
    tag_bytes: int = 32  # RFC 9106 section 4: 256-bit tag in both recommended options

    def __attrs_post_init__(self) -> None:
        _whole("lanes", self.lanes, 1, MAX_LANES)
        _whole("memory_kib", self.memory_kib, MIN_BLOCKS_PER_LANE * self.lanes, MAX_MEMORY_KIB)
        _whole("iterations", self.iterations, 1, MAX_ITERATIONS)
        _whole("salt_bytes", self.salt_bytes, MIN_SALT_BYTES, MAX_SALT_BYTES)
        _whole("tag_bytes", self.tag_bytes, MIN_TAG_BYTES, MAX_TAG_BYTES)
        self._refuse_below_floor()

    @property
    def work_kib(self) -> int:
        """Memory written in all passes together, in KiB: what the time of one hash grows with."""
        return self.memory_kib * self.iterations

    def _refuse_below_floor(self) -> None:
        if not _reaches_floor(self.memory_kib, self.iterations):
            message = "memory_kib and iterations must reach a row of OWASP_FLOORS (47104 with 1, 19456 with 2, ...)"
            raise ConfigurationError(message)


@attrs.frozen(kw_only=True)
class PhcParameters:
    """A stored hash taken apart; one within :class:`StoredLimits` if it comes from :func:`parse_phc`.

    Attributes:
        memory_kib: Memory, in KiB.
        iterations: Passes.
        lanes: Parallel lanes.
        salt: The salt.
        tag: The hash itself.
    """

    memory_kib: int
    iterations: int
    lanes: int
    salt: bytes = attrs.field(repr=False)
    tag: bytes = attrs.field(repr=False)

    @property
    def work_kib(self) -> int:
        """Memory written in all passes together, in KiB."""
        return self.memory_kib * self.iterations

    def with_tag(self, tag: bytes) -> PhcParameters:
        """Return the same with another tag."""
        return attrs.evolve(self, tag=tag)

    def text(self) -> str:
        """Return the PHC string: ``$argon2id$v=19$m=…,t=…,p=…$salt$tag``, base64 without padding."""
        cost = f"m={self.memory_kib},t={self.iterations},p={self.lanes}"
        return f"$argon2id$v=19${cost}${_base64(self.salt)}${_base64(self.tag)}"


@attrs.frozen(kw_only=True)
class StoredLimits:
    """What a stored hash may ask for before any work is done.

    Attributes:
        memory_kib: Highest memory, in KiB.
        work_kib: Highest memory times iterations, in KiB.

    Iterations, lanes and lengths are bounded as in :class:`Argon2Parameters`.

    Raises:
        ConfigurationError: A number is out of its bounds.
    """

    memory_kib: int = MAX_STORED_MEMORY_KIB
    work_kib: int = MAX_STORED_WORK_KIB

    def __attrs_post_init__(self) -> None:
        _whole("memory_kib", self.memory_kib, MIN_BLOCKS_PER_LANE, MAX_MEMORY_KIB)
        _whole("work_kib", self.work_kib, MIN_BLOCKS_PER_LANE, MAX_MEMORY_KIB * MAX_ITERATIONS)

    @classmethod
    def admitting(cls, *configured: Argon2Parameters) -> StoredLimits:
        """Return the default limits, raised as far as these parameters need: the present and former ones."""
        return cls(
            memory_kib=max([MAX_STORED_MEMORY_KIB, *(one.memory_kib for one in configured)]),
            work_kib=max([MAX_STORED_WORK_KIB, *(one.work_kib for one in configured)]),
        )


DEFAULT_STORED_LIMITS: Final = StoredLimits()


def parse_phc(text: str, limits: StoredLimits = DEFAULT_STORED_LIMITS) -> PhcParameters | None:
    """Take a stored hash apart, strictly: one spelling for each value, nothing unknown, nothing twice.

    Returns:
        None for a text that is unusable and never verifies: another scheme or version, parameters out of bounds, in
        another order, doubled or unknown, a salt or tag of a length that is not ours, base64 that is not canonical.

    Source: the PHC string format; RFC 9106 section 3.1.
    """
    if len(text) > _MAX_PHC_CHARACTERS:
        return None
    match = _PHC.fullmatch(text)
    if match is None:
        return None
    memory_kib, iterations, lanes = (int(number) for number in match.groups()[:3])
    salt, tag = _unbase64(match[4]), _unbase64(match[5])
    if (
        iterations > MAX_ITERATIONS
        or lanes > MAX_LANES
        or not MIN_BLOCKS_PER_LANE * lanes <= memory_kib <= limits.memory_kib
        or memory_kib * iterations > limits.work_kib
        or salt is None
        or not MIN_SALT_BYTES <= len(salt) <= MAX_SALT_BYTES
        or tag is None
        or not MIN_TAG_BYTES <= len(tag) <= MAX_TAG_BYTES
    ):
        return None
    return PhcParameters(memory_kib=memory_kib, iterations=iterations, lanes=lanes, salt=salt, tag=tag)


def weaker_than(stored: PhcParameters, current: Argon2Parameters) -> bool:
    """Say whether a stored hash should be replaced by one with the current parameters.

    True if it stands below :data:`OWASP_FLOORS` and the current parameters don't; else, if nothing of it (memory,
    memory times iterations, salt, tag) is higher than now and something is lower. So a stronger hash is never
    replaced by a weaker one, and two hosts with different settings never rewrite a hash in turns.
    """
    stored_floor = _reaches_floor(stored.memory_kib, stored.iterations)
    current_floor = _reaches_floor(current.memory_kib, current.iterations)
    if stored_floor != current_floor:
        return current_floor
    before = (stored.memory_kib, stored.work_kib, len(stored.salt), len(stored.tag))
    now = (current.memory_kib, current.work_kib, current.salt_bytes, current.tag_bytes)
    return before != now and all(old <= new for old, new in zip(before, now, strict=True))


def dummy_phc(parameters: Argon2Parameters) -> str:
    """Return a well-formed hash that no password belongs to, to be computed where an ID has none.

    It costs what a hash with the current parameters costs, so that time does not tell whether an ID exists.
    """
    cost = f"okmate_auth/dummy/{parameters.memory_kib}/{parameters.iterations}/{parameters.lanes}"
    stream = hashlib.shake_256(cost.encode("ascii")).digest(parameters.salt_bytes + parameters.tag_bytes)
    return PhcParameters(
        memory_kib=parameters.memory_kib,
        iterations=parameters.iterations,
        lanes=parameters.lanes,
        salt=stream[: parameters.salt_bytes],
        tag=stream[parameters.salt_bytes :],
    ).text()


def _reaches_floor(memory_kib: int, iterations: int) -> bool:
    return any(memory_kib >= memory and iterations >= passes for memory, passes in OWASP_FLOORS)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).rstrip(b"=").decode("ascii")


def _unbase64(text: str) -> bytes | None:
    """Decode base64 without padding; None for a length or left-over bits that no encoder writes."""
    if len(text) % 4 == 1:
        return None
    data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    return data if _base64(data) == text else None


OWASP_47104_1: Final = Argon2Parameters(memory_kib=47104, iterations=1)
OWASP_19456_2: Final = Argon2Parameters(memory_kib=19456, iterations=2)
OWASP_12288_3: Final = Argon2Parameters(memory_kib=12288, iterations=3)
OWASP_9216_4: Final = Argon2Parameters(memory_kib=9216, iterations=4)
OWASP_7168_5: Final = Argon2Parameters(memory_kib=7168, iterations=5)
RFC_9106_FIRST: Final = Argon2Parameters(memory_kib=2**21, iterations=1, lanes=4)  # section 4, uniformly safe: 2 GiB
RFC_9106_SECOND: Final = Argon2Parameters(memory_kib=2**16, iterations=3, lanes=4)  # section 4, less memory: 64 MiB

# By the name that a setting may use.
ARGON2_PROFILES: Final[Mapping[str, Argon2Parameters]] = MappingProxyType(
    {
        "owasp-47104-1": OWASP_47104_1,
        "owasp-19456-2": OWASP_19456_2,
        "owasp-12288-3": OWASP_12288_3,
        "owasp-9216-4": OWASP_9216_4,
        "owasp-7168-5": OWASP_7168_5,
        "rfc9106-first": RFC_9106_FIRST,
        "rfc9106-second": RFC_9106_SECOND,
    }
)
