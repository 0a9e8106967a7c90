"""The desk where client certificates are judged: path, revocation, and a memory of what is good."""

from __future__ import annotations

import hashlib
import logging
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, final

import attrs
from cryptography import x509

from okmate_auth.certificates.chain import CertificateChain
from okmate_auth.certificates.crl_entries import Revoked
from okmate_auth.certificates.crl_lists import Good, RevocationLists, Unknown, revocation
from okmate_auth.certificates.path import Untrusted, VerifiedPath
from okmate_auth.certificates.path_verifier import PathVerifier
from okmate_auth.certificates.verdict import CertificateRefusal, Verdict, VerifiedCertificate
from okmate_auth.errors import ConfigurationError
from okmate_auth.fields import instant
from okmate_auth.revocation.files import HeldList, first_look
from okmate_auth.revocation.memory import Remembered, Signatures, Verdicts
from okmate_auth.revocation.trust import Trust

LOOK_EVERY: Final = timedelta(seconds=30)  # ours: how late a newer list may be seen; lists come out hours apart
MOST_REMEMBERED: Final = 4096  # ours: some 10 MiB
_MOST_TOLD: Final = 256  # ours: issuers whose lists are missing, with much room
_SECOND: Final = timedelta(seconds=1)
_LOGGER: Final = logging.getLogger("okmate_auth.revocation")


@attrs.frozen
class _Outlook:
    """All lists in use at one time, swapped as a whole."""

    held: tuple[HeldList, ...]
    lists: RevocationLists
    looked_at: datetime | None

    @classmethod
    def of(cls, held: tuple[HeldList, ...], looked_at: datetime | None) -> _Outlook:
        """Take lists in use."""
        return cls(held, RevocationLists(tuple(one.list for one in held)), looked_at)


