"""The first login of the README, word for word; checked by mypy and pyright here, run with the documents."""

from __future__ import annotations

import okmate_auth as ok
from okmate_auth.commands import ByDesk, RegisterCompany, RegisterUser
from okmate_auth.replies import UserRegistered

ok.KeyRing.generate().write_new("okmate.keys")
store, keys = ok.SQLiteStore("bank.db"), ok.KeyRing.from_file("okmate.keys")
with ok.Authenticator(store, profile=ok.OKMATE, keys=keys) as auth:
    desk = ByDesk(operator="tanaka", ticket="2026-0105")
    auth.submit(RegisterCompany(company="C0001", name="架空商事", authority=desk))
    user = auth.submit(RegisterUser(login_id="Hanako01", company="C0001", role="master", authority=desk))
    assert isinstance(user, UserRegistered)
    assert user.initial_password is not None

    client = ok.Client("192.0.2.1", "Firefox", browser=auth.new_token())
    login = ok.PasswordLogin("hanako01", user.initial_password, attempt=auth.new_token(), client=client)
    due = auth.submit(login)
    assert isinstance(due, ok.PasswordChangeDue)
    change = ok.ChangePasswords(
        handle=due.handle,
        client=client,
        current_login_password=user.initial_password,
        new_login_password="Kawa7nobe2",
        new_confirmation_password="Zk4mmmQ8x",
    )
    done = auth.submit(change)
    assert isinstance(done, ok.PasswordChangeDone)
    end = auth.submit(ok.AcknowledgeChange(handle=done.handle, client=client))
    assert isinstance(end, ok.Authenticated)
    page = auth.read(ok.TopPage(end.session, client))
