"""Japanese texts."""

from __future__ import annotations

from typing import Final

from okmate_auth.messages.catalogue import Catalogue

JAPANESE: Final = Catalogue(texts={"busy": "混み合っています。"}, fields={}, moment="%Y年%m月%d日 %H時%M分")
