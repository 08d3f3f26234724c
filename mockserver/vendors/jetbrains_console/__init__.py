"""JetBrains Console's Analytics API: this vendor's modules, assembled."""

from mockserver.gateway.vendor import Vendor
from mockserver.vendors.jetbrains_console import defects, errors, policy, routes


def vendor() -> Vendor:
    """The record by which the gateway serves the Console."""
    return Vendor(
        name=policy.NAME,
        title=policy.TITLE,
        mounts=(policy.REPORTS, policy.OAUTH),
        schemes=policy.SCHEMES,
        stages=policy.STAGES,
        allowance=None,
        switches=policy.SWITCHES,
        routes=routes.ROUTES,
        render_error=errors.render,
        cache_epoch=routes.cache_epoch,
        newest_day=routes.newest_day,
        sample_path=policy.SAMPLE_PATH,
        token_path=policy.TOKEN_PATH,
        secret=policy.SECRET,
        has_group_roles=True,
        defects=defects.DEFECTS,
        unserved=policy.NOT_SIMULATED,
    )
