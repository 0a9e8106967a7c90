"""Looking for a code among many counters: always among all of them.

Rule 1. Every counter of a range is computed, whatever is found, so that the time tells nothing about where a match is,
        or whether there is one.
Rule 2. The HMAC is written out (RFC 2104 section 2): its two padded keys are hashed once for a range, and copied for
        each counter. That halves what a counter costs, and pays for looking through the whole range.
"""

from __future__ import annotations

import hashlib
from struct import Struct
from typing import Final

from okmate_auth.text import strict_str
from okmate_auth.tokens.codes import is_code
from okmate_auth.tokens.parameters import END_OF_COUNTERS, Parameters

# The hash, and the bytes of its block.
_HASHES: Final = {"SHA1": (hashlib.sha1, 64), "SHA256": (hashlib.sha256, 64), "SHA512": (hashlib.sha512, 128)}
_INNER: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER: Final = bytes(byte ^ 0x5C for byte in range(256))
_EIGHT_BYTES: Final = Struct(">Q").pack  # RFC 4226 5.1: a counter as it is hashed
_FOUR_BYTES: Final = Struct(">I").unpack_from
_NO_CODE: Final = -1


def matching(seed: bytes, code: str, counters: range, parameters: Parameters) -> tuple[int, ...]:
    """Return every counter of a range at which a token shows a code, in their order.

    Args:
        seed: The token's key.
        code: What was entered; one of another length, or that is no code, matches nothing and takes as long.
        counters: Which ones, in steps of one; those below 0 and above 2⁶⁴ - 1 do not exist.
        parameters: Algorithm and number of digits.

    Raises:
        MisuseError: The code is not text.

    Source: RFC 4226 5.3; RFC 2104 section 2.
    """
    code, digits = strict_str(code, "code"), parameters.digits
    wanted = int(code) if len(code) == digits and is_code(code) else _NO_CODE
    new, block = _HASHES[parameters.algorithm]
    key = (seed if len(seed) <= block else new(seed).digest()).ljust(block, b"\0")
    first_half, second_half = new(key.translate(_INNER)).copy, new(key.translate(_OUTER)).copy
    if counters.start < 0 or counters.stop > END_OF_COUNTERS:
        counters = range(max(counters.start, 0), min(counters.stop, END_OF_COUNTERS))
    modulus = 10**digits
    found: list[int] = []
    for counter in counters:
        first, second = first_half(), second_half()
        first.update(_EIGHT_BYTES(counter))
        second.update(first.digest())
        digest = second.digest()
        # Dynamic truncation: the last four bits say where to read 31 bits.
        number = (_FOUR_BYTES(digest, digest[-1] & 0xF)[0] & 0x7FFFFFFF) % modulus
        # Both sides are below 10⁸, one digit of Python's ints: comparing them takes as long wherever they differ.
        if number == wanted:
            found.append(counter)
    return tuple(found)
