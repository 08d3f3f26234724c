"""How an OpenAPI file of ours looks where a service has one option of a switch; for every switch that a file can show.

Each function changes a document for one option. The options that a file cannot show leave it open.
"""

from collections.abc import Callable, Mapping
from typing import Any

Document = dict[str, Any]
Change = Callable[[Document], None]


def schema(document: Document, *path: str) -> Any:
    """A schema among the components, or what is at a path inside it."""
    node = document["components"]["schemas"]
    for step in path:
        node = node[int(step) if isinstance(node, list) else step]
    return node


def parameters(document: Document, name: str, *operations: str) -> list[Any]:
    """The parameters of this name, of all operations or of these."""
    found = []
    for item in document["paths"].values():
        for operation in item.values():
            for each in operation.get("parameters", ()):
                node = each
                if "$ref" in node:
                    node = document["components"]["parameters"][node["$ref"].rpartition("/")[2]]
                if node["name"] == name and (not operations or operation["operationId"] in operations):
                    found.append(node)
    return found


def leave(_: Document) -> None:
    """The file as it is."""


def set_at(*path: str, **keys: Any) -> Change:
    """Set keys of a schema; None removes one."""

    def change(document: Document) -> None:
        node = schema(document, *path)
        for key, value in keys.items():
            node.pop(key, None)
            if value is not None:
                node[key] = value

    return change


def replace(value: Any, *path: str) -> Change:
    """Put another schema in a place."""

    def change(document: Document) -> None:
        schema(document, *path[:-1])[path[-1]] = value

    return change


def remove(*places: tuple[str, ...]) -> Change:
    """Remove properties, each at the path of its object."""

    def change(document: Document) -> None:
        for *path, name in places:
            node = schema(document, *path)
            del node["properties"][name]
            node["required"] = [each for each in node.get("required", ()) if each != name]

    return change


def require(*places: tuple[str, ...]) -> Change:
    """Require properties, each at the path of its object."""

    def change(document: Document) -> None:
        for *path, name in places:
            node = schema(document, *path)
            node["required"] = [*node["required"], name]

    return change


def both(*changes: Change) -> Change:
    """Several changes."""

    def change(document: Document) -> None:
        for each in changes:
            each(document)

    return change


def set_parameter(name: str, *operations: str, **keys: Any) -> Change:
    """Set keys of a parameter; those of its schema as `schema_` and the key."""

    def change(document: Document) -> None:
        for node in parameters(document, name, *operations):
            for key, value in keys.items():
                if key.startswith("schema_"):
                    node["schema"] = {**node["schema"], key.removeprefix("schema_"): value}
                else:
                    node[key] = value

    return change


def replace_parameter_schema(value: Any, name: str, *operations: str) -> Change:
    """Put another schema in a parameter."""

    def change(document: Document) -> None:
        for node in parameters(document, name, *operations):
            node["schema"] = value

    return change


def without_scheme(name: str) -> Change:
    """Document one scheme of authentication less."""

    def change(document: Document) -> None:
        del document["components"]["securitySchemes"][name]

    return change


def without_status(code: str, *operations: str) -> Change:
    """Document no answer with a status."""

    def change(document: Document) -> None:
        for item in document["paths"].values():
            for operation in item.values():
                if operation["operationId"] in operations:
                    operation["responses"].pop(code, None)

    return change


def set_header(name: str, response: str, **keys: Any) -> Change:
    """Set keys of a header of a response."""

    def change(document: Document) -> None:
        document["components"]["responses"][response]["headers"][name] |= keys

    return change


def without_headers(response: str) -> Change:
    """Document no headers of a response."""

    def change(document: Document) -> None:
        document["components"]["responses"][response].pop("headers", None)

    return change


