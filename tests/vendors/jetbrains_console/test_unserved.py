"""What the Console's API is known to have and is not simulated (contract, section 4)."""

import pytest

from tests.contract.client import Client
from tests.vendors.jetbrains_console import queries
from tests.vendors.jetbrains_console.queries import AUTUMN

OTHER_GROUPS = ("/v2/other/report", "/v2/other/report/group-by/date", "/v2/adoptions/limit-hits/group-by/date")
NOT_OTHER_GROUPS = ("/v1/other/report", "/v3/other/report", "/v2/other", "/v2/adoption/other/group-by/date", "/v2")


@pytest.mark.parametrize("path", OTHER_GROUPS)
def test_other_groups_of_v2_are_not_simulated(jetbrains_console: Client, path: str) -> None:
    answer = jetbrains_console.get(path, AUTUMN)
    assert (answer.status, answer.code) == (501, "not_implemented")
    assert answer.message == (
        f"/metrics/api{path} is not simulated: of the groups of reports in v2 only adoption is public; seven others "
        "exist, and neither their names nor their contents are known here"
    )
    unknown = jetbrains_console.switched(unserved="not_found").get(path, AUTUMN)
    assert (unknown.status, unknown.code) == (404, "not_found")


@pytest.mark.parametrize("path", NOT_OTHER_GROUPS)
def test_everything_else_is_an_unknown_path(jetbrains_console: Client, path: str) -> None:
    answer = jetbrains_console.get(path, AUTUMN)
    assert (answer.status, answer.code) == (404, "not_found")


def test_other_groups_need_a_token_and_the_permission(jetbrains_console: Client) -> None:
    assert jetbrains_console.bearing(None).get(OTHER_GROUPS[0]).status == 401
    assert queries.role(jetbrains_console, "-forbidden").get(OTHER_GROUPS[0]).status == 403
