"""The size of a request, and the JSON object in its body, which `validation.json_text` reads.

Which fields the object may have is decided by each resource's schema.
"""

from flask import request

from mockserver.admin.responses import Problem
from mockserver.gateway.vendor import BODY_MAXIMUM
from mockserver.gateway.view import QUERY_MAXIMUM, query_rule
from mockserver.validation import json_text
from mockserver.validation.json_text import JsonError

_TOO_LARGE = f"the request body is too large; the maximum is {BODY_MAXIMUM} bytes"


def check_size() -> None:
    """Refuse a query string that is too long, and a body; limit the reading of a body without a Content-Length."""
    if (size := len(request.query_string)) > QUERY_MAXIMUM:
        raise Problem(400, query_rule(size))
    if (request.content_length or 0) > BODY_MAXIMUM:
        raise Problem(413, _TOO_LARGE)
    # Werkzeug truncates such a body at its limit silently; one byte more shows that it was too large.
    request.max_content_length = BODY_MAXIMUM + 1


def read(*, optional: bool = False) -> dict[str, object]:
    """The object in the body; when `optional`, no body at all is an empty object."""
    data = request.get_data(cache=False)
    if len(data) > BODY_MAXIMUM:
        raise Problem(413, _TOO_LARGE)
    if optional and not data:
        return {}
    # A form on a hostile page can send JSON, but only with another content type.
    if request.mimetype != "application/json":
        sent = repr(request.mimetype) if request.mimetype else "none"
        raise Problem(415, f"the body must be sent as Content-Type: application/json; the request has {sent}")
    try:
        value = json_text.parse(data)
    except JsonError as error:
        raise Problem(400, str(error)) from error
    if not isinstance(value, dict):
        raise Problem(400, "the body must be a JSON object, as in {}")
    return value
