"""What a web server knows of a request's connection: raw facts, none of them believed yet.

Rule 1. The address is the one the TCP connection has. One that a header names is a stranger's word, whoever copied it.
Rule 2. Header fields come in order, none joined, none renamed: what was sent twice must be seen twice (A54).
"""

from __future__ import annotations

import string
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

import attrs

from okmate_auth.certificates.chain import CertificateChain, Unreadable
from okmate_auth.errors import MisuseError
from okmate_auth.text import strict_str

Headers = tuple[tuple[bytes, bytes], ...]

# Case is none (RFC 9110 5.1), and every sign is a hyphen: servers and frameworks that make variables of names map "-",
# and some of them ".", to "_", so that two names become one there (CGI: RFC 3875 4.1.18; CVE-2026-35616).
_ALIKE: Final = bytes(
    ord(letter.lower()) if (letter := chr(byte)) in string.ascii_letters + string.digits else ord("-")
    for byte in range(256)
)


def _address(value: str) -> str:
    return strict_str(value, "address")


def _unix_socket(value: str) -> str:
    return strict_str(value, "unix_socket")


def _headers(value: Iterable[Iterable[bytes]]) -> Headers:
    pairs = tuple(tuple(pair) for pair in value)
    found = tuple((pair[0], pair[1]) for pair in pairs if [type(part) for part in pair] == [bytes, bytes])
    if len(found) != len(pairs):
        message = "headers: pairs of bytes, name and value, as ASGI has them"
        raise MisuseError(message)
    return found


def _certificate(value: CertificateChain | Unreadable | None) -> CertificateChain | Unreadable | None:
    if not isinstance(value, CertificateChain | Unreadable | None):
        message = "peer_certificate must be what peer_certificate() of a TLS object returned"
        raise MisuseError(message)
    return value


def _ip(connection: Connection) -> IPv4Address | IPv6Address | None:
    """Read the address; what is none is nobody's, and raises nothing: a server may have been told it by a header."""
    try:
        ip = ip_address(connection.address)
    except ValueError:
        return None
    if isinstance(ip, IPv4Address):
        return ip
    if ip.scope_id is not None:  # the same link-local address may be somebody else's on each link (RFC 4007 6)
        return None
    return ip if ip.ipv4_mapped is None else ip.ipv4_mapped


@attrs.frozen
class Connection:
    """A request's connection, as the server that accepted it has it.

    Attributes:
        address: IP address of the TCP peer; '' where there is none (unix socket).
        headers: Every header field of the request, names and values as bytes, in the order in which they came.
        unix_socket: Path of the unix socket that the server accepted the connection on; '' for TCP.
        peer_certificate: What the TCP peer itself proved in a TLS handshake with this server
            (:func:`okmate_auth.certificates.sources.tls.peer_certificate`): a client's, or a proxy's own.
        ip: The address, parsed; an IPv4 address that a dual-stack socket shows as ``::ffff:…`` is IPv4. None where it
            is no address, or has a scope.

    Raises:
        MisuseError: A field has the wrong type.
    """

    address: str = attrs.field(converter=_address)
    headers: Headers = attrs.field(converter=_headers, repr=False)  # cookies and proofs are among them
    unix_socket: str = attrs.field(converter=_unix_socket, default="", kw_only=True)
    peer_certificate: CertificateChain | Unreadable | None = attrs.field(
        converter=_certificate, default=None, kw_only=True, repr=False
    )
    ip: IPv4Address | IPv6Address | None = attrs.field(
        init=False, repr=False, default=attrs.Factory(_ip, takes_self=True)
    )

    def lines(self, name: str) -> tuple[bytes, ...] | None:
        """Return the values of every field of a name, in order; None where one has another name that looks like it.

        ``Client_Cert`` is not ``Client-Cert``, but there are servers and frameworks behind which it is, and it is sent
        for that (A54). Time is linear in the length of the names.

        Args:
            name: A field's name, in any case.
        """
        exactly = name.encode("ascii").lower()
        alike = exactly.translate(_ALIKE)
        found: list[bytes] = []
        for other, value in self.headers:
            if other.strip().translate(_ALIKE) == alike:
                if other.lower() != exactly:
                    return None
                found.append(value)
        return tuple(found)

    def only(self, name: str) -> bytes | Unreadable | None:
        """Return the value of the one field of a name; None where there is none.

        Refusals: ``duplicated`` (several fields, equal or not); ``malformed`` (a name that looks like it).
        """
        lines = self.lines(name)
        if lines is None:
            return Unreadable("malformed")
        if len(lines) > 1:
            return Unreadable("duplicated")
        return lines[0] if lines else None
