"""/_mock/lint and /_mock/conduct: the findings over the journal."""

import pytest

from tests.admin.driver import Admin

DAU = "/analytics/v0/dau"


def test_empty_journal_has_no_findings(admin: Admin) -> None:
    assert admin.get("/conduct") == {"requests_checked": 0, "findings": []}


def test_unfollowed_page_is_abandoned(admin: Admin) -> None:
    admin.vendor(f"{DAU}?page_size=200")
    assert admin.get("/conduct") == {"requests_checked": 1, "findings": []}
    admin.vendor(f"{DAU}?page_size=3")
    (finding,) = admin.get("/conduct")["findings"]
    assert finding == {
        "rule": "pagination-abandoned",
        "source": "good practice",
        "vendor": "augment",
        "operation": "getDau",
        "requests": [2],
        "truncated": 0,
        "observed": f"GET {DAU}?page_size=3: a page with a next page that was never requested",
        "advice": "follow cursor until the answer has no next page, or request less",
    }


def test_cached_answer_has_a_next_page_too(admin: Admin) -> None:
    for _ in range(2):
        admin.vendor(f"{DAU}?page_size=3")
    found = {each["rule"]: each["requests"] for each in admin.get("/conduct")["findings"]}
    assert found == {"pagination-abandoned": [1, 2], "same-question-again": [2]}


@pytest.mark.parametrize("names", [{}, {"items": "rows"}])
def test_next_page_is_known_under_other_names(admin: Admin, names: dict[str, str]) -> None:
    admin.done("PATCH", "/policy", {"jetbrains-ide": {"names": names}})
    path = "/api/analytics/ai/effectiveness/metrics/users.paged?fromDate=2025-10-01&toDate=2025-10-20&limit=1000"
    admin.vendor(path, "mock-jetbrains-ide-acme")
    assert [each["rule"] for each in admin.get("/conduct")["findings"]] == ["pagination-abandoned"]


def test_deleted_journal_has_no_findings(admin: Admin) -> None:
    admin.vendor(f"{DAU}?date=2025-10-21")
    assert [each["rule"] for each in admin.get("/conduct")["findings"]] == ["today-requested"]
    admin.send("DELETE", "/requests")
    assert admin.get("/conduct") == {"requests_checked": 0, "findings": []}


def test_ignored_rules_are_left_out(admin: Admin) -> None:
    for _ in range(2):
        admin.vendor(f"{DAU}?page_size=3")
    body = admin.get("/conduct?ignore=pagination-abandoned,hammering")
    assert (body["requests_checked"], [each["rule"] for each in body["findings"]]) == (2, ["same-question-again"])


def test_unknown_rule_is_refused_with_a_suggestion(admin: Admin) -> None:
    errors = admin.refused("GET", "/conduct?ignore=hammering,pagination-abandonned,").errors["ignore"]
    assert errors[0].startswith(
        "there is no rule 'pagination-abandonned' (did you mean 'pagination-abandoned'?); there are: no-back"
    )
    assert errors[1].startswith("there is no rule ''; there are: ")


def test_many_unknown_rules_are_counted(admin: Admin) -> None:
    errors = admin.refused("GET", f"/lint?ignore={','.join(f'r{number}' for number in range(2000))}").errors["ignore"]
    assert (len(errors), errors[0].partition(";")[0], errors[-1]) == (6, "there is no rule 'r0'", "and 1995 more")


def test_requests_with_other_bodies_are_other_questions(admin: Admin) -> None:
    bodies = (b'{"a": 1}', b'{"a": 2}', b'{ "a":1 }')
    for body in bodies:
        headers = {"Authorization": "Bearer mock-augment-acme"}
        admin.app.test_client().post(DAU, data=body, headers=headers)
    found = {each["rule"]: each["requests"] for each in admin.get("/lint")["findings"]}
    assert found["refused-question-again"] == [3]


def test_findings_contain_no_credentials(admin: Admin) -> None:
    admin.vendor(f"{DAU}?a=1;sig=abcdef&x=mock-augment-acme")
    answer = admin.send("GET", "/lint")
    assert [each["rule"] for each in answer.json["findings"]] == ["token-in-url"]
    assert b"mock-augment-acme" not in answer.body
    assert b"abcdef" not in answer.body
