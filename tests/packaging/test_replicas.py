"""The files that run several servers with a store: Compose with nginx, and Kubernetes. `make static` checks formats."""

import json
import re
import subprocess
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import yaml

from mockserver import server
from mockserver.app import create_app
from mockserver.gateway.store.address import StoreAddress
from mockserver.settings import Settings
from mockserver.vendors import discover
from tests.conftest import SETTINGS
from tests.server.programs import PATIENCE, ROOT
from tests.store.engine import EngineProcess
from tools import dockerfile

IMAGE = dockerfile.stages(ROOT / "Dockerfile")[-1]
COMPOSE = yaml.safe_load((ROOT / "deploy/replicas.compose.yaml").read_text(encoding="utf-8"))["services"]
SERVERS = [name for name in COMPOSE if name.startswith("mockserver-")]
NGINX = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
KUBERNETES = [*yaml.safe_load_all((ROOT / "deploy/kubernetes-replicas.yaml").read_text(encoding="utf-8"))]
ONE_REPLICA, _ = yaml.safe_load_all((ROOT / "deploy/kubernetes.yaml").read_text(encoding="utf-8"))


def found(kind: str, name: str = "mockserver") -> Any:
    """An object in the file for Kubernetes."""
    (one,) = (each for each in KUBERNETES if (each["kind"], each["metadata"]["name"]) == (kind, name))
    return one


def pod(kind: str, name: str) -> Any:
    """The specification of the pods of an object."""
    return found(kind, name)["spec"]["template"]["spec"]


SERVER, STORE = pod("Deployment", "mockserver"), pod("StatefulSet", "mockserver-store")


def test_balancer_leads_to_every_server_of_compose() -> None:
    (port,) = IMAGE.ports
    assert re.findall(r"^ +server ([\w:-]+) ", NGINX, re.MULTILINE) == [f"{name}:{port}" for name in SERVERS]
    assert len(SERVERS) == 2
    assert [*COMPOSE["balancer"]["depends_on"]] == SERVERS
    assert COMPOSE["balancer"]["ports"] == [f"127.0.0.1:{port}:8080"]


def test_servers_of_compose_are_alike_and_wait_for_the_store() -> None:
    first, second = (COMPOSE[name] for name in SERVERS)
    assert first == second
    assert first["depends_on"] == {"store": {"condition": "service_healthy"}}
    command, flag, store = first["command"]
    assert (command, flag, StoreAddress.parse(store).url) == ("serve", "--store", "redis://store:6379/0")
    assert "ports" not in COMPOSE["store"]


def test_compose_restarts_every_service_that_ends() -> None:
    assert {name: service["restart"] for name, service in COMPOSE.items()} == dict.fromkeys(COMPOSE, "unless-stopped")


def test_servers_behind_the_balancer_are_one_server(nginx: str, store: str, tmp_path: Path) -> None:
    settings = replace(SETTINGS, store=store, admin_token="secret")
    with ExitStack() as stack:
        servers = [stack.enter_context(server.in_thread(create_app(settings))) for _ in SERVERS]
        url = stack.enter_context(balanced(nginx, [each.url.removeprefix("http://") for each in servers], tmp_path))
        made = send(url, "/_mock/sandboxes", {"now": "2026-02-03T00:00:00Z", "frozen": True})
        clocks = [send(url, f"/_mock/sandboxes/{made['id']}/clock") for _ in range(6)]
        assert {each["now"] for each in clocks} == {"2026-02-03T00:00:00Z"}
        vendor = next(each for each in discover() if each.token_path is None)
        token = made["tokens"][vendor.name]["token"]
        for _ in range(6):
            urlopen(Request(url + vendor.sample_path, headers={"Authorization": f"Bearer {token}"})).close()
        listed = send(url, f"/_mock/sandboxes/{made['id']}/requests")["requests"]
        assert [each["id"] for each in listed] == [*range(1, 7)]
        servers[0].close()
        assert sorted(status(url, "/_mock/ready") for _ in range(4)) == [200, 200, 502, 502]


def test_balancer_sends_each_request_once(nginx: str, store: str, tmp_path: Path) -> None:
    vendor = next(each for each in discover() if each.token_path is None)
    with ExitStack() as stack:
        apps = [create_app(replace(SETTINGS, store=store, admin_token="secret")) for _ in SERVERS]
        servers = [stack.enter_context(server.in_thread(app)) for app in apps]
        url = stack.enter_context(balanced(nginx, [each.url.removeprefix("http://") for each in servers], tmp_path))
        made = send(url, "/_mock/sandboxes", {})
        inside, token = f"/_mock/sandboxes/{made['id']}", made["tokens"][vendor.name]["token"]
        send(url, f"{inside}/faults", {"vendor": vendor.name, "skip": 4, "times": 1, "effect": {"reset": True}})
        # Four requests first, so that the balancer has connections to both servers, which it could use to try again.
        statuses = [status(url, vendor.sample_path, token) for _ in range(9)]
        assert statuses == [200] * 4 + [502] + [200] * 4
        listed = send(url, f"{inside}/requests")["requests"]
        assert [each["status"] for each in listed] == [200] * 4 + [0] + [200] * 4


