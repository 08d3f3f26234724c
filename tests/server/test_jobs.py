"""A running job keeps no process: SIGTERM ends the server at once."""

import json

from tests.server.programs import ended, line, send, started


def test_server_ends_while_an_audit_is_running() -> None:
    flags = ("--port", "0", "--json", "--organization", "hooli", "--log-level", "warning")
    with started("-m", "mockserver", "serve", *flags) as program:
        url = json.loads(line(program))["url"]
        post = b"POST /_mock/audits HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n"
        assert send(url, post)[0] == 201
        get = b"GET /_mock/audits/audit-1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        while not json.loads(send(url, get)[2])["requests_made"]:
            pass
        program.terminate()
        assert ended(program) == (0, "", "")
