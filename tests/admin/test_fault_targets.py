"""A fault's path and operation: some request can match both, or the rule is refused."""

import pytest

from tests.admin.driver import Admin

DOWN = {"status": 503}

ALIKE = [
    ("getTeamUsers", "/api/v1/team/7/users", True),
    ("getTeamUsers", "/api/v1/team/7/8/users", False),
    ("getTeamUsers", "/api/v1/team//users", False),
    ("getTeamUsers", "/api/v1/team/7/user", False),
    ("getTeamUsers", "/api/v1/team/7/userss", False),
    ("getTeamUsers", "*users", True),
    ("getTeamUsers", "/api/v1/team/*", True),
    ("getTeamUsers", "/api/v1/*/x/*s", True),
    ("getTeamUsers", "/api/v1/team/*/x/users", False),
    ("getTeam", "/api/v1/team/*x", True),
    ("getTeam", "/api/v1/team/", False),
    ("getTeams", "/api/v1/*/teams", True),
    ("getTeams", "/api/v1/*/team", False),
    ("getTeam", "/api/v1/team/a*b", True),
    ("getTeam", "/api/v1/team/a*/b", False),
    ("getTeam", f"/api/v1/team/{'x' * 980}", True),
]


@pytest.mark.parametrize(("operation", "path", "can"), ALIKE)
def test_path_and_operation_must_overlap(
    admin: Admin,
    operation: str,
    path: str,
    can: bool,  # noqa: FBT001
) -> None:
    answer = admin.send("POST", "/faults", {"operation": operation, "path": path, "effect": DOWN})
    assert (answer.status, [*answer.errors]) == ((201, []) if can else (400, ["path"]))
