"""A proxy, its proof, and requests that come from it or from somebody else."""

from __future__ import annotations

from typing import Final

from okmate_auth.certificates.sources import Connection, DeclaredPeer, DeclaredPeers

SECRET: Final = "d0n7-tell-anybody-what-nginx-knows"
PROXY: Final = "192.0.2.7"
PEERS: Final = DeclaredPeers([DeclaredPeer(networks=[PROXY], secret=SECRET)])
PROOF: Final = (b"x-proxy-secret", SECRET.encode())

Field = tuple[bytes, bytes]


def proxied(*fields: Field) -> Connection:
    """Return a request of the declared proxy."""
    return Connection(PROXY, [(b"host", b"bank.example"), *fields, PROOF])


def strangers(*fields: Field) -> tuple[Connection, ...]:
    """Return the same request of whoever is not the proxy: another address, no proof, a wrong one, two, a socket."""
    return (
        Connection("192.0.2.8", [*fields, PROOF]),
        Connection(PROXY, fields),
        Connection(PROXY, [*fields, (PROOF[0], SECRET[:-1].encode())]),
        Connection(PROXY, [*fields, PROOF, PROOF]),
        Connection("", [*fields, PROOF]),
        Connection("", [*fields, PROOF], unix_socket="/run/okmate.sock"),
    )
