"""What of the Console's switches an OpenAPI file or captured answers show. `mockserver learn` reads them.

A file names the form of a list that works, not what another form does, so it does not settle `list_form`. The names of
fields are compared by `mockserver.learning` itself.
"""

from typing import Final

from mockserver.learning.observation import Observation, Source, field, kinds, only_format
from mockserver.learning.shape import NUMERIC, Kind
from mockserver.vendors.jetbrains_console import policy
from mockserver.vendors.jetbrains_console.policy import CreditsForm

_CONSUMPTION: Final = ("getQuotaConsumptionV1", "getQuotaConsumptionV2")
_CREDITS: Final = ("builtInQuota", "topUpCredits", "totalCredits")

_PLACES: Final = tuple(f"{place}.{name}" for place in ("data[]", "total") for name in _CREDITS)

OBSERVATIONS: Final = tuple(
    Observation(policy.CREDITS_FORM, option, field(_CONSUMPTION, place, *tests), source)
    for option, source, *tests in (
        (CreditsForm.NUMBER, None, kinds(Kind.NUMBER)),
        (CreditsForm.STRING, Source.FILE, kinds(Kind.STRING)),
        (CreditsForm.STRING, Source.SAMPLE, kinds(Kind.STRING), only_format(NUMERIC)),
    )
    for place in _PLACES
)
"""The options that are seen when their conditions hold."""
