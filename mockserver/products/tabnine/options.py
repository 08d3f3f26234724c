"""What an organization file states for Tabnine only: fields of two answers, and whether the license has the agent."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from marshmallow import fields

from mockserver.products.organization_file import DraftLines, FileKeys, FileSection, FileValues
from mockserver.products.tabnine.facts import NAME
from mockserver.simulation.organization import Organization
from mockserver.validation import file_fields
from mockserver.validation.file_fields import COUNT_MAXIMUM, FileMapping

SECONDS_MAXIMUM = 253_402_300_799
"""The last second of the year 9999."""

_PEM = r"-----BEGIN PUBLIC KEY-----\n(?:[A-Za-z0-9+/=]{1,64}\n)+-----END PUBLIC KEY-----\n?\Z"


@dataclass(frozen=True, slots=True)
class TabnineOptions:
    """The options of an organization; without the agent in its license, nobody uses the agent.

    `settings` and `license` are fields of the answers about the organization and its license, in the vendor's names.
    """

    agent: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict)
    license: Mapping[str, Any] = field(default_factory=dict)


_NONE: Final = TabnineOptions()


SettingsSchema = FileMapping.from_dict(
    {
        "publicKey": file_fields.text(_PEM, "a public key in PEM text"),
        "samlEnabled": file_fields.boolean(),
        "smtpConfigured": file_fields.boolean(),
        "usernamePasswordEnabled": file_fields.boolean(),
        "planType": file_fields.text(),
    }
)
LicenseSchema = FileMapping.from_dict(
    {
        "exp": file_fields.whole(0, SECONDS_MAXIMUM),
        "iat": file_fields.whole(0, SECONDS_MAXIMUM),
        "seats": file_fields.whole(0, COUNT_MAXIMUM),
        "seatsCap": file_fields.whole(0, COUNT_MAXIMUM),
        "audience": file_fields.text(),
        "features": file_fields.many(file_fields.text(), "a list of names"),
        "settings": fields.Dict(
            keys=file_fields.text(), error_messages=file_fields.rule_messages("a mapping of settings")
        ),
    }
)


def of(organization: Organization) -> TabnineOptions:
    """The options of an organization."""
    found = organization.options.get(NAME)
    return found if isinstance(found, TabnineOptions) else _NONE


def _options(values: FileValues) -> TabnineOptions | None:
    if not values:
        return None
    return TabnineOptions(
        agent=values.get("tabnine_agent", True),
        settings=values.get("tabnine_organization", {}),
        license=values.get("tabnine_license", {}),
    )


FILE: Final = FileSection(
    organization=FileKeys(
        {
            "tabnine_agent": file_fields.boolean(),
            "tabnine_organization": file_fields.nested(SettingsSchema, "a mapping, such as samlEnabled: false"),
            "tabnine_license": file_fields.nested(LicenseSchema, "a mapping, such as seats: 2000"),
        },
        _options,
    ),
    draft=DraftLines(
        root=(
            "# Whether the license includes Tabnine's agent. Without it, nobody uses it.",
            "tabnine_agent: true",
            "# Fields of Tabnine's answers about the organization and its license; what is left out is computed.",
            "tabnine_organization: {samlEnabled: true, planType: Enterprise}",
            "tabnine_license: {audience: tabnine, features: [chat, agent]}",
        ),
        example_fact="[{completions: 4, completion_chars: 130, keystrokes: 170}]",
    ),
)
