"""Answers which undocumented choices are in force in a sandbox, and makes others.

What a choice does stays out (each vendor's `policy` lists its own).
"""

from typing import Any

from mockserver.admin import bodies, schemas, shapes
from mockserver.admin.admin_request import AdminRequest
from mockserver.gateway.switches import AnySwitch, Option


def get(asked: AdminRequest) -> dict[str, Any]:
    """The switches of every vendor, and of what is no vendor's, with the values in force."""
    sandbox = asked.sandbox
    policy = sandbox.policy.switches
    return {
        group: {switch.name: _switch(switch, policy[group][switch]) for switch in known}
        for group, known in sandbox.switches.items()
    }


def replace(asked: AdminRequest) -> dict[str, Any]:
    """Set switches; those left out go back to how the sandbox was made."""
    return _set(asked, keep=False)


def update(asked: AdminRequest) -> dict[str, Any]:
    """Set the switches that are given."""
    return _set(asked, keep=True)


def _set(asked: AdminRequest, *, keep: bool) -> dict[str, Any]:
    stated = schemas.policy(asked.sandbox.switches).load(bodies.given())
    with asked.lock:
        asked.sandbox.set_policy(stated, keep=keep)
        return get(asked)


def _switch(switch: AnySwitch, value: Option) -> dict[str, Any]:
    written: dict[str, Any] = shapes.SwitchState().dump(
        {
            "value": switch.to_json(value),
            "default": switch.to_json(switch.default),
            "choices": switch.options,
            "grade": switch.grade,
            "says": switch.description,
        }
    )
    return written
