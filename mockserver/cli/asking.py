"""Answers what the control plane of a server that runs elsewhere says, or why nothing is to be had from it.

What is asked stays out; each command knows that.
"""

import json
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import click

TIMEOUT = 120
"""Seconds: the largest organisations take some to be looked at for the first time."""


def checked(url: str) -> str:
    """The URL that --url gives, without a slash at its end; BadParameter for what is none."""
    if not url.startswith(("http://", "https://")):
        raise click.BadParameter(f"{url!r} is no address of a server; as in http://127.0.0.1:8080", param_hint="--url")
    return url.rstrip("/")


def told(url: str, path: str, admin_token: str | None) -> dict[str, Any]:
    """The object that is at a path; UsageError where the server refuses, or where there is none of ours."""
    at, headers = checked(url), {"Authorization": f"Bearer {admin_token}"} if admin_token else {}
    try:
        with urlopen(Request(at + path, headers=headers), timeout=TIMEOUT) as answer:  # noqa: S310 (checked above)
            found: dict[str, Any] = json.load(answer)
            return found
    except HTTPError as error:
        with error:
            refused = f"{at}{path.partition('?')[0]} answers {error.code}: {_detail(error)}"
            raise click.UsageError(refused) from error
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise click.UsageError(f"no server of ours answers at {at}: {getattr(error, 'reason', error)}") from error


def _detail(error: HTTPError) -> str:
    """What a refusal says, where it is problem details."""
    try:
        return str(json.load(error)["detail"])
    except (ValueError, KeyError, TypeError):
        return error.reason
