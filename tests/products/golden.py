"""Digests of small worlds: identities, attributes, facts and records; written anew when run as a program.

.venv/bin/python -m tests.products.golden
"""

import json
from collections.abc import Iterable
from dataclasses import astuple, fields
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from mockserver.organizations import files
from mockserver.products.jetbrains.facts import COUNTERS
from mockserver.products.jetbrains.options import Allotment, JetBrainsPerson, JetBrainsProgram, Raise, Tool
from mockserver.products.jetbrains.programs import ReportingGate
from mockserver.products.world import World
from mockserver.simulation import hashing
from mockserver.simulation.accounts import AccountTable
from mockserver.simulation.calendar import Days
from mockserver.simulation.organization import (
    Adoption,
    ExactDay,
    Level,
    Levels,
    ScriptedFact,
    SilentPeriod,
    SpecialPerson,
    Team,
)
from mockserver.simulation.people import BLOCK, Block
from tests.products.built import augment, jetbrains, tabnine
from tests.simulation import worlds

FILE = Path(__file__).with_name("golden.json")
SPAN = ("2024-12-20", "2025-03-31")
RECORD_DAYS = ("2025-01-15", "2025-02-08")

_CODEX = [index for index, name in enumerate(COUNTERS) if name.startswith("codex_")]
"""Counters that came later, and have a digest of their own."""

PLAIN = worlds.world()
SCRIPTED = worlds.world(
    slug="stated",
    seed=2**63,
    people=BLOCK + 50,
    teamless_percent=5,
    teams=(Team("A", weight=1), Team("B", weight=9)),
    levels=Levels(50, 10),
    adoption={
        "augment": Adoption(80, 90, date(2023, 3, 1), 500),
        "tabnine": Adoption(60, 70, date(2022, 3, 1), 300),
    },
    holidays=(date(2025, 2, 3),),
    silent=(SilentPeriod(date(2025, 3, 3), date(2025, 3, 9)),),
    exact=(ExactDay(date(2025, 2, 12), "augment", 321),),
    special=(
        SpecialPerson("A.B@stated.example", name="Ä B", team="A", level=Level.HEAVY, active_only=(date(2025, 1, 15),)),
        SpecialPerson("c@d.example", joined=date(2024, 5, 6), left=date(2025, 2, 10)),
    ),
    facts=(ScriptedFact(1, "augment", date(2025, 1, 15), ("Ada", "Vim"), {"chat_messages": 12}),),
)
CREDITS = worlds.world(
    slug="credits",
    seed=12,
    people=BLOCK + 20,
    special=(
        SpecialPerson("a@c.example", options={"jetbrains": JetBrainsPerson(tools=(Tool.JUNIE, Tool.EDITS))}),
        SpecialPerson(
            "b@c.example",
            level=Level.HEAVY,
            options={
                "jetbrains": JetBrainsPerson(
                    credits=(Allotment(900, 300, (Raise(date(2025, 2, 20), 450),)), Allotment(1_200)),
                    old_clients=(JetBrainsProgram.JUNIE,),
                )
            },
        ),
    ),
    facts=(ScriptedFact(2, "jetbrains", date(2025, 1, 15), (), {"junie_invocations": 3, "junie_credits": 99_999}),),
)


def digests() -> dict[str, Any]:
    """What `golden.json` holds: the version of the data, and a digest for each kind of number of each world."""
    pool = files.pool()
    return {
        "data_version": hashing.DATA_VERSION,
        "names": _digest(json.dumps(pool.named(1, index)).encode() for index in range(2000)),
        "plain": _world(PLAIN),
        "stated": _world(SCRIPTED),
        "credits": _world(CREDITS),
    }


