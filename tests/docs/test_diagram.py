"""The diagram in the documents is the one that the commands give."""

from __future__ import annotations

import re

from okmate_auth.cli.drawing import drawn
from okmate_auth.cli.mermaid import mermaid
from tests.docs.documents import ROOT


def test_the_diagram_is_current() -> None:
    """``docs/procedure.md`` shows what ``okmate-auth diagram`` prints, character by character."""
    text = (ROOT / "docs" / "procedure.md").read_text("utf-8")
    assert re.findall(r"^```mermaid\n(.*?)^```$", text, re.MULTILINE | re.DOTALL) == [mermaid(drawn())]
