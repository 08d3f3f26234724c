"""Promises about sandboxes: every part can be set, kept and reset, and two sandboxes share nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from mockserver.gateway import sandbox
from mockserver.gateway.journal import Record, SentRequest
from mockserver.gateway.limits import Allowance, BucketState, Limit, LimitBlock, LimitMode, LimitScope
from mockserver.gateway.response_cache import CachedReply
from mockserver.gateway.sandbox import Sandbox
from mockserver.gateway.store.memory import MemoryRegistry
from mockserver.gateway.store.registry import RegistryParts
from mockserver.gateway.tokens import Grant
from mockserver.gateway.vendor import Vendor
from mockserver.simulation import clock
from mockserver.simulation.clock import Clock, nanoseconds
from tests.gateway import parrot
from tests.gateway.parrot import NOW, PARROT, UNLIMITED, Mood
from tests.simulation import worlds

FINCH = "finch"
STRICT = Allowance(per_minute=1, burst=2)


def _sandbox(**changes: Any) -> Sandbox:
    return parrot.registry(PARROT, _finch(), **changes).default


def _finch() -> Vendor:
    return replace(UNLIMITED, name=FINCH)


def _use(used: Sandbox) -> None:
    """Change every part of a sandbox."""
    used.set_clock(Clock.at(NOW + timedelta(days=1), frozen=True))
    used.set_limits({"parrot": STRICT})
    used.set_policy({"parrot": {"mood": "grumpy"}})
    used.take("parrot", "all", LimitBlock.REFILL, used.clock.now_ns() // 1000)
    sent = SentRequest("parrot", None, "GET", "/", "", "small", None, 0, None, None)
    used.journal.add(Record(nanoseconds(NOW), sent, 0, False, 0))  # noqa: FBT003


def _parts(used: Sandbox) -> dict[str, object]:
    return {
        "clock": used.clock,
        "limits": (used.limits, used.buckets("parrot")),
        "policy": used.policy.switches,
        "journal": [entry.id for entry in used.journal],
    }


def test_new_sandbox_has_its_configuration() -> None:
    fresh = _sandbox(policy={"parrot": {"mood": "grumpy"}}, limits={"parrot": STRICT, FINCH: LimitMode.OFF})
    assert fresh.clock.now() == NOW
    assert fresh.policy.switches["parrot"][parrot.MOOD] is Mood.GRUMPY
    assert fresh.policy.switches[FINCH][parrot.MOOD] is Mood.CHEERFUL
    assert fresh.policy.switches["parrot"][parrot.SCOPE] is LimitScope.ORGANIZATION
    assert (fresh.allowance("parrot"), fresh.allowance(FINCH)) == (STRICT, None)
    assert list(fresh.journal) == []


def test_reset_restores_every_part() -> None:
    used, fresh = _sandbox(), _sandbox()
    _use(used)
    used.reset()
    assert _parts(used) == _parts(fresh)


@pytest.mark.parametrize("part", sandbox.RESETTABLE)
def test_one_part_can_be_reset_alone(part: str) -> None:
    used, alike, fresh = _sandbox(), _sandbox(), _sandbox()
    _use(used)
    _use(alike)
    used.reset([part])
    for name, found in _parts(used).items():
        assert found == _parts(fresh if name == part else alike)[name], name


def test_reset_of_nothing_changes_nothing() -> None:
    used, alike = _sandbox(), _sandbox()
    _use(used)
    _use(alike)
    used.reset([])
    assert _parts(used) == _parts(alike)


def test_reset_restores_the_configuration_of_the_sandbox() -> None:
    used = _sandbox(policy={"parrot": {"mood": "grumpy"}}, limits={"parrot": STRICT})
    used.set_policy({"parrot": {"mood": "cheerful"}})
    used.set_limits({"parrot": LimitMode.OFF})
    used.reset()
    assert used.policy.switches["parrot"][parrot.MOOD] is Mood.GRUMPY
    assert used.limits == {"parrot": STRICT, FINCH: LimitMode.DOCUMENTED}


def test_setting_limits_restores_or_keeps_the_others() -> None:
    used = _sandbox()
    used.set_limits({"parrot": STRICT})
    used.set_limits({FINCH: LimitMode.OFF}, keep=True)
    assert used.limits == {"parrot": STRICT, FINCH: LimitMode.OFF}
    used.set_limits({FINCH: LimitMode.OFF})
    assert used.limits == {"parrot": LimitMode.DOCUMENTED, FINCH: LimitMode.OFF}


@pytest.mark.parametrize(
    ("limit", "documented", "expected"),
    [
        (LimitMode.OFF, STRICT, None),
        (LimitMode.DOCUMENTED, STRICT, STRICT),
        (LimitMode.DOCUMENTED, None, None),
        (Allowance(5, 6), STRICT, Allowance(5, 6)),
        (Allowance(5, 6), None, Allowance(5, 6)),
    ],
)
def test_limit_means_an_allowance_or_none(
    limit: Limit, documented: Allowance | None, expected: Allowance | None
) -> None:
    registry = parrot.registry(replace(PARROT, allowance=documented), limits={"parrot": limit})
    assert registry.default.allowance("parrot") == expected


def test_changed_limits_start_with_full_buckets() -> None:
    used = _sandbox(limits={"parrot": STRICT, FINCH: STRICT})
    for vendor in ("parrot", FINCH):
        used.take(vendor, "all", LimitBlock.REFILL, used.clock.now_ns() // 1000)
    used.set_limits({"parrot": STRICT}, keep=True)
    assert used.buckets("parrot") == []
    assert used.buckets(FINCH) == [BucketState("all", 1, 60)]


def test_setting_switches_restores_or_keeps_the_others() -> None:
    used = _sandbox()
    used.set_policy({"parrot": {"mood": "grumpy"}, FINCH: {"mood": "grumpy"}})
    used.set_policy({"parrot": {"bucket": "token"}}, keep=True)
    assert used.policy.switches["parrot"].by_name == {"mood": "grumpy", "bucket": "token", "block": "refill"}
    used.set_policy({"parrot": {"bucket": "token"}})
    assert used.policy.switches["parrot"].by_name == {
        "mood": "cheerful",
        "bucket": "token",
        "block": "refill",
    }
    assert used.policy.switches[FINCH][parrot.MOOD] is Mood.CHEERFUL


def test_each_policy_has_its_own_generation() -> None:
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


def test_policy_does_not_change_during_a_request() -> None:
    used = _sandbox()
    read = used.policy.switches["parrot"]
    used.set_policy({"parrot": {"mood": "grumpy"}})
    assert read[parrot.MOOD] is Mood.CHEERFUL


def test_unlimited_vendor_has_no_buckets() -> None:
    used = _sandbox()
    assert [used.take(FINCH, "all", LimitBlock.REFILL, used.clock.now_ns() // 1000) for _ in range(100)] == [None] * 100
    assert used.buckets(FINCH) == []


def test_bucket_refills_on_the_sandbox_clock() -> None:
    used = _sandbox(limits={"parrot": STRICT})
    assert [used.take("parrot", "all", LimitBlock.REFILL, used.clock.now_ns() // 1000) for _ in range(3)] == [
        None,
        None,
        60_000_000,
    ]
    used.set_clock(used.clock.advanced(timedelta(seconds=45)))
    assert used.buckets("parrot") == [BucketState("all", 0, 75)]
    assert used.take("parrot", "all", LimitBlock.REFILL, used.clock.now_ns() // 1000) == 15_000_000


def test_token_opens_one_sandbox_at_one_vendor() -> None:
    registry = parrot.registry(PARROT, _finch())
    other = registry.make("other", parrot.config(), [Grant("g", "parrot", "secret", permitted=True)])
    opened = registry.resolve_token("parrot", "secret")
    assert opened is not None
    assert (opened[0], opened[1].id) == (other, "g")
    assert registry.resolve_token(FINCH, "secret") is None
    assert registry.resolve_token("parrot", "unknown") is None


def test_seeded_tokens_open_the_default_sandbox() -> None:
    registry = parrot.registry(PARROT, _finch())
    assert {(grant.vendor, grant.token) for grant in registry.default.grants.values()} == {
        ("parrot", "mock-parrot-small"),
        ("parrot", "mock-parrot-small-forbidden"),
        (FINCH, "mock-finch-small"),
        (FINCH, "mock-finch-small-forbidden"),
    }
    other = registry.make("other", parrot.config(), [Grant("g", "parrot", "secret", permitted=True)])
    assert [grant.token for grant in other.grants.values()] == ["secret"]
    assert registry.redactor.secrets == (
        f"mock-parrot-{registry.mark}",
        f"mock-finch-{registry.mark}",
        *(grant.token for grant in registry.default.grants.values()),
        "secret",
    )


def test_organization_with_groups_has_a_client_bound_to_them() -> None:
    bound = worlds.organization(role_groups=("Two",))
    grouped = replace(_finch(), secret="s3cret", has_group_roles=True)
    registry = parrot.registry(PARROT, grouped, organization=bound)
    opened = registry.resolve_token(FINCH, "mock-finch-small-groups")
    assert opened is not None
    assert (opened[1].secret, opened[1].groups) == ("s3cret", ("Two",))
    assert registry.resolve_token("parrot", "mock-parrot-small-groups") is None
    assert parrot.registry(grouped).resolve_token(FINCH, "mock-finch-small-groups") is None, "no groups are declared"


def test_a_part_of_every_token_and_secret_is_known() -> None:
    registry = parrot.registry(PARROT, replace(_finch(), secret="s3cret"))
    assert registry.redactor.secrets == (
        f"mock-parrot-{registry.mark}",
        f"mock-finch-{registry.mark}",
        "mock-parrot-small",
        "mock-parrot-small-forbidden",
        "mock-finch-small",
        "s3cret",
        "mock-finch-small-forbidden",
    )


def test_sandboxes_share_only_the_world_of_their_seed() -> None:
    registry = parrot.registry(PARROT)
    alike = registry.make("alike", parrot.config(), [])
    seeded = registry.make("seeded", parrot.config(seed=99), [])
    other = registry.make("other", parrot.config(organization=worlds.organization(slug="other")), [])
    assert alike.world is registry.default.world
    assert len({id(each.world) for each in (alike, seeded, other)}) == 3
    assert seeded.world.seed == 99
    alike.set_policy({"parrot": {"mood": "grumpy"}})
    assert registry.default.policy.switches["parrot"][parrot.MOOD] is Mood.CHEERFUL


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Nanoseconds of real time that have passed: the first of the list, which a test may change."""
    time = [10**9]
    monkeypatch.setattr(clock, "elapsed", lambda: time[0])
    return time


