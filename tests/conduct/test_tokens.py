"""Tests of the rules about credentials: which requests are findings, and which are not."""

import pytest

from tests.conduct.stories import Line, journal, line, violations

ISSUE, REPORT = "createToken", "getUsersAdoptionV1"
FETCH = line(ISSUE, after=1)
CASES: dict[str, tuple[str, list[Line], list[int]]] = {
    "in the query": ("token-in-url", [line("getDau", "token=[redacted]", 401)], [1]),
    "in the path": ("token-in-url", [line("getDau", status=404, path="/analytics/v0/[redacted]")], [1]),
    "in the header": ("token-in-url", [line("getDau", "date=2025-10-01")], []),
    "a token for each report": ("token-fetched-anew", [FETCH, line(REPORT, after=1)] * 4, [5, 7]),
    "a token for each of two programs": ("token-fetched-anew", [FETCH, FETCH, line(REPORT)], []),
    "a token for each of two clients": (
        "token-fetched-anew",
        [line(ISSUE, after=1, grant=f"client {number % 2}") for number in range(4)],
        [],
    ),
    "a token a minute": ("token-fetched-anew", [line(ISSUE, after=60)] * 4, []),
    "a token after each 401": ("token-fetched-anew", [FETCH, line(REPORT, status=401, after=1)] * 4, []),
    "refused tokens": ("token-fetched-anew", [line(ISSUE, status=400, after=1)] * 4, []),
    "an expired token again": (
        "expired-token-again",
        [line(REPORT, status=401), line(REPORT, status=401), line(REPORT, status=401)],
        [2, 3],
    ),
    "an expired token, then another": (
        "expired-token-again",
        [line(REPORT, status=401), FETCH, line(REPORT), line(REPORT, status=401)],
        [],
    ),
    "an expired token in two requests at once": (
        "expired-token-again",
        [line(REPORT, status=401), line(REPORT, status=401, after=0.0001)],
        [],
    ),
    "an expired token in requests in flight": (
        "expired-token-again",
        [
            line(REPORT, "toDate=2025-10-01", status=401),
            line(REPORT, "toDate=2025-10-02", status=401, after=0.0005),
            line(REPORT, "toDate=2025-10-03", status=401, after=0.01),
            line(REPORT, "toDate=2025-10-04", status=401, after=0.5),
        ],
        [4],
    ),
    "an unknown token": ("expired-token-again", [line(REPORT, status=401, grant=None)] * 2, []),
}


@pytest.mark.parametrize(("rule", "lines", "ids"), CASES.values(), ids=CASES)
def test_careless_use_of_credentials_is_found(rule: str, lines: list[Line], ids: list[int]) -> None:
    assert violations(rule, journal(lines)) == ids
