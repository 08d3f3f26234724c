"""JetBrains IDE Services' AI analytics: this vendor's modules, assembled."""

from mockserver.gateway.vendor import Vendor
from mockserver.vendors.jetbrains_ide import defects, errors, pagination, policy, routes


def vendor() -> Vendor:
    """The record by which the gateway serves IDE Services."""
    return Vendor(
        name=policy.NAME,
        title=policy.TITLE,
        mounts=policy.MOUNTS,
        schemes=policy.SCHEMES,
        accepted_schemes=policy.accepted_schemes,
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
