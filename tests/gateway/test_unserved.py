"""Promises about paths that a vendor is known to have and that are not simulated."""

from dataclasses import replace

import pytest

from mockserver.gateway.rejection import Reason
from mockserver.gateway.switches import Grade, switch
from mockserver.gateway.unserved import Unserved, UnservedPath, UnservedPaths
from mockserver.gateway.vendor import Vendor
from tests.gateway import parrot
from tests.gateway.parrot import PARROT, UNLIMITED, Aviary

SWITCH = switch("unserved", Unserved, grade=Grade.ASSUMED, description="What is refused how.")
PATHS = (
    UnservedPath("/parrot/sing", "the songs", Grade.DOCUMENTED, "a page about songs"),
    UnservedPath("/parrot/nests/<nest>/<path:rest>", "nests", Grade.OBSERVED, "a tree", below=("/parrot/nests/own",)),
    UnservedPath("/parrot/speak", "taught words", Grade.DOCUMENTED, "a page about words", methods=("PUT", "DELETE")),
    UnservedPath("/parrot/eggs/<egg>", "an egg", Grade.DOCUMENTED, "a page about eggs", methods=("GET",)),
)


def _with_songs(vendor: Vendor) -> Vendor:
    return replace(vendor, switches=(*vendor.switches, SWITCH), unserved=UnservedPaths(SWITCH, PATHS))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/parrot/sing", 501),
        ("/parrot/sing/", 404),
        ("/parrot/Sing", 404),
        ("/parrot/sings", 404),
        ("/parrot/nests/high/eggs", 501),
        ("/parrot/nests/high/eggs/blue", 501),
        ("/parrot/nests/high", 404),
        ("/parrot/nests/own/eggs", 404),
        ("/parrot/nests//eggs", 404),
        ("/parrot/speak", 200),
    ],
)
def test_only_the_listed_paths_are_not_implemented(path: str, status: int) -> None:
    aviary = Aviary(_with_songs(UNLIMITED))
    assert aviary.send(path).status_code == status


@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "BREW"])
def test_refusal_is_the_vendors_own_and_names_what_is_there(method: str) -> None:
    aviary = Aviary(_with_songs(UNLIMITED))
    answer = aviary.send("/parrot/sing", method=method)
    assert (answer.status_code, answer.headers["X-Parrot"]) == (501, "parrot")
    assert answer.get_json() == {"squawk": "/parrot/sing is not simulated: the songs"}
    (entry,) = aviary.registry.default.journal
    assert (entry.operation, entry.status, entry.refusal) == (None, 501, Reason.NOT_SIMULATED)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", "/parrot/speak", 501),
        ("DELETE", "/parrot/speak", 501),
        ("POST", "/parrot/speak", 405),
        ("GET", "/parrot/speak", 200),
        ("GET", "/parrot/eggs/blue", 501),
        ("HEAD", "/parrot/eggs/blue", 501),
        ("PUT", "/parrot/eggs/blue", 404),
    ],
)
def test_only_the_listed_methods_are_not_implemented(method: str, path: str, status: int) -> None:
    aviary = Aviary(_with_songs(UNLIMITED))
    answer = aviary.send(path, method=method)
    assert (answer.status_code, "Allow" in answer.headers) == (status, status == 405)


def test_switch_makes_an_unserved_method_an_unknown_path() -> None:
    aviary = Aviary(_with_songs(UNLIMITED), policy={"parrot": {"unserved": "not_found"}})
    answer = aviary.send("/parrot/speak", method="PUT")
    assert (answer.status_code, answer.get_json()) == (404, {"squawk": "there is nothing at /parrot/speak"})


def test_switch_makes_it_the_404_of_any_other_path() -> None:
    aviary = Aviary(_with_songs(UNLIMITED), policy={"parrot": {"unserved": "not_found"}})
    answer = aviary.send("/parrot/sing")
    assert (answer.status_code, answer.get_json()) == (404, {"squawk": "there is nothing at /parrot/sing"})
    (entry,) = aviary.registry.default.journal
    assert entry.refusal == Reason.NOT_FOUND


def test_vendor_can_have_the_404_by_default() -> None:
    quiet = switch("unserved", Unserved, default=Unserved.NOT_FOUND, grade=Grade.ASSUMED, description="How it is.")
    assert quiet.options == (quiet.default, Unserved.NOT_IMPLEMENTED) == (Unserved.NOT_FOUND, Unserved.NOT_IMPLEMENTED)
    vendor = replace(UNLIMITED, switches=(*UNLIMITED.switches, quiet), unserved=UnservedPaths(quiet, PATHS))
    assert Aviary(vendor).send("/parrot/sing").status_code == 404
    loud = Aviary(vendor, policy={"parrot": {"unserved": "not_implemented"}})
    assert loud.send("/parrot/sing").status_code == 501


def test_vendors_stages_come_first() -> None:
    aviary = Aviary(_with_songs(PARROT))
    assert aviary.send("/parrot/sing", None).status_code == 401
    assert aviary.send("/parrot/sing", "mock-parrot-small-forbidden").status_code == 403
    assert [aviary.send("/parrot/sing").status_code for _ in range(4)] == [501, 501, 501, 429]


def test_unserved_path_of_a_shared_mount_belongs_to_its_vendor() -> None:
    macaw = replace(UNLIMITED, name="macaw", schemes=("Seed",), routes=parrot.routes(prefix="/parrot/macaw"))
    aviary = Aviary(macaw, _with_songs(UNLIMITED))
    answer = aviary.send("/parrot/sing", None, headers={"Authorization": "Seed mock-macaw-small"})
    assert answer.headers["X-Parrot"] == "parrot"