def _world(world: World) -> dict[str, str]:
    span = worlds.days(world, *SPAN)
    blocks = list(world.people.blocks())
    facts = [augment(world).facts.facts(block, span) for block in blocks]
    return {
        "identities": _digest(_identities(world)),
        "attributes": _digest(part for block in blocks for part in _attributes(block)),
        "active days": _digest(np.packbits(each.active).tobytes() for each in facts),
        "counters": _digest(each.counters.astype("<i8").tobytes() for each in facts),
        "records": _digest(json.dumps(_records(world, day)).encode() for day in RECORD_DAYS),
        "tabnine counters": _digest(part for block in blocks for part in _tabnine(world, block, span)),
        "tabnine accounts": _digest(_accounts(tabnine(world).accounts.table)),
        "jetbrains counters": _digest(part for block in blocks for part in _jetbrains(world, block, span)),
        "jetbrains codex": _digest(_codex(world, block, span) for block in blocks),
        "jetbrains credits": _digest(part for block in blocks for part in _ledger(world, block, span)),
        "jetbrains clients": _digest(part for block in blocks for part in _clients(world, block, span)),
        "other products": _digest(_active(world, product) for product in ("tabnine", "jetbrains")),
    }


def _identities(world: World) -> Iterable[bytes]:
    identities = world.identities
    yield identities.organization_id.bytes
    yield from (identities.team_id_of(team).bytes for team in range(3))
    for index in range(world.organization.members):
        found, row_id = identities.of(index), augment(world).row_ids.of(index)
        yield repr((index, found.id, row_id, found.name, found.email, found.service_account)).encode()


def _attributes(block: Block) -> Iterable[bytes]:
    order = [block.products.index(name) for name in ("augment", "tabnine", "jetbrains")]  # As it was at first.
    for each in fields(block)[1:]:
        values = getattr(block, each.name)
        values = values[order] if each.name in {"licensed", "started"} else values
        yield each.name.encode()
        yield values.astype("<u8" if values.dtype == np.uint64 else "<i8").tobytes()


def _records(world: World, day: str) -> list[tuple[Any, ...]]:
    span = worlds.days(world, day, day)
    return [astuple(each) for block in world.people.blocks() for each in augment(world).records.of(block, span)]


def _tabnine(world: World, block: Block, span: Days) -> Iterable[bytes]:
    facts = tabnine(world).facts.facts(block, span)
    yield np.packbits(facts.active).tobytes()
    yield facts.counters.astype("<i8").tobytes()
    yield tabnine(world).facts.seconds(block, span).astype("<i8").tobytes()


def _jetbrains(world: World, block: Block, span: Days) -> Iterable[bytes]:
    facts = jetbrains(world).facts.facts(block, span)
    yield np.packbits(facts.active).tobytes()
    yield np.delete(facts.counters, _CODEX, axis=0).astype("<i8").tobytes()


def _codex(world: World, block: Block, span: Days) -> bytes:
    return jetbrains(world).facts.facts(block, span).counters[_CODEX].astype("<i8").tobytes()


def _ledger(world: World, block: Block, span: Days) -> Iterable[bytes]:
    ledger = jetbrains(world).facts.spending(block, span)
    yield from (part.astype("<i8").tobytes() for part in (ledger.built_in, ledger.top_up))
    yield np.packbits(ledger.hit).tobytes()


def _clients(world: World, block: Block, span: Days) -> Iterable[bytes]:
    yield from (
        since.astype("<i8").tobytes()
        for since in jetbrains(world).programs.sending(block, ReportingGate(assistant=True))
    )
    yield jetbrains(world).programs.ide_on(block, span.ordinals).astype("<i8").tobytes()


def _accounts(table: AccountTable) -> Iterable[bytes]:
    for each in fields(table):
        yield each.name.encode()
        yield getattr(table, each.name).astype("<i8").tobytes()


def _active(world: World, product: str) -> bytes:
    span = worlds.days(world, *SPAN)
    return b"".join(
        np.packbits(world.presence.active(product, block, span, world.presence.workload(block, span))).tobytes()
        for block in world.people.blocks()
    )


def _digest(parts: Iterable[bytes]) -> str:
    return sha256(b"\x1e".join(parts)).hexdigest()[:32]


if __name__ == "__main__":
    FILE.write_text(json.dumps(digests(), indent=2) + "\n", encoding="utf-8")
