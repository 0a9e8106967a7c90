"""Whom a bank trusts, and the desk that judges client certificates by it: the path, then the revocation lists.

Rule 1. What the desk trusts is fixed when it is made; of the outside it reads the files of revocation lists, and
        nothing over a network.
Rule 2. What it can't find out refuses, and is told to the operator; nothing that is wrong with a file is raised into
        a login.
Rule 3. No thread and no lock: what all threads share is swapped in single steps, so a fork finds it whole.
"""

from __future__ import annotations

from okmate_auth.revocation.desk import CertificateDesk
from okmate_auth.revocation.files import HeldList
from okmate_auth.revocation.trust import Trust

__all__ = ["CertificateDesk", "HeldList", "Trust"]
