"""Who takes part in the story; everything here is made up."""

from __future__ import annotations

from typing import Final

from okmate_auth.demo.stage import Role
from okmate_auth.secret import Secret

COMPANY: Final = "C-1001"
OTHER_COMPANY: Final = "C-2002"
CERTIFICATE_COMPANY: Final = "C-3003"
JIRO: Final = "Jiro2026"
KEIKO: Final = "Keiko055"
HANAKO: Final = "Hanako01"
TARO: Final = "Taro2026"
NOBODY: Final = "Saburo99"  # a login ID that no account has

# Passwords that people choose in the story.
JIRO_LOGIN: Final = Secret("Kita6yama")
JIRO_CONFIRMATION: Final = Secret("Minato4go")
HANAKO_LOGIN: Final = Secret("Sora8kumo")
HANAKO_LOGIN_FULL_WIDTH: Final = Secret("Ｓｏｒａ８ｋｕｍｏ")
HANAKO_CONFIRMATION: Final = Secret("Umi5kaze1")
TARO_LOGIN: Final = Secret("Mori3kawa")
TARO_CONFIRMATION: Final = Secret("Hoshi7tsuki")
TARO_LOGIN_LATER: Final = Secret("Kawa4ishi")  # what he types when he goes back to a form that was sent already
TARO_MISTYPED: Final = Secret("mistyped1")

# Serial numbers, as printed on the backs of tokens.
SERIAL_OF_JIRO: Final = "NB-70030011"
SERIAL: Final = "NB-70010528"  # Hanako's
SERIAL_LOOKALIKE: Final = "NB-7OO1O528"  # the letter O for each zero
SERIAL_SPARE: Final = "NB-70010536"
SERIAL_ELSEWHERE: Final = "NB-70020014"  # the other company's

ALL_SERVICES: Final = (
    "inquiry",
    "transfer",
    "data-transmission",
    "approval",
    "tax-payment",
    "densai",
    "foreign-exchange",
    "administration",
)
ENTITLEMENTS_OF_TARO: Final = ("inquiry", "densai")  # nothing that needs a token

ENTITLEMENTS_OF_KEIKO: Final = ("inquiry", "transfer")

DESK: Final = Role(user="desk", place="branch")
JIRO_AT_WORK: Final = Role(
    user=JIRO, place="desk-of-jiro", address="192.0.2.30", user_agent="Browser of Jiro's", certificate=JIRO
)
KEIKO_AT_WORK: Final = Role(
    user=KEIKO, place="desk-of-keiko", address="192.0.2.31", user_agent="Browser of Keiko's", certificate=KEIKO
)
OFFICE: Final = Role(user=HANAKO, place="office", address="192.0.2.10", user_agent="Browser at the office")
HOME: Final = Role(user=HANAKO, place="home", address="198.51.100.20", user_agent="Browser at home")
COLLEAGUE: Final = Role(user=TARO, place="desk-of-taro", address="192.0.2.11", user_agent="Browser of a colleague")
HOME_OF_TARO: Final = Role(
    user=TARO, place="home-of-taro", address="198.51.100.21", user_agent="Browser at a colleague's home"
)
STRANGER: Final = Role(user="stranger", place="elsewhere", address="203.0.113.66", user_agent="Browser elsewhere")
