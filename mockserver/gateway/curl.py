"""Parts of curl lines to paste into a shell; a vendor's request with a token as a whole line."""

import shlex

from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import Vendor

ADMIN_HEADER = '-H "Authorization: Bearer $MOCKSERVER_ADMIN_TOKEN"'
"""The option that sends the admin token, for a request to the control plane."""

_EXTRACT = """sed -E 's/.*"access_token":"([^"]+)".*/\\1/'"""
"""A shell command that extracts the access token from the answer of an exchange."""


def line(vendor: Vendor, grant: Grant, url: str, path: str, scheme: str | None = None) -> str:
    """A GET of a path with its query, for a server at a URL; the vendor's preferred scheme by default.

    A client's credentials are exchanged in a command substitution.
    """
    scheme, address = scheme or vendor.schemes[0], shlex.quote(url + path)
    if vendor.token_path is None:
        return f"curl -H {shlex.quote(f'Authorization: {scheme} {grant.token}')} {address}"
    credentials = shlex.quote(f"{grant.token}:{grant.secret}")
    form = "-d grant_type=client_credentials"
    exchange = f"curl -s -u {credentials} {form} {shlex.quote(url + vendor.token_path)} | {_EXTRACT}"
    return f'curl -H "Authorization: {scheme} $({exchange})" {address}'
