"""Tabnine's Usage Metrics API: this vendor's rooms, assembled."""

from mockserver.gateway.vendor import Vendor
from mockserver.vendors.tabnine import defects, errors, pagination, policy, routes


def vendor() -> Vendor:
    """The record by which the gateway serves Tabnine."""
    return Vendor(
        name=policy.NAME,
        title=policy.TITLE,
        mounts=policy.MOUNTS,
        schemes=policy.SCHEMES,
        stages=policy.STAGES,
        allowance=None,
        switches=policy.SWITCHES,
        routes=routes.ROUTES,
        render_error=errors.render,
        cache_epoch=routes.cache_epoch,
        sample_path=policy.SAMPLE_PATH,
        visibility=routes.visibility,
        defects=defects.DEFECTS,
        pages=pagination.PAGES,
        unserved=policy.NOT_SIMULATED,
    )
