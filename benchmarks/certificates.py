"""T8: a client's certificate judged, against the two checks of signatures without which it can't be done.

Two levels: a root, which is the anchor, an issuing CA, a client's certificate; each CA has a revocation list in force.

``T8-ecdsa`` (P-256), ``T8-rsa`` (2048 bits): :meth:`okmate_auth.revocation.CertificateDesk.judge` on a chain that it
does not remember, from DER to verdict: parsing, path, our rules, revocation. The other side checks the two signatures
of the path and nothing else, with certificates parsed and keys loaded beforehand. The lists' signatures were checked
when they were first used, once for as long as they are in force, and the issuing CA is known from another client. That
no verdict is remembered is no trick: the desk has room for one, and two certificates are judged in turns.

``T8-path-ecdsa``, ``T8-path-rsa``: :meth:`okmate_auth.certificates.PathVerifier.verify` alone, against the same.

``T8-repeated-ecdsa``, ``T8-repeated-rsa``: a chain that is remembered against one that is not, both at the desk.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Final, Literal

import attrs
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from benchmarks.contest import Benchmark, Contest, Side
from okmate_auth.certificates.anchors import TrustAnchors
from okmate_auth.certificates.chain import CertificateChain
from okmate_auth.certificates.path import VerifiedPath
from okmate_auth.certificates.path_verifier import PathVerifier
from okmate_auth.certificates.rules import PathRules
from okmate_auth.certificates.verdict import VerifiedCertificate
from okmate_auth.revocation import CertificateDesk, Trust

__all__ = ["NOW", "ROWS", "Algorithm", "Made", "made", "our_cold", "our_remembered"]

Algorithm = Literal["ecdsa", "rsa"]
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

NOW: Final = datetime(2026, 1, 5, 9, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_RSA_BITS: Final = 2048
_BUDGETS: Final[dict[Algorithm, float]] = {"ecdsa": 1.7, "rsa": 2.4}
_ENGINES: Final[dict[Algorithm, str]] = {"ecdsa": "P-256, SHA-256", "rsa": "RSA 2048, SHA-256"}


@attrs.frozen
class Made:
    """A bank's CAs and two clients.

    Attributes:
        root: The anchor.
        issuing: What it issued to the CA that issues to clients.
        clients: Two certificates.
        lists: The revocation list of either CA, DER.
    """

    root: x509.Certificate
    issuing: x509.Certificate
    clients: tuple[x509.Certificate, x509.Certificate]
    lists: tuple[bytes, bytes]

    @property
    def chains(self) -> list[CertificateChain]:
        """What the clients present."""
        return [CertificateChain(_der(client), (_der(self.issuing),)) for client in self.clients]

    @property
    def anchors(self) -> TrustAnchors:
        """What the bank trusts."""
        return TrustAnchors((_der(self.root),))


@cache
def made(algorithm: Algorithm) -> Made:
    """Make keys, certificates and lists, once in a process."""
    root_key, issuing_key = _key(algorithm), _key(algorithm)
    root = _issued("Root", root_key, "Root", root_key, ca=True)
    issuing = _issued("Issuing CA", issuing_key, "Root", root_key, ca=True)
    first, second = (
        _issued(name, _key(algorithm), "Issuing CA", issuing_key, ca=False) for name in ("hanako01", "taro01")
    )
    return Made(root, issuing, (first, second), (_list("Root", root_key), _list("Issuing CA", issuing_key)))


def our_cold(found: Made) -> Side:
    """Return the desk as a side, that has room for one verdict and judges two chains in turns."""
    desk = CertificateDesk(Trust(anchors=found.anchors, lists=found.lists), capacity=1)
    return _judging(lambda chain: desk.judge(chain, NOW), found.chains, VerifiedCertificate)


def our_remembered(found: Made) -> Side:
    """Return the desk as a side, that has room for both of two chains."""
    desk = CertificateDesk(Trust(anchors=found.anchors, lists=found.lists))
    return _judging(lambda chain: desk.judge(chain, NOW), found.chains, VerifiedCertificate)


def _path(found: Made) -> Side:
    verifier = PathVerifier(found.anchors, PathRules())
    return _judging(lambda chain: verifier.verify(chain, NOW), found.chains, VerifiedPath)


def _judging(judge: Callable[[CertificateChain], object], chains: list[CertificateChain], expected: type) -> Side:
    at = 0

    def go(operations: int) -> float:
        nonlocal at
        # Each request brings a chain of its own, equal to others at most.
        turn = [attrs.evolve(chains[number % len(chains)]) for number in range(at, at + operations)]
        at += operations
        began = time.perf_counter()
        verdicts = [judge(chain) for chain in turn]
        seconds = time.perf_counter() - began
        wrong = next((verdict for verdict in verdicts if not isinstance(verdict, expected)), None)
        if wrong is not None:
            message = f"a good certificate was answered with {wrong!r}"
            raise RuntimeError(message)
        return seconds

    return go


def _bare(found: Made) -> Side:
    """Return the two checks of signatures: the client's by the issuing CA, that one's by the root."""
    checks = [_check(issuer, one) for one, issuer in ((found.clients[0], found.issuing), (found.issuing, found.root))]

    def go(operations: int) -> float:
        first, second = checks
        began = time.perf_counter()
        for _ in range(operations):
            first()
            second()
        return time.perf_counter() - began

    return go


def _check(issuer: x509.Certificate, one: x509.Certificate) -> Callable[[], None]:
    key, signature, signed = issuer.public_key(), one.signature, one.tbs_certificate_bytes
    if isinstance(key, ec.EllipticCurvePublicKey):
        return partial(key.verify, signature, signed, ec.ECDSA(SHA256()))
    if isinstance(key, rsa.RSAPublicKey):
        return partial(key.verify, signature, signed, padding.PKCS1v15(), SHA256())
    message = "a key of another algorithm than made() makes"
    raise TypeError(message)


# -- making them


def _key(algorithm: Algorithm) -> Key:
    if algorithm == "ecdsa":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, _RSA_BITS)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Made up"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def _issued(name: str, key: Key, issuer: str, issuer_key: Key, *, ca: bool) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - _DAY)
        .not_valid_after(NOW + 365 * _DAY)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(_usage(ca=ca), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if not ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
    return builder.sign(issuer_key, SHA256())


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        key_cert_sign=ca,
        crl_sign=ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _list(issuer: str, key: Key) -> bytes:
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(_name(issuer))
        .last_update(NOW - _DAY)
        .next_update(NOW + 7 * _DAY)
        .add_extension(x509.CRLNumber(1), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.DER)


# -- the rows


@contextmanager
def _against_bare(ours: Callable[[Made], Side], algorithm: Algorithm) -> Generator[Contest, None, None]:
    found = made(algorithm)
    yield {"ours": ours(found), "bare": _bare(found)}


@contextmanager
def _repeated(algorithm: Algorithm) -> Generator[Contest, None, None]:
    found = made(algorithm)
    yield {"repeated": our_remembered(found), "cold": our_cold(found)}


def _rows(algorithm: Algorithm) -> Generator[Benchmark, None, None]:
    row = partial(Benchmark, engine=_ENGINES[algorithm], rounds=60, operations=200)
    yield row(
        name=f"T8-{algorithm}",
        what="certificate, cold / its two checks of signatures",
        open=partial(_against_bare, our_cold, algorithm),
        budget=_BUDGETS[algorithm],
    )
    yield row(
        name=f"T8-path-{algorithm}",
        what="path alone / its two checks of signatures",
        open=partial(_against_bare, _path, algorithm),
        budget=None,
    )
    yield row(
        name=f"T8-repeated-{algorithm}",
        what="certificate, remembered / cold",
        open=partial(_repeated, algorithm),
        budget=0.05,
    )


ROWS: Final = (*_rows("ecdsa"), *_rows("rsa"))
