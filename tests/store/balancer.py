"""nginx in front of several servers, which sends each request to the next of them."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import create_connection

from tests.store.engine import PATIENCE, free_port

_CONFIGURATION = """
worker_processes 1; daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    upstream servers {{ {servers} keepalive 32; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://servers;
            proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $http_host;
            proxy_pass_header Date; proxy_next_upstream off; proxy_read_timeout 120s;
        }}
    }}
}}
"""
"""A request is never sent again by nginx: what became of it is for the client to find out."""


@contextmanager
def started(nginx: str, folder: Path, ports: Sequence[int]) -> Iterator[int]:
    """The port of nginx in front of servers at some ports."""
    port = free_port()
    servers = " ".join(f"server 127.0.0.1:{each} max_fails=0;" for each in ports)
    configuration = folder / "nginx.conf"
    configuration.write_text(_CONFIGURATION.format(folder=folder, servers=servers, port=port), encoding="utf-8")
    command = [nginx, "-e", str(folder / "error.log"), "-c", str(configuration)]
    with subprocess.Popen(command) as process:
        try:
            _wait(process, port)
            yield port
        finally:
            process.terminate()


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.01)
    raise AssertionError("nginx does not start")
