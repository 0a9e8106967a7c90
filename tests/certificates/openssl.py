"""Certificates, requests, names and revocation lists made by the ``openssl`` program, never by the library under test.

Rule 1. Everything is made once in a test run and by its arguments alone: the same call returns the same files, so make
        as many as the facts need. A key is one of a kind and a label.
Rule 2. Whoever has a key can sign (:meth:`Identity.issue`), rightly or not: refusing is the work of what is tested.
Rule 3. A certificate is made as ``openssl ca`` does it, with its database; each one and each list has a database of its
        own, so that nothing depends on the order of tests.
"""

from __future__ import annotations

import atexit
import base64
import functools
import itertools
import os
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import attrs

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
NOW: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
END: Final = datetime(2028, 1, 1, tzinfo=UTC)

# Extension sections, as lines of openssl's configuration (x509v3_config(5)). A line "[name]" starts a further section.
NONE: Final = ()  # with no extension at all, openssl makes a certificate of version 1
CA: Final = (
    "basicConstraints=critical,CA:TRUE",
    "keyUsage=critical,keyCertSign,cRLSign",
    "subjectKeyIdentifier=hash",
)
ISSUED_CA: Final = (*CA, "authorityKeyIdentifier=keyid:always")
CLIENT: Final = (
    "basicConstraints=critical,CA:FALSE",
    "keyUsage=critical,digitalSignature",
    "extendedKeyUsage=clientAuth",
    "subjectKeyIdentifier=hash",
    "authorityKeyIdentifier=keyid:always",
)

_COUNT: Final = itertools.count(1)


@attrs.frozen(kw_only=True)
class Revoked:
    """A line of a revocation list.

    Attributes:
        serial: Of the certificate.
        at: When it was revoked.
        reason: As ``openssl ca`` writes it into its database: ``keyCompromise``, ``certificateHold``,
            ``removeFromCRL``, ``keyTime,20260101000000Z`` (with an invalidity date); ``None``: without one.
    """

    serial: int
    at: datetime = START
    reason: str | None = None


@attrs.frozen
class Identity:
    """A certificate with its key, each in a file of PEM; anybody's, a CA's or a person's.

    Attributes:
        certificate: The certificate's file.
        key: The key's file.
        serial: The certificate's serial number.
    """

    certificate: Path
    key: Path
    serial: int

    @property
    def pem(self) -> bytes:
        """The certificate, as openssl writes it."""
        return self.certificate.read_bytes()

    @property
    def der(self) -> bytes:
        """The certificate's bytes."""
        return from_pem(self.pem)

    def issue(  # noqa: PLR0913 - what can be wrong with a certificate is a lot
        self,
        subject: str,
        extensions: tuple[str, ...] = CLIENT,
        *,
        kind: str = "P-256",
        label: str | None = None,
        held: Path | None = None,
        digest: str = "sha256",
        start: datetime = START,
        end: datetime = END,
        serial: int = 0,
        mask: str = "utf8only",
        sigopt: tuple[str, ...] = (),
    ) -> Identity:
        """Return a certificate signed with this key, named by this certificate.

        Args:
            subject: ``/CN=a/O=b``; a backslash escapes; ``/CN=a+OU=b`` is one RDN of two values.
            extensions: Lines of its section; :data:`NONE` makes a certificate of version 1.
            kind: Of its key, see :func:`key`.
            label: Of its key; by default there is one for each subject.
            held: A key's file instead of one of a kind and label.
            digest: ``sha1``, ``md5`` and so on; for a key that has its own (Ed25519) give ``default``.
            start: notBefore.
            end: notAfter.
            serial: 0: one that nothing else has.
            mask: Types of string for the subject: ``utf8only``, ``pkix``, ``default``, ``MASK:0x0800`` (BMPString).
            sigopt: Of the signature, such as ``rsa_padding_mode:pss``.
        """
        held = held or key(kind, subject if label is None else label)
        signer = (str(self.certificate), str(self.key))
        return _signed(signer, held, subject, extensions, digest, start, end, serial, mask, sigopt)

    def intermediate(
        self, subject: str, extensions: tuple[str, ...] = ISSUED_CA, *, kind: str = "P-256", label: str | None = None
    ) -> Identity:
        """Return a CA's certificate signed with this key."""
        return self.issue(subject, extensions, kind=kind, label=label)

    def crl(
        self,
        *revoked: Revoked,
        number: int | None = 1,
        last_update: datetime = START,
        next_update: datetime | None = END,
        extensions: tuple[str, ...] = ("authorityKeyIdentifier=keyid:always",),
        digest: str = "sha256",
    ) -> bytes:
        """Return a revocation list signed with this key and named by this certificate, DER.

        Args:
            revoked: Its entries.
            number: cRLNumber; ``None``: without one.
            last_update: thisUpdate.
            next_update: nextUpdate; openssl always writes one, ``None`` asks for it 30 days after the real today.
            extensions: Lines of the list's section, without the number; with none and no number the list has version 1.
            digest: ``sha1`` and so on; for a key that has its own (Ed25519) give ``default``.
        """
        return _listed(self, revoked, number, last_update, next_update, extensions, digest)


