"""Who is calling, as the bank's web server declares it."""

from __future__ import annotations

import attrs

from okmate_auth import handles
from okmate_auth.certificates.chain import CertificateChain, Unreadable
from okmate_auth.errors import MisuseError
from okmate_auth.secret import Secret, as_secret
from okmate_auth.text import printable, strict_str
from okmate_auth.violations import Violation

ADDRESS_LIMIT = 64
USER_AGENT_LIMIT = 256


def _address(value: str) -> str:
    return printable(strict_str(value, "address"), ADDRESS_LIMIT)


def _user_agent(value: str) -> str:
    return printable(strict_str(value, "user_agent"), USER_AGENT_LIMIT)


def _browser(value: Secret | str | None) -> Secret:
    return as_secret("" if value is None else value)


def _certificate(value: CertificateChain | Unreadable | None) -> CertificateChain | Unreadable | None:
    if not isinstance(value, CertificateChain | Unreadable | None):
        message = "certificate must be what a certificate source returned"
        raise MisuseError(message)
    return value


def _browser_hash(client: Client) -> str:
    """Compute the hash once; what can't be a browser's token has none, and costs nothing."""
    return handles.browser_hash(client.browser) if handles.is_handle(client.browser.reveal()) else ""


@attrs.frozen
class Client:
    """The caller's circumstances.

    Attributes:
        address: IP address of the peer, from the connection or from declared proxies, never from a header as it comes.
        user_agent: What the browser calls itself; for the history only.
        browser: Value of the browser cookie: 43 characters made by ``Authenticator.new_token``, set as a ``__Host-``
            cookie before the first page, contained in no page. A caller without cookies keeps it as it keeps handles.
        certificate: What TLS proved of the client, as one of :mod:`okmate_auth.certificates.sources` returned it; None
            where it presented none.
        browser_hash: The hash under which the browser is stored; '' for what can't be a browser's token.

    Raises:
        MisuseError: A field is not text, or the certificate not what a source returned.
    """

    address: str = attrs.field(converter=_address)
    user_agent: str = attrs.field(converter=_user_agent, default="")
    browser: Secret = attrs.field(converter=_browser, default=None, kw_only=True)
    certificate: CertificateChain | Unreadable | None = attrs.field(
        converter=_certificate, default=None, kw_only=True, repr=False
    )
    browser_hash: str = attrs.field(init=False, repr=False, default=attrs.Factory(_browser_hash, takes_self=True))

    def violations(self) -> tuple[Violation, ...]:
        """Return what is wrong with the form of the browser's cookie, or of the certificate."""
        unreadable = isinstance(self.certificate, Unreadable)
        return (
            *(() if self.browser_hash else (Violation("malformed-token", "browser"),)),
            *((Violation("malformed", "certificate"),) if unreadable else ()),
        )

    @property
    def chain(self) -> CertificateChain | None:
        """What TLS proved, as far as it can be read at all."""
        return self.certificate if isinstance(self.certificate, CertificateChain) else None

    def holds(self, browser: str, certificate: str) -> bool:
        """Say whether a flow or session of this browser, and of this certificate where it has one, is the caller's.

        Args:
            browser: Hash of the browser's cookie.
            certificate: Fingerprint of the certificate it is bound to, '' for none.
        """
        chain = self.chain
        return self.browser_hash == browser and (
            not certificate or (chain is not None and chain.fingerprint == certificate)
        )


def as_client(value: Client) -> Client:
    """Return a caller, made sure that it is one.

    Raises:
        MisuseError: It is something else.
    """
    if not isinstance(value, Client):
        message = "client must be a Client"
        raise MisuseError(message)
    return value
