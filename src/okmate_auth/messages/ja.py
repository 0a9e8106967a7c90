"""Japanese texts, in the words of the procedure's manual; what each word means is in ``docs/glossary.md``."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from okmate_auth.messages.catalogue import Catalogue

JAPANESE: Final = Catalogue(
    texts=MappingProxyType(
        {
            # While nothing is proven: not a word about which part was wrong, or whether the ID is anybody's.
            "rejected": "ログインできませんでした。入力内容をお確かめのうえ、もう一度入力してください。"
            "誤りが続きますと、ご利用を一時停止いたします。",
            "locked": "誤った入力が続いたため、ご利用を停止しております。"
            "再開をご希望の場合は、貴社の管理者またはお取引店までご連絡ください。",
            "locked+until": "誤った入力が続いたため、ご利用を一時停止しております。"
            "{until}以降に、もう一度お試しください。"
            "お急ぎの場合は、貴社の管理者またはお取引店までご連絡ください。",
            "busy": "ただいま混み合っております。お手数ですが、{seconds}秒ほどお待ちになってから、"
            "もう一度お試しください。",
            "malformed": "入力内容に誤りがあります。次の点をお確かめください。",
            # A login under way.
            "stale": "この画面からの操作は、すでに受付済みか、無効になっています。"
            "お手数ですが、もう一度ログインしてください。",
            "expired": "お手続きの制限時間を過ぎました。お手数ですが、もう一度ログインしてください。",
            "changed": "お手続きの途中で、ご登録の内容が変更されました。お手数ですが、もう一度ログインしてください。",
            "wrong-step": "先に済ませていただくお手続きがあります。表示された画面から続けてください。",
            "wrong-password": "入力されたパスワードに誤りがあります。もう一度入力してください。"
            "誤りが続きますと、ご利用を停止いたします。",
            "password-policy": "このパスワードはご利用になれません。次の点をお確かめください。",
            "not-accepted": "入力内容を受け付けられませんでした。次の点をお確かめください。",
            "already-logged-in": "このログインIDは、ほかの画面または端末でご利用中です。"
            "そちらでログアウトしてから、もう一度ログインしてください。",
            "already-logged-in+until": "このログインIDは、ほかの画面または端末でご利用中です。"
            "そちらでログアウトするか、操作をせずに{until}を過ぎてから、もう一度ログインしてください。",
            # Logged in.
            "not-logged-in": "ログインされていないか、ログインの有効時間が過ぎています。もう一度ログインしてください。",
            "confirmation-unusable": "確認用パスワードのご登録または変更が必要です。"
            "いったんログアウトし、もう一度ログインしてお手続きください。",
            "unknown-session": "お選びのログインは、すでに終了しています。",
            # Administration.
            "not-allowed": "この操作を行う権限がありません。",
            "not-oneself": "ご自身に対して、この操作を行うことはできません。"
            "ほかの管理者またはお取引店までご依頼ください。",
            "unknown-user": "該当する利用者が見つかりません。",
            "unknown-company": "該当する企業が見つかりません。",
            "exists": "このIDはすでに使われています。別のIDを入力してください。",
            "has-master": "この企業には、すでにマスターユーザが登録されています。",
            "company-full": "この企業に登録できる利用者の人数が、上限に達しています。",
            "choosing-not-allowed": "初期パスワードを指定することはできません。空欄にしますと、自動で作成いたします。",
            "change-is-forced": "この初期パスワードは、初回ログイン時の変更を省略できません。",
            # What is wrong with a field.
            "empty": "「{field}」を入力してください。",
            "too-short": "「{field}」は、{minimum}文字以上で入力してください。",
            "too-long": "「{field}」は、{maximum}文字以内で入力してください。",
            "full-width": "「{field}」に全角文字が含まれています。半角に切り替えて入力してください。",
            "not-half-width-alphanumeric": "「{field}」は、半角の英字と数字だけで入力してください。",
            "letters-and-digits": "「{field}」には、英字と数字の両方を使ってください。",
            "control-character": "「{field}」に、文字として表示できない制御用の符号が含まれています。",
            "lone-surrogate": "「{field}」に、正しく読み取れない文字が含まれています。",
            "unassigned-character": "「{field}」に、ご利用になれない文字が含まれています。",
            "same-as-login-id": "「{field}」は、ログインIDと異なるものにしてください。",
            "same-as-login-password": "「{field}」は、ログインパスワードと異なるものにしてください。",
            "same-as-confirmation-password": "「{field}」は、確認用パスワードと異なるものにしてください。",
            "same-as-current": "「{field}」は、現在のパスワードと異なるものにしてください。",
            "common": "「{field}」は、推測されやすいためご利用になれません。",
            "context-word": "「{field}」は、ログインIDや企業、サービスの名称から推測されやすいため、"
            "ご利用になれません。",
            "malformed-token": "「{field}」を確認できませんでした。"
            "Cookieを有効にしたうえで、ログイン画面を開き直してください。",
            "not-asked": "「{field}」の入力は必要ありません。空欄にしてください。",
            "malformed+field": "「{field}」の形式が正しくありません。",
        }
    ),
    fields=MappingProxyType(
        {
            "login_id": "ログインID",
            "password": "ログインパスワード",
            "current_login_password": "現在のログインパスワード",
            "new_login_password": "新しいログインパスワード",
            "current_confirmation_password": "現在の確認用パスワード",
            "new_confirmation_password": "新しい確認用パスワード",
            "confirmation_password": "確認用パスワード",
            "initial_password": "初期パスワード",
            "attempt": "ログイン画面の情報",
            "handle": "お手続き画面の情報",
            "browser": "ブラウザの情報",
            "answer": "お手続き画面の入力内容",
            "purpose": "ご利用の目的",
            "company": "企業ID",
            "name": "名前",
            "method": "ログイン方式",
            "role": "利用者の区分",
            "entitlements": "ご利用になるサービス",
        }
    ),
    moment="{0.year}年{0.month}月{0.day}日{0.hour}時{0.minute:02}分",
)
