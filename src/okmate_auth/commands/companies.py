"""Registering a company."""

from __future__ import annotations

from typing import ClassVar, Final

import attrs

from okmate_auth import fields
from okmate_auth.commands import forms
from okmate_auth.commands.authority import ByDesk, by_desk
from okmate_auth.commands.journal import log_operation
from okmate_auth.decision import Command, Commit, Context, Draft
from okmate_auth.ports import AnyKey
from okmate_auth.records import Company
from okmate_auth.records.history import Entrance
from okmate_auth.replies import Busy, CompanyRegistered, Refused
from okmate_auth.text import is_id, printable
from okmate_auth.violations import Violation

NAME_LIMIT: Final = 120


@attrs.frozen(kw_only=True)
class RegisterCompany(Command[CompanyRegistered | Refused | Busy]):
    """Register a company; the desk's alone.

    Attributes:
        company: The bank's id of it: 1 to 32 half-width letters, digits and hyphens.
        name: For show, at most 120 characters.
        method: By which entrance its people log in.
        authority: The desk.

    Refusals: ``malformed``, ``exists``.
    """

    company: str = attrs.field(converter=fields.company)
    name: str = attrs.field(converter=fields.name)
    method: Entrance = attrs.field(converter=forms.method, default="password")
    authority: ByDesk = attrs.field(converter=by_desk)

    replies: ClassVar[tuple[type, ...]] = (CompanyRegistered, Refused, Busy)

    def keys(self, context: Context) -> tuple[AnyKey, ...]:
        """Return the company's key."""
        return (Company.at(context.bank, self.company),) if is_id(self.company) else ()

    def decide(self, draft: Draft) -> Commit[CompanyRegistered | Refused | Busy]:
        """Create the company's record."""
        context = draft.context
        found = [
            Violation("malformed", name)
            for name, good in (
                ("company", is_id(self.company)),
                ("name", 0 < len(self.name) <= NAME_LIMIT),
                ("method", self.method in ("password", "certificate")),
            )
            if not good
        ]
        if found:
            return draft.commit(Refused(code="malformed", violations=tuple(found)))
        if draft.get(Company.at(context.bank, self.company)) is not None:
            return draft.commit(Refused(code="exists"))
        company = Company(
            bank=context.bank,
            id=self.company,
            name=printable(self.name, NAME_LIMIT),
            method=self.method,
            created_at=context.now,
        )
        draft.put(company)
        log_operation(
            draft,
            company.key.id,
            "register-company",
            actor=f"desk:{self.authority.operator}",
            ticket=self.authority.ticket,
        )
        return draft.commit(CompanyRegistered(company=self.company))
