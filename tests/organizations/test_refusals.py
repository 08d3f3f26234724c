"""Tests of the errors of a whole file: all problems at once, and no other exception for any input."""

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mockserver.organizations import files, schemas
from mockserver.organizations.files import OrganizationError
from mockserver.simulation.organization import Organization
from tests.organizations.conftest import problems_in


def test_all_problems_are_reported_at_once() -> None:
    content = (
        "slug: MINE\npeople: many\nteems: 1\nteams: [{name: A, parent: A}, 7]\nlevels: {light_percent: 90}\n"
        "silent: [{first: 2025-02-30, last: 2025-02-01}]\nexact: [{day: 2025-01-40, product: augment, users: 1}]\n"
        'special: [{email: a@b.example, left: "x\\ny"}, {email: a@b.example}, {name: Ann}]\n'
        "service_accounts: [{}]\nfacts: [{}, {member: a@b.example, augment: [{}]}, {augment: 5}]\n"
    )
    paths = [line.split(": ")[0] for line in problems_in(content)]
    assert paths == [
        "slug",
        "name",
        "people",
        "teams[1]",
        "service_accounts[0].name",
        "silent[0].first",
        "exact[0].day",
        "special[0].left",
        "special[2].email",
        "facts[0].member",
        "facts[0].day",
        "facts[1].day",
        "facts[1].augment[0].language",
        "facts[1].augment[0].editor",
        "facts[2].member",
        "facts[2].day",
        "facts[2].augment",
        "teems",
        "teams[0].parent",
        "special[1].email",
        "facts[0]",
        "facts[1].augment[0]",
        "facts[2]",
        "levels",
    ]


KEYS = sorted(schemas.OrganizationFileSchema().fields)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-10, 200_000),
    st.text(max_size=8),
    st.sampled_from(["2025-09-16", "2025-02-30", "augment", "a@b.example", "A", "mine", "nes", "1.5", "1e999999"]),
)
INNER = sorted({
    "name", "weight", "parent", "default", "email", "team", "joined", "left", "licences", "active_only", "augment_id",
    "first", "last", "day", "product", "users", "member", "augment", "language", "editor", "chat_messages", "until",
    "light_percent", "tabnine", "starts", "seats", "jetbrains", "tools", "credits", "quota", "top_up", "raises",
    "old_clients", "junie_credits",
})  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(INNER), st.text(max_size=4)), inner, max_size=5),
    ),
    max_leaves=12,
)


in_its_time = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@in_its_time
@given(st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=5)), VALUES, max_size=8))
def test_any_mapping_gives_an_organization_or_its_problems(values: dict[str, object]) -> None:
    content = yaml.safe_dump({"slug": "m", "name": "M", "people": 3} | values, allow_unicode=True).encode()
    try:
        found: Organization | OrganizationError = files.parsed(content, "f")
    except OrganizationError as error:
        found = error
    assert isinstance(found, Organization) or len(str(found).splitlines()) == len(found.problems) > 0


@in_its_time
@given(st.binary(max_size=60))
def test_any_bytes_give_problems(content: bytes) -> None:
    with pytest.raises(OrganizationError):
        files.parsed(content, "f")
