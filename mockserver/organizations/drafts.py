"""New organization files: they load as they are, and explain every key in a comment.

Each product adds the lines about its own keys. Names come from Faker where it is installed, else from the name pool.
Faker is an extra (`analytics-mockserver[faker]`) and is used here only; nothing that is simulated depends on it.
"""

import importlib
import json
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import count
from typing import Any

from mockserver import products
from mockserver.organizations import files, records, schemas
from mockserver.products.model import FactSpec
from mockserver.simulation import hashing
from mockserver.simulation.names import NamePool
from mockserver.simulation.organization import PEOPLE_MAXIMUM, Level, Organization

_LICENSED = "2023-01-02"

_TEXT = """\
# An organization of {default.people} people for: mockserver serve --organization-file <this file>
# Only slug, name and people are required. The default of any other key is its value here, or the one in its comment.
# Dates are YYYY-MM-DD. The same file always gives the same numbers.

slug: {quoted_slug}  # part of the tokens: mock-<vendor>-{default.slug}
name: {name}
people: {default.people}  # 1 to {most}, special people included
seed: {seed}  # another seed, another history (default: {default.seed})
domain: {default.domain}  # of the generated addresses
first_day: {default.first_day}  # nobody works earlier
generated: true  # false: nothing happens but the facts below

# The time at which the clock of a server starts, and whether it stands still; --now overrides it. Without this key, the
# clock is that of the machine.
#clock: {{now: 2025-10-21T10:30:00Z, frozen: true}}

# A weight is a team's share of the people; 0 is an empty team. One team is the default (if none is marked, the first).
teams:
{teams}
teamless_percent: 0  # people in no team

# Accounts without a person; they work through the command line. (default: none)
service_accounts:
  - {{name: ci-bot}}

# How many people join after first_day, and how many leave, spread until a date.
turnover: {{joiners_percent: 30, leavers_percent: 20, until: 2031-12-31}}
# How many people use AI tools little, and how many use them much; the rest is regular.
levels: {{light_percent: 30, heavy_percent: 20}}

# Per product: who gets a licence, how many of these ever start, the first day, and how long it takes to spread.
# seats is what was bought: where there are fewer than people who would get a licence, the last ones get none
# (left out or null: as many as are licensed).
adoption:
{adoption}
{product_keys}
# Groups of people beside the teams, for products that have them.
profiles: [Default]
# The teams, with their subteams, that an additional client with a role bound to groups sees. (default: no such client)
console_groups: [Backend, Data]

# Days off in addition to the usual ones.
holidays: []
#- 2025-10-03

# Periods without any activity, both ends included.
silent: []
#- {{first: 2025-08-11, last: 2025-08-17}}

# Days with an exact number of active users, people and service accounts together, in one product:
# {products}.
exact: []
#- {{day: 2025-09-16, product: {first_product}, users: 1}}

# Special people (default: none). Only email is required; what is left out is generated as for everybody else.
#   team         a team's name, or null for none
#   role         {roles}
#   level        {levels}
#   joined       the first day
#   left         the first day without the person
#   licences     per product the first day (from joined to the day before left), or null or false for no licence
#   active_only  a list of the only days with any activity
{person_keys}
special:
{special}

# Facts, row by row, that replace what is generated for a member, a day and a product. member is the email of a special
# person or the name of a service account (which has facts of {service_products} only). An empty list is a day without
# activity. A row counts something; a counter that is left out is 0 unless its rules say otherwise. Rows and counters
# by product:
{counters}
facts: []
{facts}
"""


def draft(people: int, seed: int, slug: str) -> str:
    """A commented file, the same for the same arguments. Raises OrganizationError when an argument violates a rule."""
    company, special = invented_names(seed, slug, files.pool(), wanted=min(max(people, 1), 3))
    default = records.organization({"slug": slug, "name": company, "people": people})
    adoption = default.adoption
    written = _TEXT.format(
        most=PEOPLE_MAXIMUM,
        quoted_slug=_quoted(slug),
        seed=seed,
        name=_quoted(company),
        default=default,
        products=", ".join(adoption),
        first_product=next(iter(adoption)),
        roles=", ".join(schemas.ROLES),
        levels=", ".join(Level),
        teams="\n".join(_teams(default)),
        adoption="\n".join(f"  {name}: {_flow(asdict(each) | {'seats': 'null'})}" for name, each in adoption.items()),
        product_keys=_product_keys(),
        person_keys="\n".join(f"#   {line}" for each in products.discover() for line in each.file.draft.person),
        special="\n".join(_special(special, default.domain)),
        service_products=" and ".join(each.name for each in products.discover() if each.service_accounts),
        counters="\n".join(_counters()),
        facts="\n".join(_facts(f"{next(iter(special))}@{default.domain}")),
    )
    files.parsed(written.encode(), "draft")
    return written


