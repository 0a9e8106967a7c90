"""Which keys and signatures are strong enough; nothing here knows what a certificate is for."""

from __future__ import annotations

from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from okmate_auth.certificates.der import issuer_and_key
from okmate_auth.certificates.hostile import attempt

SMALLEST_RSA_BITS: Final = 2048  # 112 bits of strength: NIST SP 800-131A, ASVS 11.2.3
LARGEST_RSA_BITS: Final = 8192  # ours: what is larger costs a verifier time and gains nobody anything
SMALLEST_EXPONENT: Final = 65537  # FIPS 186-5 A.1.1, as the next
EXPONENT_BITS: Final = 256
CURVES: Final = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)  # P-256, P-384, P-521: FIPS 186-5
DIGESTS: Final = (hashes.SHA256, hashes.SHA384, hashes.SHA512)  # neither MD5 nor SHA-1: ASVS 11.4, appendix C

# Keys of the ROCA library (CVE-2017-15361; Nemec and others, "The Return of Coppersmith's Attack", 2017, section 2) are
# powers of 65537 modulo each small prime, which of these primes not every number is. Smart cards made such keys.
_ROCA_PRIMES: Final = tuple(n for n in range(3, 168) if all(n % divisor for divisor in range(2, n)))
_ROCA_POWERS: Final = {prime: frozenset(pow(65537, power, prime) for power in range(prime)) for prime in _ROCA_PRIMES}


def strong_key(certificate: x509.Certificate, smallest_rsa_bits: int = SMALLEST_RSA_BITS) -> bool:
    """Whether a certificate's public key is one to rely on.

    RSA of 2048 to 8192 bits with an odd exponent of 65537 at least, below 2²⁵⁶, and not of the ROCA library; P-256,
    P-384, P-521; Ed25519. No DSA and no other curve. The key must be written in the one plain way: a curve by its name,
    never by explicit parameters (CVE-2020-0601), a point uncompressed, an RSA key as rsaEncryption (RFC 5480 2.1.1,
    2.2; RFC 3279 2.3.1). A key that can't be read is not strong. Keys of Debian's broken generator (CVE-2008-0166) are
    not looked for.
    """
    key = attempt(certificate.public_key)
    match key:
        case rsa.RSAPublicKey():
            numbers = key.public_numbers()
            good = _strong_rsa(numbers.n, numbers.e, smallest_rsa_bits)
        case ec.EllipticCurvePublicKey():
            good = isinstance(key.curve, CURVES)
        case ed25519.Ed25519PublicKey():
            good = True
        case _:
            return False
    return good and key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == issuer_and_key(certificate)[1]


def strong_signature(certificate: x509.Certificate) -> bool:
    """Whether a certificate's signature is over a digest to rely on: SHA-256, SHA-384, SHA-512, or Ed25519's own."""
    if certificate.signature_algorithm_oid == x509.SignatureAlgorithmOID.ED25519:
        return True
    digest = attempt(lambda: certificate.signature_hash_algorithm)
    return isinstance(digest, DIGESTS)


def _strong_rsa(modulus: int, exponent: int, smallest_bits: int) -> bool:
    return (
        smallest_bits <= modulus.bit_length() <= LARGEST_RSA_BITS
        and modulus % 2 == 1
        and exponent % 2 == 1
        and exponent >= SMALLEST_EXPONENT
        and exponent.bit_length() <= EXPONENT_BITS
        and not _made_by_roca(modulus)
    )


def _made_by_roca(modulus: int) -> bool:
    return all(modulus % prime in powers for prime, powers in _ROCA_POWERS.items())
