"""English texts."""

from __future__ import annotations

from typing import Final

from okmate_auth.messages.catalogue import Catalogue

ENGLISH: Final = Catalogue(texts={"busy": "Busy; try again in {seconds} s."}, fields={}, moment="%Y-%m-%d %H:%M JST")
