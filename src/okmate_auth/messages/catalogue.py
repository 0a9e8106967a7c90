"""The form of a catalogue."""

from __future__ import annotations

from collections.abc import Mapping

import attrs


@attrs.frozen(kw_only=True)
class Catalogue:
    """One language's texts.

    Attributes:
        texts: Text by code; ``code+until`` where there is another one for a reason that ends by itself.
        fields: What a page calls a command's field.
        moment: :meth:`datetime.datetime.strftime` form of an instant.
    """

    texts: Mapping[str, str]
    fields: Mapping[str, str]
    moment: str
