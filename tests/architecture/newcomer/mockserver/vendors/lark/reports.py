"""Lark's reports: the people, the singers of a day, and the days of a range."""

from dataclasses import dataclass
from datetime import date
from itertools import islice

from mockserver.products.lark import PRODUCT
from mockserver.products.world import World
from mockserver.simulation.calendar import days
from mockserver.simulation.organization import NEVER


@dataclass(frozen=True, slots=True)
class Person:
    """A person with a license for Lark, and the first day after the person left."""

    id: str
    email: str
    left_on: date | None


@dataclass(frozen=True, slots=True)
class Singer:
    """What a person did on a day."""

    id: str
    email: str
    songs: int
    kept: int


@dataclass(frozen=True, slots=True)
class SongDay:
    """What everybody did on a day."""

    date: date
    singers: int
    songs: int
    kept: int


def people(world: World, today: int, start: int, count: int) -> list[Person]:
    """Return up to `count` people licensed today or earlier, in order of id, from a position on."""
    found = (
        (world.identities.of(int(index)), int(left))
        for block in world.people.blocks()
        for index, left, since in zip(block.index, block.left, block.licence_start(PRODUCT.name), strict=True)
        if since <= today and since < left
    )
    return [
        Person(str(who.id), str(who.email), date.fromordinal(left) if left < min(NEVER, today + 1) else None)
        for who, left in islice(found, start, start + count)
    ]


def singers(world: World, day: int, start: int, count: int) -> list[Singer]:
    """Return up to `count` people with a song on a day, in order of id, from a position on."""
    one = days(world.organization, day, day)
    found = (
        (world.identities.of(int(block.index[row])), counters)
        for block in world.people.blocks()
        for facts in [world.of(PRODUCT).facts.facts(block, one)]
        for row, counters in zip(facts.rows, facts.counters.T.tolist(), strict=True)
    )
    return [Singer(str(who.id), str(who.email), *counters) for who, counters in islice(found, start, start + count)]


def song_days(world: World, first: int, last: int) -> list[SongDay]:
    """Return every day of a range."""
    rollups = world.of(PRODUCT).days.span(first, last)
    return [
        SongDay(date.fromordinal(day), each.users[0], *each.sums.tolist()) for day, each in enumerate(rollups, first)
    ]
