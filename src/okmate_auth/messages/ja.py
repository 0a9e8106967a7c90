"""Japanese texts, in the words of the procedure's manual; what each word means is in ``docs/glossary.md``."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from okmate_auth.messages.catalogue import Catalogue
from okmate_auth.messages.page_ja import REMINDERS, TITLES

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
            "wrong-code": "このワンタイムパスワードは受け付けられませんでした。"
            "トークンの表示が切り替わってから、新しい数字を半角で入力してください。"
            "ワンタイムパスワードは、一度しかご利用になれません。",
            "wrong-token": "シリアル番号またはワンタイムパスワードに誤りがあります。"
            "トークンに記載の番号をお確かめのうえ、表示が切り替わってから、両方を入力してください。",
            "token-locked": "ワンタイムパスワードのご利用を停止しております。"
            "再開をご希望の場合は、貴社の管理者またはお取引店までご連絡ください。",
            "token-locked+until": "誤った入力が続いたため、ワンタイムパスワードのご利用を一時停止しております。"
            "{until}以降に、もう一度お試しください。"
            "お急ぎの場合は、貴社の管理者またはお取引店までご連絡ください。",
            "token-wait": "お使いのトークンは失効しました。新しいトークンはまだ登録できません。"
            "しばらくしてから、再度ログインしてください。",
            "token-wait+until": "お使いのトークンは失効しました。"
            "新しいトークンは{until}以降にご登録いただけます。その後に、もう一度ログインしてください。",
            "may-not-skip": "トークンのご登録を省略することはできません。",
            "already-logged-in": "このログインIDは、ほかの画面または端末でご利用中です。"
            "そちらでログアウトしてから、もう一度ログインしてください。",
            "already-logged-in+until": "このログインIDは、ほかの画面または端末でご利用中です。"
            "そちらでログアウトするか、操作をせずに{until}を過ぎてから、もう一度ログインしてください。",
            # The certificate method: told to whoever has the key of a certificate.
            "no-certificate": "電子証明書が選択されていません。"
            "ブラウザの画面をすべて閉じてからログイン画面を開き、ご自身のログインIDの電子証明書を選択してください。",
            "certificate-malformed": "選択された電子証明書を読み取れません。別の電子証明書を選択してください。",
            "certificate-unknown-issuer": "選択された電子証明書は、本サービスのものではありません。"
            "ブラウザの画面をすべて閉じてからログイン画面を開き、ご自身のログインIDの電子証明書を選択してください。",
            "certificate-expired": "電子証明書の有効期限が切れています。貴社の管理者またはお取引店までご連絡ください。",
            "certificate-not-yet-valid": "電子証明書の有効期間がまだ始まっていません。"
            "パソコンの日付をお確かめのうえ、しばらくしてからもう一度お試しください。",
            "certificate-wrong-use": "選択された電子証明書は、ログイン用のものではありません。"
            "別の電子証明書を選択してください。",
            "certificate-weak-key": "選択された電子証明書は、安全性の基準を満たしていません。"
            "お取引店までご連絡ください。",
            "certificate-bad-path": "選択された電子証明書を確認できません。お取引店までご連絡ください。",
            "certificate-revoked": "電子証明書は失効しています。貴社の管理者またはお取引店までご連絡ください。",
            "certificate-revocation-unknown": "ただいま電子証明書を確認できません。"
            "しばらくしてから、もう一度お試しください。",
            "certificate-unregistered": "選択された電子証明書は登録されていません。"
            "お使いの電子証明書が見当たらなくなった場合は、再発行をせずに、お取引店までご連絡ください。",
            "certificate-superseded": "この電子証明書は、新しいものに更新されています。"
            "ブラウザの画面をすべて閉じてからログイン画面を開き、新しい電子証明書を選択してください。",
            # Logged in.
            "not-logged-in": "ログインされていないか、ログインの有効時間が過ぎています。もう一度ログインしてください。",
            "confirmation-unusable": "確認用パスワードのご登録または変更が必要です。"
            "いったんログアウトし、もう一度ログインしてお手続きください。",
            "no-token+until": "トークンが登録されていません。{until}以降にもう一度ログインしてご登録ください。",
            "no-token": "トークンが登録されていません。いったんログアウトし、もう一度ログインしてご登録ください。",
            "unknown-session": "お選びのログインは、すでに終了しています。",
            # Administration.
            "not-allowed": "この操作を行う権限がありません。",
            "needs-token": "この操作には、トークンのご登録が必要です。"
            "いったんログアウトし、もう一度ログインしてご登録ください。",
            "not-oneself": "ご自身に対して、この操作を行うことはできません。"
            "ほかの管理者またはお取引店までご依頼ください。",
            "unknown-user": "該当する利用者が見つかりません。",
            "unknown-company": "該当する企業が見つかりません。",
            "exists": "このIDはすでに使われています。別のIDを入力してください。",
            "has-master": "この企業には、すでにマスターユーザが登録されています。",
            "company-full": "この企業に登録できる利用者の人数が、上限に達しています。",
            "choosing-not-allowed": "初期パスワードを指定することはできません。空欄にしますと、自動で作成いたします。",
            "change-is-forced": "この初期パスワードは、初回ログイン時の変更を省略できません。",
            "other-entrance": "この利用者は、ID・パスワード方式でログインします。",
            "certificate-of-another": "電子証明書のログインIDが異なります。",
            "certificate-exists": "この電子証明書は、以前に登録されています。新しい電子証明書を発行してください。",
            "no-certificate-registered": "この利用者の電子証明書は登録されていません。",
            "unknown-token": "該当するトークンが見つかりません。",
            "token-in-use": "このトークンは利用中です。先に失効させてください。",
            "not-in-stock": "在庫にないトークンが含まれているため、処理を中止しました。",
            "not-in-stock+field": "「{field}」の{number}番目のトークンは、在庫にありません。",
            "delivery-defects": "ファイルに誤りがあるため、トークンを登録しませんでした。次の行をお確かめください。",
            # What is wrong with a line of a file: {field}, {line} and {column}.
            "line-missing": "「{field}」の{line}行目：{column}がありません。",
            "line-malformed": "「{field}」の{line}行目：{column}の形式が正しくありません。",
            "line-unreadable": "「{field}」の{line}行目：表の行として読み取れません。",
            "line-too-short": "「{field}」の{line}行目：シードが短すぎます。",
            "line-too-long": "「{field}」の{line}行目：{column}が長すぎます。",
            "line-not-random": "「{field}」の{line}行目：シードが乱数ではありません。",
            "line-duplicate": "「{field}」の{line}行目：シリアル番号が、前の行のものと同じか、紛らわしいものです。",
            "line-exists": "「{field}」の{line}行目：シリアル番号が、登録済みのものと同じか、紛らわしいものです。",
            "line-period-too-long": "「{field}」の{line}行目：時間の間隔が、定められた上限を超えています。",
            "line-too-many-columns": "「{field}」の{line}行目：列が多すぎます。",
            "line-too-many-lines": "「{field}」に含まれるトークンまたは行が多すぎます。",
            "line-empty": "「{field}」にトークンが含まれていません。",
            "line-more-defects": "「{field}」の{line}行目以降に、さらに誤りがあります。",
            # What is wrong with a field.
            "not-der": "「{field}」がPEM形式の文字列です。DER形式のデータを指定してください。",
            "is-ca": "「{field}」は、basicConstraintsによりCAの証明書です。",
            "no-key-usage": "「{field}」にkeyUsageがありません。digitalSignatureが必要です。",
            "no-digital-signature": "「{field}」のkeyUsageにdigitalSignatureがありません。",
            "key-cert-sign": "「{field}」のkeyUsageに、CAだけに許されるkeyCertSignがあります。",
            "crl-sign": "「{field}」のkeyUsageに、CAだけに許されるcRLSignがあります。",
            "no-extended-key-usage": "「{field}」にextendedKeyUsageがありません。clientAuthが必要です。",
            "no-client-auth": "「{field}」のextendedKeyUsageにclientAuthがありません。",
            "malformed-code": "「{field}」は、トークンに表示されている桁数の半角数字で入力してください。",
            "malformed-serial": "「{field}」は、トークンに記載のとおり、半角の英字と数字で入力してください。",
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
            "unknown-service": "「{field}」に、該当するサービスのないものが含まれています。",
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
            "code": "ワンタイムパスワード",
            "first": "1つ目のワンタイムパスワード",
            "second": "2つ目のワンタイムパスワード",
            "serial": "シリアル番号",
            "serials": "シリアル番号の一覧",
            "file": "ファイル",
            "attempt": "ログイン画面の情報",
            "handle": "お手続き画面の情報",
            "browser": "ブラウザの情報",
            "certificate": "電子証明書",
            "answer": "お手続き画面の入力内容",
            "purpose": "ご利用の目的",
            "company": "企業ID",
            "name": "名前",
            "method": "ログイン方式",
            "role": "利用者の区分",
            "entitlements": "ご利用になるサービス",
        }
    ),
    titles=TITLES,
    reminders=REMINDERS,
    moment="{0.year}年{0.month}月{0.day}日{0.hour}時{0.minute:02}分",
)
