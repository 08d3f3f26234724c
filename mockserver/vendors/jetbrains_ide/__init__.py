"""JetBrains IDE Services' AI analytics: the rooms of this vendor, assembled."""

from mockserver.gateway.vendor import Vendor
from mockserver.vendors.jetbrains_ide import defects, errors, pagination, policy, reports, routes


def vendor() -> Vendor:
    """The record by which the gateway serves IDE Services."""
    return Vendor(
        name=policy.NAME,
        title=policy.TITLE,
        mounts=policy.MOUNTS,
        schemes=policy.SCHEMES,
        stages=policy.STAGES,
        allowance=None,
        switches=policy.SWITCHES,
        routes=routes.ROUTES,
        render_error=errors.word,
        cache_epoch=reports.epoch,
        format_timestamp=errors.stamp,
        sample_path=policy.TRY_PATH,
        onward=pagination.onward,
        visibility=routes.seen,
        defects=defects.DEFECTS,
    )
