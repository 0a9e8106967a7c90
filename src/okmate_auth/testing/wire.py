"""Change sets as JSON, to hand them to another process and back."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from okmate_auth.ports import AnyKey, ChangeSet
from okmate_auth.records import Key, Row, decode, encode

__all__ = ["Json", "dump", "load"]

Json = Any  # what json.loads gives
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def dump(change: ChangeSet) -> Json:
    """Return a change set as JSON objects."""
    return {
        "id": change.id,
        "at": (change.at - EPOCH) // timedelta(microseconds=1),
        "guards": [[*key, version] for key, version in change.guards.items()],
        "puts": [[record.kind, encode(record).decode("ascii")] for record in change.puts],
        "deletes": [list(key) for key in change.deletes],
        "appends": [
            [row.chain, row.number, row.key_id, base64.b64encode(row.body).decode(), base64.b64encode(row.mac).decode()]
            for row in change.appends
        ],
    }


def load(data: Json) -> ChangeSet:
    """Return the change set that :func:`dump` made ``data`` of."""
    return ChangeSet(
        id=cast("str", data["id"]),
        at=EPOCH + timedelta(microseconds=data["at"]),
        guards={cast("AnyKey", Key(kind, name)): version for kind, name, version in data["guards"]},
        puts=tuple(decode(kind, body) for kind, body in data["puts"]),
        deletes=tuple(cast("AnyKey", Key(kind, name)) for kind, name in data["deletes"]),
        appends=tuple(
            Row(chain, count, key_id, base64.b64decode(body), base64.b64decode(mac))
            for chain, count, key_id, body, mac in data["appends"]
        ),
    )
