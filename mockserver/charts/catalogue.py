"""Every chart there is: those of the vendors, and the one across vendors; and a chart by its name, drawn or cached."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from mockserver.charts.chart import Chart, ChartPeriod
from mockserver.charts.cross_vendor import CrossVendorChart
from mockserver.charts.drawing import Drawing, ListedChart, VendorChart
from mockserver.charts.report_reader import ReportRequest
from mockserver.gateway import response_cache
from mockserver.gateway.response_cache import CachedReply
from mockserver.gateway.sandbox import SandboxMoment
from mockserver.gateway.store.registry import SandboxRegistry
from mockserver.gateway.vendor import Vendor

ChartsByVendor = Mapping[str, Sequence[Chart]]
"""The charts that each vendor's `charts.py` lists, by the vendor's name."""

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class ChartError(ValueError):
    """A list of charts that cannot be; the text says whose, and the rule."""


def listed(vendors: Sequence[Vendor], charts: ChartsByVendor) -> dict[str, ListedChart]:
    """Every chart by its name: first the one across vendors, then those of each vendor; ChartError for bad names."""
    own = [VendorChart(vendor, chart) for vendor in vendors for chart in charts.get(vendor.name, ())]
    counts: dict[str, VendorChart] = {}
    for each in own:
        if each.chart.users is not None:
            counts.setdefault(each.vendor.name, each)
    across = [CrossVendorChart(vendors, tuple(counts.values()))] if counts else []
    every: list[ListedChart] = [*across, *own]
    found: dict[str, ListedChart] = {}
    for chart in every:
        name = chart.chart.name
        if not _NAME.fullmatch(name):
            raise ChartError(f"the chart {name!r} must be named in lower-case letters and digits, with hyphens between")
        if name in found:
            raise ChartError(f"two charts are named {name!r}; names must be unique among all vendors")
        found[name] = chart
    return found


def drawn(registry: SandboxRegistry, chart: ListedChart, moment: SandboxMoment, period: ChartPeriod) -> Drawing:
    """A chart in a period, from the cache where nothing that it depends on has changed since it was drawn."""
    epoch = chart.epoch(moment, period)
    if epoch is None:
        return chart.draw(moment, period)
    key = (
        *(moment.sandbox.id, moment.policy.generation, "chart", chart.chart.name),
        *(period.first, period.last, period.bucket, epoch),
    )
    cached = registry.answers.get(key)
    if cached is not None:
        return _loaded(cached)
    drawing = chart.draw(moment, period)
    with registry.lock:
        registry.answers.put(key, CachedReply((response_cache.to_json(asdict(drawing)).encode(),)))
    return drawing


def _loaded(cached: CachedReply) -> Drawing:
    content = json.loads(cached.pieces[0])
    return Drawing(**{**content, "requests": [ReportRequest(**each) for each in content["requests"]]})
