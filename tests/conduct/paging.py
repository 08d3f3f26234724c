"""Two clients that read lists in pages at every vendor that has any: one watches the links, the other trusts them."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.conduct.surfaces import DAY, FIRST, LAST, Surfaces

NAIVE_PAGES = 6
"""How many pages the naive client reads at most, so that a test ends."""

Fetch = Callable[..., tuple[int, Any]]
Next = Callable[[Any], Mapping[str, object] | None]


def lists(to: Surfaces) -> list[tuple[Fetch, dict[str, object], str, Next]]:
    """The lists: how a page is fetched, the parameters, the field with the rows, and the next page of an answer."""
    days = {"start_date": str(FIRST), "end_date": str(LAST)}
    costs: dict[str, object] = {
        **days,
        "granularity": "COST_ANALYTICS_TIME_GRANULARITY_DAY",
        "group_by_keys": ["COST_ANALYTICS_GROUP_BY_USER"],
        "page_size": 100,
    }
    by_model: dict[str, object] = {**days, "by_date": "true", "by_model": "true"}
    return [
        (lambda **page: to.augment("/credit-usage-by-user", **page), by_model, "records", _augment_next),
        (to.costs, costs, "data_points", _augment_next),
        (lambda **page: to.tabnine("/organization/users", **page), {"offset": 0, "limit": 20}, "data", _tabnine_next),
        (
            lambda **page: to.ide("/effectiveness/metrics/users.paged", **page),
            {"fromDate": FIRST, "toDate": FIRST + DAY},
            "items",
            _ide_next,
        ),
    ]


def read_carefully(to: Surfaces) -> list[int]:
    """Every list up to its last page or to a link that leads back, behind empty pages too; how many rows each has."""
    counts = []
    for fetch, parameters, rows, next_page in lists(to):
        following: Mapping[str, object] | None = {}
        followed: list[Mapping[str, object]] = []
        count = 0
        while following is not None and following not in followed:
            followed.append(following)
            page = _page(to, fetch, {**parameters, **following})
            count += len(page[rows])
            following = next_page(page)
        counts.append(count)
    return counts


def read_naively(to: Surfaces) -> None:
    """Every list up to a page without rows, wherever its links lead."""
    for fetch, parameters, rows, next_page in lists(to):
        following: Mapping[str, object] | None = {}
        for _ in range(NAIVE_PAGES):
            page = _page(to, fetch, {**parameters, **(following or {})})
            following = next_page(page)
            if following is None or not page[rows]:
                break


def _page(to: Surfaces, fetch: Fetch, parameters: Mapping[str, object]) -> Any:
    to.wait(6)
    status, page = fetch(**parameters)
    assert status == 200, page
    return page


def _augment_next(page: Any) -> Mapping[str, object] | None:
    links = page["pagination"]
    return {"cursor": links["next_cursor"]} if links["has_more"] else None


def _tabnine_next(page: Any) -> Mapping[str, object] | None:
    found: Mapping[str, object] | None = page["meta"].get("next")
    return found


def _ide_next(page: Any) -> Mapping[str, object] | None:
    return {"cursor": page["nextCursor"]} if page["nextCursor"] else None
