"""Answers which undocumented choices are in force in a sandbox, and makes others.

What a choice does stays out (each vendor's `policy` lists its own).
"""

from typing import Any

from mockserver.admin import bodies, schemas, shapes
from mockserver.admin.asked import Asked
from mockserver.gateway.switches import Switch, Value


def shown(asked: Asked) -> dict[str, Any]:
    """The switches of every vendor, and of what is no vendor's, with the values in force."""
    sandbox = asked.sandbox
    policy = sandbox.policy.values
    return {
        group: {switch.name: _switch(switch, policy[group][switch.name]) for switch in known}
        for group, known in sandbox.switches.items()
    }


def put(asked: Asked) -> dict[str, Any]:
    """Set switches; those left out go back to how the sandbox was made."""
    return _set(asked, keep=False)


def patch(asked: Asked) -> dict[str, Any]:
    """Set the switches that are given."""
    return _set(asked, keep=True)


def _set(asked: Asked, *, keep: bool) -> dict[str, Any]:
    stated = schemas.policy(asked.sandbox.switches).load(bodies.given())
    with asked.lock:
        asked.sandbox.set_policy(stated, keep=keep)
        return shown(asked)


def _switch(switch: Switch, value: Value) -> dict[str, Any]:
    written: dict[str, Any] = shapes.SwitchState().dump(
        {
            "value": switch.shown(value),
            "default": switch.shown(switch.default),
            "choices": switch.choices,
            "grade": switch.grade,
            "says": switch.says,
        }
    )
    return written