@functools.cache
def root(  # noqa: PLR0913 - as Identity.issue
    subject: str = "/C=JP/O=Bank/CN=Root",
    extensions: tuple[str, ...] = CA,
    *,
    kind: str = "P-256",
    label: str | None = None,
    digest: str = "sha256",
    start: datetime = START,
    end: datetime = END,
    serial: int = 0,
    mask: str = "utf8only",
) -> Identity:
    """Return a certificate signed with its own key; arguments as of :meth:`Identity.issue`."""
    held = key(kind, subject if label is None else label)
    return _signed(None, held, subject, extensions, digest, start, end, serial, mask, ())


@functools.cache
def key(kind: str = "P-256", label: str = "") -> Path:  # noqa: ARG001 - the cache tells keys apart by it
    """Return the file of the key of a kind that is called so.

    Args:
        kind: ``rsa:2048``, ``rsa:2048:3`` (with its exponent), ``rsa:8192:65537:5`` (of five primes, which is sooner
            found), ``P-256``, ``P-256:explicit``, ``secp256k1``, ``ed25519``, ``ed448``, ``dsa``.
        label: Another label, another key.
    """
    file = new_directory() / "key.pem"
    match kind.split(":"):
        case ["rsa", bits, *more]:
            named = zip(("bits", "pubexp", "primes"), (bits, *more), strict=False)
            options = ["RSA", *(word for name, value in named for word in ("-pkeyopt", f"rsa_keygen_{name}:{value}"))]
        case ["dsa"]:
            parameters = file.with_name("parameters.pem")
            run("genpkey", "-genparam", "-algorithm", "DSA", "-pkeyopt", "dsa_paramgen_bits:2048", "-out", parameters)
            run("genpkey", "-paramfile", parameters, "-out", file)
            return file
        case ["ed25519" | "ed448" as algorithm]:
            options = [algorithm]
        case [curve, *encoding]:
            form = encoding[0] if encoding else "named_curve"
            options = ["EC", "-pkeyopt", f"ec_paramgen_curve:{curve}", "-pkeyopt", f"ec_param_enc:{form}"]
    run("genpkey", "-algorithm", *options, "-out", file)
    return file


def request(held: Path, subject: str, mask: str = "utf8only") -> Path:
    """Return the file of a certificate request (CSR) for a key, PEM."""
    directory = new_directory()
    config, file = directory / "req.cnf", directory / "csr.pem"
    config.write_text(f"[req]\ndistinguished_name=dn\nstring_mask={mask}\nutf8=yes\n[dn]\n", "utf-8")
    run("req", "-new", "-config", config, "-key", held, "-subj", subject, "-utf8", "-out", file)
    return file


@functools.cache
def asn1(*lines: str) -> bytes:
    """Return the DER that openssl writes for a description (ASN1_generate_nconf(3)), such as ``asn1=SEQUENCE:name``."""
    directory = new_directory()
    config, file = directory / "asn1.cnf", directory / "out.der"
    config.write_text("\n".join(lines) + "\n", "utf-8")
    run("asn1parse", "-genconf", config, "-noout", "-out", file)
    return file.read_bytes()


