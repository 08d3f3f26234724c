"""Promises about vendors that share a root: a path's own vendor answers, then the token's, then the longest mount's."""

from dataclasses import replace
from typing import Any

import pytest
from werkzeug.test import TestResponse

from mockserver.gateway.cross_origin import Senders
from mockserver.gateway.faults import FaultEffect, FaultRule
from mockserver.gateway.hosts import Hosts
from mockserver.gateway.limits import LimitMode
from mockserver.gateway.vendor import Route, ViewRequest
from tests.gateway import parrot
from tests.gateway.parrot import PARROT, UNLIMITED, Aviary

PARROTS, MACAWS, NOBODYS = "Bearer mock-parrot-small", "Seed mock-macaw-small", "Bearer nobody"


def _tell(request: ViewRequest) -> dict[str, Any]:
    """The variables of the path."""
    return dict(request.path_variables)


MACAW = replace(
    UNLIMITED, name="macaw", mounts=("/parrot",), schemes=("Seed",), routes=(Route("/parrot/fly", "fly", parrot.speak),)
)
WREN = replace(
    MACAW,
    mounts=("/parrot/nest", "/wren"),
    routes=(Route("/parrot/nest", "look", _tell), Route("/parrot/nest/<egg>", "egg", _tell)),
)
"""The same vendor with a mount below the other vendor's."""


def _vendor(answer: TestResponse) -> str:
    """The vendor that refused a request."""
    return answer.headers["X-Parrot"]


@pytest.mark.parametrize(
    ("path", "method", "token", "vendor"),
    [
        ("/parrot/speak", "DELETE", MACAWS, "parrot"),
        ("/parrot/fly", "DELETE", PARROTS, "macaw"),
        ("/parrot/nowhere", "GET", MACAWS, "macaw"),
        ("/parrot/nowhere", "GET", PARROTS, "parrot"),
        ("/parrot/nowhere", "GET", NOBODYS, "parrot"),
        ("/parrot/nowhere", "GET", "", "parrot"),
        ("/bird/nowhere", "GET", MACAWS, "parrot"),
    ],
)
def test_unknown_path_of_a_shared_mount_belongs_to_the_path_or_token(
    path: str, method: str, token: str, vendor: str
) -> None:
    aviary = Aviary(UNLIMITED, MACAW)
    answer = aviary.send(path, None, method=method, headers={"Authorization": token})
    assert _vendor(answer) == vendor
    assert [entry.vendor for entry in aviary.registry.default.journal] == [vendor]


@pytest.mark.parametrize("vendors", [(UNLIMITED, WREN), (WREN, UNLIMITED)], ids=["outer first", "inner first"])
@pytest.mark.parametrize(
    ("path", "method", "token", "vendor", "status"),
    [
        ("/parrot/nest", "GET", PARROTS, "macaw", 401),
        ("/parrot/nest", "GET", NOBODYS, "macaw", 401),
        ("/parrot/nest", "DELETE", PARROTS, "macaw", 401),
        ("/parrot/nest", "DELETE", MACAWS, "macaw", 405),
        ("/parrot/nest/a/b", "GET", PARROTS, "parrot", 404),
        ("/parrot/nest/a/b", "GET", MACAWS, "macaw", 404),
        ("/parrot/nest/a/b", "GET", NOBODYS, "macaw", 401),
        ("/parrot/nowhere", "GET", MACAWS, "macaw", 404),
        ("/parrot/nowhere", "GET", PARROTS, "parrot", 404),
        ("/parrot/nowhere", "GET", NOBODYS, "parrot", 401),
        ("/parrot", "GET", MACAWS, "macaw", 404),
        ("/parrot/nesting", "GET", NOBODYS, "parrot", 401),
        ("/bird/nowhere", "GET", MACAWS, "parrot", 401),
        ("/wren/nowhere", "GET", PARROTS, "macaw", 401),
        ("//parrot/nest/a/b", "GET", MACAWS, "macaw", 404),
    ],
)
def test_mount_below_another_vendors_is_shared_by_both(
    vendors: tuple[Any, ...], path: str, method: str, token: str, vendor: str, status: int
) -> None:
    answer = Aviary(*vendors).client.open(
        method=method, environ_overrides={"PATH_INFO": path, "HTTP_AUTHORIZATION": token}
    )
    assert (_vendor(answer), answer.status_code) == (vendor, status)


