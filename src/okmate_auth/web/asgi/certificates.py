"""Client certificates of TLS connections that uvicorn itself accepts: its protocol classes, and what they see.

uvicorn tells an application nothing of TLS. These classes look at the TLS object when the connection is there, once,
and put what :func:`~okmate_auth.certificates.sources.peer_certificate` returns into the state of that connection's
requests, where :func:`~okmate_auth.web.asgi.connections.connection_of` finds it::

    uvicorn.run(app, http=CertificateH11Protocol, proxy_headers=False, ssl_cert_reqs=ssl.CERT_OPTIONAL, …)

and ``WebRules(callers=Callers(certificates=client_certificate), …)``. Needs uvicorn; the class for httptools is made
where that is installed.
"""

from __future__ import annotations

import asyncio
import importlib.util
from typing import cast

from uvicorn.protocols.http.h11_impl import H11Protocol

from okmate_auth.certificates.chain import CertificateChain, Unreadable
from okmate_auth.certificates.sources import peer_certificate
from okmate_auth.certificates.sources.tls import TlsObject
from okmate_auth.web.asgi.connections import CERTIFICATE_KEY


def _proved(transport: asyncio.BaseTransport) -> CertificateChain | Unreadable | None:
    tls = cast("TlsObject | None", transport.get_extra_info("ssl_object"))
    return None if tls is None else peer_certificate(tls)


class CertificateH11Protocol(H11Protocol):
    """uvicorn's protocol on h11, with the client's certificate in each request's state."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Look at the certificate; the handshake is over by now."""
        self.app_state = {**self.app_state, CERTIFICATE_KEY: _proved(transport)}  # this connection's, and no other's
        super().connection_made(transport)


if importlib.util.find_spec("httptools") is not None:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    class CertificateHttpToolsProtocol(HttpToolsProtocol):
        """uvicorn's protocol on httptools, with the client's certificate in each request's state."""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
            """Look at the certificate; the handshake is over by now."""
            self.app_state = {**self.app_state, CERTIFICATE_KEY: _proved(transport)}
            super().connection_made(transport)
