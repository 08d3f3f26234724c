"""Tests of requests after a refusal: which are findings, and which are not."""

import pytest

from tests.conduct.stories import Line, journal, line, violations

DAU = "getDau"
CASES: dict[str, tuple[str, list[Line], list[int]]] = {
    "what is not simulated, again and again": (
        "no-backoff-after-5xx",
        [line(DAU, status=501, after=0.1, refusal="not_simulated") for _ in range(6)],
        [],
    ),
    "at once after 429": ("no-backoff-after-429", [line(DAU, status=429), line(DAU, after=0.5)], [2]),
    "another request at once after 429": (
        "no-backoff-after-429",
        [line(DAU, status=429), line("getDauCount", after=0.1)],
        [2],
    ),
    "a second after 429": ("no-backoff-after-429", [line(DAU, status=429), line(DAU, after=1)], []),
    "growing waits that are still too short": (
        "no-backoff-after-429",
        [line(DAU, status=429, after=after) for after in (9, 1, 2, 4)],
        [],
    ),
    "waits that do not grow": (
        "no-backoff-after-429",
        [line(DAU, status=429, after=after) for after in (9, 2, 2, 1)],
        [3, 4],
    ),
    "waits that are long enough": (
        "no-backoff-after-429",
        [line(DAU, status=429, after=after) for after in (9, 60, 60)],
        [],
    ),
    "an answer resets the waits": (
        "no-backoff-after-429",
        [line(DAU, status=status, after=after) for status, after in ((429, 9), (429, 5), (200, 6), (429, 9), (429, 1))],
        [],
    ),
    "in flight when the 429 came": (
        "no-backoff-after-429",
        [line(DAU, status=429), line(DAU, after=0.0005, status=429)],
        [],
    ),
    "a wrong token between 429 and the retry": (
        "no-backoff-after-429",
        [line(DAU, status=429), line(DAU, after=0.1, status=401), line(DAU, after=0.1)],
        [3],
    ),
    "a real wait without a moved clock": (
        "no-backoff-after-429",
        [line(DAU, status=429), line(DAU, after=0, real=6)],
        [],
    ),
    "another token at once after 429": (
        "no-backoff-after-429",
        [line(DAU, status=429), line("getDauCount", after=0.1, grant="another")],
        [],
    ),
    "several requests, each with its own wait": (
        "no-backoff-after-429",
        [
            line(DAU, "date=2025-10-01"),
            line(DAU, "date=2025-10-02", after=0.0005, status=429),
            line(DAU, "date=2025-10-03", after=0.05, status=429),
            line(DAU, "date=2025-10-04", after=0.9, status=429),
            line(DAU, "date=2025-10-02", after=1),
            line(DAU, "date=2025-10-03", after=0.05),
            line(DAU, "date=2025-10-04", after=1),
        ],
        [4],
    ),
    "waits that hardly grow": (
        "no-backoff-after-429",
        [line(DAU, status=429, after=after) for after in (9, 2, 2.01, 2.02)],
        [3, 4],
    ),
    "another request each time, with equal waits": (
        "no-backoff-after-429",
        [line(DAU, f"date=2025-10-0{day}", status=429, after=2) for day in range(1, 5)],
        [3, 4],
    ),
    "at once after a slow 429": (
        "no-backoff-after-429",
        [line(DAU, status=429, duration_us=3_000_000), line(DAU, after=3.1)],
        [2],
    ),
    "429 at another vendor": ("no-backoff-after-429", [line(DAU, status=429), line("getOrganization", after=0.1)], []),
    "three at once after 503": (
        "no-backoff-after-5xx",
        [line(DAU, status=503, after=0.1) for _ in range(4)],
        [3, 4],
    ),
    "one retry at once after 500": (
        "no-backoff-after-5xx",
        [line(DAU, status=500), line(DAU, after=0.1)],
        [],
    ),
    "the second retry waits": (
        "no-backoff-after-5xx",
        [line(DAU, status=500), line(DAU, status=500, after=0.1), line(DAU, status=500, after=2)],
        [],
    ),
    "waits that double": (
        "no-backoff-after-5xx",
        [line(DAU, status=503, after=after) for after in (9, 0.001, 0.2, 0.4, 0.8)],
        [],
    ),
    "waits that are too short to grow": (
        "no-backoff-after-5xx",
        [line(DAU, status=503, after=after) for after in (9, 0.002, 0.004, 0.008)],
        [3, 4],
    ),
    "at once after cut connections": (
        "no-backoff-after-5xx",
        [line(DAU, status=0, after=0.1, fault="cut") for _ in range(3)],
        [3],
    ),
    "at once after slow failures": (
        "no-backoff-after-5xx",
        [line(DAU, status=504, after=5.05, duration_us=5_000_000) for _ in range(3)],
        [3],
    ),
    "a few other requests after 500": (
        "no-backoff-after-5xx",
        [line(DAU, f"date=2025-10-0{day}", status=500, after=0.1) for day in range(1, 6)],
        [],
    ),
    "many other requests after 500": (
        "no-backoff-after-5xx",
        [line(DAU, f"date=2025-10-{day:02}", status=500, after=0.1) for day in range(1, 10)],
        [7, 8, 9],
    ),
    "other requests after 500, with waits": (
        "no-backoff-after-5xx",
        [line(DAU, f"date=2025-10-{day:02}", status=500, after=0.1 if day % 4 else 2) for day in range(1, 20)],
        [],
    ),
    "other requests of a pool after 500": (
        "no-backoff-after-5xx",
        [line(DAU, f"date=2025-10-{day:02}", status=500, after=0.0005) for day in range(1, 20)],
        [],
    ),
    "a burst until a 429": (
        "hammering",
        [*(line(DAU, f"cursor={number}", after=0.1) for number in range(20)), line(DAU, "cursor=20", 429, after=0.1)],
        [21],
    ),
    "429 within the limit": ("hammering", [*[line(DAU, after=1)] * 10, line(DAU, status=429)], []),
    "ten a minute": ("hammering", [*[line(DAU, after=6)] * 30, line(DAU, status=429, after=6)], []),
    "a burst without a 429": ("hammering", [line(DAU, after=0.1)] * 30, []),
    "429 from a fault": (
        "hammering",
        [*[line(DAU, after=0.1)] * 20, line(DAU, status=429, fault="throttle")],
        [],
    ),
    "429 at a vendor without a limit": (
        "hammering",
        [*[line("getOrganization", after=0.1)] * 20, line("getOrganization", status=429)],
        [],
    ),
    "four answers of 401": ("unauthorized-ignored", [line(DAU, status=401)] * 4, [3, 4]),
    "two answers of 401": ("unauthorized-ignored", [line(DAU, status=401)] * 2, []),
    "eight at once with 401": (
        "unauthorized-ignored",
        [line(DAU, f"date=2025-10-0{day}", status=401, after=0.0005) for day in range(1, 9)],
        [],
    ),
    "a pool that continues after 401": (
        "unauthorized-ignored",
        [
            line(DAU, f"date=2025-10-0{day}", status=401, after=after)
            for day, after in enumerate((1, 0.0005, 0.2, 0.2), 1)
        ],
        [3, 4],
    ),
    "more requests than a pool has in flight": (
        "forbidden-ignored",
        [line(DAU, f"page_size={size}", status=403, after=0.0005) for size in range(1, 37)],
        [35, 36],
    ),
    "401 now and then": (
        "unauthorized-ignored",
        [line(DAU, status=401), line(DAU), line(DAU, status=401), line(DAU), line(DAU, status=401)],
        [],
    ),
    "three answers of 403": ("forbidden-ignored", [line(DAU, status=403)] * 3, [3]),
    "two answers of 403": ("forbidden-ignored", [line(DAU, status=403)] * 2, []),
    "403 for one of two tokens": (
        "forbidden-ignored",
        [line(DAU, status=status, grant=grant) for status, grant in [(403, "one"), (200, "other")] * 4],
        [5, 7],
    ),
    "the same refused twice at once": (
        "refused-question-again",
        [line(DAU, "date=never", 400), line(DAU, "date=never", 400, after=0.0005)],
        [],
    ),
    "the same refused again": (
        "refused-question-again",
        [line(DAU, "date=never", 400), line(DAU, "date=never", 400)],
        [2],
    ),
    "another request after a refusal": (
        "refused-question-again",
        [line(DAU, "date=never", 400), line(DAU, "date=2025-10-20"), line(DAU, "date=nowhere", 400)],
        [],
    ),
    "the same refused on another day": (
        "refused-question-again",
        [line(DAU, "date=2025-10-22", 400), line(DAU, "date=2025-10-22", 400, after=86_400)],
        [],
    ),
    "404 twice from a fault": (
        "refused-question-again",
        [line(DAU, status=404, fault="lost"), line(DAU, status=404, fault="lost")],
        [],
    ),
}


@pytest.mark.parametrize(("rule", "lines", "ids"), CASES.values(), ids=CASES)
def test_ignored_refusals_are_found(rule: str, lines: list[Line], ids: list[int]) -> None:
    assert violations(rule, journal(lines)) == ids