def test_new_sandbox_has_its_own_marked_id_and_tokens() -> None:
    registry = parrot.registry(PARROT, _finch())
    first, second = registry.make_sandbox(parrot.config()), registry.make_sandbox(parrot.config())
    assert [each.id for each in (first, second)] == [f"{registry.mark}-1", f"{registry.mark}-2"]
    assert [grant.token for grant in second.grants.values()] == [
        f"mock-parrot-{registry.mark}-2",
        f"mock-parrot-{registry.mark}-2-forbidden",
        f"mock-finch-{registry.mark}-2",
        f"mock-finch-{registry.mark}-2-forbidden",
    ]
    assert registry.sandboxes == [registry.default, first, second]
    assert parrot.registry(PARROT).mark != registry.mark


def test_known_secrets_do_not_grow() -> None:
    registry = parrot.registry(PARROT)
    before = registry.redactor.secrets
    for _ in range(20):
        registry.grant(registry.make_sandbox(parrot.config()), "parrot", permitted=True)
    assert registry.redactor.secrets == before
    tokens = [grant.token for each in registry.sandboxes for grant in each.grants.values()]
    assert all(any(secret in token for secret in before) for token in tokens)


def test_sandbox_can_be_deleted_twice() -> None:
    registry = parrot.registry(PARROT)
    gone = registry.make_sandbox(parrot.config())
    token = next(iter(gone.grants.values())).token
    registry.answers.put((gone.id, "question"), CachedReply((b"kept",)))
    for _ in range(2):
        registry.delete(gone)
        assert registry.find(gone.id) is None
        assert registry.resolve_token("parrot", token) is None
        assert registry.answers.get((gone.id, "question")) is None
    assert registry.sandboxes == [registry.default]


