"""Expected values of a team with those below it."""

from tests.admin.driver import Admin
from tests.metrics.aggregate import BROAD, Reader, Row
from tests.metrics.test_recomputed import METRICS, expected, points, recomputed


def test_switch_decides_whether_subteams_count(admin: Admin, reader: Reader, seen: list[Row]) -> None:
    admin.done("PATCH", "/policy", {"metrics": {"subteams": "with"}})
    members = reader.team("Guidance") | reader.team("Simulator")
    for metric in METRICS:
        answer = expected(admin, metric, bucket="week", team="Guidance")
        assert answer["team"]["teams"] == ["Guidance", "Simulator"]
        assert points(answer) == recomputed((row for row in seen if row.email in members), BROAD, metric, "all", "week")
