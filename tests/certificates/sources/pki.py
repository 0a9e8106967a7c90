"""Certificates made by openssl, for handshakes and headers: CAs, people, a server, a proxy, a stranger."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import attrs
import pytest

_CA: Final = ("basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign")
_CLIENT: Final = (
    "basicConstraints=critical,CA:FALSE",
    "keyUsage=critical,digitalSignature",
    "extendedKeyUsage=clientAuth",
)
_SERVER: Final = (*_CLIENT[:2], "extendedKeyUsage=serverAuth", "subjectAltName=DNS:localhost,IP:127.0.0.1")


def installed(program: str, purpose: str) -> str:
    """Return a program's path; skip where it is missing, and fail where everything is meant to be checked."""
    found = shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"]))
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{program} is missing, and this machine is meant to check everything")
        pytest.skip(f"{program} is not installed; {purpose}")
    return found


@attrs.frozen
class Identity:
    """A certificate with its key, each in a file of PEM.

    Attributes:
        certificate: The certificate's file.
        key: The key's file.
    """

    certificate: Path
    key: Path

    @property
    def pem(self) -> str:
        """The certificate, as openssl writes it."""
        return self.certificate.read_text("ascii")

    @property
    def der(self) -> bytes:
        """The certificate's bytes."""
        return base64.b64decode("".join(self.pem.splitlines()[1:-1]))


@attrs.frozen(kw_only=True)
class Pki:
    """Who there is.

    Attributes:
        root: The bank's root.
        issuing: Its CA for people, under the root.
        hanako: A person, of the issuing CA.
        taro: Another one.
        stranger: A person of a CA that nobody knows.
        server: A web server on loopback, of the root.
        proxy: What a proxy shows to the server behind it, of the root.
        hanako_with_ca: File of hanako's certificate and the issuing CA's, as a client sends them.
    """

    root: Identity
    issuing: Identity
    hanako: Identity
    taro: Identity
    stranger: Identity
    server: Identity
    proxy: Identity
    hanako_with_ca: Path


def make(folder: Path) -> Pki:
    """Return certificates of new keys, made in a folder."""
    openssl = installed("openssl", "it makes the certificates of these tests")

    def issued(name: str, extensions: tuple[str, ...], by: Identity | None = None) -> Identity:
        made = Identity(folder / f"{name}.pem", folder / f"{name}.key")
        issuer = () if by is None else ("-CA", str(by.certificate), "-CAkey", str(by.key))
        subprocess.run(  # noqa: S603 - our own words
            [
                *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"),
                *(
                    "-days",
                    "2",
                    "-subj",
                    f"/O=Example/CN={name}",
                    "-keyout",
                    str(made.key),
                    "-out",
                    str(made.certificate),
                ),
                *issuer,
                *(word for extension in extensions for word in ("-addext", extension)),
            ],
            check=True,
            capture_output=True,
            timeout=60,
        )
        return made

    root = issued("root", _CA)
    issuing = issued("issuing", _CA, root)
    hanako = issued("hanako01", _CLIENT, issuing)
    with_ca = folder / "hanako01-with-ca.pem"
    with_ca.write_text(hanako.pem + issuing.pem, "ascii")
    return Pki(
        root=root,
        issuing=issuing,
        hanako=hanako,
        taro=issued("taro02", _CLIENT, issuing),
        stranger=issued("stranger", _CLIENT, issued("nobody", _CA)),
        server=issued("server", _SERVER, root),
        proxy=issued("proxy", _CLIENT, root),
        hanako_with_ca=with_ca,
    )
