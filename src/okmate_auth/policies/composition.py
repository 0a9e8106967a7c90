"""Rules about the characters of a new password.

The first two are the procedure's own. NIST SP 800-63B-4 3.1.1.2 (5) and ASVS 5.0 6.2.5 forbid rules of composition, so
they belong to a bank's profile that says so; the third is what remains for a profile that follows the standards.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import attrs

from okmate_auth.policies.half_width import EXAMINED, half_width_violations, letters_and_digits_violations
from okmate_auth.policies.passwords import PasswordContext
from okmate_auth.secret import Secret
from okmate_auth.violations import Violation

_REFUSED: Final[Mapping[str, str]] = MappingProxyType(
    {"Cc": "control-character", "Cs": "lone-surrogate", "Cn": "unassigned-character"}
)


@attrs.frozen
class HalfWidthAlphanumeric:
    """Half-width letters and digits only (半角英数字).

    Codes: ``full-width``, ``not-half-width-alphanumeric``; see
    :func:`~okmate_auth.policies.half_width.half_width_violations`.

    Source: the procedure's manual, step 2.
    """

    def check(self, candidate: Secret, context: PasswordContext, /) -> Iterable[Violation]:
        """Return the codes of the characters that are something else."""
        return half_width_violations(candidate.reveal(), context.field)


@attrs.frozen
class LettersAndDigits:
    """At least one letter and at least one digit (混在).

    Code: ``letters-and-digits``; see :func:`~okmate_auth.policies.half_width.letters_and_digits_violations`.

    Source: the procedure's manual, step 2.
    """

    def check(self, candidate: Secret, context: PasswordContext, /) -> Iterable[Violation]:
        """Return the code if one kind is missing."""
        return letters_and_digits_violations(candidate.reveal(), context.field)


@attrs.frozen
class Printable:
    """Any printable ASCII, space and any Unicode, but nothing whose bytes could change between two inputs of it.

    Codes: ``control-character`` (NUL, line ends, escapes: C0 and C1), ``lone-surrogate`` (half a character, which no
    encoding carries) and ``unassigned-character`` (a code point that this Python's Unicode does not know, or a
    noncharacter): the normalization process for stabilized strings of UAX #15 12.1 must refuse those, since a later
    version of Unicode may normalise them differently and the password would verify no more.

    Source: NIST SP 800-63B-4 3.1.1.2 (3), (4) and its paragraph on normalization; ASVS 5.0 6.2.5.
    """

    def check(self, candidate: Secret, context: PasswordContext, /) -> Iterable[Violation]:
        """Yield each code once, in the order of the list above."""
        categories = {unicodedata.category(char) for char in candidate.reveal()[:EXAMINED]}
        return (Violation(code, context.field) for category, code in _REFUSED.items() if category in categories)
