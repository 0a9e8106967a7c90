"""A chain as files have it, for the desk that registers what a CA issued; what comes of a connection is DER."""

from __future__ import annotations

from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from okmate_auth.certificates.chain import (
    LARGEST_CERTIFICATE,
    MOST_INTERMEDIATES,
    CertificateChain,
    Unreadable,
    presented,
)
from okmate_auth.certificates.hostile import attempt
from okmate_auth.errors import MisuseError

LONGEST: Final = 2 * LARGEST_CERTIFICATE * (1 + MOST_INTERMEDIATES)  # base64, lines and what tools write between
_BLOCK: Final = b"-----BEGIN "


def presented_pem(text: bytes) -> CertificateChain | Unreadable:
    """Return the chain of a PEM file's content: the person's certificate first, then what leads to the anchor.

    Unreadable are: ``malformed``, also where a key or a request lies among them; ``too-large``, ``too-deep``.

    Args:
        text: The file's content.

    Raises:
        MisuseError: It is not bytes.

    Source: RFC 7468; the order is that of RFC 8446 4.4.2.
    """
    if not isinstance(text, bytes):
        message = "PEM is the bytes of a file, not its name"
        raise MisuseError(message)
    if len(text) > LONGEST:
        return Unreadable("too-large")
    found = attempt(lambda: [one.public_bytes(Encoding.DER) for one in x509.load_pem_x509_certificates(text)])
    if not found or len(found) != text.count(_BLOCK):
        return Unreadable("malformed")
    return presented(found[0], tuple(found[1:]))
