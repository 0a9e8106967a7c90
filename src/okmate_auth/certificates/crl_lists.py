"""Whether every certificate of a verified path is still good, by its issuer's list (RFC 5280 6.3).

Rule 1. What no list in force says is unknown, and unknown is never good (CE-6).
Rule 2. A list counts only after its own checks: time, issuer, signature, cRLSign. What fails them neither answers
        nor stands in the way of one that passes (A61); of those that pass, the highest number is in force.
Rule 3. From the anchor down: a list is worth what its issuer is worth.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal

import attrs
from cryptography import x509

from okmate_auth.certificates.crl import RevocationList
from okmate_auth.certificates.crl_entries import Revoked
from okmate_auth.certificates.der import issuer_and_key
from okmate_auth.certificates.extensions import extension
from okmate_auth.certificates.hostile import attempt
from okmate_auth.certificates.signatures import issued
from okmate_auth.certificates.strength import strong_key, strong_signature
from okmate_auth.fields import instant

Signed = Callable[[RevocationList, x509.Certificate], bool]
UnknownReason = Literal["no-list", "unverified", "not-yet", "stale"]
ExchangeReason = Literal["other-issuer", "other-scope", "older", "unverified"]


@attrs.frozen
class Good:
    """No certificate of the path is on its issuer's list.

    Attributes:
        since: Start of the time in which the same lists say so, inclusive: the last thisUpdate.
        until: Its end, exclusive: the first nextUpdate.
    """

    since: datetime
    until: datetime


@attrs.frozen
class Unknown:
    """Of a certificate of the path nothing can be said, so the path is refused.

    Attributes:
        reason: ``no-list``: its issuer has none that covers it. ``unverified``: none is signed by its issuer.
            ``not-yet``, ``stale``: none that is signed is in force yet, or any more.
        issuer: Whose list is wanted.
    """

    reason: UnknownReason
    issuer: x509.Name = attrs.field(repr=False)


def _version(lists: RevocationLists) -> str:
    fingerprints = sorted(bytes.fromhex(one.fingerprint) for one in lists.lists)
    return hashlib.sha256(b"".join(fingerprints)).hexdigest()


def _by_issuer(lists: RevocationLists) -> Mapping[str, tuple[RevocationList, ...]]:
    issuers = {one.issuer for one in lists.lists}
    return {issuer: tuple(one for one in lists.lists if one.issuer == issuer) for issuer in issuers}


@attrs.frozen
class RevocationLists:
    """Lists as they were read, of any issuers, verified or not; fixed when it is made.

    Attributes:
        lists: The lists, in the order they were given.
        version: SHA-256 over all of them whatever their order, in hexadecimal; changes with any list.
    """

    lists: tuple[RevocationList, ...] = attrs.field(eq=False)
    version: str = attrs.field(init=False, default=attrs.Factory(_version, takes_self=True))
    _found: Mapping[str, tuple[RevocationList, ...]] = attrs.field(
        init=False, default=attrs.Factory(_by_issuer, takes_self=True), repr=False, eq=False
    )

    def of(self, issuer: str) -> tuple[RevocationList, ...]:
        """Return the lists of an issuer, by the SHA-256 of its name's DER in hexadecimal."""
        return self._found.get(issuer, ())


def signed_by(revocation_list: RevocationList, issuer: x509.Certificate) -> bool:
    """Whether a list is signed by a certificate: :meth:`RevocationList.signed_by`, each time anew."""
    return revocation_list.signed_by(issuer)


