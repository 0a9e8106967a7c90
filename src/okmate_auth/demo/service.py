"""The service of the story as a bank sets it up: whom it trusts, what its own systems show, the library on a store."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from okmate_auth.boards import BoardNotice, Boards, Transaction
from okmate_auth.certificates import TrustAnchors
from okmate_auth.demo.issuer import Issuer
from okmate_auth.demo.people import CERTIFICATE_COMPANY
from okmate_auth.demo.stage import Stage, StoryClock
from okmate_auth.demo.wording import Wording
from okmate_auth.policies.profile import Profile
from okmate_auth.ports import Store
from okmate_auth.revocation import CertificateDesk, Trust
from okmate_auth.shells.keyring import KeyRing
from okmate_auth.shells.sync import Authenticator
from okmate_auth.storage.boards import MemoryNoticeBoard, MemoryTransactionBoard

__all__ = ["running"]

_ISSUER: Final = "Demo Bank CA"


@contextmanager
def running(
    store: Store, *, profile: Profile, keys: KeyRing, clock: StoryClock, post: Path, words: Wording
) -> Generator[Stage]:
    """Lend a stage with the library running on a store, which is closed at the end.

    Args:
        store: Where everything is kept.
        profile: The bank's rules.
        keys: The data keys.
        clock: The story's time.
        post: A folder, empty and the story's alone: what its CA and a token's maker send comes in there.
        words: In which language the bank's own systems have their data.
    """
    issuer, revoked = Issuer(_ISSUER, clock), post / "revoked.crl"
    issuer.publish(revoked)
    desk = CertificateDesk(Trust(anchors=TrustAnchors((issuer.anchor,)), files=(revoked,)))
    boards = _boards(clock, words)
    with Authenticator(store, profile=profile, keys=keys, certificates=desk, boards=boards, clock=clock) as auth:
        yield Stage(auth, clock, issuer=issuer, revoked=revoked, post=post)


def _boards(clock: StoryClock, words: Wording) -> Boards:
    """Return what the bank's own systems show on top pages: what waits for an approval, what nobody has read yet."""
    transactions, notices = MemoryTransactionBoard(), MemoryNoticeBoard()
    title = words.say("board.salaries")
    salaries = Transaction(id="P-1105", kind="payroll", title=title, state="unapproved", at=clock(), amount=1_250_000)
    transactions.put(salaries, company=CERTIFICATE_COMPANY, subject="whoever entered it")
    notices.post(BoardNotice(id="N-17", title=words.say("board.renewal"), at=clock()), company=CERTIFICATE_COMPANY)
    return Boards(transactions=transactions, notices=notices)
