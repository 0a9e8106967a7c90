"""Whose headers are believed: the bank's own proxies, declared by where they connect from and by what proves it.

Rule 1. An address alone proves nothing: whoever sends a request from the proxy's host or network (another tenant, a
        service that can be made to ask for a URL) has it too. So each peer has a proof, and without it is nobody (A53).
Rule 2. What an undeclared peer says is not refused but not there at all: it neither helps nor hurts.
Rule 3. A proof that is there twice, or under a name that only looks like it, is none (A54).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

import attrs

from okmate_auth.certificates.chain import CertificateChain
from okmate_auth.certificates.sources.connection import Connection
from okmate_auth.errors import ConfigurationError, MisuseError
from okmate_auth.secret import Secret, as_secret
from okmate_auth.text import strict_str

Network = IPv4Network | IPv6Network

# Ours. 32 characters drawn at random are 128 bits even where all are hexadecimal digits.
SHORTEST_SECRET: Final = 32
LONGEST_SECRET: Final = 256
SECRET_HEADER: Final = "X-Proxy-Secret"  # noqa: S105 - the field's name

# What can be a field's value as it is, and is not what joining two of them gives (a server may join with a comma).
_SECRET: Final = re.compile(rf"[!-+\--~]{{{SHORTEST_SECRET},{LONGEST_SECRET}}}")
# Letters, digits and hyphens of RFC 9110's token: a name with other signs in it can't be told from its look-alikes.
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?")
_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")
_MAPPED: Final = IPv6Network("::ffff:0:0/96")


def header_name(value: str) -> str:
    """Return a header field's name that the bank chose.

    Raises:
        ConfigurationError: It is not 1 to 64 letters, digits and hyphens, or begins or ends with a hyphen.
        MisuseError: It is not text.
    """
    name = strict_str(value, "header")
    if _NAME.fullmatch(name) is None:
        message = "a header's name: 1 to 64 letters, digits and hyphens, no hyphen at its ends"
        raise ConfigurationError(message)
    return name


def _networks(value: Iterable[str | Network]) -> tuple[Network, ...]:
    if isinstance(value, str | bytes):
        message = "networks: several texts, not one"
        raise MisuseError(message)
    return tuple(_network(one) for one in value)


def _network(value: str | Network) -> Network:
    try:
        network = value if isinstance(value, IPv4Network | IPv6Network) else ip_network(strict_str(value, "networks"))
    except ValueError:
        message = "networks: an IP address, or a network such as 192.0.2.0/24 without bits of a host"
        raise ConfigurationError(message) from None
    if not network.prefixlen:
        message = "networks: everybody is not a peer"
        raise ConfigurationError(message)
    if isinstance(network, IPv6Network) and network.subnet_of(_MAPPED):
        message = "networks: IPv4 is declared as IPv4; it is recognised where a socket shows it as IPv6"
        raise ConfigurationError(message)
    return network


def _unix_socket(value: str) -> str:
    path = strict_str(value, "unix_socket")
    if path and not path.startswith("/"):
        message = "unix_socket: an absolute path"
        raise ConfigurationError(message)
    return path


def _secret(value: Secret | str | None) -> Secret | None:
    if value is None:
        return None
    secret = as_secret(value)
    if _SECRET.fullmatch(secret.reveal()) is None:
        message = f"secret: {SHORTEST_SECRET} to {LONGEST_SECRET} printable ASCII characters, no space, no comma"
        raise ConfigurationError(message)
    return secret


def _fingerprint(value: str) -> str:
    fingerprint = strict_str(value, "certificate").replace(":", "").lower()
    if fingerprint and _FINGERPRINT.fullmatch(fingerprint) is None:
        message = "certificate: SHA-256 of the DER, 64 hexadecimal digits"
        raise ConfigurationError(message)
    return fingerprint


@attrs.frozen(kw_only=True)
class DeclaredPeer:
    """A proxy of the bank: where it connects from, and what proves that it is the one. All that is given must hold.

    To change a secret or a certificate while requests come in, declare the peer twice, with the old and the new one.

    Attributes:
        networks: The networks that it connects from, as ``ipaddress`` reads them; or:
        unix_socket: Absolute path of the unix socket that the server listens on for it. That is a proof by itself, as
            good as the permissions of the socket's file: only the proxy may open it.
        secret: What the proxy alone knows and writes into ``secret_header`` of each request, in place of whatever a
            client sent under that name: 32 to 256 characters drawn at random.
        secret_header: Name of that field.
        certificate: SHA-256 of the DER of the proxy's own client certificate, where it speaks mutual TLS with this
            server; as openssl prints it, or plain.

    Raises:
        ConfigurationError: No place or two, a place without proof, or a field of the wrong form.
        MisuseError: A field has the wrong type.
    """

    networks: tuple[Network, ...] = attrs.field(converter=_networks, default=())
    unix_socket: str = attrs.field(converter=_unix_socket, default="")
    secret: Secret | None = attrs.field(converter=_secret, default=None)
    secret_header: str = attrs.field(converter=header_name, default=SECRET_HEADER)
    certificate: str = attrs.field(converter=_fingerprint, default="")

    def __attrs_post_init__(self) -> None:
        if bool(self.networks) is bool(self.unix_socket):
            message = "a declared peer connects from networks, or to a unix socket: one of the two"
            raise ConfigurationError(message)
        if self.networks and self.secret is None and not self.certificate:
            message = "an address proves nothing: a peer of a network needs a secret or a certificate"
            raise ConfigurationError(message)

    def made(self, connection: Connection) -> bool:
        """Say whether this peer made a connection: it comes from its place, and every proof is there."""
        return self._from_its_place(connection) and self._knows_the_secret(connection) and self._has_the_key(connection)

    def _from_its_place(self, connection: Connection) -> bool:
        if self.unix_socket:
            return connection.unix_socket == self.unix_socket
        return (
            not connection.unix_socket
            and connection.ip is not None
            and any(connection.ip in network for network in self.networks)
        )

    def _knows_the_secret(self, connection: Connection) -> bool:
        if self.secret is None:
            return True
        shown = connection.only(self.secret_header)
        # in the same time wherever they differ
        return isinstance(shown, bytes) and Secret(shown.decode("latin-1")) == self.secret

    def _has_the_key(self, connection: Connection) -> bool:
        if not self.certificate:
            return True
        shown = connection.peer_certificate
        return isinstance(shown, CertificateChain) and shown.fingerprint == self.certificate


def _peers(value: Iterable[DeclaredPeer]) -> tuple[DeclaredPeer, ...]:
    peers = tuple(value)
    if not all(isinstance(peer, DeclaredPeer) for peer in peers):
        message = "peers: several DeclaredPeer"
        raise MisuseError(message)
    return peers


@attrs.frozen
class DeclaredPeers:
    """The bank's proxies. Of none of them, nothing that only a proxy may say is believed.

    It says who is believed, not what about: sources of certificates ask it, and whatever else reads what a proxy
    reports (a client's address, say) has the same question.

    Attributes:
        peers: Each of them.

    Raises:
        MisuseError: One is something else.
    """

    peers: tuple[DeclaredPeer, ...] = attrs.field(converter=_peers, default=())

    def is_declared(self, connection: Connection) -> bool:
        """Say whether one of them made this connection, and proved it."""
        return any(peer.made(connection) for peer in self.peers)


def some_peers(value: DeclaredPeers) -> DeclaredPeers:
    """Return peers, made sure that there is one: a source of headers that believes nobody is a mistake.

    Raises:
        ConfigurationError: There is none.
        MisuseError: It is something else.
    """
    if not isinstance(value, DeclaredPeers):
        message = "peers must be DeclaredPeers"
        raise MisuseError(message)
    if not value.peers:
        message = "a certificate from a header needs a declared peer"
        raise ConfigurationError(message)
    return value