def revocation(
    path: Sequence[x509.Certificate],
    lists: RevocationLists,
    now: datetime,
    *,
    signers: Sequence[x509.Certificate] = (),
    signed: Signed = signed_by,
) -> Good | Revoked | Unknown:
    """Return what the issuers' lists say of a verified path, of every certificate but the anchor.

    A list is in force from thisUpdate, inclusive, to nextUpdate, exclusive. Where lists of several keys or scopes
    speak of one certificate, it is good if one of them is in force and none that is says otherwise.

    Args:
        path: From the client's certificate to the anchor, verified.
        lists: What there is; a list that does not concern the path does no harm.
        now: The instant to judge at, aware.
        signers: Certificates that the bank knows to sign lists for CAs of their name. Each must have cRLSign, be in
            its validity, be issued by that CA or by the CA's own issuer, and be good itself by a list that is signed
            with the very key that issued it.
        signed: How a signature is checked; a caller may give one that remembers.

    Raises:
        MisuseError: ``now`` is naive.
    """
    judged = _Judgement(tuple(path), lists, instant(now), signed)
    good = Good(datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    for position in reversed(range(len(path) - 1)):
        standing = judged.standing(path[position], judged.signers(position, signers))
        if not isinstance(standing, Good):
            return standing
        good = _both(good, standing)
    return good


def exchange(
    held: RevocationList, offered: RevocationList, issuers: Sequence[x509.Certificate], *, signed: Signed = signed_by
) -> RevocationList | ExchangeReason:
    """Return the list that takes a list's place, or why the one that is held stays.

    An older number never replaces a newer one (A60), unless the one that is held turns out to be forged. Where no
    certificate of the issuer is known, a newer number is taken unverified: nothing was decided by either, and before
    anything is, :func:`revocation` looks at the signature.

    Args:
        held: What is in use.
        offered: What was found in its place.
        issuers: Certificates that are known, whose issuer's it may be or not.
        signed: How a signature is checked.
    """
    if offered.issuer != held.issuer:
        return "other-issuer"
    if offered.scope != held.scope:
        return "other-scope"
    known = [one for one in issuers if one.subject == held.name]
    verified = any(signed(offered, one) for one in known)
    if known and not verified:
        return "unverified"
    forged = verified and not any(signed(held, one) for one in known)
    return offered if offered.number > held.number or forged else "older"


@attrs.frozen
class _Judgement:
    path: tuple[x509.Certificate, ...]
    lists: RevocationLists
    now: datetime
    signed: Signed

    def standing(
        self, certificate: x509.Certificate, signers: Mapping[x509.Certificate, Good | None]
    ) -> Good | Revoked | Unknown:
        """Return what the lists of some signers, all of the issuer's name, say of one certificate."""
        issuer = hashlib.sha256(issuer_and_key(certificate)[0]).hexdigest()
        covering = [one for one in self.lists.of(issuer) if one.covers(certificate)]
        in_force: dict[tuple[x509.Certificate, str], RevocationList] = {}
        for one in sorted(covering, key=lambda one: one.number):
            if one.this_update <= self.now < one.next_update:
                in_force |= {(signer, one.scope): one for signer in signers if self.signed(one, signer)}
        good: Good | None = None
        for (signer, _scope), one in in_force.items():
            revoked = one.find(certificate.serial_number)
            if revoked is not None:
                return revoked
            own = _both(Good(one.this_update, one.next_update), signers[signer])
            good = _both(own, good)
        return self._unknown(certificate, covering, signers) if good is None else good

    def signers(self, position: int, offered: Sequence[x509.Certificate]) -> Mapping[x509.Certificate, Good | None]:
        """Return who may sign lists about a certificate of the path, and since and until when, its issuer first."""
        issuer, above = self.path[position + 1], self.path[position + 2 :]
        found: dict[x509.Certificate, Good | None] = {issuer: None}
        for one in offered:
            if one in found or one.subject != issuer.subject:
                continue
            good = None if one in above else attempt(partial(self._entitled, one, (issuer, *above[:1])))
            if one in above or good is not None:
                found[one] = good
        return found

    def _entitled(self, signer: x509.Certificate, issuers: Sequence[x509.Certificate]) -> Good | None:
        """Return when a certificate may sign lists, or None where it may not, now."""
        usage = extension(signer, x509.KeyUsage)
        start, end = signer.not_valid_before_utc, signer.not_valid_after_utc + timedelta(seconds=1)
        if usage is None or not usage.crl_sign or not start <= self.now < end:
            return None
        if not strong_key(signer) or not strong_signature(signer):
            return None
        for issuer in issuers:
            if issued(issuer, signer):
                standing = self.standing(signer, {issuer: None})
                if isinstance(standing, Good):
                    return _both(standing, Good(start, end))
        return None

    def _unknown(
        self,
        certificate: x509.Certificate,
        covering: Sequence[RevocationList],
        signers: Mapping[x509.Certificate, Good | None],
    ) -> Unknown:
        """Return why none of some lists answers."""
        reason: UnknownReason = "no-list"
        if covering:
            genuine = [one for one in covering if any(self.signed(one, signer) for signer in signers)]
            begun = any(one.this_update <= self.now for one in genuine)
            reason = "unverified" if not genuine else "stale" if begun else "not-yet"
        return Unknown(reason, certificate.issuer)


def _both(one: Good, other: Good | None) -> Good:
    return one if other is None else Good(max(one.since, other.since), min(one.until, other.until))
