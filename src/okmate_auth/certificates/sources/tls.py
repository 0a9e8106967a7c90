"""The certificate of a TLS handshake that this process's own server made: no proxy, no header, no peers.

Rule 1. The TLS object is taken by what it can do, so that nothing here opens one: ``ssl.SSLSocket`` and
        ``ssl.SSLObject`` both do it, and so may another library's.
Rule 2. ``ssl`` verifies before the application runs and can't be told not to: the certificate of a foreign CA ends as a
        broken connection, without a page, and it is verified again here all the same.
Rule 3. A resumed session has the leaf but not what the client sent along: the bank gives its intermediate certificates
        to the path itself, or has nothing resumed: ``context.minimum_version = ssl.TLSVersion.TLSv1_3`` with
        ``context.num_tickets = 0`` (what ``ssl`` keeps of TLS 1.2 sessions can't be switched off). It has nothing
        resumed wherever a session may come from another port or context (A72).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol, runtime_checkable

from okmate_auth.certificates.chain import CertificateChain, Unreadable, presented
from okmate_auth.certificates.sources.connection import Connection


class TlsObject(Protocol):
    """What every TLS object of Python has: the peer's certificate after the handshake."""

    def getpeercert(self, binary_form: Literal[True]) -> bytes | None:
        """Return the DER of the peer's certificate; None where it presented none."""
        ...


@runtime_checkable
class TlsObjectWithChain(Protocol):
    """What it has besides from Python 3.13 on."""

    def get_unverified_chain(self) -> Sequence[bytes]:
        """Return the DER of what the peer sent: the leaf first, or not at all; nothing for a resumed session."""
        ...


def peer_certificate(tls: TlsObject) -> CertificateChain | Unreadable | None:
    """Return what the peer of a finished handshake presented; None where it presented none.

    Asked for once, when the connection is there, and kept for each of its requests as ``Connection.peer_certificate``.
    Before Python 3.13 it is the leaf alone. From then on it is what the client sent, not the chain that ``ssl``
    verified: that one ends in an anchor of ``ssl``'s, and the anchors are the bank's (A57). What a TLS object raises
    (``ValueError`` before the handshake) is the server's to avoid, and is passed on. Refusals: ``too-large``,
    ``too-deep``.

    Raises:
        MisuseError: The object gives something other than bytes.

    Source: Python's manual of ``ssl``, "SSL Sockets".
    """
    leaf = tls.getpeercert(binary_form=True)
    if leaf is None:  # asking for the chain then fails on a server of Python 3.13.0
        return None
    chain = tls.get_unverified_chain() if isinstance(tls, TlsObjectWithChain) else ()
    return presented(leaf, tuple(one for one in chain if one != leaf))


def client_certificate(connection: Connection) -> CertificateChain | Unreadable | None:
    """Return what the TCP peer itself proved: the source for a server that clients reach without a proxy.

    Behind a proxy that speaks mutual TLS that is the proxy's certificate, not a client's: use the proxy's format there.
    """
    return connection.peer_certificate
