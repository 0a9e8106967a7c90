"""A bank at work: openssl's CA, its list in a file, the desk, SQLite, the web application, nginx in front."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import attrs

from okmate_auth import OKMATE, Authenticator, KeyRing, SQLiteStore
from okmate_auth.certificates import CertificateChain, TrustAnchors, presented
from okmate_auth.certificates.sources import DeclaredPeer, DeclaredPeers, NginxHeader
from okmate_auth.commands import ByDesk, RegisterCertificate, RegisterCompany, RegisterUser
from okmate_auth.replies import CertificateRegistered, UserRegistered
from okmate_auth.revocation import CertificateDesk, Trust
from okmate_auth.shells.setup import utc_now
from okmate_auth.testing.kdf import UNSAFE_CHEAPEST
from tests.certificates import openssl
from tests.certificates.browser import Browser
from tests.certificates.nginx import ADDRESS, SECRET, Settings, front
from tests.certificates.openssl import Revoked
from tests.certificates.sources.pki import Identity, installed
from tests.certificates.upstream import listening
from tests.certificates.web import ADDRESS_FIELD, Application

DESK: Final = ByDesk(operator="tanaka", ticket="2026-1125")
LOGIN: Final = "Kawa7nobe2"
CONFIRMATION: Final = "Zk4mmmQ8x"
DAY: Final = timedelta(days=1)
_PEERS: Final = DeclaredPeers([DeclaredPeer(networks=[ADDRESS], secret=SECRET)])
SERVER: Final = (*openssl.CLIENT[:2], "extendedKeyUsage=serverAuth", "subjectAltName=DNS:localhost")


class RealClock:
    """The machine's clock, which a test puts ahead instead of waiting."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        """Return the present instant."""
        return utc_now() + self.ahead


@attrs.frozen(kw_only=True)
class Authority:
    """The bank's CA for people; under a root, which is not trusted for them, and which nginx's certificate is of too.

    Attributes:
        now: When everything was made.
        issuing: The CA.
        server: nginx's own certificate.
        root: File of the root.
    """

    now: datetime
    issuing: openssl.Identity
    server: Identity
    root: Path

    def person(
        self,
        login_id: str,
        extensions: tuple[str, ...] = openssl.CLIENT,
        *,
        label: str = "",
        start: timedelta = -DAY,
        end: timedelta = 30 * DAY,
    ) -> openssl.Identity:
        """Return a person's certificate; another label, another key."""
        name, held = f"/C=JP/O=Bank/CN={login_id}", login_id + label
        return self.issuing.issue(name, extensions, label=held, start=self.now + start, end=self.now + end)

    def crl(self, number: int, *revoked: openssl.Identity, lasts: timedelta = 7 * DAY) -> bytes:
        """Return the CA's revocation list."""
        entries = (Revoked(serial=one.serial, at=self.now) for one in revoked)
        return self.issuing.crl(*entries, number=number, last_update=self.now - DAY, next_update=self.now + lasts)


def made_now() -> Authority:
    """Return CAs that are good now."""
    installed("openssl", "it makes the certificates of these tests")
    now = utc_now().replace(microsecond=0)
    start, end = now - DAY, now + 30 * DAY
    root = openssl.root("/C=JP/O=Bank/CN=Root", start=start, end=end)
    return Authority(
        now=now,
        issuing=root.issue("/C=JP/O=Bank/CN=Issuing", openssl.ISSUED_CA, start=start, end=end),
        server=shown(root.issue("/CN=localhost", SERVER, start=start, end=end)),
        root=root.certificate,
    )


def shown(identity: openssl.Identity) -> Identity:
    """Return what a server or browser has of a certificate: two files."""
    return Identity(identity.certificate, identity.key)


def chain(identity: openssl.Identity) -> CertificateChain:
    """Return what the desk registers."""
    found = presented(identity.der)
    assert isinstance(found, CertificateChain)
    return found


@attrs.frozen(kw_only=True)
class Bank:
    """Everything at work.

    Attributes:
        auth: Behind the application.
        authority: Its CA.
        clock: Its clock.
        crl: The file in which the desk finds the CA's list.
        url: The application, past nginx.
        browser: A browser without a certificate; a name, and it is another one.
        initial: Initial passwords by login ID.
    """

    auth: Authenticator
    authority: Authority
    clock: RealClock
    crl: Path
    url: str
    browser: Callable[[str], Browser]
    initial: dict[str, str]

    def of(self, login_id: str) -> Browser:
        """Return a person's browser, with his certificate chosen."""
        return self.browser(login_id).showing(shown(self.authority.person(login_id)))

    def publish(self, data: bytes) -> None:
        """Put a list in the file's place, as a timer does it: written beside it and renamed."""
        new = self.crl.with_suffix(".new")
        new.write_bytes(data)
        new.replace(self.crl)

    def first_day(self, login_id: str) -> Browser:
        """Go through the first login; return the browser, logged in."""
        browser, password = self.of(login_id), self.initial[login_id]
        step = browser.post("/password", handle=browser.present()["handle"], password=password)
        done = browser.post("/change", handle=step["handle"], current=password, login=LOGIN, confirmation=CONFIRMATION)
        assert browser.post("/acknowledge", handle=done["handle"]).status == 303
        assert browser.get("/top").name == "top"
        return browser


@contextmanager
def at_work(authority: Authority, folder: Path) -> Generator[Bank]:
    """Run a bank with two people, hanako01 and taro0002, whose certificates are registered.

    Args:
        authority: Its CA.
        folder: A new folder, for everything that is written.
    """
    clock, list_file = RealClock(), folder / "issuing.crl"
    list_file.write_bytes(authority.crl(1))
    desk = CertificateDesk(Trust(anchors=TrustAnchors((authority.issuing.der,)), files=(list_file,)))
    profile = attrs.evolve(OKMATE, kdf=UNSAFE_CHEAPEST)
    settings = Settings(http="error_page 495 = /refused;", location=f"proxy_set_header {ADDRESS_FIELD} $remote_addr;")
    with (
        Authenticator(
            SQLiteStore(str(folder / "bank.db")),
            profile=profile,
            keys=KeyRing.generate(),
            certificates=desk,
            clock=clock,
        ) as auth,
        listening(Application(auth, NginxHeader(_PEERS), _PEERS)) as url,
        front(
            folder,
            url,
            server=authority.server,
            authorities=(authority.root, authority.issuing.certificate),
            settings=settings,
        ) as nginx,
    ):
        auth.submit(RegisterCompany(company="C0001", name="架空商事", authority=DESK, method="certificate"))
        yield Bank(
            auth=auth,
            authority=authority,
            clock=clock,
            crl=list_file,
            url=url,
            browser=lambda name: Browser(nginx, folder / f"{name}.jar"),
            initial={login_id: registered(auth, authority, login_id) for login_id in ("hanako01", "taro0002")},
        )


def registered(auth: Authenticator, authority: Authority, login_id: str) -> str:
    """Register a person and his certificate at the desk; return his initial password."""
    user = auth.submit(RegisterUser(login_id=login_id, company="C0001", authority=DESK))
    assert isinstance(user, UserRegistered)
    assert user.initial_password is not None
    certificate = RegisterCertificate(login_id=login_id, certificate=chain(authority.person(login_id)), authority=DESK)
    assert isinstance(auth.submit(certificate), CertificateRegistered)
    return user.initial_password.reveal()
