"""A program that serves a small app: what the tests of the server start and stop. Argument: the port."""

import sys
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

import click

from mockserver import server


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answers with the method, path and length of the query, or the body; /wait waits for a line on standard input."""
    path = environ["PATH_INFO"]
    if path == "/wait":
        click.echo("waiting")
        sys.stdin.readline()
    if path == "/broken":
        raise RuntimeError("a secret of the app")
    if path == "/echo":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b"<", environ["wsgi.input"].read(), b">"]
    body = f"{environ['REQUEST_METHOD']} {path} {len(environ['QUERY_STRING'])}".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]


if __name__ == "__main__":
    server.serve(app, "127.0.0.1", int(sys.argv[1]), 4, click.echo, 1.0)