TWIN = replace(MACAW, routes=parrot.routes(_tell))
TEMPLATE = replace(MACAW, routes=(Route("/parrot/<word>", "word", _tell),))


@pytest.mark.parametrize("twin", [TWIN, TEMPLATE], ids=["the same path", "a path with a variable"])
@pytest.mark.parametrize("token", [PARROTS, MACAWS])
def test_path_of_two_vendors_belongs_to_the_token(twin: Any, token: str) -> None:
    aviary = Aviary(UNLIMITED, twin)
    answer = aviary.send("/parrot/speak", None, headers={"Authorization": token})
    (entry,) = aviary.registry.default.journal
    assert (answer.status_code, entry.status) == (200, 200)
    if token == PARROTS:
        assert (answer.data, entry.vendor, entry.operation) == (parrot.WHOLE, "parrot", "speak")
    else:
        operation, variables = ("word", {"word": "speak"}) if twin is TEMPLATE else ("speak", {})
        assert (answer.get_json(), entry.vendor, entry.operation) == (variables, "macaw", operation)


def test_path_of_two_vendors_belongs_without_a_known_token_to_the_first() -> None:
    aviary = Aviary(UNLIMITED, TWIN)
    assert _vendor(aviary.send("/parrot/speak", "nobody")) == "parrot"
    assert _vendor(aviary.send("/parrot/speak", None)) == "parrot"
    assert _vendor(aviary.send("/parrot/speak", method="DELETE")) == "parrot"
    assert _vendor(aviary.send("/parrot/speak", None, method="DELETE", headers={"Authorization": MACAWS})) == "macaw"


def test_method_of_the_other_vendor_is_405_on_a_path_of_both() -> None:
    writer = replace(MACAW, routes=(Route("/parrot/speak", "teach", parrot.speak, ("POST",)),))
    aviary = Aviary(UNLIMITED, writer)
    refused = aviary.send("/parrot/speak", method="POST")
    assert (_vendor(refused), refused.status_code, refused.headers["Allow"]) == ("parrot", 405, "GET,HEAD")
    assert aviary.send("/parrot/speak", None, method="POST", headers={"Authorization": MACAWS}).status_code == 200


def test_faults_and_limits_are_those_of_the_vendor_that_answers() -> None:
    aviary = Aviary(replace(WREN, allowance=PARROT.allowance), UNLIMITED, limits={"macaw": LimitMode.DOCUMENTED})
    aviary.registry.default.faults.add(FaultRule(FaultEffect(status=503), vendor="parrot"))
    theirs = [aviary.send("/parrot/nowhere", None, headers={"Authorization": MACAWS}).status_code for _ in range(4)]
    assert theirs == [404, 404, 404, 429]
    assert [aviary.send("/parrot/nowhere").status_code for _ in range(4)] == [503] * 4


def test_own_host_of_a_vendor_opens_only_the_paths_that_it_answers() -> None:
    live = Hosts("127.0.0.1", live_names=lambda vendor: frozenset({f"{vendor}.example"}))
    aviary = Aviary(UNLIMITED, WREN, senders=Senders(live))

    def status(path: str, host: str, token: str) -> int:
        return aviary.send(path, None, headers={"Host": host, "Authorization": token}).status_code

    assert status("/parrot/nest", "macaw.example", MACAWS) == 200
    assert status("/parrot/nest", "parrot.example", MACAWS) == 403
    assert status("/parrot/nowhere", "parrot.example", PARROTS) == 404
    assert status("/parrot/nowhere", "macaw.example", MACAWS) == 404
    assert status("/parrot/nowhere", "macaw.example", PARROTS) == 403


def test_preflight_has_the_methods_of_the_vendor_that_has_the_path() -> None:
    senders = Senders(Hosts("127.0.0.1"), frozenset({"http://page.example"}))
    aviary = Aviary(UNLIMITED, WREN, senders=senders)
    asked = {"Origin": "http://page.example", "Access-Control-Request-Method": "GET"}
    answer = aviary.send("/parrot/nest", None, method="OPTIONS", headers=asked)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Methods"]) == (204, "GET, HEAD")
