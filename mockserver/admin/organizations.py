"""`/_mock/organizations`: the organizations on this server, and the ids that a client's developer starts with.

People are counted by `headcount`; organization files are read by the `organizations` room.
"""

from datetime import date
from typing import Any

from marshmallow import Schema, fields

from mockserver import products
from mockserver.admin import headcount, sandbox_config
from mockserver.admin.admin_context import AdminRequest, context
from mockserver.admin.headcount import Headcount
from mockserver.admin.responses import Problem
from mockserver.gateway.sandbox import Sandbox
from mockserver.products.world import World
from mockserver.simulation.organization import NEVER, Organization
from mockserver.validation.schemas import dump
from mockserver.validation.suggestions import unknown_name


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
    """An organization in short: everybody it ever has, and its teams, in numbers."""

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
    """An organization, with ids to start with. `people` counts all it ever has, `present` those of the clock's day."""

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


def slugs() -> list[str]:
    """The organizations that a sandbox can show, in order."""
    return sandbox_config.slugs(context().sources, _own())


def _named(slug: str) -> Organization:
    return sandbox_config.named(slug, context().sources, _own())


def _own() -> Organization:
    """The organization that the server was started with."""
    return context().registry.default.config.organization


def list_all(_: AdminRequest) -> dict[str, Any]:
    """Every organization in short."""
    return dump(OrganizationsSchema, {"organizations": [_outline(_named(slug)) for slug in slugs()]})


def get(request: AdminRequest) -> dict[str, Any]:
    """One organization with its ids, on the day that the sandbox's clock shows."""
    known = slugs()
    if request.name not in known:
        raise Problem(404, unknown_name("organization", request.name, known))
    world = _world(request.sandbox, request.name)
    count = headcount.of(world.people, request.sandbox.clock.now().date())
    return dump(OrganizationDetailSchema, _describe(world, count))


def _world(sandbox: Sandbox, slug: str) -> World:
    """The sandbox's own world where it shows this organization, since its seed may differ."""
    if slug == sandbox.config.organization.slug:
        return sandbox.world
    organization = _named(slug)
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


def _describe(world: World, count: Headcount) -> dict[str, Any]:
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