@final
class CertificateDesk:
    """Judges client certificates for one bank; an :class:`~okmate_auth.ports.CertificateJudge`, from any thread.

    Good verdicts are remembered, by the digest of the whole chain, of what is trusted and of every list in use; so a
    newer list, or another desk's trust, never meets an older verdict. Refusals are judged anew each time: they end
    as well, and strangers must not be able to fill the memory.

    Files are looked at again at most once in 30 seconds of the instants that :meth:`judge` is given, by the caller
    who comes first; the others go on with what there is. The look of a caller who finds a newer list takes some 4 µs
    for each of its entries. What is wrong with a file is logged as a warning (``okmate_auth.revocation``) and seen in
    :attr:`held`; the list in use stays, until it is stale. A list that is wanted and missing is logged once in 30
    seconds.

    Args:
        trust: Whom the bank trusts.
        capacity: How many verdicts are remembered.

    Raises:
        ConfigurationError: A file can't be read, is no complete list of one CA, or is not signed by the CA that it
            names, where that is known; or the capacity is not from 1 to 2²⁰.
    """

    def __init__(self, trust: Trust, *, capacity: int = MOST_REMEMBERED) -> None:
        if not 1 <= capacity <= 2**20:
            message = "capacity: must be from 1 to 2**20"
            raise ConfigurationError(message)
        self._trust: Final = trust
        self._signers: Final = trust.read_signers()
        self._signatures: Final = Signatures()
        self._verdicts: Final = Verdicts(capacity)
        self._basis: Final = bytes.fromhex(trust.version)
        self._paths: Final = PathVerifier(trust.anchors, trust.rules)
        self._looking: Final[dict[int, object]] = {}
        self._told: Final[dict[Unknown, datetime]] = {}
        held = (*(HeldList(list=one) for one in trust.read_lists()), *map(_opened, trust.files))
        for one in held:
            self._check(one)
        self._outlook = _Outlook.of(held, None)

    @property
    def held(self) -> tuple[HeldList, ...]:
        """The lists in use, those given as bytes first, and what is wrong with their files: for monitoring."""
        return self._outlook.held

    def judge(self, chain: CertificateChain, now: datetime, /) -> Verdict:
        """Return a client's certificate, verified, or why it is refused.

        Args:
            chain: What the client presented.
            now: The instant to judge at, aware.

        Raises:
            MisuseError: ``now`` is naive.
        """
        outlook = self._look(instant(now))
        key = self._key(chain, outlook)
        found = self._verdicts.get(key, now)
        if found is None:
            judged = self._judged(chain, outlook, now)
            if isinstance(judged, CertificateRefusal):
                return judged
            found = judged
            self._verdicts.put(key, found)
        return self._bounded(key, found, outlook)

    def _judged(self, chain: CertificateChain, outlook: _Outlook, now: datetime) -> Remembered | CertificateRefusal:
        path = self._paths.verify(chain, now)
        if isinstance(path, Untrusted):
            return CertificateRefusal(path.reason, path.misfits)
        lasts = Good(
            max(one.not_valid_before_utc for one in path.certificates),
            path.valid_until.replace(microsecond=0) + _SECOND,
        )
        standing: Good | Revoked | Unknown = lasts
        if not self._trust.no_revocation:
            certificates, lists = path.certificates, outlook.lists
            standing = revocation(certificates, lists, now, signers=self._signers, signed=self._signatures)
        if isinstance(standing, Unknown):
            self._tell(standing, now)
            return CertificateRefusal("revocation-unknown")
        if isinstance(standing, Revoked):
            return CertificateRefusal("revoked")
        since, until = max(lasts.since, standing.since), min(lasts.until, standing.until)
        return Remembered(_verified(path, until), since, until)

    def _bounded(self, key: bytes, found: Remembered, outlook: _Outlook) -> VerifiedCertificate:
        """Return a verdict that ends with the next look at the files, if there are any, and remember it so."""
        until = found.until
        if outlook.looked_at is not None:
            until = min(until, outlook.looked_at + LOOK_EVERY)
        if found.verdict.good_until != until:
            found = attrs.evolve(found, verdict=attrs.evolve(found.verdict, good_until=until))
            self._verdicts.put(key, found)
        return found.verdict

    def _key(self, chain: CertificateChain, outlook: _Outlook) -> bytes:
        digest = hashlib.sha256(self._basis)
        digest.update(bytes.fromhex(outlook.lists.version))
        for der in (chain.leaf, *chain.intermediates):
            digest.update(
                len(der).to_bytes(4, "big")
            )  # so that no other division of the same bytes has the same digest
            digest.update(der)
        return digest.digest()

    def _look(self, now: datetime) -> _Outlook:
        """Return the lists to judge by, after a look at the files where one is due and nobody else is at it."""
        outlook = self._outlook
        if not self._trust.files or not _due(outlook, now):
            return outlook
        # By process, since a fork may come while another thread is at it, and there it will never come to its end.
        # setdefault is a single step, so one of all threads gets its own token.
        pid, token = os.getpid(), object()
        for other in [other for other in list(self._looking) if other != pid]:
            self._looking.pop(other, None)
        if self._looking.setdefault(pid, token) is not token:
            return self._outlook
        try:
            if _due(self._outlook, now):
                self._outlook = self._refreshed(self._outlook, now)
        finally:
            del self._looking[pid]
        return self._outlook

    def _refreshed(self, outlook: _Outlook, now: datetime) -> _Outlook:
        held = tuple(one.looked_at(self._issuers(), self._signatures) for one in outlook.held)
        for before, after in zip(outlook.held, held, strict=True):
            if after.defects != before.defects:
                _LOGGER.warning(
                    "revocation list %s: %s; number %d stays in use until %s",
                    *(after.file, after.defect, after.list.number, after.list.next_update),
                )
            elif after.list != before.list:
                _LOGGER.info("revocation list %s: number %d", after.file, after.list.number)
        return _Outlook.of(held, now)

    def _issuers(self) -> tuple[x509.Certificate, ...]:
        """Return all CAs that are known, to see a forged list in a file before anything is judged by it."""
        return (*self._trust.anchors.certificates, *self._signers, *self._paths.authorities)

    def _check(self, held: HeldList) -> None:
        known = [one for one in self._issuers() if one.subject == held.list.name]
        if known and not any(self._signatures(held.list, one) for one in known):
            message = f"{'lists' if held.file is None else _named(held.file)}: not signed by the CA that it names"
            raise ConfigurationError(message)

    def _tell(self, unknown: Unknown, now: datetime) -> None:
        told = self._told.get(unknown)
        if told is None or abs(now - told) >= LOOK_EVERY:
            if len(self._told) > _MOST_TOLD:
                self._told.clear()
            self._told[unknown] = now
            _LOGGER.warning("refused, no revocation list: %s, of %s", unknown.reason, unknown.issuer.rfc4514_string())


def _due(outlook: _Outlook, now: datetime) -> bool:
    # In both directions: a clock that was put back must not put off the next look until it has caught up.
    return outlook.looked_at is None or abs(now - outlook.looked_at) >= LOOK_EVERY


def _opened(file: Path) -> HeldList:
    found = first_look(file)
    if not isinstance(found, HeldList):
        rule = "there is no such file" if not os.path.lexists(file) else f"no revocation list to use: {found}"
        message = f"{_named(file)}: {rule}"
        raise ConfigurationError(message)
    return found


def _named(file: Path) -> str:
    """Return how a message names a file: by the argument, and whole, since a path may be relative to another folder."""
    return f"Trust files: {file.absolute()}"


def _verified(path: VerifiedPath, until: datetime) -> VerifiedCertificate:
    return VerifiedCertificate(
        fingerprint=path.fingerprint,
        issuer=path.issuer,
        serial=path.serial,
        spki=path.spki,
        subject=path.subject,
        not_before=path.not_before,
        not_after=path.not_after,
        good_until=until,
    )
