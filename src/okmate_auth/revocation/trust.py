"""What a bank's desk for certificates is configured with; a value."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import Final, NoReturn, cast

import attrs
from cryptography import x509

from okmate_auth.certificates.anchors import TrustAnchors
from okmate_auth.certificates.chain import LARGEST_CERTIFICATE
from okmate_auth.certificates.crl import RevocationList, UnusableList
from okmate_auth.certificates.extensions import extension
from okmate_auth.certificates.hostile import attempt
from okmate_auth.certificates.rules import PathRules
from okmate_auth.certificates.strength import strong_key, strong_signature
from okmate_auth.errors import ConfigurationError

MOST_LISTS: Final = 64  # ours, as many as anchors


def _paths(values: object) -> tuple[Path, ...]:
    if not isinstance(values, tuple):
        _refuse("files", "a tuple of paths")
    given = cast("tuple[object, ...]", values)
    paths = tuple(Path(one) for one in given if isinstance(one, Path | str))
    if len(paths) != len(given):
        _refuse("files", "a tuple of paths")
    return paths


def _all_bytes(values: object) -> tuple[bytes, ...]:
    if not isinstance(values, tuple):
        _refuse("lists, signers", "a tuple of bytes")
    given = cast("tuple[object, ...]", values)
    found = tuple(one for one in given if isinstance(one, bytes))
    if len(found) != len(given):
        _refuse("lists, signers", "a tuple of bytes")
    return found


@attrs.frozen(kw_only=True)
class Trust:
    """Whom a bank trusts, what it demands of a client's certificate, and how it knows which are revoked.

    Revocation is demanded: without a list in force for every issuer on a certificate's path, it is refused (CE-6).
    Lists are never fetched: a timer of the operator's puts them where ``files`` says, best by writing another file
    and renaming it.

    Attributes:
        anchors: The bank's CAs.
        rules: What it demands of paths; clientAuth among it.
        lists: Revocation lists, DER or PEM, for as long as the desk lives.
        files: Files of one revocation list each, DER or PEM, that are looked at again while the desk works.
        signers: DER of certificates that sign lists for a CA in whose name they are made out, where a CA uses
            another key for that; see :func:`~okmate_auth.certificates.crl_lists.revocation`.
        no_revocation: True takes revoked certificates for good: a deviation from ASVS 5.0 16.5.3 and RFC 5280 6.3,
            to be answered for in writing, for a bank whose CA has no lists and that revokes in this library alone
            (``RevokeCertificate``). There may be no lists then.

    Raises:
        ConfigurationError: There are neither lists nor files, or there are though they would not be looked at; the
            rules demand no clientAuth; a list or signer is none; or there are more than 64 of one kind.
    """

    anchors: TrustAnchors
    rules: PathRules = PathRules()
    lists: tuple[bytes, ...] = attrs.field(default=(), converter=_all_bytes, repr=False)
    files: tuple[Path, ...] = attrs.field(default=(), converter=_paths)
    signers: tuple[bytes, ...] = attrs.field(default=(), converter=_all_bytes, repr=False)
    no_revocation: bool = False

    def __attrs_post_init__(self) -> None:
        told = bool(self.lists or self.files or self.signers)
        for broken, field, rule in (
            (not isinstance(self.anchors, TrustAnchors), "anchors", "TrustAnchors"),
            (not _for_clients(self.rules), "rules", "PathRules that demand clientAuth"),
            (not isinstance(self.no_revocation, bool), "no_revocation", "True or False"),
            (self.no_revocation is True and told, "no_revocation", "lists would not be looked at"),
            (
                self.no_revocation is False and not self.lists and not self.files,
                "lists, files",
                "one at least: without a list nothing is known to be good",
            ),
            (
                max(map(len, (self.lists, self.files, self.signers))) > MOST_LISTS,
                "lists, files, signers",
                f"{MOST_LISTS}",
            ),
        ):
            if broken:
                _refuse(field, rule)
        self.read_signers()
        self.read_lists()

    @property
    def version(self) -> str:
        """SHA-256 over all that a verdict rests on but the lists, in hexadecimal."""
        rules = self.rules
        parts = (
            self.anchors.version,
            f"{rules.usage}:{rules.any_usage}:{rules.smallest_rsa_bits}:{rules.most_intermediates}",
            *(hashlib.sha256(one).hexdigest() for one in self.signers),
            f"{self.no_revocation}",
        )
        return hashlib.sha256("\n".join(parts).encode("ascii")).hexdigest()

    def read_lists(self) -> tuple[RevocationList, ...]:
        """Return the lists that were given as bytes.

        Raises:
            ConfigurationError: Never, once this was constructed.
        """
        found: list[RevocationList] = []
        for number, data in enumerate(self.lists, start=1):
            one = RevocationList.read(data)
            if isinstance(one, UnusableList):
                _refuse(f"lists: {number}", one.reason)
            found.append(one)
        return tuple(found)

    def read_signers(self) -> tuple[x509.Certificate, ...]:
        """Return the certificates that sign lists.

        Raises:
            ConfigurationError: Never, once this was constructed.
        """
        found: list[x509.Certificate] = []
        for number, der in enumerate(self.signers, start=1):
            one = attempt(partial(_signer, der))
            if one is None:
                _refuse(f"signers: {number}", "DER of a certificate with cRLSign, a strong key and signature")
            found.append(one)
        return tuple(found)


def _for_clients(rules: object) -> bool:
    return isinstance(rules, PathRules) and rules.usage == "clientAuth"


def _signer(der: bytes) -> x509.Certificate | None:
    if len(der) > LARGEST_CERTIFICATE:
        return None
    certificate = x509.load_der_x509_certificate(der)
    usage = extension(certificate, x509.KeyUsage)
    if usage is None or not usage.crl_sign or not strong_key(certificate) or not strong_signature(certificate):
        return None
    return certificate


def _refuse(field: str, rule: str) -> NoReturn:
    message = f"{field}: {rule}"
    raise ConfigurationError(message)
