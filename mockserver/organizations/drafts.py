"""Answers what a new organisation file looks like: one that loads as it is, and teaches every key by a comment.

Reading it stays out (`files`); so does finding names (`inventions`).
"""

import json
import textwrap
from collections.abc import Mapping

from mockserver.organizations import defaults, faker_names, files
from mockserver.organizations.products import FACT_SPECS, FactSpec
from mockserver.simulation.names import NamePool
from mockserver.simulation.organization import PEOPLE_MAXIMUM, JetBrainsProgram, Level, Product, Role, Tool

_SPECIAL = (
    "team: Core, role: Admin, level: heavy, joined: 2022-01-03, licences: {augment: 2023-01-02, tabnine: 2023-01-02}",
    "team: Backend, role: TeamLead, joined: 2024-03-04, jetbrains: {credits: [{quota: 10, top_up: 2.5}]}",
    "team: null, level: light, joined: 2022-01-03, left: 2025-10-15, licences: {augment: 2023-01-02, jetbrains: false}",
)

_FACTS = (
    "augment: [{language: Python, editor: VSCode, chat_messages: 3}]",
    "tabnine: [{completions: 4, completion_chars: 130, keystrokes: 170}]",
    "jetbrains: [{junie_invocations: 2, junie_suggestions: 3, junie_credits: 45}]",
)
"""Rows of one person and day, each of another product."""

_TEXT = """\
# An organisation of {people} people for: mockserver serve --organization-file <this file>
# Only slug, name and people must be there. A key that is left out has the value it has here, or the one in a comment.
# Dates are YYYY-MM-DD. The same file gives the same numbers, always.

slug: {quoted_slug}  # part of the tokens, such as mock-augment-{slug}
name: {name}
people: {people}  # 1 to {most}, special people included
seed: {seed}  # another seed, another history (left out: {default_seed})
domain: {domain}  # of the generated addresses
first_day: {first_day}  # nobody is there before
generated: true  # false: nothing happens but the facts stated below

# A weight is a team's share of the people; 0 is an empty team. One team is the default (the first when none says so).
teams:
{teams}
teamless_percent: 0  # people in no team

# Accounts without a person; they work through the command line. (left out: none)
service_accounts:
  - {{name: ci-bot}}

# How many join after first_day, and how many leave, spread until a date.
turnover: {{joiners_percent: 30, leavers_percent: 20, until: 2031-12-31}}
# How many use AI tools little, and how many much; the rest is regular.
levels: {{light_percent: 30, heavy_percent: 20}}

# Per product: who gets a licence, how many of these ever start, the first day, and how long it takes to spread.
# seats is what was bought (left out or null: as many as are licensed).
adoption:
{adoption}

# Weights by name. The editor CLI comes by itself, with work through the command line.
languages: {languages}
editors: {editors}

# Groups of people in the JetBrains products; a profile's name is its id.
profiles: [Default]
# The teams, with those below them, that one more client of the JetBrains Console sees. (left out: no such client)
console_groups: [Backend, Data]

# Days off beside the usual ones.
holidays: []
#- 2025-10-03

# Periods without any activity, both ends included.
silent: []
#- {{first: 2025-08-11, last: 2025-08-17}}

# Days with an exact number of active users, people and service accounts together, in one product:
# {products}.
exact: []
#- {{day: 2025-09-16, product: augment, users: 1}}

# People stated by name (left out: none). Only email is needed; what is not stated is generated as for everybody else.
#   team         a team's name, or null for none      role   {roles}
#   joined       the first day                        level  {levels}
#   left         the first day without the person
#   licences     per product the first day (from joined to the day before left), or null or false for no licence
#   active_only  a list of the only days with any activity
#   augment_id   the id in Augment's cursors; when one member has it, all people and service accounts have, ascending
#   jetbrains    {{tools, credits, old_clients}}, each left out where it is generated:
#     tools        the only ones in use: {tools}
#     credits      licences in the order of spending, monthly, with two decimals, such as {{quota: 10, top_up: 5}};
#                  raises: [{{day: 2025-10-21, top_up: 5}}] is more top-up from a day on, for that month
#     old_clients  those too old to send data to IDE Services: {clients}
special:
{special}

# Facts, row by row, that replace what is generated for a member, a day and a product. member is the email of a special
# person or the name of a service account (which uses {service_product} alone). An empty list is a day without activity.
# Credits in rows are whole hundredths, and no more are spent than the licences hold.
# A row counts something; counters left out are 0 where nothing else is said. Rows and counters by product:
{counters}
facts: []
{facts}
"""


