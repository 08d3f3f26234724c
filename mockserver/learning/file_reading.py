"""Our operations as an OpenAPI file has them."""

from collections.abc import Sequence

from mockserver.gateway.switches import AnySwitch
from mockserver.gateway.unserved import UnservedPaths
from mockserver.learning import endpoints
from mockserver.learning.api import Api
from mockserver.learning.document import Document
from mockserver.learning.errors import LearnError
from mockserver.learning.findings import Ours, Reading
from mockserver.learning.observation import Observation, Source


def ours(
    vendor: str,
    content: bytes,
    switches: Sequence[AnySwitch],
    observations: Sequence[Observation],
    unserved: UnservedPaths | None = None,
) -> Ours:
    """A vendor of the simulator, from its own OpenAPI file."""
    api = Api(Document(content, vendor))
    read = [(each, api.read(each)) for each in api.endpoints()]
    return Ours(
        vendor,
        {operation.id: endpoint for endpoint, operation in read},
        {operation.id: operation for _, operation in read},
        switches,
        observations,
        unserved,
    )


def read(known: Ours, document: Document) -> Reading:
    """The vendor's operations in another file; LearnError if there is none."""
    api = Api(document)
    theirs = api.endpoints()
    matches = endpoints.match([*known.endpoints.values()], theirs)
    if not matches.found:
        near = ", ".join(endpoints.nearest(known.endpoints.values(), theirs)) or "it has no operation at all"
        raise LearnError(
            f"{document.name}: it has no operation of {known.vendor}, such as {next(iter(known.endpoints.values()))}; "
            f"the nearest that it has: {near}"
        )
    names = {endpoint: name for name, endpoint in known.endpoints.items()}
    partners = {*matches.found.values(), *(each for several in matches.ambiguous.values() for each in several)}
    return Reading(
        Source.FILE,
        [(names[one], api.read(other)) for one, other in matches.found.items()],
        api.schemes(),
        [each for each in theirs if each not in partners],
        {names[one]: tuple(map(str, several)) for one, several in matches.ambiguous.items()},
        [names[one] for one in names if one not in matches.found and one not in matches.ambiguous],
    )