def test_token_of_a_deleted_sandbox_opens_nothing() -> None:
    registry = parrot.registry(PARROT)
    gone = registry.make_sandbox(parrot.config())
    registry.delete(gone)
    late = registry.grant(gone, "parrot", permitted=True)
    assert registry.resolve_token("parrot", late.token) is None


def test_replacing_sandbox_has_only_the_tokens_it_was_given() -> None:
    registry = parrot.registry(PARROT)
    kept, lost = (Grant(name, "parrot", name, permitted=True) for name in ("kept", "lost"))
    registry.make("mine", parrot.config(), [kept, lost])
    mine = registry.make("mine", parrot.config(), [kept])
    opened = registry.resolve_token("parrot", "kept")
    assert opened is not None
    assert opened[0] is mine
    assert registry.resolve_token("parrot", "lost") is None


def test_token_moved_to_another_sandbox_survives_the_first() -> None:
    registry = parrot.registry(PARROT)
    shared = Grant("shared", "parrot", "shared", permitted=True)
    first, second = (registry.make(name, parrot.config(), [shared]) for name in ("first", "second"))
    registry.delete(first)
    opened = registry.resolve_token("parrot", "shared")
    assert opened is not None
    assert opened[0] is second


def test_revoked_token_opens_nothing() -> None:
    registry = parrot.registry(PARROT)
    grant = registry.grant(registry.default, "parrot", permitted=False)
    assert (grant.permitted, registry.resolve_token("parrot", grant.token)) == (False, (registry.default, grant))
    assert [registry.revoke(registry.default, grant.id) for _ in range(2)] == [True, False]
    assert registry.resolve_token("parrot", grant.token) is None


def test_sandbox_expires_on_the_nanosecond(passing: list[int]) -> None:
    registry = parrot.registry(PARROT)
    lives = [registry.make_sandbox(parrot.config(), Decimal(seconds)) for seconds in ("3", "1.000000001", "2")]
    ever = registry.make_sandbox(parrot.config())
    left = {}
    for ns in (1_000_000_000, 1_000_000_001, 1_999_999_999, 2_000_000_000, 2_999_999_999, 3_000_000_000):
        passing[0] = 10**9 + ns
        left[ns] = [lives.index(each) for each in registry.sandboxes if each in lives]
    assert list(left.values()) == [[0, 1, 2], [0, 2], [0, 2], [0], [0], []]
    assert registry.sandboxes == [registry.default, ever]


def test_number_of_sandboxes_is_limited() -> None:
    registry = MemoryRegistry(RegistryParts([PARROT], parrot.world, 10, maximum=2))
    registry.make_default(parrot.config())
    first, _ = registry.make_sandbox(parrot.config()), registry.make_sandbox(parrot.config())
    with pytest.raises(sandbox.TooManySandboxes):
        registry.make_sandbox(parrot.config())
    registry.delete(first)
    registry.make_sandbox(parrot.config())
