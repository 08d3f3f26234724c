"""Requests per second and latency of cached answers, beside other servers that give the same bytes in the same run.

They are a bare Flask app under our server and, where they are installed, nginx with one worker and static files, and
WireMock without a journal and a log, whose jar the variable WIREMOCK_JAR names. Our server has its default settings,
but a limit that the load stays below.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

from benchmarks import load, processes
from benchmarks.load import Load
from benchmarks.processes import ServerProcess
from benchmarks.table import Figure

JAR = "WIREMOCK_JAR"
_ROUNDS = 7
_SECONDS = 1
_CONNECTIONS = (1, 16, 64)
_BOUND_CONNECTIONS = 16
_P99 = 2.0
_PATHS = {"small": "/analytics/v0/dau-count", "big": "/analytics/v0/user-activity?page_size=100"}
_BOUNDS = {
    "bare Flask": {"small": 1.0, "big": 1.0},
    "nginx": {"small": 0.40, "big": 0.33},
    "WireMock": {"small": 4.0, "big": 4.0},
}
"""The least ratio of our rate to that of each server, at _BOUND_CONNECTIONS."""

_NGINX = """
worker_processes 1; daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; default_type application/json;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    server {{ listen 127.0.0.1:{port}; keepalive_requests 1000000000; root {folder}/__files; }}
}}
"""


def figures() -> Iterator[Figure]:
    """The ratios of rates, and the latency of our server: medians of interleaved rounds."""
    with TemporaryDirectory() as name, ExitStack() as running:
        folder = Path(name)
        ours = running.enter_context(our_server(folder / "log"))
        (folder / "__files").mkdir()
        for size, path in _PATHS.items():
            (folder / "__files" / size).write_bytes(fetch(ours.url + path))
        peers = dict(_start_peers(folder, running))
        for size, path in _PATHS.items():
            for connections in _CONNECTIONS:
                servers = {"ours": (ours.url, path), **{name: (peer, f"/{size}") for name, peer in peers.items()}}
                rounds = []
                for _ in range(_ROUNDS):
                    fill_buckets(ours.url)
                    rounds.append(_round(servers, connections))
                yield from _compare(size, connections, rounds)


@contextmanager
def our_server(log: Path, *flags: str, vendor: str = "augment") -> Iterator[ServerProcess]:
    """A server with its default settings and flags, whose log is written to a file, and whose limit is far away."""
    with (
        log.open("w", encoding="utf-8") as stream,
        ServerProcess("-m", "mockserver", "serve", "--port", "0", "--json", *flags, log=stream) as ours,
    ):
        fill_buckets(ours.url, vendor)
        yield ours


def fill_buckets(url: str, vendor: str = "augment") -> None:
    """Let the next million requests of a vendor's seeded client pass; a fast machine sends them within ten seconds."""
    limits = json.dumps({vendor: {"per_minute": 1_000_000, "burst": 1_000_000}}).encode()
    change = Request(f"{url}/_mock/limits", limits, {"Content-Type": "application/json"}, method="PUT")
    urlopen(change).close()


def _start_peers(folder: Path, running: ExitStack) -> Iterator[tuple[str, str]]:
    """The name and the URL of each server that can be compared."""
    bare = running.enter_context(ServerProcess("-m", "benchmarks.bare", str(folder / "__files")))
    yield "bare Flask", bare.url
    port = processes.free_port()
    if nginx := shutil.which("nginx"):
        (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port), encoding="utf-8")
        command = [nginx, "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
        yield "nginx", running.enter_context(processes.listening(command, port))
    else:
        print("nginx is not installed, so it is not compared", file=sys.stderr)
    port = processes.free_port()
    if Path(jar := os.environ.get(JAR, "")).is_file() and shutil.which("java"):
        command = _wiremock(folder, jar, port)
        yield "WireMock", running.enter_context(processes.listening(command, port))
    else:
        print(f"{JAR} names no jar, or java is not installed, so WireMock is not compared", file=sys.stderr)


def _wiremock(folder: Path, jar: str, port: int) -> list[str]:
    (folder / "mappings").mkdir()
    for size in _PATHS:
        response = {"status": 200, "bodyFileName": size, "headers": {"Content-Type": "application/json"}}
        mapping = {"request": {"method": "GET", "url": f"/{size}"}, "response": response}
        (folder / "mappings" / f"{size}.json").write_text(json.dumps(mapping), encoding="utf-8")
    return [
        "java",
        "-jar",
        jar,
        "--port",
        str(port),
        "--root-dir",
        str(folder),
        "--no-request-journal",
        "--disable-request-logging",
    ]


def _round(servers: Mapping[str, tuple[str, str]], connections: int) -> dict[str, Load]:
    return {name: load.repeated(url, path, connections, _SECONDS) for name, (url, path) in servers.items()}


def _compare(size: str, connections: int, rounds: list[dict[str, Load]]) -> Iterator[Figure]:
    what = f"{size} answer, {connections} connection{'s' * (connections > 1)}"
    for name in rounds[0]:
        rates = [each[name].rate for each in rounds]
        if name == "ours":
            if connections == _BOUND_CONNECTIONS:
                yield Figure(f"{what}, p99", median(each[name].p99 for each in rounds), "ms", _P99)
            continue
        ratio = median(each["ours"].rate / each[name].rate for each in rounds)
        our_rate = median(each["ours"].rate for each in rounds)
        note = f"{our_rate:.0f}/s, p99 {median(each['ours'].p99 for each in rounds):.2f} ms, "
        note += f"against {median(rates):.0f}/s, p99 {median(each[name].p99 for each in rounds):.2f} ms"
        bound = _BOUNDS[name][size] if connections == _BOUND_CONNECTIONS else None
        yield Figure(f"{what}, ours / {name}", ratio, "x", bound, least=True, note=note)


def fetch(url: str) -> bytes:
    """The body of a vendor's answer."""
    with urlopen(Request(url, headers={"Authorization": f"Bearer {load.TOKEN}"})) as response:
        body: bytes = response.read()
        return body
