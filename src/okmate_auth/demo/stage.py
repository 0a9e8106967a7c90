"""Where the story takes place: who takes part, from which browser, and what each of them has in hand.

It remembers like browsers and people do: handles and cookies by browser, initial passwords from the bank's letters,
what was read off a token's display. None of it is ever shown but initial passwords, which are made up.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import attrs

from okmate_auth.certificates import CertificateChain
from okmate_auth.client import Client
from okmate_auth.commands import ByDesk
from okmate_auth.demo.hard_token import HardToken, made
from okmate_auth.demo.issuer import Issuer
from okmate_auth.ports import Clock
from okmate_auth.queries.query import Query
from okmate_auth.replies import Authenticated, PasswordsReset, Refused, Step, UserRegistered
from okmate_auth.secret import Secret
from okmate_auth.shells.sync import Authenticator

__all__ = ["Role", "Stage", "StoryClock"]

R = TypeVar("R")


@attrs.frozen(kw_only=True)
class Role:
    """Somebody who takes part, at one place: a browser, or the bank's desk.

    Attributes:
        user: Login ID, or ``desk``, or ``stranger``.
        place: Name of the place, the same in every language.
        address: From where, out of the ranges that are kept for documents (RFC 5737); '' for the desk.
        user_agent: What the browser calls itself.
        certificate: The login ID in the certificate that the browser shows; '' where it has none.
    """

    user: str
    place: str
    address: str = ""
    user_agent: str = ""
    certificate: str = ""


class StoryClock:
    """The real time, and where the story needs it, later.

    It begins as far back as the story is long, so that it ends no later than the real time and no record is of the
    future.

    Args:
        real: This machine's clock.
        length: How far it will be moved in all.
    """

    def __init__(self, real: Clock, length: timedelta) -> None:
        self._real = real
        self._offset = -length

    def __call__(self) -> datetime:
        """Return now, as the story has it."""
        return self._real() + self._offset

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self._offset += by

    @contextmanager
    def stopped(self) -> Generator[None, None, None]:
        """Let no time pass: while a reader holds up the terminal, no code, form or session of the story gets old."""
        since = self()
        yield
        self._offset -= self() - since


class Stage:
    """What the people of the story know and have.

    Args:
        auth: The library.
        clock: The story's time.
        issuer: The CA that the bank trusts.
        revoked: Where the bank looks for that CA's list.
        post: A folder in which the files of tokens' makers come in.

    Attributes:
        auth: As given.
        clock: As given.
        replies: Every reply so far, the newest last.
        began: When the present scene began.
    """

    def __init__(self, auth: Authenticator, clock: Clock, *, issuer: Issuer, revoked: Path, post: Path) -> None:
        self.auth = auth
        self.clock = clock
        self.replies: list[object] = []
        self.began = clock()
        self._issuer = issuer
        self._revoked = revoked
        self._post = post
        self._another = Issuer("Somebody else's CA", clock)
        self._clients: dict[Role, Client] = {}
        self._handles: dict[Role, list[Secret]] = {}
        self._sessions: dict[Role, list[Secret]] = {}
        self._initial: dict[str, Secret] = {}
        self._tokens: dict[str, HardToken] = {}
        self._read_off: dict[str, str] = {}
        self._deliveries = 0
        self._tickets = 0
        self._guesses = 0

    def client(self, role: Role, *, showing: CertificateChain | None = None) -> Client:
        """Return the circumstances of a role; its browser gets its cookie on its first visit.

        Args:
            role: Who, and where.
            showing: A certificate that is chosen this once, instead of the browser's own.
        """
        client = self._clients.get(role)
        if client is None:
            certificate = self.certificate(role.certificate) if role.certificate else None
            browser = Secret(self.auth.new_token())
            client = Client(role.address, role.user_agent, browser=browser, certificate=certificate)
            self._clients[role] = client
        return client if showing is None else attrs.evolve(client, certificate=showing)

    def certificate(self, login_id: str) -> CertificateChain:
        """Return the certificate of the bank's CA in which a login ID stands."""
        return self._issuer.certificate(login_id)

    def counterfeit(self, login_id: str) -> CertificateChain:
        """Return a certificate in which a login ID stands, too, and which another CA issued."""
        return self._another.certificate(login_id)

    def revoke_at_issuer(self, login_id: str) -> None:
        """Have the bank's CA revoke a certificate; its new list comes in."""
        self._issuer.revoke(login_id)
        self._issuer.publish(self._revoked)

    def page(self) -> Secret:
        """Return the attempt token of a login page that was just rendered."""
        return Secret(self.auth.new_token())

    def desk(self) -> ByDesk:
        """Return the desk's authority for its next case."""
        self._tickets += 1
        return ByDesk(operator="operator7", ticket=f"CASE-{self._tickets:03}")

    def guess(self) -> str:
        """Return the next password that somebody tries who does not know it."""
        self._guesses += 1
        return f"guess{self._guesses:03}"

    def handle(self, role: Role, *, back: int = 0) -> Secret:
        """Return the handle of the form that a browser shows, or of the form so many pages back."""
        return self._handles[role][-1 - back]

    def session(self, role: Role, *, back: int = 0) -> Secret:
        """Return the session cookie of a browser, or one it had before."""
        return self._sessions[role][-1 - back]

    def initial_password(self, login_id: str) -> Secret:
        """Return the initial password that the bank's letter to somebody said."""
        return self._initial[login_id]

    def token(self, serial: str) -> HardToken:
        """Return the token with a serial number; its maker makes it when somebody first asks for it."""
        if serial not in self._tokens:
            self._tokens[serial] = made(serial, self._tokens.values(), self.clock())
        return self._tokens[serial]

    def delivered(self, lines: Iterable[str]) -> str:
        """Return what stands in a file of tokens that comes in, read from the disk."""
        self._deliveries += 1
        file = self._post / f"tokens-{self._deliveries}.csv"
        file.write_text("\n".join(lines), "ascii")
        return file.read_text("ascii")

    def display(self, serial: str, *, later: timedelta = timedelta(0)) -> str:
        """Return what a token shows now, or so much later, or earlier; whoever holds it keeps it in mind."""
        self._read_off[serial] = self.token(serial).code(self.clock() + later)
        return self._read_off[serial]

    def read_off(self, serial: str) -> str:
        """Return what was read off a token's display last."""
        return self._read_off[serial]

    def remember(self, role: Role, reply: object) -> None:
        """Keep what a browser, or the post, would keep of a reply."""
        self.replies.append(reply)
        step = reply.at if isinstance(reply, Refused) else reply
        if isinstance(step, Step):
            self._handles.setdefault(role, []).append(step.handle)
        if isinstance(reply, Authenticated):
            self._sessions.setdefault(role, []).append(reply.session)
        if isinstance(reply, UserRegistered | PasswordsReset) and reply.initial_password is not None:
            self._initial[reply.login_id] = reply.initial_password

    def read(self, query: Query[R]) -> R:
        """Read something, to verify a claim."""
        return self.auth.read(query)
