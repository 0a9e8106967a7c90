"""What every stored record has: a kind, a key, and the instant from which housekeeping may look at it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

import attrs

from okmate_auth.codec import Part
from okmate_auth.errors import MisuseError

R = TypeVar("R", bound="Record")


class Key(NamedTuple, Generic[R]):
    """Where a record stands in a store: its kind and an id unique within the kind (both ASCII)."""

    kind: str
    id: str


@attrs.frozen(kw_only=True)
class Record(Part):
    """Base of the records: immutable, found by :attr:`key`, guarded by the store's version of it.

    Class attributes:
        kind: Name of the record's kind, stable for ever.
        schema: Raised only by a change that an older library must not read over; then it refuses the record.
    """

    kind: ClassVar[str] = ""
    schema: ClassVar[int] = 1

    @property
    def key(self) -> Key[Any]:
        """Where this record stands.

        Raises:
            MisuseError: It is of no kind: each kind has a key of its own.
        """
        message = "a record of no kind stands nowhere"
        raise MisuseError(message)

    @property
    def due_at(self) -> datetime | None:
        """From when on the record is listed by the store's ``due`` query; None: never.

        For what ends by itself it is the end; for a notice that is not sent yet, the time it was written.
        """
        return None
