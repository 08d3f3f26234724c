"""What of the Console's switches an OpenAPI file or captured answers show. `mockserver learn` reads them.

A file names the form of a list that works, not what another form does, so it does not settle `list_form`. The names of
fields are compared by `mockserver.learning` itself.
"""

from typing import Final

from mockserver.learning.observation import Observation, field, kinds
from mockserver.learning.shape import Kind
from mockserver.vendors.jetbrains_console import policy
from mockserver.vendors.jetbrains_console.policy import CreditsForm

_CONSUMPTION: Final = ("getQuotaConsumptionV1", "getQuotaConsumptionV2")
_CREDITS: Final = ("builtInQuota", "topUpCredits", "totalCredits")

OBSERVATIONS: Final = tuple(
    Observation(policy.CREDITS_FORM, option, field(_CONSUMPTION, f"{place}.{name}", kinds(kind)))
    for option, kind in ((CreditsForm.NUMBER, Kind.NUMBER), (CreditsForm.STRING, Kind.STRING))
    for place in ("data[]", "total")
    for name in _CREDITS
)
"""The options that are seen when their conditions hold."""
