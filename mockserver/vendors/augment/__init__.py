"""Augment Code's Analytics API: this vendor's rooms, assembled."""

from mockserver.gateway.vendor import Vendor
from mockserver.vendors.augment import defects, errors, memory, pagination, policy, routes
from mockserver.vendors.augment.schemas import periods


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
        render_error=errors.render,
        cache_epoch=routes.cache_epoch,
        timestamp_format=routes.timestamp_format,
        sample_path=policy.SAMPLE_PATH,
        visibility=routes.visibility,
        publication_hour=policy.PUBLICATION_HOUR,
        restated_days=periods.restated_days,
        limit_classes=policy.LIMIT_CLASSES,
        memory=memory.seeded,
        limit_scope=policy.RATE_LIMIT_SCOPE,
        limit_block=policy.RATE_LIMIT_BLOCK,
        defects=defects.DEFECTS,
        pages=pagination.PAGES,
    )
