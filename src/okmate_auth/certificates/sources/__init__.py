"""Where a client's certificate comes from: one function for each format, and the bank names the one that it uses.

A source takes a :class:`Connection` and returns what the client proved; an ``Unreadable`` where something claims to be
that and is not; or None where nothing does. What it returns goes into ``Client.certificate`` as it is. No format is on
unless the bank constructs its source::

    peers = DeclaredPeers([DeclaredPeer(networks=["192.0.2.7"], secret=secret_from_file)])
    source = NginxHeader(peers)
    client = Client(address, user_agent, browser=cookie, certificate=source(connection))

Rule 1. A source says what was presented and never whether it is good. The path, the CRL and the registration are judged
        by the library each time, also behind a proxy that has its own opinion (A55, A57).
Rule 2. One source for each listening port. A client that may choose between two shows a certificate in one of them and
        none in the other.
Rule 3. Nothing raises for what a request holds. It takes time linear in it at most, and what is beyond a bound is
        refused before it is decoded (A69).

**The facts of a connection.** An ASGI server gives ``scope["headers"]`` as they are needed here. ``scope["client"]`` is
the TCP peer only while the server does not rewrite it from a header; uvicorn does, for peers of its own host, unless
``--no-proxy-headers`` stops it. WSGI has a field as ``HTTP_CLIENT_CERT``: give ``client-cert``, its value in latin-1.
It joins several fields of a name with commas, and a comma is refused wherever one field is meant. But it can't tell
``Client_Cert`` from ``Client-Cert``: so use a server that drops or refuses names with underscores (gunicorn from 22.0
on, setting ``header_map``), and none that keeps the last of several fields (uWSGI), or speak ASGI.

**Resumption** (CE-11, A72). A resumed TLS session brings the certificate of an earlier handshake, and with nginx before
1.27.4 it may be one that another virtual server of the same port asked for (CVE-2025-23419; Apache httpd:
CVE-2025-23048). A session's timeout bounds each resumption, but not a row of them (RFC 8446 4.6.1). So the port of the
certificate entrance serves nothing else, asks for certificates in one way, and resumes nothing; in nginx that is
``ssl_session_cache off; ssl_session_tickets off;``. A bank that can't do that wraps its source: a function that looks
at a field of its own proxy first (``$ssl_session_reused``, say, which is then ``r``) and returns
``Unreadable("malformed")`` is a source again.

**To add a format** write one module here: a function, or a frozen class with ``__call__``, of the type
:data:`CertificateSource`. It asks ``peers.is_declared(connection)`` before it looks at anything else, and returns None
where the answer is no; takes its field by ``connection.only`` or ``connection.lines``, so that doubles and look-alikes
are refused as everywhere; compares lengths before it decodes; and ends in ``presented(leaf, intermediates)``, which
bounds the rest. Its tests are tables like those of ``tests/certificates/sources/``.
"""

from __future__ import annotations

from collections.abc import Callable

from okmate_auth.certificates.chain import CertificateChain, Unreadable
from okmate_auth.certificates.sources.connection import Connection
from okmate_auth.certificates.sources.nginx import NginxHeader
from okmate_auth.certificates.sources.peers import DeclaredPeer, DeclaredPeers
from okmate_auth.certificates.sources.rfc9440 import ClientCertHeaders
from okmate_auth.certificates.sources.tls import client_certificate, peer_certificate

CertificateSource = Callable[[Connection], CertificateChain | Unreadable | None]
"""Finds the certificate that a request's client proved, by one format."""

__all__ = [
    "CertificateSource",
    "ClientCertHeaders",
    "Connection",
    "DeclaredPeer",
    "DeclaredPeers",
    "NginxHeader",
    "client_certificate",
    "peer_certificate",
]
