"""A program that serves a small app: what the tests of the server start and stop. Argument: the port.

With another argument, the app is made late: once a line is on standard input; it cannot be made if that is "fail".
"""

import sys
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

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


def make() -> WSGIApplication:
    click.echo("making")
    if sys.stdin.readline() == "fail\n":
        raise ValueError("this app cannot be made")
    return app


if __name__ == "__main__":
    late = server.LateApp(make)
    server.serve(late if sys.argv[2:] else app, "127.0.0.1", int(sys.argv[1]), 4, click.echo, 1.0)
    if late.error is not None:
        sys.exit(str(late.error))
