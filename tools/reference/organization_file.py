"""The page on organization files, from their schema and a draft."""

from collections.abc import Iterator

from marshmallow import Schema, fields

from mockserver.organizations import schemas
from tools.markdown import table

HEAD = """\
# Organization file

A YAML file that describes an organization: its people, teams, licences and special days. `mockserver organizations new`
prints one with a comment for every key, and `mockserver serve --organization-file FILE` serves it. How to write one is
in [Use your own organization](../how-to/organizations.md).

Unknown keys are errors, which name the nearest known key. `[]` marks the entries of a list.
"""


def page() -> str:
    """Every key of the file, with the rule for its value."""
    rows = [*_keys(schemas.OrganizationFileSchema(), "")]
    return f"{HEAD}\n{table([('key', 'value'), *rows])}"


def _keys(schema: Schema, prefix: str) -> Iterator[tuple[str, str]]:
    for name, field in schema.fields.items():
        required = ", required" if field.required else ""
        yield f"`{prefix}{name}`{required}", _rule(field)
        inner, path = (field.inner, f"{name}[]") if isinstance(field, fields.List) else (field, name)
        if isinstance(inner, fields.Nested):
            yield from _keys(inner.schema, f"{prefix}{path}.")


def _rule(field: fields.Field[object]) -> str:
    return str(field.error_messages.get("invalid", "")).strip()
