"""One of the two entrances: its rules, its gate, and where the other one is."""

from __future__ import annotations

from typing import Final, Self

import attrs
from starlette.requests import Request

from okmate_auth.certificates.sources import client_certificate
from okmate_auth.demo.bank.authority import HOSTS
from okmate_auth.demo.bank.service import Service
from okmate_auth.records.history import Entrance
from okmate_auth.web import Callers, CookieNames, WebRules
from okmate_auth.web.asgi import Gate

__all__ = ["Listener"]

_HTTPS: Final = 443
_WRITTEN: Final = tuple(f"[{host}]" if ":" in host else host for host in HOSTS)  # as a URL has them


@attrs.frozen(kw_only=True)
class Listener:
    """A listener of the demo bank.

    Attributes:
        method: By which one logs in here.
        service: What all listeners share.
        gate: Its own.
        ports: Of the entrance by ID, and of the one by certificate.
    """

    method: Entrance
    service: Service
    gate: Gate
    ports: tuple[int, int]

    @classmethod
    def made(cls, service: Service, method: Entrance, ports: tuple[int, int]) -> Self:
        """Return a listener with its rules: cookies and origins of its own, and its one source of certificates."""
        by_certificate = method == "certificate"
        rules = WebRules(
            origins=[_origin(host, ports[by_certificate]) for host in _WRITTEN],
            cookies=CookieNames(browser=f"__Host-{method}-browser", session=f"__Host-{method}-session"),
            callers=Callers(certificates=client_certificate if by_certificate else None),
            methods=[method],
            entrance="/" if by_certificate else "/login",
            top="/top",
            hsts_seconds=0,  # it would be all of localhost's, on every port, for a year
        )
        return cls(method=method, service=service, gate=Gate(service.auth, rules), ports=ports)

    def origin(self, request: Request, method: Entrance) -> str:
        """Return the origin of an entrance at the host by which somebody came, if that is one of ours."""
        host = request.url.hostname or ""
        written = f"[{host}]" if ":" in host else host
        return _origin(written if written in _WRITTEN else _WRITTEN[0], self.ports[method == "certificate"])


def _origin(host: str, port: int) -> str:
    return f"https://{host}" if port == _HTTPS else f"https://{host}:{port}"
