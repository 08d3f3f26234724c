"""Answers what must hold between the vendors: people, addresses and days agree.

What must hold at one vendor stays out (its own module).
"""

from mockserver.audit import augment, jetbrains, tabnine
from mockserver.audit.invariant import Invariant, Violation, at_most, equal
from mockserver.audit.reader import NotApplicable, Reader

SAMPLE = 5
"""People asked for one by one, of those who left or have no licence."""


def _addresses_agree(reader: Reader) -> None:
    known = {row["id"]: row["email"].casefold() for row in tabnine.users(reader)}
    common = [row for row in jetbrains.some_rows(reader)[0] if row["userId"] in known]
    if not common:
        raise NotApplicable("nobody of Tabnine's users list used JetBrains AI in the range")
    for row in common:
        equal(
            f"user {row['userId']}",
            row["userEmail"].casefold(),
            known[row["userId"]],
            "addresses in users.paged and at Tabnine",
        )


def _nobody_after_leaving(reader: Reader) -> None:
    left = {row["email"].casefold(): row["deactivatedAt"][:10] for row in tabnine.users(reader) if row["deactivatedAt"]}
    if not left:
        raise NotApplicable("nobody has left")
    seen = [(str(day), who) for day in reader.sampled_days for who in augment.active(reader, day)]
    for day, who in seen:
        if day > left.get(who.casefold(), day):
            raise Violation(f"{who} left on {left[who.casefold()]} and is in Augment's dau of {day}")


def _left(reader: Reader) -> dict[str, str]:
    """Who has left by Tabnine's list, by id, and on which day."""
    left = {row["id"]: row["deactivatedAt"][:10] for row in tabnine.users(reader) if row["deactivatedAt"]}
    if not left:
        raise NotApplicable("nobody has left")
    return left


def _no_rows_after_leaving(reader: Reader) -> None:
    left = _left(reader)
    for row in jetbrains.some_rows(reader)[0]:
        if row["date"] > left.get(row["userId"], row["date"]):
            raise Violation(f"user {row['userId']} left on {left[row['userId']]} and has rows of {row['date']}")


def _no_usage_after_leaving(reader: Reader) -> None:
    gone = sorted(user for user, day in _left(reader).items() if day < str(reader.first))
    for user in gone if reader.full else gone[-SAMPLE:]:
        for counter, number in sorted(tabnine.of_user(reader, user).items()):
            equal(f"user {user}, who left before {reader.first}", number, 0, f"{counter} and nothing")


def _no_usage_without_licence(reader: Reader) -> None:
    known = {row["id"] for row in tabnine.users(reader)}
    others = sorted({row["userId"] for row in jetbrains.some_rows(reader)[0]} - known)
    if not others:
        raise NotApplicable("everybody who used JetBrains AI is in Tabnine's users list")
    for user in others if reader.full else others[:SAMPLE]:
        for counter, number in sorted(tabnine.of_user(reader, user).items()):
            equal(f"user {user}, who is not in Tabnine's list", number, 0, f"{counter} and nothing")


def _console_within_ide(reader: Reader) -> None:
    requests = jetbrains.active(reader)
    for row in jetbrains.console(reader, "users-adoption")["data"]:
        day = row["date"]
        at_most(day, row["activeUsers"], requests.get(day, 0), "active users in the Console and in IDE Services")


INVARIANTS = (
    Invariant("between-addresses-agree", "The same person has the same address at JetBrains and Tabnine.",
             "between: metrics, identities", "I", _addresses_agree),
    Invariant("between-nobody-after-leaving", "Who left by Tabnine's list is not active at Augment afterwards.",
             "between: metrics, identities", "I", _nobody_after_leaving),
    Invariant("between-no-rows-after-leaving", "Who left by Tabnine's list has no rows at IDE Services afterwards.",
             "between: metrics, identities", "I", _no_rows_after_leaving),
    Invariant("between-no-usage-after-leaving", "Who left before the range by Tabnine's list has no usage there.",
             "between: metrics, identities", "I", _no_usage_after_leaving),
    Invariant("between-no-usage-without-licence", "Who is not in Tabnine's users list has no usage there.",
             "between: metrics, identities", "I", _no_usage_without_licence),
    Invariant("between-console-within-ide", "Whoever spent credits made a request: Console active <= IDE active.",
             "between: metrics 2", "I", _console_within_ide),
)  # fmt: skip
