"""A request whose body was not read is refused in the words of whoever it was sent to."""

import json

import pytest
from flask import Flask

from mockserver import vendors
from mockserver.gateway.socket_features import BODY_PROBLEM, BodyProblem
from mockserver.gateway.vendor import Vendor

pytestmark = pytest.mark.in_process("the test says what the server found")

every_vendor = pytest.mark.parametrize("vendor", vendors.discover(), ids=lambda each: each.name)
every_problem = pytest.mark.parametrize("problem", BodyProblem, ids=lambda each: each.name.lower())


@every_vendor
@every_problem
def test_vendor_refuses_an_unread_body(app: Flask, vendor: Vendor, problem: BodyProblem) -> None:
    status, rule = problem.value
    answer = app.test_client().post(vendor.sample_path, environ_overrides={BODY_PROBLEM: problem})
    assert answer.status_code == status
    assert rule in json.dumps(answer.json)


@every_problem
def test_control_plane_refuses_an_unread_body(app: Flask, problem: BodyProblem) -> None:
    answer = app.test_client().put("/_mock/clock", environ_overrides={BODY_PROBLEM: problem})
    assert (answer.status_code, answer.mimetype) == (problem.value[0], "application/problem+json")
    assert answer.json is not None
    assert answer.json["detail"] == problem.value[1]
