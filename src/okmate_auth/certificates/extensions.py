"""One extension of a certificate, or that it has none of the kind, and whether it says that it is a CA's."""

from __future__ import annotations

from typing import TypeVar

from cryptography import x509

T = TypeVar("T", bound=x509.ExtensionType)


def extension(certificate: x509.Certificate, kind: type[T]) -> T | None:
    """Return a certificate's extension of a kind, or None where it has none.

    Raises:
        ValueError: The extensions can't be read, or one is there twice (RFC 5280 4.2).
    """
    for one in certificate.extensions:
        if one.oid == kind.oid and isinstance(one.value, kind):  # isinstance alone costs more, of abstract classes
            return one.value
    return None


def is_authority(certificate: x509.Certificate) -> bool:
    """Whether a certificate says that it is a CA's, by its basicConstraints (RFC 5280 4.2.1.9).

    Raises:
        ValueError: As for :func:`extension`.
    """
    constraints = extension(certificate, x509.BasicConstraints)
    return constraints is not None and constraints.ca
