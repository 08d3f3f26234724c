"""What `mockserver serve` tells people below its ready line: what is simulated, and a first request to paste."""

import shlex
from typing import TYPE_CHECKING

from mockserver.cli import options

if TYPE_CHECKING:
    from mockserver.gateway.sandbox import Sandbox
    from mockserver.settings import Settings
    from mockserver.simulation.clock import Clock


def lines(sandbox: "Sandbox", settings: "Settings", url: str) -> list[str]:
    """The default sandbox of a server at a URL, as lines; the settings are those of the server."""
    from mockserver import vendors
    from mockserver.gateway import curl
    from mockserver.gateway.tokens import seeded

    organization = sandbox.config.organization
    # The first request is one that needs no exchange of credentials.
    vendor = next((each for each in vendors.discover() if each.token_path is None), vendors.discover()[0])
    grant, *_ = seeded(vendor.name, organization.slug, secret=vendor.secret)
    source = f", from {settings.organization_file}" if settings.organization_file else ""
    size = (
        f"{options.count(organization.people, 'person', 'people')} in {options.count(len(organization.teams), 'team')}"
    )
    shown = {
        "organization": f"{organization.slug} ({size}){source}",
        "clock": _clock(sandbox.clock),
        "token": f"{grant.token} ({vendor.title})",
        "all tokens": _tokens_command(organization.slug, settings, url),
        "try": curl.line(vendor, grant, url, vendor.sample_path),
    }
    return [f"  {name:<12}  {text}" for name, text in shown.items()]


def _clock(clock: "Clock") -> str:
    now = f"{clock.now():%Y-%m-%dT%H:%M:%SZ}"
    if clock.frozen:
        return f"{now}, frozen"
    return f"{now}, running" if clock.offset else f"{now}, that of this machine"


def _tokens_command(slug: str, settings: "Settings", url: str) -> str:
    """A command that prints the tokens of this server."""
    command = ["mockserver", "tokens"]
    if settings.organization_file is not None:
        command += ["--organization-file", str(settings.organization_file)]
    elif slug != options.DEFAULTS.organization:
        command += ["--organization", slug]
    return shlex.join([*command, *(["--url", url] if url != options.DEFAULT_URL else [])])
