"""Passwords that the system makes for a user's first login.

Source: ASVS 5.0 6.4.1 (made by a cryptographic generator, in keeping with the policy, short-lived, replaced at first
use). How long it lives and that it is replaced is decided elsewhere; here it is made.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Final

from okmate_auth.errors import ConfigurationError, InfrastructureError, MisuseError
from okmate_auth.policies.passwords import PasswordContext, PasswordRules
from okmate_auth.secret import Secret

UNAMBIGUOUS: Final = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""Half-width letters and digits without those taken for another on paper: ``0``, ``O``, ``1``, ``l``, ``I``."""

INITIAL_LENGTH: Final = 12
"""The longest that the procedure's rule allows: 12 of 57 characters are 70 bits."""

TRIES: Final = 64
"""Candidates that one draw of random bytes is enough for; about one in six of 12 characters lacks a digit."""


def generate_initial(
    rules: PasswordRules,
    context: PasswordContext,
    random_bytes: Callable[[int], bytes],
    *,
    length: int | None = None,
) -> Secret:
    """Return a random password that keeps ``rules``, each that does being equally likely.

    Whole candidates are drawn and thrown away until one keeps every rule, so no place in it is more likely to hold a
    digit than another; bytes that would make some characters likelier are thrown away as well.

    Args:
        rules: The policy of the password to be made.
        context: As for a password that a user chose.
        random_bytes: Returns so many bytes of a cryptographic generator; called exactly once.
        length: Code points; by default 12, or the nearest number that the policy allows.

    Raises:
        ConfigurationError: The policy does not allow ``length``.
        MisuseError: ``random_bytes`` did not return what was asked for.
        InfrastructureError: No candidate kept the rules: the generator is broken, or the policy leaves nothing.
    """
    if length is None:
        length = min(max(INITIAL_LENGTH, rules.minimum), rules.maximum)
    if not rules.minimum <= length <= rules.maximum:
        message = "the length of an initial password must be one that the policy allows"
        raise ConfigurationError(message)
    size = TRIES * length
    drawn = random_bytes(size)
    if type(drawn) is not bytes or len(drawn) != size:
        message = "random_bytes must return as many bytes as it is asked for"
        raise MisuseError(message)
    chars = _uniform(drawn)
    while len(text := "".join(itertools.islice(chars, length))) == length:
        candidate = Secret(text)
        if not rules.violations(candidate, context):
            return candidate
    message = "no random password kept the policy: the generator is broken, or the policy leaves nothing"
    raise InfrastructureError(message)


def _uniform(drawn: bytes) -> Iterator[str]:
    """Yield a character for each byte below the largest multiple of the alphabet's size: the rest would bias it."""
    bound = 256 - 256 % len(UNAMBIGUOUS)
    return (UNAMBIGUOUS[byte % len(UNAMBIGUOUS)] for byte in drawn if byte < bound)
