"""A client that was written in a hurry: each function has bad habits that violate rules of the client lint."""

from tests.conduct.surfaces import DAY, FIRST, TODAY, Surfaces


def read_augment(to: Surfaces) -> None:
    """Days one by one, today, the same pages again in small size, and more and more requests once it is refused."""
    for days in range(7):
        to.augment("/dau-count", start_date=FIRST + days * DAY, end_date=FIRST + days * DAY)
    for _ in range(2):
        to.augment("/dau", date=TODAY)
    _, page = to.augment("/dau", date=FIRST, page_size=3)
    for _ in range(2):
        to.augment("/dau", date=FIRST, page_size=3, cursor=page["pagination"]["next_cursor"])
    to.augment("/dau", date=FIRST + DAY, page_size=3, cursor=page["pagination"]["next_cursor"])
    for _ in range(12):
        to.augment("/daily-usage")


def read_tabnine(to: Surfaces) -> None:
    """Months as the answers count them, the users again and again and backwards, and a token in the URL."""
    to.tabnine("/organization/account-utilizations", startDate="2025-00")
    for _ in range(3):
        to.tabnine("/organization/users", offset=0, limit=1000)
    for offset in (20, 10, 0):
        to.tabnine("/organization/users", offset=offset, limit=10, active="true")
    to.tabnine("/organization", token="mock-tabnine-acme")


def read_ide(to: Surfaces) -> None:
    """Request after request with an unknown token, and then without the permission."""
    for token in ("unknown", "mock-jetbrains-ide-acme-forbidden"):
        for _ in range(4):
            to.get("/api/analytics/ai/effectiveness/metrics/totals", f"Bearer {token}", fromDate=FIRST, toDate=FIRST)


def read_console(to: Surfaces) -> None:
    """A token for each request, the older version, and an expired token."""
    for report in ("users-adoption", "limit-hits", "quota-consumption"):
        to.console(f"v1/adoption/{report}", to.token(), fromDate=FIRST, toDate=FIRST + DAY)
    token = to.token()
    to.wait(3600)
    for _ in range(2):
        to.console("v2/adoption/limit-hits", token, fromDate=FIRST, toDate=FIRST + DAY)


def read_all(to: Surfaces) -> None:
    """Every vendor."""
    for read in (read_augment, read_tabnine, read_ide, read_console):
        read(to)


EXPECTED = {
    *(("augment", rule) for rule in ("no-backoff-after-429", "hammering", "refused-question-again", "day-by-day")),
    *(
        ("augment", rule)
        for rule in ("same-question-again", "today-requested", "pagination-abandoned", "cursor-used-twice")
    ),
    *(("augment", rule) for rule in ("cursor-with-other-filters", "page-size-below-default")),
    *(("tabnine", rule) for rule in ("month-index", "users-polled", "pages-out-of-order", "pagination-abandoned")),
    ("tabnine", "token-in-url"),
    *(("jetbrains-ide", rule) for rule in ("unauthorized-ignored", "forbidden-ignored")),
    *(("jetbrains-console", rule) for rule in ("older-version", "token-fetched-anew", "expired-token-again")),
}
"""The finding for each of these habits, by vendor."""
