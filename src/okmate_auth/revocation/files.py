"""Files of revocation lists: read at first, looked at again, and what became of it, for the operator."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final, Literal

import attrs
from cryptography import x509

from okmate_auth.certificates.crl import LARGEST_LIST, RevocationList, UnusableList, UnusableReason
from okmate_auth.certificates.crl_lists import ExchangeReason, Signed, exchange
from okmate_auth.certificates.hostile import attempt

Defect = Literal["unreadable", "changing"] | UnusableReason | ExchangeReason
Stamp = tuple[int, int, int, int]

_FLAGS: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe in the file's place would wait for its other end


@attrs.frozen(kw_only=True)
class HeldList:
    """A revocation list in use, and the file it came from.

    Attributes:
        list: The list that is in use: its issuer's name, number, times, and how many entries it has (``len``).
        file: Where a newer one is looked for; None for one that was given as bytes.
        defect: What is wrong with what the file holds now, so that ``list`` stays in use until it is stale; None:
            nothing.

            - ``unreadable``: the file is missing, no regular file, or may not be read.
            - ``changing``: it was written to while it was read.
            - one of :class:`~okmate_auth.certificates.crl.UnusableList`.
            - ``other-issuer``, ``other-scope``: it is another CA's, or about other certificates.
            - ``older``: its number is not above the one in use (A60).
            - ``unverified``: it is not signed by its issuer.
        defects: How many times a defect was found, since the desk was made.
    """

    list: RevocationList
    file: Path | None = None
    defect: Defect | None = None
    defects: int = 0
    _stamp: Stamp | None = attrs.field(alias="stamp", default=None, repr=False)
    _known: int = attrs.field(alias="known", default=0, repr=False)

    def looked_at(self, issuers: Sequence[x509.Certificate], signed: Signed) -> HeldList:
        """Return what is held after another look at the file; this itself where nothing has changed.

        A file is read again if its times, size or place on the disk differ from the last look; one with a defect
        also when another CA became known, which may settle whose signature is forged.

        Args:
            issuers: Certificates of CAs that are known; there may be more of them at each look, never less.
            signed: How a signature is checked.
        """
        file = self.file
        if file is None:
            return self
        stamp = attempt(lambda: _stamp(file.stat()))
        if stamp == self._stamp and (self.defect is None or (stamp is not None and self._known == len(issuers))):
            return self
        found = read_file(file)
        if not isinstance(found, FoundList):
            return self._broken(found, None, issuers)
        offered = found.list
        if isinstance(offered, UnusableList):
            return self._broken(offered.reason, found.stamp, issuers)
        taken = offered if offered == self.list else exchange(self.list, offered, issuers, signed=signed)
        if not isinstance(taken, RevocationList):
            return self._broken(taken, found.stamp, issuers)
        return attrs.evolve(self, list=taken, defect=None, stamp=found.stamp, known=len(issuers))

    def _broken(self, defect: Defect, stamp: Stamp | None, issuers: Sequence[x509.Certificate]) -> HeldList:
        if (defect, stamp) == (self.defect, self._stamp):
            return attrs.evolve(self, known=len(issuers))  # the same again, and told already
        return attrs.evolve(self, defect=defect, defects=self.defects + 1, stamp=stamp, known=len(issuers))


@attrs.frozen
class FoundList:
    """What a file holds.

    Attributes:
        list: The list, or why it is of no use.
        stamp: By which a change of the file is seen: its times of content and of inode in ns, size, inode.
    """

    list: RevocationList | UnusableList
    stamp: Stamp


def read_file(file: Path) -> FoundList | Literal["unreadable", "changing"]:
    """Return what a file holds, or why it could not be read; whatever is wrong with it, nothing is raised."""
    return attempt(partial(_read, file)) or "unreadable"


def first_look(file: Path) -> HeldList | Defect:
    """Return what is held of a file that was not read before, or what is wrong with it."""
    found = read_file(file)
    if not isinstance(found, FoundList):
        return found
    if isinstance(found.list, UnusableList):
        return found.list.reason
    return HeldList(list=found.list, file=file, stamp=found.stamp)


def _read(file: Path) -> FoundList | Literal["unreadable", "changing"]:
    descriptor = os.open(file, _FLAGS)
    with os.fdopen(descriptor, "rb") as stream:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            return "unreadable"
        data = stream.read(LARGEST_LIST + 1)
        if _stamp(before) != _stamp(os.fstat(descriptor)):
            return "changing"
    return FoundList(RevocationList.read(data), _stamp(before))


def _stamp(status: os.stat_result) -> Stamp:
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
