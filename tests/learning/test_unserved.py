"""Operations in a tenant's file that the vendor is known to have, and that are not simulated."""

import json

from mockserver.learning import policy_text
from tests.learning.conftest import document, learned


def test_operations_that_are_known_and_not_simulated_are_not_unknown() -> None:
    content = document("tabnine")
    answer = {"responses": {"200": {"description": "The logs."}}}
    content["paths"]["/tenant/api/v1/organization/audit-logs"] = {"get": answer}
    content["paths"]["/api/v1/organization/moods"] = {"get": answer}
    found = learned("tabnine", json.dumps(content).encode())
    assert [what for what, _ in found.unserved] == ["GET /tenant/api/v1/organization/audit-logs"]
    assert [what for what, _ in found.extra] == ["GET /api/v1/organization/moods"]
    text = policy_text.policy(found)
    assert "# Known and not simulated:\n#   GET /tenant/api/v1/organization/audit-logs (#/paths/" in text
