"""Parts of curl lines to paste into a shell; a vendor's request with a token as a whole line."""

import shlex

from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import Vendor

ADMIN_HEADER = '-H "Authorization: Bearer $MOCKSERVER_ADMIN_TOKEN"'
"""The option that sends the admin token, for a request to the control plane."""

_EXTRACT = """sed -E 's/.*"access_token":"([^"]+)".*/\\1/'"""
"""A shell command that extracts the access token from the answer of an exchange."""


def line(vendor: Vendor, grant: Grant, url: str, path: str, scheme: str | None = None) -> str:
    """A GET of a path with its query, for a server at a URL; the vendor's preferred scheme by default."""
    return f"curl -H {authorization(vendor, grant, url, scheme)} {shlex.quote(url + path)}"


def authorization(vendor: Vendor, grant: Grant, url: str, scheme: str | None = None) -> str:
    """The Authorization header as one shell word; a client's credentials are exchanged in a command substitution."""
    scheme = scheme or vendor.schemes[0]
    if vendor.token_path is None:
        return shlex.quote(f"Authorization: {scheme} {grant.token}")
    credentials = shlex.quote(f"{grant.token}:{grant.secret}")
    form = "-d grant_type=client_credentials"
    exchange = f"curl -s -u {credentials} {form} {shlex.quote(url + vendor.token_path)} | {_EXTRACT}"
    return f'"Authorization: {scheme} $({exchange})"'
