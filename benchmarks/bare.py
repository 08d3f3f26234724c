"""A bare Flask app under our server: at the name of each file of a folder, it gives the bytes of the file."""

import json
import sys
from pathlib import Path

from flask import Flask, Response

from mockserver import server
from mockserver.settings import Settings


def _app(folder: Path) -> Flask:
    app, bodies = Flask("bare"), {path.name: path.read_bytes() for path in folder.iterdir()}

    @app.get("/<name>")
    def answer(name: str) -> Response:
        return Response(bodies[name], mimetype="application/json")

    return app


def _announce(url: str) -> None:
    print(json.dumps({"url": url}), flush=True)


if __name__ == "__main__":
    settings = Settings()
    server.serve(_app(Path(sys.argv[1])), settings.host, 0, settings.threads, _announce, grace=1.0)
