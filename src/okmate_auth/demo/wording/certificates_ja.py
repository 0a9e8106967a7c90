"""The demo's Japanese words about people who log in by certificate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

JAPANESE: Final[Mapping[str, str]] = {
    "role.desk-of-jiro": "次郎さん（会社）",
    "role.desk-of-keiko": "恵子さん（会社）",
    # certificate holders
    "certificate-holders.title": "電子証明書方式: 利用者と電子証明書の登録",
    "certificate-holders.lead": "1 つ目の方式では、ブラウザの電子証明書とパスワードで本人確認を行います。"
    "銀行が信頼する認証局は 1 つで、失効リストはファイルで届きます。"
    "認証局はデモ専用で、実行のたびに新しく作られます。",
    "does.registers-certificate-company": "電子証明書方式の企業 {certificate_company} を登録します。",
    "does.registers-jiro": "次郎さんをマスターユーザとして登録します（ログインID {jiro}）。",
    "does.registers-keiko": "恵子さんを登録します（ログインID {keiko}）。",
    "does.takes-the-wrong-certificate": "認証局が発行した電子証明書を {jiro} に登録しようとして、"
    "{keiko} の名前の電子証明書を選んでしまいます。",
    "claim.nobody-has-a-certificate": "電子証明書の名前にあるログインIDは、本人のものでなければなりません。"
    "何も登録されていません。",
    "does.registers-his-certificate": "正しい電子証明書を選びます。",
    "claim.told-of-the-certificate": "次郎さんには、電子証明書の登録が知らされます。",
    "does.registers-her-certificate": "{keiko} には、恵子さんの電子証明書を登録します。",
    "does.stocks-his-token": "製造元から届いたトークン 1 本分のファイルを、ディスクから取り込みます。",
    "claim.is-sealed": "在庫にあり、シードは暗号化されています。",
    "does.dispatches-his-token": "トークン {serial_of_jiro} を {certificate_company} に発送します。",
    # first day
    "certificate-first-day.title": "次郎さんの初日: トップページまで",
    "certificate-first-day.lead": "手順 1-1 から 5 までのすべてです。電子証明書、郵送されたパスワード、強制変更、"
    "変更結果、トークンの利用開始登録、そしてトップページへ進みます。",
    "does.presents-his-certificate": "「電子証明書ログイン」ボタンをクリックし、"
    "自分のログインIDが表示された電子証明書を選択します。",
    "does.enters-the-initial-password": "郵送された初期パスワードを入力します。",
    "does.chooses-his-passwords": "ログインパスワードを {jiro_login}、"
    "確認用パスワードを {jiro_confirmation} にします。",
    "does.enrolls-his-token": "トークンの裏の番号 {serial_of_jiro} と、表示されている数字を入力します。",
    "claim.all-three-factors": "このログインは、電子証明書、パスワード、ワンタイムパスワードのすべてを確認済みです。",
    "claim.shows-what-waits": "トップページに、承認待ちの取引と未読のお知らせが、銀行のシステムから表示されています。",
    "claim.is-told-to-log-out": "注意事項として、終了時のログアウトだけが表示されています。",
    # second day
    "certificate-second-day.title": "次郎さんの 2 日目",
    "certificate-second-day.lead": "次郎さんはログアウトせずに帰宅しました。"
    "これからは、電子証明書、パスワード、ワンタイムパスワードの順に進みます。",
    "wait.a-day-later": "翌日。",
    "claim.yesterday-is-over": "前日のセッションは、自動的に終了しています。",
    "does.enters-his-password": "ログインパスワードを入力します。",
    "does.enters-his-code": "トークンが表示している数字を入力します。",
    "does.asks-for-a-balance": "残高を照会します。照会は銀行のシステムが行い、操作として記録します。",
    "claim.is-among-the-last-operations": "トップページの最近の操作の先頭に表示されています。",
    # foreign certificates
    "foreign-certificates.title": "他人の電子証明書",
    "foreign-certificates.lead": "第三者が、次郎さんのログインIDだけでなくパスワードまで知っています。"
    "また、次郎さんのブラウザには恵子さんの電子証明書も入っています。",
    "does.shows-no-certificate": "電子証明書を持たずに「電子証明書ログイン」ボタンをクリックします。",
    "does.shows-another-ca-s-certificate": "別の認証局に {jiro} の名前の電子証明書を発行させ、それを選択します。",
    "claim.left-no-trace": "次郎さんの履歴には残らず、失敗にも数えられません。",
    "does.takes-the-other-entrance": "ID・パスワード方式の画面で、次郎さんのログインIDと正しいパスワードを入力します。",
    "claim.entrances-are-apart": "電子証明書方式の利用者は、IDではログインできません。"
    "答えはパスワード誤りと同じで、違いは履歴にだけ残ります。",
    "does.chooses-her-certificate": "パスワードを入力しますが、ブラウザの確認画面で恵子さんの電子証明書を選択します。",
    "claim.hers-was-not-judged": "画面は、始めたときの電子証明書でしか使えません。パスワードは照合されていません。",
    "does.chooses-his-own-again": "自分の電子証明書を選択し直し、同じ画面から続けます。",
    "claim.session-needs-the-certificate": "セッションも本人の電子証明書でしか使えません。"
    "恵子さんの電子証明書では、同じ Cookie でも何も開けません。",
    # revoked certificates
    "revoked-certificates.title": "失効した電子証明書",
    "revoked-certificates.lead": "電子証明書は、銀行がすぐに失効させることも、認証局の失効リストに載ることもあります。"
    "恵子さんはパソコンを紛失しました。ログイン中の次郎さんは退職し、会社が認証局に届け出ました。",
    "does.revokes-her-certificate": "恵子さんの電子証明書を失効させます。",
    "does.presents-her-certificate": "パソコンが見つかり、自分の電子証明書を選択します。",
    "wait.list-comes": "1 分後、次郎さんの電子証明書が載った失効リストが届く。",
    "claim.same-words-for-both-lists": "どちらが失効させても、答えは同じです。",
    "claim.his-session-has-ended": "銀行では何もしていませんが、ログイン中のセッションも終了しています。",
    "does.reads-his-history": "{jiro} の電子証明書によるログイン履歴を新しい順に見ます。",
    "claim.desk-sees-the-revocation": "失効した電子証明書が使われたことが、窓口に分かります。",
    # screens and names
    "screen.password": "電子証明書ログイン",
    "screen.whose": "ログインID: {login_id}（電子証明書）",
    "screen.certificate": "{login_id} の電子証明書を登録しました（有効期限 {until}）。",
    "board.salaries": "給与振込（11月分）",
    "board.renewal": "電子証明書の更新手続きについて",
    "operation.register-certificate": "電子証明書登録",
    "operation.balance-inquiry": "残高照会",
    "event.certificate": "電子証明書登録のお知らせ",
    "event.certificate-revocation": "電子証明書失効のお知らせ",
    "result.certificate-revoked": "失効した電子証明書（累計 {count} 回）",
}
