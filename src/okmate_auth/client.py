"""Who is calling, as the bank's web server declares it."""

from __future__ import annotations

import attrs

from okmate_auth import handles
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
        browser_hash: The hash under which the browser is stored; '' for what can't be a browser's token.

    Raises:
        MisuseError: A field is not text.
    """

    address: str = attrs.field(converter=_address)
    user_agent: str = attrs.field(converter=_user_agent, default="")
    browser: Secret = attrs.field(converter=_browser, default=None, kw_only=True)
    browser_hash: str = attrs.field(init=False, repr=False, default=attrs.Factory(_browser_hash, takes_self=True))

    def violations(self) -> tuple[Violation, ...]:
        """Return what is wrong with the form of the browser's cookie."""
        return () if self.browser_hash else (Violation("malformed-token", "browser"),)


def as_client(value: Client) -> Client:
    """Return a caller, made sure that it is one.

    Raises:
        MisuseError: It is something else.
    """
    if not isinstance(value, Client):
        message = "client must be a Client"
        raise MisuseError(message)
    return value
