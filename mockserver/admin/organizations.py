"""`/_mock/organizations`: the organizations on this server, and the ids that a client's developer starts with.

Organization files are read by the `organizations` room.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
from marshmallow import Schema, fields

from analytics_mockserver.suggestions import unknown_name
from mockserver import products
from mockserver.admin.admin_context import AdminRequest, context
from mockserver.admin.responses import Problem
from mockserver.products.world import World
from mockserver.simulation.organization import NEVER, Organization
from mockserver.simulation.people import People
from mockserver.validation.schemas import dump

EXAMPLES = 5
"""How many people are shown as examples."""


class PersonSchema(Schema):
    """A person with an id and an email address."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)


class SpecialPersonDetailSchema(PersonSchema):
    """A person whom the organization's file describes. `left` is the first day without them; null: they stay."""

    team = fields.String(required=True, allow_none=True)
    role = fields.String(required=True)
    joined = fields.Date(required=True)
    left = fields.Date(required=True, allow_none=True)
    licences = fields.Dict(keys=fields.String(), values=fields.Date(allow_none=True), required=True)


class ServiceAccountDetailSchema(Schema):
    """An account that belongs to no person."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class TeamDetailSchema(Schema):
    """A team, and how many people are in it today."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)
    parent = fields.String(required=True, allow_none=True)
    default = fields.Boolean(required=True)
    people = fields.Integer(required=True)


class ProductSchema(Schema):
    """A product: its first day, the seats bought (null: unknown), and people licensed and using it today."""

    name = fields.String(required=True)
    starts = fields.Date(required=True)
    seats = fields.Integer(required=True, allow_none=True)
    licensed = fields.Integer(required=True)
    started = fields.Integer(required=True)


class OutlineSchema(Schema):
    """An organization in short: how many people it ever has, and how many teams."""

    slug = fields.String(required=True)
    name = fields.String(required=True)
    people = fields.Integer(required=True)
    teams = fields.Integer(required=True)
    service_accounts = fields.Integer(required=True)
    first_day = fields.Date(required=True)
    products = fields.List(fields.String(), required=True)


class OrganizationsSchema(Schema):
    """The organizations that a sandbox can show."""

    organizations = fields.List(fields.Nested(OutlineSchema), required=True)


class OrganizationDetailSchema(Schema):
    """An organization, with ids to start with. `people` counts everyone it ever has, `present` those of today."""

    slug = fields.String(required=True)
    name = fields.String(required=True)
    id = fields.UUID(required=True)
    domain = fields.String(required=True)
    seed = fields.Integer(required=True)
    first_day = fields.Date(required=True)
    people = fields.Integer(required=True)
    present = fields.Integer(required=True)
    products = fields.List(fields.Nested(ProductSchema), required=True)
    teams = fields.List(fields.Nested(TeamDetailSchema), required=True)
    service_accounts = fields.List(fields.Nested(ServiceAccountDetailSchema), required=True)
    special_people = fields.List(fields.Nested(SpecialPersonDetailSchema), required=True)
    users = fields.List(fields.Nested(PersonSchema), required=True)


def list_all(_: AdminRequest) -> dict[str, Any]:
    sources, own = context().sources, context().own
    outlines = [_outline(sources.organization(slug, own)) for slug in sources.slugs(own)]
    return dump(OrganizationsSchema, {"organizations": outlines})


def get(request: AdminRequest) -> dict[str, Any]:
    """One organization with its ids, on the day that the sandbox's clock shows."""
    sources, own, sandbox = context().sources, context().own, request.sandbox
    known = sources.slugs(own)
    if request.name not in known:
        raise Problem(404, unknown_name("organization", request.name, known))
    if request.name == sandbox.config.organization.slug:
        world = sandbox.world  # Its seed may differ from the organization's own.
    else:
        organization = sources.organization(request.name, own)
        world = context().registry.worlds.get(organization, organization.seed)
    return dump(OrganizationDetailSchema, _describe(world, sandbox.clock.now().date()))


@dataclass(frozen=True, slots=True)
class Headcount:
    """People of one day, without service accounts; `in_team` is in the order of the teams.

    `licensed` and `started` are by product, `examples` are the indexes of the first people who are present.
    """

    present: int
    in_team: list[int]
    licensed: Mapping[str, int]
    started: Mapping[str, int]
    examples: list[int]


def _headcount(people: People, day: int) -> Headcount:
    """The people on one day, counted block by block."""
    names, teams = people.products, len(people.organization.teams)
    in_team = np.zeros(teams, np.int64)
    licensed, started = np.zeros((2, len(names)), np.int64)
    present, examples = 0, list[int]()
    for block in people.blocks():
        there = block.take(~block.service & (block.joined <= day) & (day < block.left))
        present += len(there)
        in_team += np.bincount(there.team[there.team >= 0], minlength=teams)
        licensed += (there.licensed <= day).sum(axis=1)
        started += (there.started <= day).sum(axis=1)
        examples += there.index[: EXAMPLES - len(examples)].tolist()
    return Headcount(
        present=present,
        in_team=in_team.tolist(),
        licensed=dict(zip(names, licensed.tolist(), strict=True)),
        started=dict(zip(names, started.tolist(), strict=True)),
        examples=examples,
    )


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


def _describe(world: World, today: date) -> dict[str, Any]:
    organization, identities, count = world.organization, world.identities, _headcount(world.people, today.toordinal())
    return {
        **_outline(organization),
        "id": identities.organization_id,
        "domain": organization.domain,
        "seed": world.seed,
        "present": count.present,
        "products": [
            {
                "name": product,
                "starts": adoption.starts,
                "seats": adoption.seats,
                "licensed": count.licensed[product],
                "started": count.started[product],
            }
            for product, adoption in sorted(organization.adoption.items())
        ],
        "teams": [
            {**asdict(team), "id": identities.team_id_of(index), "people": count.in_team[index]}
            for index, team in enumerate(organization.teams)
        ],
        "service_accounts": [identities.of(index) for index in range(organization.people, organization.members)],
        "special_people": [_special(world, index) for index in range(len(organization.special))],
        "users": [identities.of(index) for index in count.examples],
    }


def _special(world: World, index: int) -> dict[str, Any]:
    row, organization = next(world.people.blocks(index)), world.organization
    team = int(row.team[0])
    return {
        **asdict(world.identities.of(index)),
        "team": organization.teams[team].name if team >= 0 else None,
        "role": products.role_names()[int(row.role[0])],
        "joined": _day(int(row.joined[0])),
        "left": _day(int(row.left[0])),
        "licences": {product: _day(int(row.licence_start(product)[0])) for product in sorted(organization.adoption)},
    }


def _day(ordinal: int) -> date | None:
    return None if ordinal >= NEVER else date.fromordinal(ordinal)