def status(url: str, path: str, token: str = "secret") -> int:
    """The status of a response, an error or not."""
    try:
        with urlopen(Request(url + path, headers={"Authorization": f"Bearer {token}"})) as response:
            return int(response.status)
    except HTTPError as error:
        with error:
            return error.code


def send(url: str, path: str, body: object = None) -> Any:
    """The JSON of a response of the control plane."""
    headers = {"Authorization": "Bearer secret", "Content-Type": "application/json"}
    with urlopen(Request(url + path, None if body is None else json.dumps(body).encode(), headers)) as response:
        return json.load(response)


def balanced(nginx: str, addresses: list[str], folder: Path) -> "Balancer":
    """The balancer of Compose, for servers at other addresses."""
    text = NGINX.replace("/tmp/", f"{folder}/")
    for name, address in zip(SERVERS, addresses, strict=True):
        text = text.replace(f"{name}:8080", address)
    return Balancer(nginx, text, folder)


class Balancer:
    """A process of nginx, at the URL that entering it returns."""

    def __init__(self, program: str, text: str, folder: Path) -> None:
        with server.in_thread(create_app(SETTINGS)) as free:
            self._port = free.url.rpartition(":")[2]
        path = folder / "nginx.conf"
        path.write_text(text.replace("listen 8080", f"listen 127.0.0.1:{self._port}"), encoding="utf-8")
        self._command = [program, "-p", str(folder), "-e", "stderr", "-c", str(path), "-g", "daemon off;"]

    def __enter__(self) -> str:
        self._process = subprocess.Popen(self._command, stderr=subprocess.PIPE, text=True)
        url, deadline = f"http://127.0.0.1:{self._port}", time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                urlopen(f"{url}/_mock/health").close()
            except OSError:
                time.sleep(0.05)
            else:
                return url
        self._process.kill()
        raise AssertionError(self._process.communicate()[1])

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate(timeout=PATIENCE)


def test_pods_are_restricted_like_that_of_one_replica() -> None:
    one = ONE_REPLICA["spec"]["template"]["spec"]
    assert SERVER["securityContext"] == one["securityContext"]
    for each in (SERVER, STORE):
        (container,) = each["containers"]
        assert container["securityContext"] == one["containers"][0]["securityContext"]
        assert container["resources"].keys() == {"requests", "limits"}
        assert (each["automountServiceAccountToken"], each["enableServiceLinks"]) == (False, False)
        assert each["securityContext"]["runAsNonRoot"]


def test_a_server_is_always_there_during_an_update_and_a_disruption() -> None:
    deployment, budget = found("Deployment")["spec"], found("PodDisruptionBudget")["spec"]
    assert deployment["replicas"] >= 2
    assert deployment["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1},
    }
    assert budget == {"minAvailable": 1, "selector": deployment["selector"]}


def test_store_of_the_pods_is_the_engine_with_its_password() -> None:
    (container,), (engine,) = SERVER["containers"], STORE["containers"]
    variables = {each["name"]: each["value"] for each in container["env"]}
    (mount,) = container["volumeMounts"]
    host, _, file = variables["MOCKSERVER_STORE"].removeprefix("valkey://").partition("/0?prefix=mockserver&")
    service = found("Service", "mockserver-store")
    assert host == f"{service['metadata']['name']}:{service['spec']['ports'][0]['port']}"
    assert file == f"password_file={mount['mountPath']}/store-password"
    assert f"$(cat {engine['volumeMounts'][0]['mountPath']}/store-password)" in engine["args"][0]
    assert variables["MOCKSERVER_ADMIN_TOKEN_FILE"] == f"{mount['mountPath']}/admin-token"
    assert {each["secret"]["secretName"] for each in SERVER["volumes"] + STORE["volumes"]} == {"mockserver"}


@pytest.mark.parametrize("name", ["mockserver", "mockserver-store"])
def test_services_lead_to_the_ports_of_the_pods(name: str) -> None:
    of_pods = found("Deployment" if name == "mockserver" else "StatefulSet", name)["spec"]
    service = found("Service", name)["spec"]
    assert service["selector"] == of_pods["selector"]["matchLabels"] == of_pods["template"]["metadata"]["labels"]
    (port,) = of_pods["template"]["spec"]["containers"][0]["ports"]
    assert [each["targetPort"] for each in service["ports"]] == [port["name"]]


def test_probes_of_replicas_need_no_token_and_only_readiness_needs_the_store(own_engine: EngineProcess) -> None:
    app = create_app(Settings(host="0.0.0.0", admin_token="chosen", store=own_engine.url("x")))
    own_engine.kill()
    (container,) = SERVER["containers"]
    paths = [container[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")]
    headers = {"Host": "10.1.2.3:8080"}
    assert [app.test_client().get(path, headers=headers).status_code for path in paths] == [200, 200, 503]
