"""nginx's ``$ssl_client_escaped_cert``: the client's certificate as percent-encoded PEM, in a header the bank names.

In the ``server`` of nginx that serves the certificate entrance, and nothing else::

    ssl_verify_client optional_no_ca;    # every certificate whose key TLS proved; the verdict is the library's
    ssl_verify_depth 3;
    ssl_session_cache off;    # no certificate of an earlier handshake, or of another server (CE-11, A72)
    ssl_session_tickets off;
    proxy_set_header X-SSL-Client-Cert $ssl_client_escaped_cert;    # empty: no field, and a client's own is dropped
    proxy_set_header X-SSL-Client-Verify $ssl_client_verify;
    proxy_set_header X-Proxy-Secret …;    # from an included file that only nginx may read

A ``location`` with a ``proxy_set_header`` of its own inherits none of these: it repeats them all.

Rule 1. The leaf alone comes: the bank gives its intermediate certificates to the path itself.
Rule 2. nginx's own verdict may take a certificate away and never gives one: it is made of words (A55, A57). The path is
        built and judged by this library, whatever it says.
Rule 3. ``underscores_in_headers`` stays off, as it is by default: with it a client's ``X_SSL_Client_Cert`` comes
        through, and is refused here (A54).

Source: the manual of ngx_http_ssl_module, "Embedded Variables" (``$ssl_client_escaped_cert`` since nginx 1.13.5).
"""

from __future__ import annotations

import re
from typing import Final

import attrs

from okmate_auth.certificates.chain import CertificateChain, Unreadable, presented
from okmate_auth.certificates.sources import strict_base64
from okmate_auth.certificates.sources.connection import Connection
from okmate_auth.certificates.sources.peers import DeclaredPeers, header_name, some_peers
from okmate_auth.errors import ConfigurationError

HEADER: Final = "X-SSL-Client-Cert"
GOOD_VERDICT: Final = b"SUCCESS"

_BEGIN, _END = b"-----BEGIN CERTIFICATE-----\n", b"-----END CERTIFICATE-----"
_LINE: Final = 64  # characters of base64 in each line but the last (RFC 7468 2)
_LONGEST_PEM: Final = len(_BEGIN) + strict_base64.LONGEST + strict_base64.LONGEST // _LINE + 1 + len(_END) + 1
LONGEST: Final = 3 * _LONGEST_PEM  # where every character is escaped

# Everything but the unreserved characters of RFC 3986 2.3 is escaped; nothing says a character in two ways but "%2b".
_ESCAPED: Final = re.compile(rb"(?:[A-Za-z0-9._~-]|%[0-9A-Fa-f]{2})+")
_ESCAPE: Final = re.compile(rb"%(..)")
_PEM: Final = re.compile(
    re.escape(_BEGIN) + rb"((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{1,64}={0,2}\n)" + re.escape(_END) + rb"\n?"
)


def _verdict_header(value: str | None) -> str | None:
    return None if value is None else header_name(value)


@attrs.frozen
class NginxHeader:
    """The source: a client's certificate as nginx writes it, from declared peers.

    Attributes:
        peers: The proxies that write the field, in place of whatever a client sent under its name.
        header: The field's name.
        verdict_header: Name of a field with ``$ssl_client_verify``, where what nginx itself could not verify is to be
            refused too; None where the bank has no use for that.

    Raises:
        ConfigurationError: No peer is declared; a name has the wrong form, or both are the same.
        MisuseError: A field has the wrong type.
    """

    peers: DeclaredPeers = attrs.field(converter=some_peers)
    header: str = attrs.field(converter=header_name, default=HEADER, kw_only=True)
    verdict_header: str | None = attrs.field(converter=_verdict_header, default=None, kw_only=True)

    def __attrs_post_init__(self) -> None:
        if self.verdict_header is not None and self.verdict_header.lower() == self.header.lower():
            message = "the verdict and the certificate need a header each"
            raise ConfigurationError(message)

    def __call__(self, connection: Connection) -> CertificateChain | Unreadable | None:
        """Return the certificate that a declared peer says its client proved in TLS; None where it says none.

        Of an undeclared peer the field is not there, whatever it holds; an empty one says none. Refusals:
        ``duplicated`` (more than one field); ``malformed`` (not percent-encoded as nginx does it, not the PEM of one
        certificate, a name that looks like the field's; where a verdict is asked for, any but exactly one ``SUCCESS``);
        ``too-large`` (above 16 KiB, seen before it is decoded where it is far above).
        """
        if not self.peers.is_declared(connection):
            return None
        text = connection.only(self.header)
        if isinstance(text, Unreadable):
            return text
        if not text:
            return None
        if self.verdict_header is not None and connection.only(self.verdict_header) != GOOD_VERDICT:
            return Unreadable("malformed")
        if len(text) > LONGEST:
            return Unreadable("too-large")
        der = _certificate(text)
        return Unreadable("malformed") if der is None else presented(der)


def _certificate(text: bytes) -> bytes | None:
    """Return the DER of exactly one certificate, percent-encoded and in PEM; None for anything else."""
    if _ESCAPED.fullmatch(text) is None:
        return None
    pem = _ESCAPE.sub(lambda found: bytes.fromhex(found[1].decode("ascii")), text)
    found = _PEM.fullmatch(pem)
    return None if found is None else strict_base64.decoded(found[1].replace(b"\n", b""))
