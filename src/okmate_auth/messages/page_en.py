"""The top page in English: what its menu's entries are called, and what it reminds of."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "top": "Top",
        "inquiry": "Inquiry",
        "transfer": "Transfers",
        "data-transmission": "Data transmission",
        "general-transfer": "General transfers",
        "payroll": "Salaries and bonuses",
        "local-tax": "Local taxes",
        "account-transfer": "Direct debits",
        "approval": "Approval",
        "tax-payment": "Taxes and charges",
        "densai": "Densai",
        "foreign-exchange": "Foreign exchange",
        "administration": "Administration",
        "company-data": "Company data",
        "users": "Users",
        "operation-history": "History of operations",
        "log-out": "Log out",
    }
)
REMINDERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "certificate-ends": "Your certificate ends at {until} (days left: {days}). "
        "Please have a new one issued before that.",
        "token-ends": "The life of your token ends at {until} (days left: {days}). "
        "Please ask the bank for another one in time.",
        "token-ended": "The life of your token ended at {until}. It may stop at any time: "
        "please ask the bank for another one.",
        "grace-ends": "No token is registered for you. Services that need one can be used without it until {until} "
        "(days left: {days}). Log out, then log in again to register one.",
        "services-closed": "No token is registered for you, so services that need one cannot be used. "
        "Log out, then log in again to register one.",
        "log-out": "When you have finished, always use the log out button.",
    }
)
