"""TLS of the two entrances: one that asks for no certificate, one that does.

Rule 1. TLS 1.3 alone, and no tickets: nothing is resumed, so a certificate is one of this very handshake
        (:mod:`okmate_auth.certificates.sources`, "Resumption").
Rule 2. ``ssl`` ends the connection of whoever shows a certificate of another CA, and no page can tell him why. One that
        has ended would end so, too; its time is therefore not checked here but by the library, which tells.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Final

__all__ = ["asking", "not_asking"]

_NO_CHECK_TIME: Final = ssl.VerifyFlags(0x200000)  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL, which ``ssl`` has no name for


def not_asking(server: Path) -> ssl.SSLContext:
    """Return the context of a listener that asks clients for nothing.

    Args:
        server: Its certificate and key, PEM.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.num_tickets = 0
    context.load_cert_chain(server)
    context.set_alpn_protocols(["http/1.1"])
    return context


def asking(server: Path, authority: bytes) -> ssl.SSLContext:
    """Return the context of a listener that asks for a certificate and goes on where there is none.

    Args:
        server: Its certificate and key, PEM.
        authority: The CA's certificate, PEM: browsers offer what it issued.
    """
    context = not_asking(server)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.verify_flags |= _NO_CHECK_TIME
    context.load_verify_locations(cadata=authority.decode("ascii"))
    return context
