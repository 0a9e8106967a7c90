"""What a decision may want to know, and what is known so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from okmate_auth.certificates.chain import CertificateChain
from okmate_auth.policies.kdf import Argon2Parameters
from okmate_auth.ports import AnyKey, ChangeSet, Loaded


@attrs.frozen
class Load:
    """Which records stand under these keys, as of one instant?"""

    keys: tuple[AnyKey, ...]


@attrs.frozen
class CheckPassword:
    """Is this the password behind a hash? Answered True or False by the Argon2 pool.

    Attributes:
        phc: The stored hash; for an unknown login ID, one of the same cost that nothing matches.
        material: The peppered password.
        factor: Which factor is guessed.
        counts: Whether the right answer counts as right.
    """

    phc: str = attrs.field(repr=False)
    material: bytes = attrs.field(repr=False)
    factor: str = ""
    counts: bool = True


@attrs.frozen
class HashPassword:
    """What is the hash of a password? Answered with a PHC string by the Argon2 pool."""

    parameters: Argon2Parameters
    salt: bytes = attrs.field(repr=False)
    material: bytes = attrs.field(repr=False)


@attrs.frozen
class CheckCertificate:
    """Does this chain lead to one of the bank's anchors, and is it good now?

    Answered with a :data:`~okmate_auth.certificates.verdict.Verdict` by whoever holds anchors and revocation lists.
    """

    chain: CertificateChain


@attrs.frozen
class CountUnjudged:
    """The how-many-th attempt is this that was turned away here without being judged? Answered by the process.

    Attributes:
        of: What is counted: a lock of a subject, or a source.
    """

    of: str


@attrs.frozen
class LetFirstTryFinish:
    """An identical submit is at work: wait a little, then look again."""


Expensive = CheckPassword | HashPassword | CheckCertificate | CountUnjudged
Question = Load | Expensive | LetFirstTryFinish


@attrs.frozen
class Facts:
    """What is known so far.

    Attributes:
        records: What stands under each key that was loaded; None where nothing does.
        answers: Expensive answers; each speaks about one hash, so that a stale one is of no use and no harm.
        places: Keys of the records in which this submit has taken places.
    """

    records: Mapping[AnyKey, Loaded | None] = attrs.field(factory=dict[AnyKey, "Loaded | None"])
    answers: tuple[tuple[Expensive, object], ...] = attrs.field(default=(), repr=False)  # hashes are among them
    places: tuple[AnyKey, ...] = ()

    def loaded(self, keys: Iterable[AnyKey], found: Mapping[AnyKey, Loaded]) -> Facts:
        """Return the facts with the answer to a :class:`Load`."""
        return attrs.evolve(self, records={**self.records, **{key: found.get(key) for key in keys}})

    def answered(self, question: Expensive, answer: object) -> Facts:
        """Return the facts with an expensive answer."""
        return attrs.evolve(self, answers=(*self.answers, (question, answer)))

    def reserved(self, change: ChangeSet) -> Facts:
        """Return the facts as they are after our own reservation, so that nothing need be read again."""
        mine: dict[AnyKey, Loaded | None] = {record.key: Loaded(record, change.id) for record in change.puts}
        return attrs.evolve(self, records={**self.records, **mine}, places=tuple(dict.fromkeys((*self.places, *mine))))

    def without_records(self) -> Facts:
        """Return the facts after a conflict: what was loaded is stale, what was computed is not."""
        return attrs.evolve(self, records={})
