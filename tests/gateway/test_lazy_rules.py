"""Rules that compile the functions for building URLs late: they match and build as Werkzeug's, and all are used."""

import pytest
from flask import Flask
from werkzeug.routing import Map, MapAdapter, Rule

from mockserver.admin import routes
from mockserver.gateway import pipeline
from mockserver.gateway.lazy_rules import LazyRule
from tests.conftest import SERVED

PATH = "/people/<int:number>/<name>"


def bound(kind: type[Rule]) -> MapAdapter:
    """One rule of a kind."""
    return Map([kind(PATH, endpoint="person", methods=["GET"])]).bind("127.0.0.1")


@pytest.mark.parametrize("unknown", [True, False])
def test_url_is_built_as_by_a_rule_of_werkzeug(*, unknown: bool) -> None:
    values = {"number": 7, "name": "a b", "day": "x&y"}
    built = {bound(kind).build("person", values, append_unknown=unknown) for kind in (Rule, LazyRule)}
    assert built == {f"/people/7/a%20b{'?day=x%26y' if unknown else ''}"}


def test_path_is_matched_as_by_a_rule_of_werkzeug() -> None:
    matched = [bound(kind).match("/people/7/a b") for kind in (Rule, LazyRule)]
    assert matched == [("person", {"number": 7, "name": "a b"})] * 2


def test_nothing_is_compiled_before_a_url_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    compile_builder = Rule._compile_builder  # noqa: SLF001

    def noted(self: Rule, append_unknown: bool = True) -> object:  # noqa: FBT001, FBT002
        compiled.append(self.rule)
        return compile_builder(self, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", noted)
    adapter = Map([LazyRule(PATH, endpoint="person")]).bind("127.0.0.1")
    adapter.match("/people/7/a")
    assert compiled == []
    adapter.build("person", {"number": 7, "name": "a"})
    assert compiled == [PATH]


def test_every_rule_is_lazy(app: Flask) -> None:
    maps = [app.url_map, routes._url_map(), *(pipeline.route_map(each.routes) for each in SERVED.values())]  # noqa: SLF001
    rules = [rule for each in maps for rule in each.iter_rules()]
    assert len(rules) > 100
    assert {type(rule) for rule in rules} == {LazyRule}
