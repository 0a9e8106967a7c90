"""The top page in Japanese: what its menu's entries are called in the procedure's manual, and what it reminds of."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "top": "トップ",
        "inquiry": "照会",
        "transfer": "振込振替",
        "data-transmission": "データ伝送サービス",
        "general-transfer": "総合振込",
        "payroll": "給与（賞与）振込",
        "local-tax": "地方税納入",
        "account-transfer": "口座振替",
        "approval": "承認",
        "tax-payment": "税金・各種料金の払込み",
        "densai": "でんさいサービス",
        "foreign-exchange": "外為サービス",
        "administration": "管理",
        "company-data": "企業情報の管理",
        "users": "利用者の管理",
        "operation-history": "操作履歴の照会",
        "log-out": "ログアウト",
    }
)
REMINDERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "certificate-ends": "お使いの電子証明書の有効期限は、{until}です（あと{days}日）。"
        "期限までに、新しい電子証明書の発行をお願いいたします。",
        "token-ends": "お使いのトークンの有効期限は、{until}です（あと{days}日）。"
        "お早めに、お取引店までご連絡ください。",
        "token-ended": "お使いのトークンの有効期限（{until}）を過ぎました。"
        "表示が止まることがありますので、お取引店までご連絡ください。",
        "grace-ends": "トークンが登録されていません。トークンが必要なサービスを登録せずにご利用になれるのは、"
        "{until}までです（あと{days}日）。一度ログアウトし、再度ログインして登録してください。",
        "services-closed": "トークンが登録されていないため、トークンが必要なサービスはご利用になれません。"
        "一度ログアウトし、再度ログインして登録してください。",
        "log-out": "ご利用を終えるときは、必ず「ログアウト」ボタンを押してください。",
    }
)