CURSOR = {"type": "string", "description": "The cursor of the next page."}
OR_NULL = {"oneOf": [{"type": "string"}, {"type": "null"}]}
NEXT = {"type": "object", "properties": {"limit": {"type": "integer"}}}
TOOLS = ["aia", "claude_code", "code_completion", "junie", "nes"]
GRANULARITIES = ["all", "daily", "weekly", "monthly"]
BUCKET, AGENT_BUCKET = ("Bucket",), ("AgentBucket",)
AGENT_PARTS = ((*BUCKET, "agentChat"), (*BUCKET, "agentAgent"))
LATER = (
    ("Organization", "oauthEnabled"),
    *(("TeamsAnswer", "properties", "data", "items", name) for name in ("organizationId", "syncedGroupId")),
    ("TeamsAnswer", "properties", "data", "items", "pendingInvitationsCount"),
)
TEAM = (("OrganizationUsersAnswer", "properties", "data", "items", "team"),)
MODELS = tuple(
    (each, "properties", part, "models") for each in ("BucketV2", "UserBucketV2") for part in ("chat", "agent")
)
DIMENSIONS = tuple(("UserBucketV2", name) for name in ("ides", "languages"))
MAY_READ = ("getOrganization", "getTeams", "getLicense", "getTeam", "getTeamUsers")
ERRORS = "Error", "NestedError", "FlatError"


def _dimensions(value: Any) -> Change:
    return both(*(replace(value, *path[:-1], "properties", path[-1]) for path in DIMENSIONS), require(*DIMENSIONS))


def _next(*, required: bool, value: Any) -> Change:
    names = ["count", "total", *(["next"] if required else [])]
    return both(set_at("Meta", required=names), replace(value, "Meta", "properties", "next"))


def _cursors(value: Any, *, required: bool) -> Change:
    names = ["items", *(["nextCursor"] if required else [])]
    answers = ("UsersAnswer", "UserList")
    return both(
        *(set_at(each, required=names) for each in answers),
        *(replace(value, each, "properties", "nextCursor") for each in answers),
    )


def _pagination(value: Any, *required: str) -> Change:
    return both(
        set_at("Pagination", oneOf=None, required=["has_more", *required]),
        replace(value, "Pagination", "properties", "next_cursor"),
    )


def _tools(*values: str) -> Change:
    return both(set_at("Tool", enum=list(values)), set_at("ToolTold", enum=list(values)))


def _granularities(*values: str) -> Change:
    return set_at("Granularity", enum=list(values))


