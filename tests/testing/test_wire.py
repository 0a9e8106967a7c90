"""Change sets travel between processes unharmed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from okmate_auth.ports import AnyKey, ChangeSet
from okmate_auth.records import Note, Repeat, Row
from okmate_auth.testing import wire
from okmate_auth.testing.samples import new_id

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ids = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=9)
instants = st.integers(-(10**15), 10**17).map(lambda number: EPOCH + timedelta(microseconds=number))
records = st.builds(
    Note, subject=ids, action=ids, data=st.dictionaries(st.text(), st.integers() | st.text())
) | st.builds(Repeat, id=ids, sealed=st.binary(), until=instants)
rows = st.builds(Row, ids, st.integers(1, 2**63), ids, st.binary(), st.binary())
keys: st.SearchStrategy[AnyKey] = ids.map(Repeat.at)
changes = st.builds(
    ChangeSet,
    id=st.builds(new_id),
    at=instants,
    guards=st.dictionaries(keys, st.none() | ids),
    puts=st.lists(records).map(tuple),
    deletes=st.lists(keys).map(tuple),
    appends=st.lists(rows).map(tuple),
)


@given(changes)
def test_a_change_set_is_the_same_on_the_other_side(change: ChangeSet) -> None:
    """What is dumped, sent as JSON text and loaded is equal to what was dumped."""
    assert wire.load(json.loads(json.dumps(wire.dump(change)))) == change
