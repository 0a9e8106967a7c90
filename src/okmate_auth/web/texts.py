"""What a page may say where there is no reply to say it: of a request that is refused as such, of a closed service."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from okmate_auth.errors import MisuseError
from okmate_auth.messages import Language

_TEXTS: Final[Mapping[Language, Mapping[str, str]]] = MappingProxyType(
    {
        "ja": MappingProxyType(
            {
                "request-malformed": "送信された内容を読み取れませんでした。前の画面に戻り、もう一度お手続きください。",
                "request-forged": "この操作は、本サービスの画面から行われたことを確認できませんでした。"
                "本サービスの画面を開き直して、もう一度お手続きください。",
                "page-outdated": "この画面は古くなっています。画面を開き直して、もう一度お手続きください。",
                "request-too-slow": "送信に時間がかかりすぎました。"
                "通信の状態をお確かめのうえ、もう一度お手続きください。",
                "request-too-large": "送信された内容が大きすぎます。",
                "request-wrong-type": "この形式の送信は受け付けておりません。",
                "service-closed": "このサービスをご利用になる権限がありません。",
                "service-needs-token": "このサービスのご利用には、トークンのご登録が必要です。"
                "いったんログアウトし、もう一度ログインしてご登録ください。",
            }
        ),
        "en": MappingProxyType(
            {
                "request-malformed": "What was sent could not be read. Go back to the page before, and try again.",
                "request-forged": "It could not be made sure that this came from a page of this service. "
                "Open its page again, and try again.",
                "page-outdated": "This page is out of date. Open it again, and try again.",
                "request-too-slow": "Sending took too long. Check your connection, and try again.",
                "request-too-large": "What was sent is too large.",
                "request-wrong-type": "This service does not take what was sent in this form.",
                "service-closed": "You are not allowed to use this service.",
                "service-needs-token": "A registered token is needed for this service. "
                "Log out, then log in again to register one.",
            }
        ),
    }
)

CODES: Final = frozenset(_TEXTS["en"])
"""Every code that has a text here."""


def text(language: Language, code: str) -> str:
    """Return the text for a code of this package.

    Raises:
        MisuseError: There is no such language, or no such code.
    """
    try:
        return _TEXTS[language][code]
    except (KeyError, TypeError):
        message = "there is no such language, or no such code"
        raise MisuseError(message) from None