def draft(people: int, seed: int, slug: str, pool: NamePool) -> str:
    """A commented file, the same for the same arguments. Raises OrganizationError when an argument breaks a rule."""
    domain = defaults.domain(slug)
    found = faker_names.invention(seed, slug, pool, wanted=min(len(_SPECIAL), max(people, 1)))
    written = _TEXT.format(
        people=people,
        most=PEOPLE_MAXIMUM,
        slug=slug,
        quoted_slug=_quoted(slug),
        seed=seed,
        domain=domain,
        name=_quoted(found.company),
        default_seed=defaults.SEED,
        first_day=defaults.FIRST_DAY,
        products=", ".join(Product),
        roles=", ".join(Role),
        levels=", ".join(Level),
        tools=", ".join(Tool),
        clients=", ".join(JetBrainsProgram),
        teams=_teams(),
        adoption=_adoption(),
        languages=_weights(defaults.LANGUAGES),
        editors=_weights(defaults.EDITORS),
        special=_special(found, domain),
        service_product=Product.AUGMENT,
        counters=_counters(),
        facts=_facts(f"{next(iter(found.people))}@{domain}"),
    )
    files.parsed(written.encode(), "draft")
    return written


def _quoted(text: str) -> str:
    """Quotes of JSON are quotes of YAML."""
    return json.dumps(text, ensure_ascii=False)


def _teams() -> str:
    lines = []
    for team in defaults.TEAMS:
        parent = f", parent: {team.parent}" if team.parent else ""
        default = ", default: true" if team.default else ""
        lines.append(f"  - {{name: {team.name}, weight: {team.weight}{parent}{default}}}")
    return "\n".join(lines)


def _adoption() -> str:
    return "\n".join(
        f"  {product}: {{licensed_percent: {spread.licensed_percent}, started_percent: {spread.started_percent}, "
        f"starts: {spread.starts}, ramp_days: {spread.ramp_days}, seats: null}}"
        for product, spread in defaults.ADOPTION.items()
    )


def _weights(weights: Mapping[str, int]) -> str:
    return f"{{{', '.join(f'{name}: {weight}' for name, weight in weights.items())}}}"


def _special(found: faker_names.Invention, domain: str) -> str:
    people = zip(found.people.items(), _SPECIAL, strict=False)
    return "\n".join(
        f"  - {{email: {local}@{domain}, name: {_quoted(name)},\n     {more}}}" for (local, name), more in people
    )


def _counters() -> str:
    wrap = textwrap.TextWrapper(118, initial_indent="#   ", subsequent_indent="#     ")
    return "\n".join(wrap.fill(f"{product}: {_grain(grain)}") for product, grain in FACT_SPECS.items())


def _grain(grain: FactSpec) -> str:
    """The rules of one product's rows, in a few sentences."""
    rows = f"a row for each {' and '.join(grain.labels)}" if grain.labels else "one row a day"
    filled = [f"{name} left out is as many as {other}" for name, other in grain.left_out.items()]
    bounds = [f"{smaller} at most {greater}" for smaller, greater in grain.at_most]
    return ". ".join([f"{rows}; {', '.join(grain.counters)}", *map("; ".join, filter(None, (bounds, filled)))]) + "."


def _facts(member: str) -> str:
    return "\n".join(f"#- {{member: {member}, day: 2025-09-17, {rows}}}" for rows in _FACTS)
