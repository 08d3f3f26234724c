"""Unrecorded answers: those of the pipeline, without a trace of the request."""

import pytest
from flask import Flask

from mockserver.gateway.store.registry import SandboxRegistry
from mockserver.gateway.unrecorded import UnrecordedReader
from mockserver.gateway.vendor import Vendor
from tests.conftest import SERVED
from tests.contract import client
from tests.gateway import parrot


def reader(registry: SandboxRegistry) -> UnrecordedReader:
    """A reader of the first sandbox."""
    return UnrecordedReader.of(registry, registry.default)


@pytest.mark.parametrize("vendor", SERVED.values(), ids=SERVED)
def test_answer_is_the_one_that_a_client_gets(app: Flask, vendor: Vendor) -> None:
    opened = client.opened(app, vendor, f"mock-{vendor.name}-acme", vendor.mounts[0])
    path, _, query = vendor.sample_path.removeprefix(vendor.mounts[0]).partition("?")
    expected = opened.get(path, query)
    answer = reader(opened.state).answer(vendor.name, vendor.sample_path)
    assert (answer.status_code, answer.get_data()) == (expected.status, expected.body)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("target", "status"),
    [("/parrot/speak?say=a%26b%20c", 200), ("/parrot/nothing", 404), ("/parrot/learn", 405), ("//parrot/speak", 404)],
)
def test_answer_leaves_no_trace(target: str, status: int) -> None:
    read = reader(parrot.registry(parrot.PARROT))
    before = read.moment.sandbox.buckets("parrot")
    answer = read.answer("parrot", target)
    assert answer.status_code == status
    assert answer.get_json().get("text", "a&b c") == "a&b c"
    assert (list(read.moment.sandbox.journal), read.moment.sandbox.buckets("parrot")) == ([], before)
