"""Paths to one bank's anchors, verified again and again: what is good is seen first, by its own signatures alone.

Rule 1. Nothing is answered here that :func:`~okmate_auth.certificates.path.verify_path` would not answer, value for
        value. Good paths alone are found the quick way, and only where there is no choice between certificates of one
        name; all others, and all that is to be said of what is bad, are its business.
Rule 2. No key is used that a certificate of the bank's own CAs did not bring along, as there (A69).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from okmate_auth.certificates.anchors import TrustAnchors
from okmate_auth.certificates.chain import CertificateChain
from okmate_auth.certificates.hostile import attempt
from okmate_auth.certificates.path import Untrusted, VerifiedPath, described, of_type, verify_path, whole_second
from okmate_auth.certificates.rules import PathRules
from okmate_auth.certificates.verifier import path_between, store_of

MOST_AUTHORITIES: Final = 256  # ours: a bank's CAs of one level below its anchors, with much room


@final
class PathVerifier:
    """Verifies paths to the same anchors by the same rules, from any thread; it remembers the CAs they went through.

    A CA is remembered once a verified path went through it: that its key and signature are strong and that it leads to
    an anchor never changes. All else about it, its own signature too, is judged each time. Where every certificate that
    was sent along is remembered or an anchor, and at each step one alone has the issuer's name, the path is verified at
    once, with one check for each signature on it.

    A stranger's certificate costs one check more than with :func:`~okmate_auth.certificates.path.verify_path` at most,
    with the key of the one CA whose name it claims, whatever else he sends (A69).

    Args:
        anchors: What the bank trusts.
        rules: What it demands.

    Raises:
        MisuseError: An argument is not of its type.
    """

    def __init__(self, anchors: TrustAnchors, rules: PathRules) -> None:
        self._anchors: Final = of_type(anchors, TrustAnchors)
        self._rules: Final = of_type(rules, PathRules)
        self._store: Final = store_of(anchors.certificates)
        self._anchor_ders: Final = frozenset(anchors.der)
        self._only: Final = _only(anchors.certificates, rules)
        self._remembered: Final[dict[bytes, x509.Certificate]] = {}

    @property
    def authorities(self) -> tuple[x509.Certificate, ...]:
        """The CAs between clients and anchors that verified paths went through, 256 at most."""
        return tuple(self._remembered.values())

    def verify(self, chain: CertificateChain, now: datetime) -> VerifiedPath | Untrusted:
        """Return what :func:`~okmate_auth.certificates.path.verify_path` returns.

        Args:
            chain: What the client presented.
            now: The instant to judge at, aware.

        Raises:
            MisuseError: ``now`` is not an aware datetime, or the chain is none.
        """
        second = whole_second(now)
        of_type(chain, CertificateChain)
        good = attempt(lambda: self._good(chain, second))
        if good is not None:
            return good
        verdict = verify_path(chain, self._anchors, self._rules, now)
        if isinstance(verdict, VerifiedPath):
            self._remember(verdict.certificates[1:-1])
        return verdict

    def _good(self, chain: CertificateChain, now: datetime) -> VerifiedPath | None:
        """Return the path where it is seen at once to be good; None says nothing of it.

        Raises:
            ValueError: Something can't be read; or whatever else a library raises over it.
        """
        leaf = x509.load_der_x509_certificate(chain.leaf)
        line = self._line(leaf, chain.intermediates)
        if line is None or not leaf.not_valid_before_utc <= now <= leaf.not_valid_after_utc:
            return None
        rules = self._rules
        if not rules.strong(leaf) or not rules.fits(leaf):
            return None
        most = rules.most_intermediates
        path = path_between(leaf, line[:-1], line[-1:], most_intermediates=most, at=now, store=self._store)
        return None if path is None else described(chain, path)

    def _line(self, leaf: x509.Certificate, intermediates: Sequence[bytes]) -> Sequence[x509.Certificate] | None:
        """Return the CAs that by their names alone can lie between a certificate and an anchor, the anchor last.

        None where there is a choice or a gap, where one that was sent is not remembered, or the anchor is weak.
        """
        sent = [self._remembered.get(der) for der in {*intermediates} - self._anchor_ders]
        line: list[x509.Certificate] = []
        name = leaf.issuer
        while len(line) <= len(sent):  # the same one may come twice: a CA can be its own issuer, by its name
            named = [one for one in sent if one is None or one.subject == name]
            if name in self._only:
                anchor = self._only[name]
                return None if named or anchor is None else [*line, anchor]
            if len(named) != 1 or named[0] is None:
                return None
            line.append(named[0])
            name = named[0].issuer
        return None

    def _remember(self, authorities: Sequence[x509.Certificate]) -> None:
        for one in authorities:
            if len(self._remembered) < MOST_AUTHORITIES:
                self._remembered.setdefault(one.public_bytes(Encoding.DER), one)


def _only(anchors: Sequence[x509.Certificate], rules: PathRules) -> Mapping[x509.Name, x509.Certificate | None]:
    """Return for each name of an anchor the one that has it; None where several do, or it is too weak for the rules."""
    found: dict[x509.Name, x509.Certificate | None] = {}
    for one in anchors:
        found[one.subject] = None if one.subject in found or not rules.strong(one, anchor=True) else one
    return found
