"""A sandbox as JSON text, in the words of the control plane, so that another server can have the same sandbox.

It has how the sandbox was made and how it is set now, not what its requests count: that changes with each of them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from marshmallow import Schema, fields

from mockserver.admin import defects, faults, limits, policy, profiles
from mockserver.admin.admin_context import Sources
from mockserver.admin.fault_rules import RuleBody
from mockserver.gateway.defects import ArmedDefect
from mockserver.gateway.faults import FaultRule
from mockserver.gateway.limits import Allowance, Limit
from mockserver.gateway.sandbox import Policy, Sandbox, SandboxConfig
from mockserver.gateway.store.address import UnreadableDocument
from mockserver.gateway.store.documents import AnySandbox, NewSandbox
from mockserver.gateway.switches import Known, Options, Switches
from mockserver.gateway.switches import defaults as default_options
from mockserver.gateway.tokens import Grant
from mockserver.simulation.clock import Clock, PreciseTime, nanoseconds
from mockserver.simulation.organization import Organization

Json = dict[str, Any]


class _Defects(Schema):
    armed = fields.List(defects.ArmedDefectField(), required=True)


TEXTS_KEPT = 1000
"""For how many texts a server keeps what it has read there: most sandboxes are made and set like others."""


class _Settings(NamedTuple):
    """How a sandbox is set now: what many have in common."""

    limits: dict[str, Limit]
    switches: dict[str, Switches]
    defects: tuple[ArmedDefect, ...]


class SandboxDocuments:
    """Writes and reads sandboxes that are made from the sources of a server, whose `own` organization it is.

    What many sandboxes have in common is a text of its own in the document, so that it is read once.
    """

    def __init__(self, sources: Sources, own: Organization) -> None:
        self.sources = sources
        self.own = own
        self._config = lru_cache(TEXTS_KEPT)(self._config_from_text)
        self._settings = lru_cache(TEXTS_KEPT)(self._settings_from_text)

    def write(self, sandbox: Sandbox) -> str:
        """The text; the same for two sandboxes that are made and set alike."""
        switches = {group: in_force.by_name for group, in_force in sandbox.policy.switches.items()}
        return _text(
            {
                "config": _text(self._config_to_json(sandbox.config)),
                "settings": _text(
                    {
                        "limits": _limits_to_json(sandbox.limits),
                        "policy": _changed(switches, self.sources.switches),
                        "defects": _defects_to_json(sandbox.policy.defects),
                    }
                ),
                "grants": [asdict(each) for each in sandbox.grants.values()],
                "clock": _clock_to_json(sandbox.clock),
                "generation": sandbox.policy.generation,
                "rules": [{"id": each.id, "rule": _rule_to_json(each.rule)} for each in sandbox.faults.armed],
                "next_rule": sandbox.faults.next_number,
            }
        )

    def read(self, text: str, new: NewSandbox[AnySandbox]) -> AnySandbox:
        """The sandbox; UnreadableDocument where another version wrote the text."""
        try:
            return self._read(_json(text), new)
        except (KeyError, TypeError, ValueError) as error:  # A ValidationError is a ValueError.
            raise UnreadableDocument(f"a sandbox in the store cannot be read ({error!r:.300})") from error

    def _read(self, document: Json, new: NewSandbox[AnySandbox]) -> AnySandbox:
        sandbox = new(self._config(document["config"]))
        settings = self._settings(document["settings"])
        sandbox.grants = {each["id"]: _grant(each) for each in document["grants"]}
        sandbox.clock = _clock_from_json(document["clock"])
        sandbox.limits = settings.limits
        sandbox.policy = Policy(document["generation"], settings.switches, settings.defects)
        rules = [(each["id"], _rule_from_json(each["rule"])) for each in document["rules"]]
        sandbox.faults.restore(rules, document["next_rule"])
        return sandbox

    def flags(self, config: SandboxConfig) -> dict[str, str]:
        """What the default sandbox of a server is made with, by the flag that decides it, as text.

        Switches are those that differ from their defaults, wherever they were set.
        """
        organization, limit_texts = config.organization, {_limit_text(each) for each in config.limits.values()}
        found = {
            "organization": f"{organization.slug} (seed {config.seed}, digest {_digest(organization)})",
            "freeze": "yes" if config.clock.frozen else "no",
            "limits": ", ".join(sorted(limit_texts)),
        }
        if config.profile is not None:
            found["profile"] = config.profile.name
        for group, options in _changed(config.policy, self.sources.switches).items():
            found |= {f"policy {group}.{name}": _option_text(option) for name, option in options.items()}
        return found

    def _config_to_json(self, config: SandboxConfig) -> Json:
        return {
            "organization": config.organization.slug,
            "seed": config.seed,
            "clock": _clock_to_json(config.clock),
            "clock_given": config.clock_given,
            "limits": _limits_to_json(config.limits),
            "policy": _options_to_json(config.policy, self.sources.switches),
            "faults": [_rule_to_json(each) for each in config.faults],
            "defects": _defects_to_json(config.defects),
            "profile": config.profile and config.profile.name,
        }

    def _config_from_text(self, text: str) -> SandboxConfig:
        given = _json(text)
        name = given["profile"]
        return SandboxConfig(
            self.sources.organization(given["organization"], self.own),
            given["seed"],
            _clock_from_json(given["clock"]),
            _limits_from_json(given["limits"]),
            policy.body(self.sources.switches).load(given["policy"]),
            tuple(map(_rule_from_json, given["faults"])),
            self._defects_from_json(given["defects"]),
            given["clock_given"],
            None if name is None else profiles.find(name, self.sources),
        )

    def _settings_from_text(self, text: str) -> _Settings:
        given = _json(text)
        options = policy.body(self.sources.switches).load(given["policy"])
        switches = {
            group: Switches({**default_options(known), **options.get(group, {})})
            for group, known in self.sources.switches.items()
        }
        return _Settings(_limits_from_json(given["limits"]), switches, self._defects_from_json(given["defects"]))

    def _defects_from_json(self, given: list[Any]) -> tuple[ArmedDefect, ...]:
        wanted = _Defects().load({"armed": given})["armed"]
        return defects.arm_all(wanted, self.sources, {}, "defects")


def _json(text: str) -> Json:
    found: Json = json.loads(text, parse_float=Decimal)
    return found


def _text(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _digest(organization: Organization) -> str:
    return sha256(repr(organization).encode()).hexdigest()[:16]


def _limit_text(limit: Limit) -> str:
    return _text(asdict(limit)) if isinstance(limit, Allowance) else str(limit)


def _option_text(option: Any) -> str:
    return option if isinstance(option, str) else _text(option)


def _clock_to_json(clock: Clock) -> Json:
    frozen_at = clock.frozen_at
    return {"offset": clock.offset} if frozen_at is None else {"frozen_at": nanoseconds(frozen_at)}


def _clock_from_json(given: Json) -> Clock:
    if "frozen_at" in given:
        return Clock(frozen_at=PreciseTime.from_ns(given["frozen_at"]))
    return Clock(given["offset"])


def _limits_to_json(given: Mapping[str, Limit]) -> Json:
    return {name: asdict(limit) if isinstance(limit, Allowance) else limit for name, limit in given.items()}


def _limits_from_json(given: Json) -> dict[str, Limit]:
    found: dict[str, Limit] = limits.body(given).load(given)
    return found


def _options_to_json(given: Mapping[str, Options], known: Known) -> Json:
    return {
        group: {each.name: each.to_json(options[each.name]) for each in known[group] if each.name in options}
        for group, options in given.items()
    }


def _changed(given: Mapping[str, Options], known: Known) -> Json:
    """The options that are no defaults: a sandbox has more than a hundred."""
    changed = {
        group: {name: option for name, option in options.items() if option != default_options(known[group])[name]}
        for group, options in given.items()
    }
    return _options_to_json({group: options for group, options in changed.items() if options}, known)


def _rule_to_json(rule: FaultRule) -> Json:
    written: Json = RuleBody().dump(faults.fields_of(rule))
    return written


def _rule_from_json(given: Json) -> FaultRule:
    rule: FaultRule = RuleBody().load(given)
    return rule


def _defects_to_json(armed: Iterable[ArmedDefect]) -> list[Any]:
    written: list[Any] = _Defects().dump({"armed": [*armed]})["armed"]
    return written


def _grant(given: Json) -> Grant:
    groups = given["groups"]
    return Grant(**{**given, "groups": groups if groups is None else tuple(groups)})
