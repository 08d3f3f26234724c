"""What the tests of learning share: each vendor as the simulator has it."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from mockserver import resources, vendors
from mockserver.gateway.vendor import Vendor
from mockserver.learning import file_reading, findings
from mockserver.learning.document import Document
from mockserver.learning.findings import Findings, Ours
from mockserver.validation import yaml_text

SERVED: dict[str, Vendor] = {vendor.name: vendor for vendor in vendors.discover()}


@cache
def ours(name: str) -> Ours:
    """A vendor of the simulator."""
    vendor = SERVED[name]
    observations = vendors.exported("learning", "OBSERVATIONS")[name]
    return file_reading.ours(name, file(name).read_bytes(), vendor.switches, observations, vendor.unserved)


def file(name: str) -> Path:
    """The OpenAPI file of a vendor."""
    return resources.openapi() / SERVED[name].openapi


@cache
def _as_json(name: str) -> str:
    return json.dumps(yaml_text.load_bundled(file(name).read_bytes()))


def document(name: str) -> Any:
    """The content of a vendor's OpenAPI file, to be changed."""
    return json.loads(_as_json(name))


def learned(name: str, content: bytes) -> Findings:
    """What a file says of a vendor."""
    known = ours(name)
    return findings.learn(known, [file_reading.read(known, Document(content, "tenant.json"))])
