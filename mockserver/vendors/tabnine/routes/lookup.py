"""What views look up: the accounts of the organization, a team or a user by id, and the organization itself."""

from mockserver.gateway.vendor import ViewRequest
from mockserver.simulation.accounts import AccountTable
from mockserver.vendors.tabnine import errors, policy
from mockserver.vendors.tabnine.policy import OrganizationIdCase
from mockserver.vendors.tabnine.reports import accounts


def directory(request: ViewRequest) -> accounts.Directory:
    """The accounts at the time of the request."""
    return accounts.Directory(request.world, request.now)


def team(request: ViewRequest, identifier: str) -> int:
    """The index of a team; a Rejection for an unknown id."""
    index = accounts.team_index(request.world, identifier)
    if index is None:
        raise errors.unknown("team", identifier)
    return index


def user(request: ViewRequest, identifier: str) -> AccountTable:
    """The account of a user; a Rejection for an unknown id."""
    account = directory(request).account(identifier)
    if account is None:
        raise errors.unknown("user", identifier)
    return account


def require_organization(request: ViewRequest, identifier: str) -> None:
    """A Rejection unless the id is that of the token's organization, whose case a switch may ignore."""
    known = request.world.of(accounts.organization_id)
    if request.switches[policy.ORGANIZATION_ID_CASE] is OrganizationIdCase.ANY:
        identifier = identifier.lower()
    if identifier != known:
        raise errors.OrganizationMismatch
