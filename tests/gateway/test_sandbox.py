"""Holds sandboxes to their promises: every part can be set, kept and put back, and two of them share nothing.

What a request does to them stays out (`test_pipeline`).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from mockserver.gateway import sandbox
from mockserver.gateway.journal import Entry
from mockserver.gateway.limits import Allowance, Block, BucketState, Setting
from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import Vendor
from mockserver.simulation.clock import Clock
from tests.gateway import parrot
from tests.gateway.parrot import NOW, PARROT, UNLIMITED
from tests.simulation import worlds

FINCH = "finch"
STRICT = Allowance(per_minute=1, burst=2)


def _sandbox(**changes: Any) -> Sandbox:
    return parrot.state(PARROT, _finch(), **changes).default


def _finch() -> Vendor:
    return replace(UNLIMITED, name=FINCH)


def _use(used: Sandbox) -> None:
    """Change every part of a sandbox."""
    used.set_clock(Clock.at(NOW + timedelta(days=1), frozen=True))
    used.set_limits({"parrot": STRICT})
    used.set_policy({"parrot": {"mood": "grumpy"}})
    used.take("parrot", "all", Block.REFILL)
    entry = Entry(used.journal.next_id(), NOW, "parrot", None, "GET", "/", "", 200, 1, "small", None, None)
    used.journal.append(entry)


def _parts(used: Sandbox) -> dict[str, object]:
    return {
        "clock": used.clock,
        "limits": (used.limits, used.buckets("parrot")),
        "policy": used.policy.values,
        "journal": [entry.id for entry in used.journal],
    }


def test_a_sandbox_begins_as_it_was_made() -> None:
    fresh = _sandbox(policy={"parrot": {"mood": "grumpy"}}, limits={"parrot": STRICT, FINCH: Setting.OFF})
    assert fresh.clock.now() == NOW
    assert fresh.policy.values["parrot"]["mood"] == "grumpy"
    assert fresh.policy.values[FINCH]["mood"] == "cheerful"
    assert fresh.policy.values["parrot"]["rate_limit_scope"] == "organization"
    assert (fresh.allowance("parrot"), fresh.allowance(FINCH)) == (STRICT, None)
    assert list(fresh.journal) == []


def test_a_reset_puts_every_part_back() -> None:
    used, fresh = _sandbox(), _sandbox()
    _use(used)
    used.reset()
    assert _parts(used) == _parts(fresh)


@pytest.mark.parametrize("part", sandbox.PARTS)
def test_a_part_is_put_back_alone(part: str) -> None:
    used, alike, fresh = _sandbox(), _sandbox(), _sandbox()
    _use(used)
    _use(alike)
    used.reset([part])
    for name, found in _parts(used).items():
        assert found == _parts(fresh if name == part else alike)[name], name


def test_a_reset_of_nothing_changes_nothing() -> None:
    used, alike = _sandbox(), _sandbox()
    _use(used)
    _use(alike)
    used.reset([])
    assert _parts(used) == _parts(alike)


def test_what_a_reset_goes_back_to_is_how_the_sandbox_was_made() -> None:
    used = _sandbox(policy={"parrot": {"mood": "grumpy"}}, limits={"parrot": STRICT})
    used.set_policy({"parrot": {"mood": "cheerful"}})
    used.set_limits({"parrot": Setting.OFF})
    used.reset()
    assert used.policy.values["parrot"]["mood"] == "grumpy"
    assert used.limits == {"parrot": STRICT, FINCH: Setting.DOCUMENTED}


def test_setting_limits_puts_back_those_left_out_and_keeping_leaves_them() -> None:
    used = _sandbox()
    used.set_limits({"parrot": STRICT})
    used.set_limits({FINCH: Setting.OFF}, keep=True)
    assert used.limits == {"parrot": STRICT, FINCH: Setting.OFF}
    used.set_limits({FINCH: Setting.OFF})
    assert used.limits == {"parrot": Setting.DOCUMENTED, FINCH: Setting.OFF}


def test_limits_that_are_set_start_with_full_buckets_and_kept_ones_keep_theirs() -> None:
    used = _sandbox(limits={"parrot": STRICT, FINCH: STRICT})
    for vendor in ("parrot", FINCH):
        used.take(vendor, "all", Block.REFILL)
    used.set_limits({"parrot": STRICT}, keep=True)
    assert used.buckets("parrot") == []
    assert used.buckets(FINCH) == [BucketState("all", 1, 60)]


def test_setting_switches_puts_back_those_left_out_and_keeping_leaves_them() -> None:
    used = _sandbox()
    used.set_policy({"parrot": {"mood": "grumpy"}, FINCH: {"mood": "grumpy"}})
    used.set_policy({"parrot": {"rate_limit_scope": "token"}}, keep=True)
    assert used.policy.values["parrot"] == {"mood": "grumpy", "rate_limit_scope": "token", "rate_limit_block": "refill"}
    used.set_policy({"parrot": {"rate_limit_scope": "token"}})
    assert used.policy.values["parrot"] == {
        "mood": "cheerful",
        "rate_limit_scope": "token",
        "rate_limit_block": "refill",
    }
    assert used.policy.values[FINCH]["mood"] == "cheerful"


def test_each_setting_of_switches_is_a_generation_of_its_own() -> None:
    used = _sandbox()
    generations = [used.policy.generation]
    changes: list[Callable[[], None]] = [lambda: used.set_policy({}), lambda: used.reset(["policy"]), used.reset]
    for change in changes:
        change()
        generations.append(used.policy.generation)
    assert len(set(generations)) == 4
    before = used.policy.generation
    used.reset(["clock", "limits", "journal"])
    assert used.policy.generation == before


def test_switches_in_force_are_not_changed_under_a_request_that_reads_them() -> None:
    used = _sandbox()
    read = used.policy.values["parrot"]
    used.set_policy({"parrot": {"mood": "grumpy"}})
    assert read["mood"] == "cheerful"


def test_an_unlimited_vendor_lets_everything_pass_and_has_no_buckets() -> None:
    used = _sandbox()
    assert [used.take(FINCH, "all", Block.REFILL) for _ in range(100)] == [None] * 100
    assert used.buckets(FINCH) == []


def test_a_bucket_fills_on_the_sandboxes_own_clock() -> None:
    used = _sandbox(limits={"parrot": STRICT})
    assert [used.take("parrot", "all", Block.REFILL) for _ in range(3)] == [None, None, 60_000_000]
    used.set_clock(used.clock.advanced(timedelta(seconds=45)))
    assert used.buckets("parrot") == [BucketState("all", 0, 75)]
    assert used.take("parrot", "all", Block.REFILL) == 15_000_000


def test_a_token_opens_one_sandbox_at_one_vendor() -> None:
    held = parrot.state(PARROT, _finch())
    other = held.make("other", parrot.made(), [Grant("g", "parrot", "secret", permitted=True)])
    opened = held.opened_by("parrot", "secret")
    assert opened is not None
    assert (opened[0], opened[1].id) == (other, "g")
    assert held.opened_by(FINCH, "secret") is None
    assert held.opened_by("parrot", "unknown") is None


def test_the_seeded_tokens_open_the_default_sandbox_at_their_vendor() -> None:
    held = parrot.state(PARROT, _finch())
    assert {(grant.vendor, grant.token) for grant in held.tokens_of(held.default)} == {
        ("parrot", "mock-parrot-small"),
        ("parrot", "mock-parrot-small-forbidden"),
        (FINCH, "mock-finch-small"),
        (FINCH, "mock-finch-small-forbidden"),
    }
    other = held.make("other", parrot.made(), [Grant("g", "parrot", "secret", permitted=True)])
    assert [grant.token for grant in held.tokens_of(other)] == ["secret"]
    assert len(held.secrets) == 5


def test_where_a_role_can_be_bound_the_organisations_groups_have_a_client_of_their_own() -> None:
    bound = worlds.organization(console_groups=("Two",))
    grouped = replace(_finch(), secret="s3cret", grouped=True)
    held = parrot.state(PARROT, grouped, organization=bound)
    opened = held.opened_by(FINCH, "mock-finch-small-groups")
    assert opened is not None
    assert (opened[1].secret, opened[1].groups) == ("s3cret", ("Two",))
    assert held.opened_by("parrot", "mock-parrot-small-groups") is None
    assert parrot.state(grouped).opened_by(FINCH, "mock-finch-small-groups") is None, "no groups are stated"


def test_every_token_and_every_secret_is_known_once_so_that_none_is_told() -> None:
    held = parrot.state(PARROT, replace(_finch(), secret="s3cret"))
    assert held.secrets == [
        "mock-parrot-small",
        "mock-parrot-small-forbidden",
        "mock-finch-small",
        "s3cret",
        "mock-finch-small-forbidden",
    ]


def test_sandboxes_of_one_organisation_and_seed_share_its_world_and_nothing_else() -> None:
    held = parrot.state(PARROT)
    alike = held.make("alike", parrot.made(), [])
    seeded = held.make("seeded", parrot.made(seed=99), [])
    other = held.make("other", parrot.made(organization=worlds.organization(slug="other")), [])
    assert alike.world is held.default.world
    assert len({id(each.world) for each in (alike, seeded, other)}) == 3
    assert seeded.world.seed == 99
    alike.set_policy({"parrot": {"mood": "grumpy"}})
    assert held.default.policy.values["parrot"]["mood"] == "cheerful"
