"""Augment Code's Analytics API: the rooms of this vendor, assembled."""

from mockserver.gateway.vendor import Vendor
from mockserver.vendors.augment import defects, errors, pagination, policy, reports, routes


def vendor() -> Vendor:
    """The record by which the gateway serves Augment."""
    return Vendor(
        name=policy.NAME,
        title=policy.TITLE,
        mounts=policy.MOUNTS,
        schemes=policy.SCHEMES,
        stages=policy.STAGES,
        allowance=policy.ALLOWANCE,
        switches=policy.SWITCHES,
        routes=routes.ROUTES,
        render_error=errors.word,
        cache_epoch=reports.epoch,
        format_timestamp=reports.stamp,
        sample_path=policy.TRY_PATH,
        onward=pagination.onward,
        visibility=routes.seen,
        publication_hour=reports.publication_hour,
        defects=defects.DEFECTS,
    )
