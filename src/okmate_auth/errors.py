"""What is raised, by whose fault it is.

Rule 1. What a *user* can cause is never raised: it is a reply with a stable code (see :mod:`okmate_auth.replies`).
Rule 2. Every exception of this package has one root and a stable ``code``.
Rule 3. No message, argument or cause holds a secret; a value that was refused is named by its field, never shown.

::

    OkmateAuthError
    ├── MisuseError             the calling program broke the contract of a function
    │   └── StoreContractError  a storage adapter broke a numbered guarantee
    ├── ConfigurationError      a profile, key ring or setting is unsafe or contradicts itself
    └── InfrastructureError     something this process depends on failed
        ├── StoreUnavailableError   the store could not be reached, or refused to work; nothing was committed
        ├── CommitUnknownError      the answer to a commit was lost: the same change set must be sent again
        ├── CorruptRecordError      a stored record or row can't be read, or was written by a newer schema
        └── ClockError              this machine's clock and the store's differ by more than the bound
"""

from __future__ import annotations

from typing import ClassVar


class OkmateAuthError(Exception):
    """Root of everything this package raises on purpose.

    Attributes:
        code: Stable machine-readable name, the same for every instance of a class.
    """

    code: ClassVar[str] = "error"


class MisuseError(OkmateAuthError):
    """The calling program broke a function's contract (wrong type, closed object, naive datetime)."""

    code = "misuse"


class StoreContractError(MisuseError):
    """A storage adapter was given, or gave, something that breaks a numbered guarantee of the store contract."""

    code = "store-contract"


class ConfigurationError(OkmateAuthError):
    """A profile, key ring or setting is unsafe or contradicts itself; refused when it is constructed.

    Or a key ring is not the one that a store was written with; refused at each call.
    """

    code = "configuration"


class InfrastructureError(OkmateAuthError):
    """Something this process depends on failed; no login was granted by it."""

    code = "infrastructure"


class StoreUnavailableError(InfrastructureError):
    """The store could not be reached or refused to work, and nothing of the call was committed."""

    code = "store-unavailable"


class CommitUnknownError(InfrastructureError):
    """The answer to a commit was lost; sending the *same* change set again settles it (guarantee 6)."""

    code = "commit-unknown"


class CorruptRecordError(InfrastructureError):
    """A stored record or history row can't be read, or was written by a newer schema than this library knows."""

    code = "corrupt-record"


class ClockError(InfrastructureError):
    """This machine's clock and the store's differ by more than the bound; this process stops serving."""

    code = "clock"
