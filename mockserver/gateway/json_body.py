"""The JSON object in the body of a vendor's request, read strictly. Its fields are checked by the vendor's schemas."""

from typing import Any

from mockserver.gateway.rejection import Reason, Rejection
from mockserver.gateway.vendor import ViewRequest
from mockserver.validation import json_text
from mockserver.validation.json_text import JsonError


def load(request: ViewRequest) -> dict[str, Any]:
    """The object in the body; Rejection where it is sent as something else, is no object, or is ambiguous."""
    if request.content_type != "application/json":
        sent = repr(request.content_type) if request.content_type else "none"
        rule = f"the body must be sent as Content-Type: application/json; the request has {sent}"
        raise Rejection(Reason.INVALID, rule)
    try:
        value = json_text.parse(request.body)
    except JsonError as error:
        raise Rejection(Reason.INVALID, str(error)) from error
    if not isinstance(value, dict):
        raise Rejection(Reason.INVALID, "the body must be a JSON object, as in {}")
    return value