SHOWN: Mapping[str, Mapping[str, Mapping[str, Change]]] = {
    "augment": {
        "last_cursor": {
            "null": _pagination({"type": ["string", "null"]}, "next_cursor"),
            "empty": _pagination({"type": "string"}, "next_cursor"),
            "absent": _pagination({"type": "string"}),
        },
        "large_numbers": {"text": leave, "number": replace({"type": "integer"}, "TokenCount")},
        "retry_after": {"seconds": set_header("Retry-After", "TooManyRequests", required=True)},
    },
    "jetbrains-console": {
        "credits_form": {
            "number": replace({"type": "number"}, "Credits"),
            "string": replace({"type": "string"}, "Credits"),
        },
    },
    "jetbrains-ide": {
        "error_message": {"shown": require(("Error", "message")), "hidden": remove(("Error", "message"))},
        "schemes": {"both": leave},
        "default_group_by": {"DAY": set_parameter("groupBy", schema_default="DAY")},
        "last_cursor": {"null": _cursors(OR_NULL, required=True), "absent": _cursors(CURSOR, required=False)},
        "codex_tool": {"absent": _tools(*TOOLS), "codex": _tools(*TOOLS, "codex")},
        "profile_ids": {"uuid": leave},
    },
    "tabnine": {
        "forbidden_everywhere": {"yes": leave},
        "error_shape": {
            "nested": replace({"$ref": "#/components/schemas/NestedError"}, "Error"),
            "flat": both(
                replace({"$ref": "#/components/schemas/FlatError"}, "Error"),
                replace({"$ref": "#/components/schemas/FlatError"}, "AgentError"),
            ),
        },
        "last_next": {
            "absent": _next(required=False, value=NEXT),
            "null": _next(required=True, value={"oneOf": [NEXT, {"type": "null"}]}),
        },
        "usage_sections": {
            "full": require((*BUCKET, "agent"), (*BUCKET, "instruct")),
            "first": remove((*BUCKET, "agent"), (*BUCKET, "instruct")),
        },
        "strict_user_filters": {
            "yes": both(set_parameter("teamMember", required=True), set_parameter("active", required=True)),
            "no": leave,
        },
        "short_granularities": {
            "reject": _granularities(*GRANULARITIES),
            "accept": _granularities(*GRANULARITIES, "day", "week", "month"),
        },
        "v2_models": {"all_only": leave, "always": require(*MODELS), "never": remove(*MODELS)},
        "v2_dimensions": {
            "list": _dimensions({"type": "string"}),
            "null": _dimensions({"type": "null"}),
            "absent": remove(*DIMENSIONS),
        },
        "agent_usage_granularity": {
            "required": leave,
            "optional": set_parameter(
                "granularity", "getOrganizationAgentUsage", "getTeamAgentUsage", "getUserAgentUsage", required=False
            ),
        },
        "agent_usage_sections": {
            "full": require((*AGENT_BUCKET, "agentTypeBreakdown")),
            "first": remove((*AGENT_BUCKET, "agentTypeBreakdown")),
        },
        "cost_decimals": {"4": set_at("Cost", multipleOf=0.0001), "2": set_at("Cost", multipleOf=0.01)},
        "agent_usage_model": {
            "uuid": set_at("ModelBreakdown", "items", "properties", "model", format="uuid"),
        },
        "v1_agent_split": {"absent": remove(*AGENT_PARTS), "present": require(*AGENT_PARTS)},
        "user_rows": {"first": remove(*TEAM), "later": require(*TEAM)},
        "later_fields": {"absent": remove(*LATER), "present": require(*LATER)},
        "teams_default_limit": {
            "0": leave,
            "50": set_parameter("limit", "getTeams", schema_default=50),
        },
        "zero_limit": {
            "everything": leave,
            "reject": set_parameter("limit", "getOrganizationUsers", "getTeamUsers", schema_minimum=1),
        },
        "agent_types": {
            "ide_cli": set_at("AgentType", "properties", "agentType", enum=["ide", "cli"]),
            "IDE_CLI": set_at("AgentType", "properties", "agentType", enum=["IDE", "CLI"]),
        },
    },
}
"""The options that a file can show, by vendor and switch, and the change of our file that shows each."""

OPEN: Mapping[str, Mapping[str, Mapping[str, Change]]] = {
    "augment": {
        "retry_after": {
            "off": without_headers("TooManyRequests"),
            "optional": leave,
            **{
                name: set_header("Retry-After", "TooManyRequests", required=True, schema=each)
                for name, each in {
                    "date": {"type": "string", "format": "date-time"},
                    "text": {"type": "string"},
                    "number": {"type": "number"},
                    "either": {"oneOf": [{"type": "integer"}, {"type": "string"}]},
                    "unknown": {},
                }.items()
            },
        },
        "last_cursor": {"another type": _pagination({"type": "integer"}, "next_cursor")},
    },
    "jetbrains-console": {},
    "jetbrains-ide": {
        "schemes": {"bearer": without_scheme("automation"), "automation": without_scheme("bearer")},
        "default_group_by": {"NONE": leave},
        "profile_ids": {"both": replace_parameter_schema({"type": "string"}, "profileId")},
        "codex_tool": {"another spelling": _tools(*TOOLS, "codex_cli")},
    },
    "tabnine": {
        "forbidden_everywhere": {
            "no": without_status("403", *MAY_READ),
            "only of one team": without_status("403", "getOrganization", "getTeams", "getLicense"),
        },
        "agent_usage_model": {"name": leave},
    },
}
"""The options of such switches that a file cannot show, so that it settles nothing."""
