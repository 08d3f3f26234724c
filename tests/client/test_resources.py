"""Tests of every resource of the client, on an app in process and over HTTP on both servers."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

import mockserver
from analytics_mockserver.client import Client, NoAnswer, Refused, Response

NOW = datetime(2025, 10, 21, 10, 30, tzinfo=UTC)
FROZEN = {"now": "2025-10-21T10:30:00Z", "frozen": True}
RULE = {"times": 2, "effect": {"status": 503}}


def vendor_of(client: Client) -> str:
    """A vendor that has a token."""
    return str(client.tokens.list_all()[0]["vendor"])


def test_health_names_vendors_and_organizations(client: Client) -> None:
    health = client.health()
    assert {token["vendor"] for token in client.tokens.list_all()} == set(health["vendors"])
    assert client.organizations() == health["organizations"]
    assert client.organization("acme")["slug"] == "acme"


def test_clock_is_set_advanced_and_stopped(client: Client) -> None:
    assert client.clock.get() == FROZEN
    assert client.clock.set(NOW + timedelta(days=1), frozen=True)["now"] == "2025-10-22T10:30:00Z"
    assert client.clock.advance(hours=2, seconds=0.5)["now"].startswith("2025-10-22T12:30:00.5")
    assert client.clock.run()["frozen"] is False
    assert client.clock.freeze()["frozen"] is True
    assert client.clock.freeze(NOW) == FROZEN
    assert client.clock.set() == FROZEN


def test_limits_are_updated_and_replaced(client: Client) -> None:
    vendor = vendor_of(client)
    assert client.limits.update({vendor: {"per_minute": 5, "burst": 6}})[vendor]["burst"] == 6
    assert client.limits.get()[vendor]["setting"] == "custom"
    assert client.limits.replace({})[vendor]["setting"] == "off"


def test_policy_is_updated_and_replaced(client: Client) -> None:
    vendor, name, switch = next(
        (vendor, name, switch)
        for vendor, switches in client.policy.get().items()
        for name, switch in switches.items()
        if isinstance(switch["value"], str)
    )
    other = next(option for option in switch["options"] if option != switch["value"])
    assert client.policy.update({vendor: {name: other}})[vendor][name]["value"] == other
    assert client.policy.replace({})[vendor][name]["value"] == switch["value"]


def test_faults_are_added_replaced_and_removed(client: Client) -> None:
    added = client.faults.add(RULE)
    assert client.faults.list_all() == [added]
    client.faults.remove(added["id"])
    assert client.faults.list_all() == []
    assert len(client.faults.replace([RULE, RULE])) == 2
    assert client.faults.clear() == []


def test_defects_are_armed_by_name(client: Client) -> None:
    name = client.defects.get()["known"][0]["name"]
    assert client.defects.arm([name])["armed"] == [name]
    assert client.defects.arm([])["armed"] == []
    assert client.defects.arm(name)["armed"] == [name]


def test_defect_is_armed_at_one_vendor_and_operation(client: Client) -> None:
    known = client.defects.get()["known"][-1]
    vendor, operation = known["vendor"], known["operations"][0]
    armed = client.defects.arm(known["name"], vendor=vendor, operation=operation)["armed"]
    assert armed == [{"name": known["name"], "vendor": vendor, "operation": operation}]
    assert client.defects.arm(armed)["armed"] == armed


def test_defect_in_a_field_is_armed_at_its_path(client: Client) -> None:
    placed = {"name": "field-null", "at": "users[0].user_email"}
    assert client.defects.arm("field-null", at=placed["at"])["armed"] == [placed]
    assert client.defects.arm([placed, "number-as-text"])["armed"] == [placed, "number-as-text"]
    assert client.defects.get()["armed"] == [placed, "number-as-text"]
    with pytest.raises(Refused, match=r"no answer of any vendor has 'users\[0\].mail'; near it: ") as refusal:
        client.defects.arm("field-null", at="users[0].mail")
    assert list(refusal.value.errors) == ["armed.0.at"]
    with pytest.raises(TypeError, match="'at' belongs to one defect"):
        client.defects.arm(["field-null"], at="users[0].user_email")
    with pytest.raises(TypeError, match="'vendor' belongs to one defect; of several, give each as "):
        client.defects.arm(["field-null"], vendor="augment")
    assert client.defects.get()["armed"] == [placed, "number-as-text"]


def test_sandboxes_have_resources_of_their_own(client: Client) -> None:
    sandbox = client.create_sandbox(organization="hooli", now=NOW + timedelta(days=3), frozen=True)
    assert sandbox.info["organization"] == "hooli"
    assert client.sandbox(sandbox.id).info == sandbox.info
    assert [each.id for each in client.sandboxes()] == ["default", sandbox.id]
    assert sandbox.clock.get()["now"] == "2025-10-24T10:30:00Z"
    assert client.clock.get() == FROZEN
    client.delete_sandbox(sandbox.id)
    with pytest.raises(Refused, match=f"GET /_mock/sandboxes/{sandbox.id} returned 404: ") as caught:
        client.sandbox(sandbox.id)
    assert caught.value.status == 404


def test_journal_is_filtered_and_cleared(client: Client) -> None:
    token = client.tokens.list_all()[0]
    for _ in range(3):
        answer = client.request("GET", "/analytics/v0/dau", {"Authorization": f"{token['scheme']} {token['token']}"})
        assert answer.status == 200
    entries = client.requests.list_all(vendor=token["vendor"], status="2xx")
    assert len(entries) == 3
    assert client.requests.list_all(after=entries[0]["id"], limit=5) == entries[1:]
    client.requests.clear()
    assert client.requests.list_all() == []


def test_lint_can_ignore_rules(client: Client) -> None:
    client.requests.clear()
    assert client.lint() == client.lint(("page-size-below-default",)) == {"requests_checked": 0, "findings": []}


def test_tokens_are_created_and_revoked(client: Client) -> None:
    made = client.tokens.create(vendor_of(client), "forbidden")
    assert made["permission"] == "forbidden"
    assert made in client.tokens.list_all()
    client.tokens.revoke(made["id"])
    assert made not in client.tokens.list_all()


def test_credentials_are_exchanged_for_access_tokens(client: Client) -> None:
    clients = [token for token in client.tokens.list_all() if "token_path" in token]
    for each in clients:
        assert client.tokens.access_token(each["client_id"], each["client_secret"], each["token_path"])
        with pytest.raises(Refused, match=f"no access token for {each['client_id']}: "):
            client.tokens.access_token(each["client_id"], "wrong", each["token_path"])


def test_totals_have_parts(client: Client) -> None:
    [credits_, cost] = [each["name"] for each in client.totals.list_all()]
    days = {"from": "2025-10-13", "to": "2025-10-19"}
    found = client.totals.get(credits_, **days, limit=2)
    assert (found["name"], len(found["parts"])) == (credits_, 2)
    assert client.totals.get(credits_, **days, after=found["next"])["parts"][0] not in found["parts"]
    assert client.totals.get(cost, **days)["next"] is None


def test_charts_have_rows(client: Client) -> None:
    name = client.charts.list_all()[0]["name"]
    days = {"from": date(2025, 10, 13), "to": date(2025, 10, 19)}
    assert [row["date"] for row in client.charts.get(name, **days, bucket="week")["rows"]] == ["2025-10-13"]


def test_metrics_have_people(client: Client) -> None:
    name = client.metrics.list_all()["metrics"][0]["name"]
    days = {"from": date(2025, 9, 1), "to": "2025-09-28"}
    assert len(client.metrics.get(name, **days, bucket="week", vendor=[vendor_of(client)])["points"]) == 4
    assert client.metrics.get(name, **days, final=True)["final"] is True
    page = client.metrics.people(name, **days, limit=2)
    assert len(page["people"]) == 2
    assert client.metrics.people(name, **days, after=page["next"])["people"][0] not in page["people"]


def test_cases_are_listed_by_vendor(client: Client) -> None:
    case = client.cases()[0]
    assert client.case(case["id"]) == case
    assert {each["vendor"] for each in client.cases(case["vendor"])} == {case["vendor"]}


def test_profiles_are_listed_and_a_sandbox_has_one(client: Client) -> None:
    profile = client.profiles()[0]
    assert client.profile(profile["name"]) == profile
    with pytest.raises(Refused, match="there is no profile 'none'"):
        client.profile("none")
    sandbox = client.create_sandbox(profile=profile["name"])
    assert (sandbox.info["profile"], sandbox.info["fault_seed"]) == (profile["name"], profile["seed"])


def test_audit_is_started_and_waited_for(client: Client) -> None:
    audit = client.audits.start(vendors=["cross-vendor"], **{"from": date(2025, 10, 13)})
    found = client.audits.wait(audit["id"])
    assert (found["state"], found["from"], found["violated"]) == ("finished", "2025-10-13", 0)
    assert [each["id"] for each in client.audits.list_all()] == [audit["id"]]
    client.audits.remove(audit["id"])
    assert client.audits.list_all() == []


def test_case_is_run_by_the_server(client: Client) -> None:
    run = client.case_runs.wait(client.case_runs.start(case=client.cases()[0]["id"])["id"])
    assert (run["state"], run["result"]) == ("finished", "passed")
    assert run in client.case_runs.list_all()
    client.case_runs.remove(run["id"])
    assert run not in client.case_runs.list_all()


def test_openapi_files_are_text(client: Client) -> None:
    assert "openapi: 3.1" in client.openapi(vendor_of(client))


def test_reset_puts_parts_back(client: Client) -> None:
    client.clock.advance(days=1)
    assert client.reset("clock") == {"reset": ["clock"]}
    assert client.clock.get() == FROZEN
    assert "journal" in client.reset()["reset"]


def test_refusal_has_its_errors_by_field(client: Client) -> None:
    with pytest.raises(Refused, match="PUT /_mock/clock returned 400: now: ") as caught:
        client.clock.set("yesterday")
    assert list(caught.value.errors) == ["now"]


def test_exact_numbers_are_sent(client: Client) -> None:
    assert client.create_sandbox(ttl_seconds=Decimal("60.5")).id


def test_values_without_json_form_are_rejected(client: Client) -> None:
    with pytest.raises(TypeError, match="has no form in JSON"):
        client.create_sandbox(seed={1, 2})


@pytest.mark.parametrize("body", [b"[]", b"{}", b"<html>", b""])
def test_other_programs_are_recognized(body: bytes) -> None:
    client = Client("http://other.example", transport=lambda *_: Response(200, {}, body))
    with pytest.raises(NoAnswer, match="GET /_mock/health is not answered by a mock server"):
        client.health()
    client.close()


@pytest.mark.parametrize(
    ("body", "detail"), [(b"", "no reason is given"), (b"<html>", "<html>"), (b'{"error": 1}', "{'error': 1}")]
)
def test_refusal_without_problem_details_has_its_text(body: bytes, detail: str) -> None:
    client = Client("http://other.example", transport=lambda *_: Response(502, {}, body))
    with pytest.raises(Refused) as caught:
        client.health()
    assert (caught.value.status, caught.value.detail, caught.value.errors) == (502, detail, {})


def test_public_names_are_loaded_on_first_use() -> None:
    from mockserver.app import create_app

    assert mockserver.Client is Client
    assert mockserver.create_app is create_app
    assert mockserver.__version__[0].isdigit()
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        getattr(mockserver, "nothing")  # noqa: B009 (mypy knows that there is no such name)
