"""Who calls: address, certificate, browser and session of a request, each read in one place for all views.

Rule 1. What a proxy says of its client is believed of a declared peer alone (okmate_auth.certificates.sources), and
        where it says two things, or something else than an address, of nobody: the peer's own address stands.
Rule 2. A new browser token is made on a page that the person came to by himself, or for a form of our own page; not
        where another site led here. There the browser keeps its cookie back (``SameSite=Strict``), and a new one would
        take the place of the one by which its owner's browser is known.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import attrs

from okmate_auth.certificates.chain import CertificateChain, Unreadable
from okmate_auth.certificates.sources import CertificateSource, Connection, DeclaredPeers
from okmate_auth.certificates.sources.peers import header_name
from okmate_auth.client import Client
from okmate_auth.errors import MisuseError
from okmate_auth.secret import Secret
from okmate_auth.web.cookies import CookieNames, handle_in, set_browser
from okmate_auth.web.forgery import came_from_elsewhere, cross_site_problem, form_token
from okmate_auth.web.request import WebRequest

ADDRESS_HEADER: Final = "X-Real-IP"

Mint = Callable[[], str]
"""Makes a token of 43 characters: ``Authenticator.new_token``."""


def _source(value: CertificateSource | None) -> CertificateSource | None:
    if value is not None and not callable(value):
        message = "certificates must be a certificate source, or None"
        raise MisuseError(message)
    return value


def _peers(value: DeclaredPeers) -> DeclaredPeers:
    if not isinstance(value, DeclaredPeers):
        message = "peers must be DeclaredPeers"
        raise MisuseError(message)
    return value


@attrs.frozen(kw_only=True)
class Callers:
    """How a listener knows who calls.

    Attributes:
        certificates: The listener's one source of client certificates; None where it asks for none.
        peers: The proxies whose word on a client's address is taken; none by default.
        address_header: The one field in which they say it.

    Raises:
        ConfigurationError: The field's name has the wrong form.
        MisuseError: A field has the wrong type.
    """

    certificates: CertificateSource | None = attrs.field(converter=_source, default=None)
    peers: DeclaredPeers = attrs.field(converter=_peers, factory=DeclaredPeers)
    address_header: str = attrs.field(converter=header_name, default=ADDRESS_HEADER)

    def address(self, connection: Connection) -> str:
        """Return a client's address: the TCP peer's, or what a declared one says in its one field."""
        if self.peers.is_declared(connection):
            told = connection.only(self.address_header)
            read = Connection(told.decode("latin-1"), ()).ip if isinstance(told, bytes) else None
            if read is not None:
                return str(read)
        return connection.address if connection.ip is None else str(connection.ip)

    def certificate(self, connection: Connection) -> CertificateChain | Unreadable | None:
        """Return what TLS proved of the client, by the listener's source."""
        return None if self.certificates is None else self.certificates(connection)


@attrs.frozen(kw_only=True)
class Visitor:
    """Who makes a request.

    Attributes:
        client: For every command and query.
        browser: The browser's token, new or not; None where another site led here and none came along.
        session: What the session cookie holds; None where there is none. Whether it is live, ``auth.session`` says.
        set_cookies: ``Set-Cookie`` values that the answer carries: a new browser token.
    """

    client: Client
    browser: Secret | None
    session: Secret | None
    set_cookies: tuple[str, ...] = attrs.field(default=(), repr=False)

    def login_token(self, purpose: str) -> str:
        """Return the form token for a form of a login, '' where there is no browser token to bind it to.

        Raises:
            MisuseError: The purpose has the wrong form.
        """
        return form_token(self.browser, purpose)

    def token(self, purpose: str) -> str:
        """Return the form token for a form within the session, '' where there is no session cookie.

        Raises:
            MisuseError: The purpose has the wrong form.
        """
        return form_token(self.session, purpose)


def visitor(
    request: WebRequest, *, callers: Callers, cookies: CookieNames, origins: frozenset[str], mint: Mint
) -> Visitor:
    """Say who makes a request; nothing that it holds raises anything.

    Args:
        request: Its header fields are looked at.
        callers: How the listener knows who calls.
        cookies: What its cookies are called.
        origins: Its origins.
        mint: Asked for a token where the browser needs one.
    """
    connection = request.connection
    browser = handle_in(connection, cookies.browser)
    new: tuple[str, ...] = ()
    if browser is None and _may_be_given_one(request, origins):
        browser = Secret(mint())
        new = (set_browser(cookies, browser),)
    agent = connection.only("user-agent")
    client = Client(
        callers.address(connection),
        agent.decode("latin-1") if isinstance(agent, bytes) else "",
        browser=browser,
        certificate=callers.certificate(connection),
    )
    return Visitor(client=client, browser=browser, session=handle_in(connection, cookies.session), set_cookies=new)


def _may_be_given_one(request: WebRequest, origins: frozenset[str]) -> bool:
    if request.is_safe:
        return not came_from_elsewhere(request.connection)
    return cross_site_problem(request, origins) is None
