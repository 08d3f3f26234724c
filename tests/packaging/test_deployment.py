"""The files that run the server elsewhere: Compose, Kubernetes and the workflow, which agree with the Dockerfile.

`make static` checks their formats.
"""

import os
import subprocess
import sys
import tomllib
from typing import Any

import pytest
import yaml

from mockserver import server
from mockserver.app import create_app
from mockserver.settings import Settings, parse_timestamp
from tests.server.programs import ROOT
from tools import dockerfile

IMAGE = dockerfile.stages(ROOT / "Dockerfile")[-1]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]
DEPLOYMENT, SERVICE = yaml.safe_load_all((ROOT / "deploy/kubernetes.yaml").read_text(encoding="utf-8"))
POD = DEPLOYMENT["spec"]["template"]["spec"]
CONTAINER = POD["containers"][0]
WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))["jobs"]


def test_compose_starts_the_tests_when_the_server_is_healthy() -> None:
    tests = COMPOSE["client-tests"]
    assert tests["depends_on"] == {"mockserver": {"condition": "service_healthy"}}
    assert tests["environment"]["MOCKSERVER_URL"] == f"http://mockserver:{IMAGE.ports[0]}"
    assert COMPOSE["mockserver"]["ports"] == [f"127.0.0.1:{IMAGE.ports[0]}:{IMAGE.ports[0]}"]
    assert COMPOSE["mockserver"]["read_only"]


def test_tests_of_compose_pass_against_its_server() -> None:
    tests, started = COMPOSE["client-tests"], COMPOSE["mockserver"]
    token = started["environment"]["MOCKSERVER_ADMIN_TOKEN"]
    command, _, now, flag = started["command"]
    assert (command, flag) == ("serve", "--freeze")
    settings = Settings(now=parse_timestamp(now), freeze=True, admin_token=token)
    with server.in_thread(create_app(settings)) as running:
        environment = {**os.environ, **tests["environment"], "MOCKSERVER_URL": running.url}
        script = [sys.executable, str(ROOT / "deploy" / tests["command"][-1].removeprefix("/"))]
        done = subprocess.run(script, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, "Ran 2 tests" in done.stderr) == (0, True), done.stderr


def test_pod_is_restricted_to_what_the_image_needs() -> None:
    user, _, group = IMAGE.user.partition(":")
    assert POD["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": int(user),
        "runAsGroup": int(group),
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert CONTAINER["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert (CONTAINER["resources"].keys(), POD["automountServiceAccountToken"]) == ({"requests", "limits"}, False)


def test_admin_token_of_the_pod_is_a_file_of_the_secret() -> None:
    (variable,) = CONTAINER["env"]
    (mount,) = CONTAINER["volumeMounts"]
    (volume,) = POD["volumes"]
    assert variable == {"name": "MOCKSERVER_ADMIN_TOKEN_FILE", "value": f"{mount['mountPath']}/admin-token"}
    assert (volume["name"], volume["secret"]["secretName"]) == (mount["name"], "mockserver")


def test_service_leads_to_the_port_of_the_image() -> None:
    (port,) = CONTAINER["ports"]
    assert [port["containerPort"]] == [int(each) for each in IMAGE.ports]
    assert [each["targetPort"] for each in SERVICE["spec"]["ports"]] == [port["name"]]
    assert SERVICE["spec"]["selector"] == DEPLOYMENT["spec"]["template"]["metadata"]["labels"]
    assert DEPLOYMENT["spec"]["selector"]["matchLabels"] == SERVICE["spec"]["selector"]


@pytest.mark.parametrize("probe", ["startupProbe", "livenessProbe", "readinessProbe"])
def test_probes_need_no_token(probe: str) -> None:
    path = CONTAINER[probe]["httpGet"]["path"]
    client = create_app(Settings(host="0.0.0.0", admin_token="chosen")).test_client()
    answer = client.get(path, headers={"Host": "10.1.2.3:8080"})
    assert (answer.status_code, CONTAINER[probe]["httpGet"]["port"]) == (200, "http")


def test_workflow_tests_every_python_of_the_classifiers() -> None:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    versions = [each.rpartition(" ")[2] for each in project["classifiers"] if " :: 3." in each]
    assert WORKFLOW["linux"]["strategy"]["matrix"]["python"] == versions
    assert {*WORKFLOW["macos-windows"]["strategy"]["matrix"]["python"]} == {versions[0], versions[-1]}
