"""Laws of credits and costs for any organization, seed, days and page size (contract, section 9)."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vendors.augment import worlds
from tests.vendors.augment.test_costs import DAILY, RESOURCE, USER, points, sums
from tests.vendors.augment.test_credits import CREDITS
from tests.vendors.augment.test_laws import World, some_world, world
from tests.vendors.augment.worlds import Span

__all__ = ["world"]

groups = st.sampled_from([[], RESOURCE, USER])
flags = st.fixed_dictionaries({}, optional={"by_date": st.just("true"), "by_model": st.just("true")})


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(30))
def test_costs_add_up_and_agree_with_credits(world: World, which: tuple[str, int | None], span: Span) -> None:
    client = world(*which)
    whole = sums(points(client, **span.query))
    for group in (RESOURCE, USER):
        assert sums(points(client, group_by_keys=group, **span.query)) == whole
    assert sums(points(client, granularity=DAILY, **span.query)) == whole
    credits_by_user = client.paginate(CREDITS, page_size=500, **span.query)
    assert sum(each["credits_consumed"] for each in credits_by_user) == whole["credits_consumed"]


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(6), size=st.integers(1, 40), group=groups, daily=st.booleans())
def test_cost_pages_of_any_size_make_up_the_whole(
    world: World,
    which: tuple[str, int | None],
    span: Span,
    size: int,
    group: list[str],
    *,
    daily: bool,
) -> None:
    body: dict[str, Any] = {**span.query, "group_by_keys": group, **({"granularity": DAILY} if daily else {})}
    client = world(*which)
    assert points(client, page_size=size, **body) == points(client, **body)


@settings(max_examples=25)
@given(which=some_world, span=worlds.spans(10), size=st.integers(1, 60), chosen=flags)
def test_credit_pages_of_any_size_make_up_the_whole(
    world: World,
    which: tuple[str, int | None],
    span: Span,
    size: int,
    chosen: dict[str, str],
) -> None:
    query: dict[str, Any] = {**span.query, **chosen}
    client = world(*which)
    assert client.paginate(CREDITS, page_size=size, **query) == client.paginate(CREDITS, page_size=500, **query)