def run(*words: str | Path, into: bytes = b"") -> bytes:
    """Run ``openssl`` with these words and return what it writes.

    Raises:
        AssertionError: It refused; the text says why.
    """
    program = shutil.which("openssl")
    assert program is not None, "openssl is not installed: apt-get install openssl"
    environment = {"PATH": os.environ.get("PATH", os.defpath), "OPENSSL_CONF": os.devnull}
    done = subprocess.run(  # noqa: S603 - our own words
        [program, *words], check=False, input=into, capture_output=True, env=environment, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout


def from_pem(text: bytes) -> bytes:
    """Return the bytes within the armour of one PEM block."""
    return base64.b64decode(b"".join(text.split(b"-----")[2].split()))


def new_directory() -> Path:
    """Return an empty directory below the one that goes away when the run ends."""
    directory = _top() / str(next(_COUNT))
    directory.mkdir()
    return directory


@functools.cache
def _top() -> Path:
    directory = Path(tempfile.mkdtemp(prefix="okmate-auth-openssl-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    return directory


@functools.cache
def _signed(  # noqa: PLR0913, PLR0917 - as Identity.issue
    signer: tuple[str, str] | None,
    held: Path,
    subject: str,
    extensions: tuple[str, ...],
    digest: str,
    start: datetime,
    end: datetime,
    serial: int,
    mask: str,
    sigopt: tuple[str, ...],
) -> Identity:
    directory = new_directory()
    number = serial or 0x1000 + next(_COUNT)
    file = directory / "certificate.pem"
    config = _database(directory, digest, extensions)
    (directory / "serial").write_text(_hexadecimal(number) + "\n", "ascii")
    by = ("-selfsign", "-keyfile", held) if signer is None else ("-cert", signer[0], "-keyfile", signer[1])
    wanted = ("-extfile", config, "-extensions", "extensions") if extensions else ()
    options = [word for one in sigopt for word in ("-sigopt", one)]
    run(
        *("ca", "-batch", "-notext", "-config", config, "-in", request(held, subject, mask), "-out", file),
        *("-startdate", _time(start), "-enddate", _time(end)),
        *by,
        *wanted,
        *options,
    )
    return Identity(file, held, number)


@functools.cache
def _listed(
    signer: Identity,
    revoked: tuple[Revoked, ...],
    number: int | None,
    last_update: datetime,
    next_update: datetime | None,
    extensions: tuple[str, ...],
    digest: str,
) -> bytes:
    directory = new_directory()
    file = directory / "crl.pem"
    config = _database(directory, digest, extensions, revoked)
    if number is not None:
        with config.open("a", encoding="utf-8") as text:
            text.write(f"[ca]\ncrlnumber={directory}/crlnumber\n")
        (directory / "crlnumber").write_text(_hexadecimal(number) + "\n", "ascii")
    until = ("-crl_nextupdate", _time(next_update)) if next_update is not None else ("-crldays", "30")
    wanted = ("-crlexts", "extensions") if extensions else ()
    run(
        *("ca", "-gencrl", "-config", config, "-cert", signer.certificate, "-keyfile", signer.key, "-out", file),
        *("-crl_lastupdate", _time(last_update)),
        *until,
        *wanted,
    )
    return from_pem(file.read_bytes())


def _database(directory: Path, digest: str, extensions: tuple[str, ...], revoked: tuple[Revoked, ...] = ()) -> Path:
    """Write the database of ``openssl ca`` and its configuration, and return the latter."""
    entries = (
        f"R\t{END:%y%m%d%H%M%SZ}\t{one.at:%y%m%d%H%M%SZ}{f',{one.reason}' if one.reason else ''}"
        f"\t{_hexadecimal(one.serial)}\tunknown\t/CN=revoked\n"
        for one in revoked
    )
    (directory / "index.txt").write_text("".join(entries), "ascii")
    (directory / "index.txt.attr").write_text("unique_subject = no\n", "ascii")
    config = directory / "ca.cnf"
    lines = (
        *("[default]", "oid_section=oids", "[oids]"),
        *("[ca]", "default_ca=ca", f"new_certs_dir={directory}", f"database={directory}/index.txt"),
        *(f"serial={directory}/serial", f"default_md={digest}", "policy=policy", "preserve=yes", "default_days=1"),
        *("[policy]", "commonName=optional"),
        *("[extensions]", *extensions),
    )
    config.write_text("\n".join(lines) + "\n", "utf-8")
    return config


def _hexadecimal(number: int) -> str:
    digits = f"{number:X}"
    return digits.rjust(len(digits) + len(digits) % 2, "0")


def _time(moment: datetime) -> str:
    return f"{moment:%Y%m%d%H%M%S}Z".rjust(15, "0")
