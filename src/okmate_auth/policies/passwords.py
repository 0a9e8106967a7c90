"""A password policy: a named collection of small rules that says everything wrong with a new password at once.

Rule 1. Rules judge a password that is being *set*. One that is *entered* meets nothing but a bound on its length
        (:meth:`PasswordRules.well_formed`): who guesses learns nothing about the rules, and a policy that became
        stricter locks nobody out.
Rule 2. Work is bounded before it starts: beyond 1024 code points nothing is normalised, searched or hashed, and the
        bound holds again after normalisation, which can make a text eighteen times longer (ASVS 5.0 2.4.1).
Rule 3. No violation and no exception holds a password or a part of one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal, Protocol, get_args

import attrs

from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.policies.half_width import EXAMINED
from okmate_auth.secret import Secret
from okmate_auth.text import strict_str
from okmate_auth.violations import Violation

__all__ = [
    "Length",
    "Normalisation",
    "PasswordContext",
    "PasswordRule",
    "PasswordRules",
    "same_password",
    "texts",
]

Normalisation = Literal["none", "NFC", "NFKC"]


def texts(words: Iterable[str]) -> tuple[str, ...]:
    """Return several texts as a tuple; one text in their place would be taken for its letters, and match nothing.

    Raises:
        MisuseError: ``words`` is one text, or holds something else.
    """
    if isinstance(words, str):
        message = "words are several texts, not one"
        raise MisuseError(message)
    return tuple(strict_str(word, "each of words") for word in words)


def _secrets(values: Iterable[Secret]) -> tuple[Secret, ...]:
    values = tuple(values)
    if not all(isinstance(value, Secret) for value in values):
        message = "current passwords must be Secrets"
        raise MisuseError(message)
    return values


def _read_only(others: Mapping[str, Secret | None]) -> Mapping[str, Secret | None]:
    if not all(value is None or isinstance(value, Secret) for value in others.values()):
        message = "other passwords must be Secrets, or None"
        raise MisuseError(message)
    return MappingProxyType(dict(others))


@attrs.frozen(kw_only=True, eq=False)
class PasswordContext:
    """What a new password is compared with; everything in plaintext, as it was given with the change.

    Attributes:
        field: Name of the command's field that holds the new password; violations carry it.
        login_id: Whose password it becomes.
        others: By name (``login-password``, ``confirmation-password``), the value that the account's *other* password
            will have after this change. None where there is nothing to compare with here: it is unset, or its stored
            hash is asked instead. A rule whose name is missing altogether raises, so that forgetting to compare is
            never mistaken for being different.
        currents: Values that must not come back: the current one, and an initial one that was made for the user.
        words: Words that an attacker of this very user would try: the bank's and the company's name, customer and
            account numbers (ASVS 5.0 6.1.2, 6.2.11).

    Raises:
        MisuseError: A password is no :class:`~okmate_auth.secret.Secret`, a word no text, or ``words`` one text.
    """

    field: str
    login_id: str
    others: Mapping[str, Secret | None] = attrs.field(converter=_read_only)
    currents: tuple[Secret, ...] = attrs.field(default=(), converter=_secrets)
    words: tuple[str, ...] = attrs.field(default=(), converter=texts)


class PasswordRule(Protocol):
    """One rule. A bank may write its own: a frozen class with this one method, pure and quick.

    It is called with at most 1024 code points. What it yields must not contain the candidate or a part of it.
    """

    def check(self, candidate: Secret, context: PasswordContext, /) -> Iterable[Violation]:
        """Return what ``candidate`` breaks of this rule, nothing if it keeps it."""
        ...


@attrs.frozen
class Length:
    """So many code points, astral and combining ones counting one each, of the form that is hashed.

    Codes: ``too-short`` (parameter ``minimum``), ``too-long`` (parameter ``maximum``). Nothing is ever cut off.

    Attributes:
        minimum: Fewest code points, at least 1.
        maximum: Most code points, at most 1024.

    Raises:
        ConfigurationError: The numbers contradict each other or exceed what is looked at.

    Source: NIST SP 800-63B-4 3.1.1.2 (1), (2), (4), (9); ASVS 5.0 6.2.8, 6.2.9.
    """

    minimum: int
    maximum: int

    def __attrs_post_init__(self) -> None:
        if not type(self.minimum) is type(self.maximum) is int:
            message = "minimum and maximum of a password are ints"
            raise ConfigurationError(message)
        if not 1 <= self.minimum <= self.maximum <= EXAMINED:
            message = f"a password needs 1 <= minimum <= maximum <= {EXAMINED}"
            raise ConfigurationError(message)

    def check(self, candidate: Secret, context: PasswordContext, /) -> Iterable[Violation]:
        """Yield ``too-short`` or ``too-long``; takes no time that depends on the length."""
        if len(candidate) < self.minimum:
            yield Violation("too-short", context.field, {"minimum": self.minimum})
        if len(candidate) > self.maximum:
            yield Violation("too-long", context.field, {"maximum": self.maximum})


def _in_order(rules: Iterable[PasswordRule]) -> tuple[PasswordRule, ...]:
    return tuple(rules)


@attrs.frozen(kw_only=True)
class PasswordRules:
    """All the rules of one password.

    Attributes:
        rules: In the order in which violations are told. Exactly one is a :class:`Length`.
        normalisation: What is done to a password both before it is set and before it is verified. ``NFC`` is what
            NIST SP 800-63B-4 3.1.1.2 recommends where Unicode is accepted (its predecessors said NFKC or NFKD), so
            that the same letters from another keyboard or system verify alike; ``none`` where the rules leave nothing
            but ASCII; ``NFKC`` for passwords that were hashed so before. Changing it makes passwords that
            normalisation alters unusable.

    Raises:
        ConfigurationError: There is no rule, no length or more than one, something without ``check``, or an unknown
            normalisation.
    """

    rules: tuple[PasswordRule, ...] = attrs.field(converter=_in_order)
    normalisation: Normalisation = "none"

    def __attrs_post_init__(self) -> None:
        if not self.rules:
            message = "a password policy without rules would accept everything"
            raise ConfigurationError(message)
        if not all(callable(getattr(rule, "check", None)) for rule in self.rules):
            message = "a password rule needs a method named check"
            raise ConfigurationError(message)
        if sum(isinstance(rule, Length) for rule in self.rules) != 1:
            message = "a password policy needs exactly one Length"
            raise ConfigurationError(message)
        if self.normalisation not in get_args(Normalisation):
            message = f"normalisation is one of {', '.join(get_args(Normalisation))}"
            raise ConfigurationError(message)

    def extended(self, *rules: PasswordRule) -> PasswordRules:
        """Return the same policy with more rules at its end, such as a bank's own list of breached passwords.

        Raises:
            ConfigurationError: As for the class.
        """
        return attrs.evolve(self, rules=(*self.rules, *rules))

    @property
    def length(self) -> Length:
        """The one rule about length."""
        return next(rule for rule in self.rules if isinstance(rule, Length))

    @property
    def minimum(self) -> int:
        """Fewest code points of a new password."""
        return self.length.minimum

    @property
    def maximum(self) -> int:
        """Most code points of a new password."""
        return self.length.maximum

    def violations(self, candidate: Secret, context: PasswordContext) -> tuple[Violation, ...]:
        """Return everything that is wrong with a new password, in the order of the rules; () for a good one.

        An empty candidate is told ``empty`` and one beyond 1024 code points ``too-long``, both alone: there is nothing
        else to be said of them, or nothing that may cost time.

        Args:
            candidate: The new password as it was entered.
            context: What it is compared with.

        Raises:
            MisuseError: ``candidate`` is no :class:`~okmate_auth.secret.Secret`, or a rule misses something in
                ``context``.
        """
        if not self.well_formed(candidate):
            return (Violation("too-long", context.field, {"maximum": self.maximum}),)
        if not len(candidate):
            return (Violation("empty", context.field),)
        normalised = self.normalised(candidate)
        found: list[Violation] = []
        for rule in self.rules:
            for violation in rule.check(normalised, context):
                if violation not in found:
                    found.append(violation)
        return tuple(found)

    def well_formed(self, entered: Secret) -> bool:
        """Tell whether an *entered* password may be judged at all: at most 1024 code points, normalised and not.

        Nothing else of the policy is asked, whatever it says: any other text is judged like a password, and counted.

        Raises:
            MisuseError: ``entered`` is no :class:`~okmate_auth.secret.Secret`.
        """
        if not isinstance(entered, Secret):
            message = "a password must be a Secret"
            raise MisuseError(message)
        return len(entered) <= EXAMINED and len(self._normal_form(entered)) <= EXAMINED

    def normalised(self, password: Secret) -> Secret:
        """Return the form of a password that is hashed; the same at set and verify.

        No case folding, no trimming, no truncation (ASVS 5.0 6.2.8); lone surrogates stay what they are.

        Raises:
            MisuseError: ``password`` is no well-formed :class:`~okmate_auth.secret.Secret`.
        """
        if not self.well_formed(password):
            message = f"a password beyond {EXAMINED} code points is refused before it is normalised"
            raise MisuseError(message)
        return Secret(self._normal_form(password))

    def _normal_form(self, password: Secret) -> str:
        text = password.reveal()
        return text if self.normalisation == "none" else unicodedata.normalize(self.normalisation, text)


def same_password(one: Secret, other: Secret) -> bool:
    """Tell whether two passwords are the same to a person: equal, or differing by Unicode normalisation only.

    Case counts. Compared as NFKC, the widest of the forms, whatever form is hashed; beyond 1024 code points as they
    are.
    """
    if max(len(one), len(other)) > EXAMINED:
        return one == other
    return Secret(unicodedata.normalize("NFKC", one.reveal())) == Secret(unicodedata.normalize("NFKC", other.reveal()))