def invented_names(seed: int, slug: str, pool: NamePool, wanted: int) -> tuple[str, dict[str, str]]:
    """A company's name, and people by the local part of their address (no dot, so never a generated one)."""
    names: Iterator[str]
    try:
        faker = importlib.import_module("faker").Faker("en_US")
    except ImportError:
        key = hashing.key(seed, slug, "invention")
        names = (pool.named(key, index)[0] for index in count())
        company = " & ".join(next(names).split(" ")[1] for _ in range(2))
    else:
        faker.seed_instance(seed)
        company = str(faker.company())
        names = (f"{faker.first_name()} {faker.last_name()}" for _ in count())
    people: dict[str, str] = {}
    while len(people) < wanted:
        name = next(names)
        people.setdefault(_local_part(name), name)
    return company, people


def _local_part(name: str) -> str:
    """The initial and the family name, in ASCII letters."""
    given, family = name.lower().split(" ", 1)
    letters = unicodedata.normalize("NFKD", given[:1] + family)
    return "".join(letter for letter in letters if "a" <= letter <= "z")


def _quoted(text: str) -> str:
    """Quotes of JSON are quotes of YAML."""
    return json.dumps(text, ensure_ascii=False)


def _flow(mapping: Mapping[str, Any]) -> str:
    """A mapping in YAML's flow style."""
    return f"{{{', '.join(f'{key}: {value}' for key, value in mapping.items())}}}"


def _teams(default: Organization) -> Iterator[str]:
    for team in default.teams:
        more = {"parent": team.parent} if team.parent else {"default": "true"} if team.default else {}
        yield f"  - {_flow({'name': team.name, 'weight': team.weight, **more})}"


def _product_keys() -> str:
    """The products' own keys of the organization, each group after an empty line."""
    return "".join("\n" + "\n".join(lines) + "\n" for each in products.discover() if (lines := each.file.draft.root))


def _special(people: Mapping[str, str], domain: str) -> Iterator[str]:
    """Up to three special people, whose keys are examples."""
    first, *others = (product.name for product in products.discover())
    roles = list(schemas.ROLES)
    own = [each.file.draft.example_person for each in products.discover() if each.file.draft.example_person]
    everything = _flow(dict.fromkeys((first, *others), _LICENSED))
    only_first = _flow({first: _LICENSED, **dict.fromkeys(others, "false")})
    examples = (
        f"team: Core, role: {roles[-1]}, level: heavy, joined: 2022-01-03, licences: {everything}",
        ", ".join([f"team: Backend, role: {roles[1]}, joined: 2024-03-04", *own]),
        f"team: null, level: light, joined: 2022-01-03, left: 2025-10-15, licences: {only_first}",
    )
    for (local, name), keys in zip(people.items(), examples, strict=False):
        yield f"  - {{email: {local}@{domain}, name: {_quoted(name)},\n     {keys}}}"


def _counters() -> Iterator[str]:
    wrap = textwrap.TextWrapper(118, initial_indent="#   ", subsequent_indent="#     ")
    return (wrap.fill(f"{each.name}: {_fact_rules(each.facts)}") for each in products.discover())


def _fact_rules(spec: FactSpec) -> str:
    """The rules of one product's rows, in a few sentences."""
    rows = f"a row for each {' and '.join(spec.labels)}" if spec.labels else "one row a day"
    filled = [f"{name} defaults to {other}" for name, other in spec.defaults_to.items()]
    bounds = [f"{smaller} at most {greater}" for smaller, greater in spec.at_most]
    needed = [f"{made} needs {' or '.join(events)}" for made, events in spec.needs.items()]
    rules = map("; ".join, filter(None, (bounds, filled, needed)))
    return ". ".join([f"{rows}; {', '.join(spec.counters)}", *rules]) + "."


def _facts(member: str) -> Iterator[str]:
    for product in (each for each in products.discover() if each.file.draft.example_fact):
        row, hash_sign, comment = product.file.draft.example_fact.partition("  #")
        yield f"#- {{member: {member}, day: 2025-09-17, {product.name}: {row}}}{hash_sign}{comment}"
