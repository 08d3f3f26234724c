"""Answers which organisations there are to ask for, and for one of them what a client's developer needs to begin.

Counting people stays out (`headcount`), and so does reading organisation files.
"""

from datetime import date
from typing import Any

from mockserver import products
from mockserver.admin import headcount, shapes
from mockserver.admin.admin_context import context
from mockserver.admin.admin_request import AdminRequest
from mockserver.admin.headcount import Headcount
from mockserver.admin.problems import Problem
from mockserver.gateway import switches
from mockserver.gateway.sandbox import Sandbox
from mockserver.products.world import World
from mockserver.simulation.organization import NEVER, Organization


def slugs() -> list[str]:
    """The organisations that come with the product and the one that the server was started with, in their order."""
    return sorted({*context().organizations, _first().slug})


def named(slug: str) -> Organization:
    """One of these organisations; where two have the same slug, the one that the server was started with."""
    return _first() if slug == _first().slug else context().load(slug)


def _first() -> Organization:
    return context().registry.default.config.organization


def list_all(_: AdminRequest) -> dict[str, Any]:
    """Every organisation in a few words."""
    found = [_outline(named(slug)) for slug in slugs()]
    written: dict[str, Any] = shapes.Organizations().dump({"organizations": found})
    return written


def get(asked: AdminRequest) -> dict[str, Any]:
    """One organisation with its ids, as it is on the day that the sandbox's clock shows."""
    known = slugs()
    if asked.name not in known:
        raise Problem(404, switches.did_you_mean("organization", asked.name, known))
    world = _world(asked.sandbox, asked.name)
    count = headcount.of(world.people, asked.sandbox.clock.now().date())
    written: dict[str, Any] = shapes.Organization().dump(_described(world, count))
    return written


def _world(sandbox: Sandbox, slug: str) -> World:
    """The sandbox's own world where it shows this organisation, for its seed may be another."""
    if slug == sandbox.config.organization.slug:
        return sandbox.world
    organization = named(slug)
    return context().registry.worlds.get(organization, organization.seed)


def _outline(organization: Organization) -> dict[str, Any]:
    return {
        "slug": organization.slug,
        "name": organization.name,
        "people": organization.people,
        "teams": len(organization.teams),
        "service_accounts": len(organization.service_accounts),
        "first_day": organization.first_day,
        "products": sorted(organization.adoption),
    }


def _described(world: World, count: Headcount) -> dict[str, Any]:
    organization, identities = world.organization, world.identities
    return {
        **_outline(organization),
        "id": identities.organization_id,
        "domain": organization.domain,
        "seed": world.seed,
        "present": count.present,
        "products": _products(organization, count),
        "teams": [
            {
                "id": identities.team_id_of(index),
                "name": team.name,
                "parent": team.parent,
                "default": team.default,
                "people": count.in_team[index],
            }
            for index, team in enumerate(organization.teams)
        ],
        "service_accounts": [identities.of(index) for index in range(organization.people, organization.members)],
        "special_people": [_special(world, index) for index in range(len(organization.special))],
        "users": [identities.of(index) for index in count.some],
    }


def _products(organization: Organization, count: Headcount) -> list[dict[str, Any]]:
    return [
        {
            "name": product,
            "starts": organization.adoption[product].starts,
            "seats": organization.adoption[product].seats,
            "licensed": count.licensed[product],
            "started": count.started[product],
        }
        for product in sorted(organization.adoption)
    ]


def _special(world: World, index: int) -> dict[str, Any]:
    row, identity = next(world.people.blocks(index)), world.identities.of(index)
    team = int(row.team[0])
    return {
        "id": identity.id,
        "name": identity.name,
        "email": identity.email,
        "team": world.organization.teams[team].name if team >= 0 else None,
        "role": products.role_names()[int(row.role[0])],
        "joined": _day(int(row.joined[0])),
        "left": _day(int(row.left[0])),
        "licences": {
            product: _day(int(row.licence_start(product)[0])) for product in sorted(world.organization.adoption)
        },
    }


def _day(ordinal: int) -> date | None:
    return None if ordinal >= NEVER else date.fromordinal(ordinal)
