"""What service accounts need of the organization's pool of credits. They have no licence, and so no quota of their own.

How a share of the pool is spent is computed by `credits`. Credits are whole hundredths.
"""

import numpy as np

from mockserver.products.jetbrains.options import NAME
from mockserver.simulation import hashing
from mockserver.simulation.calendar import Days
from mockserver.simulation.hashing import I64
from mockserver.simulation.organization import NEVER, Organization
from mockserver.simulation.people import Block, People
from mockserver.simulation.presence import Workload

_SHARES = np.array([2_500, 5_000, 10_000], dtype=np.int64)
_SHARE_WEIGHTS = np.array([30, 50, 20], dtype=np.int64)
"""What a service account may take of the pool in a period: top-up credits, which the organization has bought."""

_VOLUME = hashing.exponential(256, 256)
_SCALE, _LOWEST_PRICE, _PRICE_RANGE = 8, 10, 32
"""How much a service account does in a day; the lowest price of a request, and its range."""


def first_day(organization: Organization) -> int:
    """The first day on which service accounts have AI: that of the product's adoption; NEVER without one."""
    adoption = organization.adoption.get(NAME)
    return NEVER if adoption is None else max(adoption.starts, organization.first_day).toordinal()


def shares(people: People, index: I64) -> I64:
    """The most that each service account spends in a period."""
    return _SHARES[hashing.weighted(people.draw("jetbrains pool", index), _SHARE_WEIGHTS)]


def demand(people: People, block: Block, span: Days, workload: Workload) -> I64:
    """What each service account at work would spend if its share were unlimited, accounts by days."""
    organization = people.organization
    bits = hashing.mix(hashing.mix(people.key("jetbrains accounts"), block.index)[:, None], span.ordinals[None, :])
    requests = 1 + (_VOLUME[hashing.field(bits, 0, 8)] * _SCALE * workload.busy >> 16)
    prices = _LOWEST_PRICE + (hashing.field(bits, 8, 4) * _PRICE_RANGE >> 4)
    works = workload.works & (span.ordinals >= first_day(organization)) & organization.generated
    return requests * prices * works
