"""The demo's Japanese words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from okmate_auth.demo.wording.certificates_ja import JAPANESE as CERTIFICATES

JAPANESE: Final[Mapping[str, str]] = {
    **CERTIFICATES,
    "moment": "{0.year}年{0.month:02}月{0.day:02}日 {0.hour:02}時{0.minute:02}分{0.second:02}秒",
    # the frame
    "opening.title": "okmate_auth: 法人インターネットバンキングのログイン手順",
    "opening.made-up": "登場する企業、利用者、パスワード、電子証明書、トークンはすべて架空のものです。"
    "ルールはプロファイル {profile}、パスワードのハッシュ計算は本番と同じもの、"
    "データベースは SQLite ファイル{file}です。",
    "opening.temporary": "（終了時に削除）",
    "opening.kept": "（{path}）",
    "opening.clock": "時間の経過が必要な場面では、物語の時計を進めます。"
    "時計は {hours} 時間 {minutes} 分前の {now} から始まり、最後に現在時刻になります。",
    "closing.good": "コマンド {commands} 件、{seconds} 秒。すべて物語のとおりでした。",
    "closing.bad": "物語と異なる結果になりました: {wrong}",
    "closing.kept": "保存先: データベース {path}、鍵 {keys}。いずれもデモ用のデータです。",
    "label.committed": "保存",
    "label.nothing": "なし",
    "label.deleted": "{kinds} を削除",
    "label.verified": "検証",
    "label.broken": "不成立",
    "label.now": "現在 {now}",
    "label.times": "、{count} 回",
    "label.clicks": "、同時に {count} クリック",
    "label.last": "最後の保存",
    # who
    "role.branch": "銀行の窓口",
    "role.office": "花子さん（会社）",
    "role.home": "花子さん（自宅）",
    "role.desk-of-taro": "太郎さん（会社）",
    "role.home-of-taro": "太郎さん（自宅）",
    "role.elsewhere": "第三者（別の場所）",
    # registration
    "registration.title": "ID・パスワード方式: 企業と利用者の登録",
    "registration.lead": "2 つ目の方式では、ログインIDとパスワードで本人確認を行います。"
    "企業とマスターユーザは銀行の窓口が登録し、受付番号が記録に残ります。",
    "does.registers-company": "企業 {company} を登録します。",
    "does.registers-user": "花子さんをマスターユーザとして登録します（ログインID {hanako}）。"
    "初期パスワードはシステムが作成し、郵送します。",
    "claim.initial-password-made": "初期パスワードは、半角英数字 6 文字以上 12 文字以内というルールを守っています。",
    # stock
    "stock.title": "トークンの入荷と、企業への発送",
    "stock.lead": "製造元から、ハードトークンとシードのファイル（OATH CSV）が届きます。"
    "銀行の窓口が在庫に登録して企業に発送し、企業の利用者が利用開始登録をします。",
    "does.stocks-a-broken-file": "トークン 3 本分のファイルを取り込みます。2 本目のシードが途中で切れています。",
    "claim.nothing-is-in-stock": "納品は全部か、まったくなしかのどちらかです。在庫は空のままです。",
    "does.stocks": "正しいファイルを取り込みます。",
    "claim.all-are-sealed": "3 本とも在庫にあり、シードはどれも暗号化されています。",
    "does.dispatches": "{serial_of_hanako} と {spare} を {company} に発送します。",
    "does.registers-other-company": "別の企業 {other_company} を登録します。",
    "does.dispatches-elsewhere": "{visitors} をそちらに発送します。",
    # first login
    "first-login.title": "花子さんの初回ログイン",
    "first-login.lead": "初期パスワードは正しいのですが、トップページの前に手続きが必要です。"
    "ログインパスワードの変更と、未登録の確認用パスワードの登録、そして、トークンが必要なサービスを利用する権限があるため、"
    "トークンの利用開始登録です。",
    "does.logs-in-with-initial": "ログインIDと、郵送された初期パスワードを入力します。",
    "claim.grants-nothing-yet": "この画面のハンドルでは、セッションもトップページも開けません。",
    "does.chooses-badly": "新しいログインパスワードを全角で {hanako_login_full_width} と入力し、"
    "確認用パスワードにログインIDと同じ {hanako} を指定します。",
    "claim.nothing-was-judged": "新しいパスワードがルールに反する間は、現在のパスワードは照合されず、"
    "失敗にも数えられません。",
    "does.chooses-well": "ログインパスワードを {hanako_login}、確認用パスワードを {hanako_confirmation} にします。",
    "does.acknowledges": "変更結果を確認し、「確認」ボタンをクリックします。",
    "does.puts-off": "トークンが手元にないため、「スキップ」をクリックします。",
    "claim.first-login-of-all": "以前のログインはないため、トップページのログイン日時は空です。",
    "claim.transfers-are-closed": "ログインはできましたが、振込振替など、トークンが必要なサービスは利用できません。",
    "does.logs-out": "ログアウトします。",
    "claim.session-ended": "そのセッションの Cookie はもう使えません。",
    # enrollment
    "enrollment.title": "次のログイン: トークンの利用開始登録",
    "enrollment.lead": "スキップした登録は、ログインのたびに改めて表示されます。"
    "スキップしたこと自体は、何の権限にもなりません。",
    "does.logs-in-in-lower-case": "ログインIDを小文字で入力します（同じIDとして扱われます）。パスワードも入力します。",
    "does.mistakes-the-serial": "シリアル番号のゼロをすべて英字のオーで {lookalike} と入力し、"
    "自分のトークンの数字を入力します。",
    "does.tries-another-company-s-token": "{other_company} の来客が置き忘れたトークンの番号 {visitors} と、"
    "その数字を入力します。",
    "claim.one-answer-for-both": "どちらにも同じ答えが返ります。該当なしと他社のトークンの違いは、履歴にだけ残ります。",
    "does.types-full-width-digits": "正しい数字を、全角のまま入力します。",
    "claim.form-is-still-good": "何も照合されず、失敗にも数えられず、同じ画面をそのまま使えます。",
    "does.enrolls": "トークンの裏の番号 {serial_of_hanako} を、大文字やハイフンを気にせず入力し、"
    "表示されている数字を入力します。",
    "claim.both-factors": "このログインは、パスワードとワンタイムパスワードの両方を確認済みです。",
    "claim.transfers-are-open": "振込振替など、トークンが必要なサービスを利用できます。",
    "claim.shows-the-login-before": "トップページに前回のログイン日時が表示されています。",
    # codes
    "codes.title": "これからは、パスワードとワンタイムパスワード",
    "codes.lead": "トークンを登録した利用者は、ログインのたびにワンタイムパスワードを入力します。"
    "花子さんはすぐにもう一度ログインします。",
    "does.logs-in": "IDとパスワードを入力します。",
    "claim.code-form-grants-nothing": "パスワードだけでは、セッションもトップページも開けません。",
    "does.enters-used-code": "利用開始登録で入力した数字を、もう一度入力します。",
    "does.explains": "なぜ受け付けられないのかと尋ねられ、調べます。",
    "claim.desk-sees-a-replay": "使用済みの数字だったと分かります。",
    "wait.phone-call": "電話がかかってきて、5 分後。",
    "does.enters-late-code": "トークンが 4 分前に表示していた数字を入力します。",
    "does.enters-another-token-s-code": "来客のトークンが表示している数字を入力します。",
    "claim.one-answer-for-all": "使用済み、遅すぎ、別のトークンのどれにも同じ答えが返ります。"
    "違いは履歴にだけ残ります。",
    "does.enters-code": "自分のトークンが表示している数字を入力します。",
    # step-up
    "step-up.title": "振込には、もう一度ワンタイムパスワード",
    "step-up.lead": "振込の際は、ログイン後にもワンタイムパスワードを入力します。"
    "ログインに使った数字はもう使えません。",
    "wait.next-display": "1 分後、トークンの表示が切り替わる。",
    "does.steps-up-and-clicks-twice": "振込のために新しい数字を入力し、ボタンを二重クリックします。",
    "claim.stepped-up-once": "どちらにも同じ答えが返り、受け付けられたのは 1 回だけです。",
    "does.steps-up-for-more": "同じ数字を、管理のためにも入力します。",
    "claim.for-transfers-alone": "1 つの数字で認められるのは 1 つの目的、ここでは振込だけです。",
    # guesses
    "guesses.title": "第三者がパスワードを推測する",
    "guesses.lead": "花子さんのログインIDを知っている第三者が、パスワードを推測します。"
    "ログインしたことのあるブラウザは別に数えるため、花子さんを締め出すことはできません。",
    "does.guesses-at-nobody": "存在しないログインIDを試します。",
    "does.guesses": "{hanako} のパスワードを推測して試します。",
    "claim.same-words": "ログインIDが存在してもしなくても、答えは同じです。",
    "does.guesses-once-more": "もう 1 回試します。",
    "claim.locked-for-half-an-hour": "未知のブラウザからの利用が 30 分間停止されています。",
    "does.is-kept-out-at-home": "ログインしたことのないブラウザで、正しいパスワードを入力します。",
    "claim.not-judged": "停止中は何も照合されません。正しいパスワードでも同じです。",
    "does.logs-in-from-known-browser": "いつものブラウザで、正しいパスワードを入力します。",
    "claim.was-not-locked-out": "いつものブラウザは停止されていません。",
    "wait.half-an-hour-later": "30 分後。",
    "does.guesses-again": "また推測を始めます。",
    "claim.locked-for-longer": "2 回目の停止は 2 時間です。",
    # release
    "release.title": "銀行の窓口が対応する",
    "release.lead": "花子さんが自宅から銀行に電話します。本当の理由は窓口だけが見られます。",
    "does.reads-history": "{hanako} のログイン履歴を新しい順に見ます。",
    "claim.history-holds": "履歴の連鎖は正しく、変更、削除、挿入された行はありません。",
    "does.releases": "利用停止を解除します。",
    "does.logs-in-after-release": "停止されていたブラウザで、IDとパスワードを入力します。",
    "claim.code-takes-over": "会社に残していたセッションは終了しています。"
    "ワンタイムパスワードを確認したログインには、それが認められています。",
    # colleague
    "colleague.title": "マスターユーザが同僚を登録する",
    "colleague.lead": "管理の操作では、確認用パスワードも必要です。",
    "does.registers-colleague": "確認用パスワードを入力し、太郎さんを登録します（ログインID {taro}）。",
    # double click
    "double-click.title": "二重クリックと、終わったはずの画面",
    "double-click.lead": "どの画面も 2 回送信されることがあり、どのブラウザにも「戻る」ボタンがあります。",
    "does.mistypes-and-clicks-twice": "初期パスワードを打ち間違え、ボタンを二重クリックします。",
    "claim.counted-once": "どちらにも同じ答えが返り、失敗は 1 回だけ数えられています。",
    "does.changes-and-clicks-twice": "{taro_login} と {taro_confirmation} に変更し、ボタンを二重クリックします。",
    "claim.changed-once": "どちらにもハンドルまで同じ答えが返り、変更は 1 回だけです。",
    "does.goes-back": "「戻る」で前の画面に戻り、別のパスワード {taro_login_later} で送信します。",
    "claim.needs-no-token": "トークンが必要なサービスを利用する権限がないため、利用開始登録の画面は表示されません。",
    "claim.changed-nothing": "回答済みの画面は無効です。何も変更されていません。",
    "does.reloads": "変更結果の画面をもう一度送信します。",
    "claim.still-logged-in": "ログインしたままです。",
    # two places
    "two-places.title": "2 か所から同時にログインする",
    "two-places.lead": "太郎さんは会社でログインしたままです。トークンがないため、"
    "パスワードだけで別の場所のセッションを終わらせることはできません。",
    "does.logs-in-at-home": "別のブラウザで、正しいIDとパスワードを入力します。",
    "claim.first-session-goes-on": "会社のセッションは続いており、操作がなければいつ終わるかが表示されています。",
    "does.logs-in-again-in-the-same-browser": "画面を閉じてしまい、同じブラウザでもう一度ログインします。",
    "claim.taken-over": "新しいセッションに引き継がれ、前のセッションは終了しています。",
    # drift
    "drift.title": "時計が進んだトークン",
    "drift.lead": "トークンには時計が内蔵されており、少しずつずれていきます。"
    "花子さんのトークンが 20 分進んだとします。",
    "does.enters-fast-code": "トークンが表示している数字を入力します。",
    "claim.desk-sees-drift": "本人のトークンの数字だが今のものではないと分かり、対処を案内できます。",
    "does.enters-two-in-a-row": "1 つ前の数字と、いま表示されている数字を続けて入力します。",
    "claim.pair-grants-nothing": "時刻のずれが補正されただけです。"
    "過去に見られた 2 つの数字で、何かが開いてはならないからです。",
    "does.enters-the-next-code": "次に表示された数字を入力します。",
    # lost token
    "lost-token.title": "トークンの紛失",
    "lost-token.lead": "花子さんはログインしたまま、トークンがないことに気づき、銀行に電話します。",
    "does.revokes": "花子さんのトークンを失効させます。",
    "claim.her-session-ended": "花子さんのセッションは、すぐに終了しています。",
    "does.is-asked-for-the-screen": "登録画面が表示されないと尋ねられ、調べます。",
    "claim.desk-sees-the-wait": "失効から 30 分間は登録できません。いつからできるかが窓口に分かります。",
    "does.finds-the-old-token": "古いトークンを見つけ、試します。",
    "claim.revoked-for-good": "失効したトークンであり、二度と使えません。",
    "does.enrolls-the-spare": "会社にあるもう 1 本の番号 {spare} と、その数字を入力します。",
    # outbox
    "outbox.title": "銀行からのお知らせメール",
    "outbox.lead": "お知らせは、その出来事と同じコミットで書き込まれ、銀行のメール送信システムが取り出します。",
    "does.reads-outbox": "送信待ちのお知らせを見ます。",
    "claim.told-of-the-locks": "花子さんには 2 回の利用停止が知らされます。",
    "claim.told-of-the-tokens": "2 回の利用開始登録と、1 回の失効も知らされます。",
    # screens
    "screen.company": "企業 {company} を登録しました。",
    "screen.user": "ログインID {login_id} を登録しました。",
    "screen.letter": "郵送する内容: 初期パスワード {password}（有効期限 {until}）",
    "screen.change": "パスワード強制変更",
    "screen.change-why": "［{field}］ {reason}",
    "screen.changed": "パスワード変更結果",
    "screen.changed-one": "{field}: 変更しました",
    "screen.stocked": "在庫に登録しました: {serials}",
    "screen.dispatched": "{company} に発送しました: {serials}",
    "screen.enrollment": "ワンタイムパスワード利用開始登録",
    "screen.field": "［{field}］",
    "screen.skip": "［スキップ］ 次回ログイン時に改めて表示されます。"
    "登録するまで、トークンが必要なサービスは利用できません。",
    "screen.skip-grace": "［スキップ］ 次回ログイン時に改めて表示されます。"
    "トークンが必要なサービスは、{until}まではトークンなしで利用できます。",
    "screen.code": "ワンタイムパスワード認証",
    "screen.stepped-up": "確認しました。{until}まで有効です。",
    "screen.token": "トークン: {serial}",
    "screen.no-token": "トークン: なし",
    "screen.registration": "登録画面: {why}",
    "screen.last-code": "ワンタイムパスワード: {why}",
    "screen.top": "〈OKメイト・WEB〉トップページ {login_id}",
    "screen.took-over": "前回のセッションを終了しました。",
    "screen.menu": "メニュー: {menu}",
    "screen.closed": "トークンの登録後に利用可能: {menu}",
    "screen.beneath": "{title}（{beneath}）",
    "screen.login-failures": "{at}（以後の失敗 {count} 回）",
    "screen.transactions": "承認待ち、作成中の取引: {titles}",
    "screen.transaction": "{title}（{amount} 円）",
    "screen.notices": "未読のお知らせ: {titles}",
    "screen.logins": "最近のログイン日時: {logins}",
    "screen.no-logins": "今回が初めてです",
    "screen.operations": "最近の操作: {operations}",
    "screen.no-operations": "なし",
    "screen.logged-out": "ログアウトしました。",
    "screen.done": "完了しました: {login_id}",
    "screen.history-row": "{at}: {result}",
    "screen.history-rows": "{at}: {result}（{since} から {count} 回）",
    "screen.notice": "{event} -> {login_id}: {count} 件",
    "separator": "、",
    "reason.initial": "初期パスワードのため",
    "reason.unset": "未登録のため",
    "operation.register": "登録",
    "operation.release": "停止解除",
    "operation.revoke-token": "トークン失効",
    "event.login": "ログインのお知らせ",
    "event.takeover": "別のセッションを終了したログインのお知らせ",
    "event.lock": "利用停止のお知らせ",
    "event.change": "パスワード変更のお知らせ",
    "event.enrollment": "トークン利用開始登録のお知らせ",
    "event.revocation": "トークン失効のお知らせ",
    "event.release": "停止解除のお知らせ",
    "may-register.comes": "次回ログイン時に表示されます",
    "may-register.registered": "登録済みです",
    "may-register.waiting": "トークンが失効したため、{until}以降に表示されます",
    "last-code.no-token": "照合する対象がありません",
    "last-code.replayed-code": "最後の数字は使用済みでした。次の数字なら利用できます",
    "last-code.drifted-code": "最後の数字は本人のトークンのものですが、入力が遅いか、トークンの時計がずれています。"
    "繰り返す場合は、続けて表示される 2 つの数字を入力してもらってください",
    "result.wrong-password": "パスワード誤り",
    "result.step": "次の手続きへ",
    "result.locked": "停止中のため照合せず（累計 {count} 回）",
    "result.authenticated": "ログイン",
    "result.authenticated-by-takeover": "ログイン（引き継ぎ）",
    "result.already-logged-in": "二重ログインのため拒否",
    "history.known": "既知のブラウザ",
    "history.unknown": "未知のブラウザ",
}
