"""The form of a catalogue."""

from __future__ import annotations

from collections.abc import Mapping

import attrs


@attrs.frozen(kw_only=True)
class Catalogue:
    """One language's texts.

    Attributes:
        texts: Text by code, a form for :meth:`str.format_map`. Instead of it ``code+until`` is told where it is known
            when the reason ends by itself, and ``code+field`` where one field is meant and not the whole command.
        fields: What a page calls a command's field.
        titles: What the menu of the top page calls its entries, by name.
        reminders: What the top page reminds of, by code; forms like the texts.
        moment: Form for :meth:`str.format` of an instant, its first argument; no locale takes part in it.
    """

    texts: Mapping[str, str]
    fields: Mapping[str, str]
    titles: Mapping[str, str]
    reminders: Mapping[str, str]
    moment: str
