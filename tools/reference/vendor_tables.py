"""The pages on the vendors' endpoints and switches, from the OpenAPI files and the policies."""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver import resources, startup_policy, vendors
from mockserver.cli.switches import options_text
from mockserver.fidelity.ledger import unserved_request
from mockserver.gateway.switches import AnySwitch
from mockserver.gateway.vendor import Vendor
from mockserver.validation import yaml_text
from tools.markdown import table

METHODS = ("get", "put", "post", "patch", "delete")

ENDPOINTS = """\
# Endpoints by vendor

The OpenAPI files are written by hand from the vendors' documentation, never generated from the code. The server has
them at `/_mock/openapi/<vendor>.yaml`, and shows them with requests to try at `/_mock/docs/<vendor>`. Unknown paths,
wrong methods and invalid parameters get an error in the vendor's own format. What a vendor is known to have, and the
simulator has not, gets a 501 in that format, or the vendor's 404 with the switch `unserved`. The evidence for every row
is in the [evidence ledger](../FIDELITY.md).
"""

SWITCHES = """\
# Switches by vendor

The vendors' documentation leaves these choices open. Each is a switch, with the evidence for its default. What the
four kinds of evidence mean is in [Evidence](../explanation/evidence.md). Commands with `--grade` take the initials D,
O, I and A.

Set a switch with `--policy augment.last_cursor=null`, in a `--policy-file`, with `PATCH /_mock/policy`, or in pytest
with `sandbox.policy.set`. `mockserver switches` prints the same list.
"""


def endpoints() -> str:
    """Every vendor's operations with their parameters."""
    return "\n".join((ENDPOINTS, *(part for vendor in vendors.discover() for part in _endpoints(vendor))))


def _endpoints(vendor: Vendor) -> Iterator[str]:
    document = yaml_text.load_bundled((resources.openapi() / vendor.openapi).read_bytes())
    yield f"## {vendor.name}\n"
    yield table([("request", "operation", "parameters", "description"), *_operations(document)])
    if vendor.unserved is not None:
        known = ((f"`{unserved_request(each)}`", each.description) for each in vendor.unserved.paths)
        yield table([("not simulated", "what it is"), *known])


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                given = [*item.get("parameters", []), *item[method].get("parameters", [])]
                names = ", ".join(_parameter(each, document) for each in given)
                operation = item[method]["operationId"]
                yield f"`{method.upper()} {path}`", f"`{operation}`", names, item[method]["summary"]


def _parameter(given: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    while "$ref" in given:
        given = document["components"]["parameters"][given["$ref"].rpartition("/")[2]]
    return f"`{given['name']}`" + (" (required)" if given.get("required") else "")


def switches() -> str:
    """Every switch, by vendor."""
    return "\n".join((SWITCHES, *_switches()))


def _switches() -> Iterator[str]:
    for group, group_switches in startup_policy.all_switches(vendors.discover()).items():
        yield f"## {group}\n"
        yield table([("switch", "default", "options", "evidence", "description"), *map(_row, group_switches)])


def _row(switch: AnySwitch) -> tuple[str, ...]:
    evidence = switch.grade.evidence
    return f"`{switch.name}`", f"`{switch.default}`", options_text(switch), evidence, switch.description
