"""The Lark Reports API, a made-up vendor, assembled from its modules."""

from mockserver.gateway.vendor import Vendor
from mockserver.vendors.lark import defects, errors, policy, routes


def vendor() -> Vendor:
    """Return Lark as the gateway serves it."""
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
        sample_path=policy.SAMPLE_PATH,
        visibility=routes.visibility,
        defects=defects.DEFECTS,
        common_headers=errors.common_headers,
    )
