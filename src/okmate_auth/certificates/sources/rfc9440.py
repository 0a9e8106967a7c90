"""RFC 9440: ``Client-Cert`` and ``Client-Cert-Chain``, which a proxy that ended TLS writes.

``Client-Cert`` is one structured-field Item, ``Client-Cert-Chain`` a List, of Byte Sequences: base64 of DER between
colons (RFC 9440 2.1–2.3; RFC 8941 3.1, 3.3.5). Off unless the bank constructs :class:`ClientCertHeaders`.

Rule 1. Only for a proxy that writes *both* fields itself and drops every one that came from outside (RFC 9440 4): what
        passes a declared peer is taken as its word.
Rule 2. Stricter than structured fields: parameters, which RFC 9440 defines none of, are refused, and so is base64 with
        another spelling.
Rule 3. Lengths and counts are looked at before anything is decoded (A69).
Rule 4. How long ago the proxy saw the handshake is not in these fields: a resumed TLS session may be days old (RFC 9440
        3.3, RFC 8446 4.6.1). What the package says of resumption is the bank's to configure (CE-11).
"""

from __future__ import annotations

import re
from typing import Final

import attrs

from okmate_auth.certificates.chain import MOST_INTERMEDIATES, CertificateChain, Unreadable, presented
from okmate_auth.certificates.sources import strict_base64
from okmate_auth.certificates.sources.connection import Connection
from okmate_auth.certificates.sources.peers import DeclaredPeers, some_peers

CLIENT_CERT: Final = "Client-Cert"
CLIENT_CERT_CHAIN: Final = "Client-Cert-Chain"

LONGEST_ITEM: Final = strict_base64.LONGEST + len("::")
# White space between members is OWS (RFC 8941 4.2.1): some of it is allowed to be there, not megabytes.
_LONGEST_LIST: Final = MOST_INTERMEDIATES * (LONGEST_ITEM + len(" , "))

_ITEM: Final = re.compile(rb":([A-Za-z0-9+/]+={0,2}):")


@attrs.frozen
class ClientCertHeaders:
    """The source: a client's certificate as RFC 9440 has it, from declared peers.

    Attributes:
        peers: The proxies that write these fields, and drop a client's own.

    Raises:
        ConfigurationError: No peer is declared.
        MisuseError: ``peers`` is something else.
    """

    peers: DeclaredPeers = attrs.field(converter=some_peers)

    def __call__(self, connection: Connection) -> CertificateChain | Unreadable | None:
        """Return what :func:`client_certificate` says."""
        return client_certificate(connection, self.peers)


def client_certificate(connection: Connection, peers: DeclaredPeers) -> CertificateChain | Unreadable | None:
    """Return the certificate that a declared peer says its client proved in TLS; None where it says none.

    Of an undeclared peer both fields are not there, whatever they hold. Refusals: ``duplicated`` (``Client-Cert`` more
    than once); ``malformed`` (no Byte Sequence, parameters, joined or folded lines, wrong base64, a name that looks
    like one of the two, a chain without ``Client-Cert``); ``too-large`` (one certificate above 16 KiB, or the list
    longer than eight of them could be); ``too-deep`` (above eight in the list).
    """
    if not peers.is_declared(connection):
        return None
    leaf, lines = connection.only(CLIENT_CERT), connection.lines(CLIENT_CERT_CHAIN)
    if isinstance(leaf, Unreadable):
        return leaf
    if lines is None:
        return Unreadable("malformed")
    if leaf is None:
        return Unreadable("malformed") if lines else None  # RFC 9440 2.3: no chain without a certificate
    first, rest = _item(leaf.strip(b" ")), _list(lines)
    if isinstance(first, Unreadable):
        return first
    return rest if isinstance(rest, Unreadable) else presented(first, rest)


def _list(lines: tuple[bytes, ...]) -> tuple[bytes, ...] | Unreadable:
    """Read a List of Byte Sequences; several lines are one list, joined by commas (RFC 8941 4.2)."""
    if len(lines) > MOST_INTERMEDIATES:
        return Unreadable("too-deep")
    if sum(len(line) for line in lines) > _LONGEST_LIST:
        return Unreadable("too-large")
    whole = b",".join(lines)
    if not whole.strip(b" "):  # an empty list is a list
        return ()
    members = whole.split(b",")
    if len(members) > MOST_INTERMEDIATES:
        return Unreadable("too-deep")
    found: list[bytes] = []
    for member in members:
        one = _item(member.strip(b" \t"))
        if isinstance(one, Unreadable):
            return one
        found.append(one)
    return tuple(found)


def _item(text: bytes) -> bytes | Unreadable:
    """Read one Byte Sequence without parameters; an empty one is no certificate."""
    if len(text) > LONGEST_ITEM:
        return Unreadable("too-large")
    found = _ITEM.fullmatch(text)
    der = None if found is None else strict_base64.decoded(found[1])
    return Unreadable("malformed") if der is None else der
