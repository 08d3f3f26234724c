"""Every vendor finds in its own bodies what the next page is asked for with, in every form that its switches allow."""

from typing import Any

import pytest

from mockserver import vendors

VENDORS = {vendor.name: vendor for vendor in vendors.discover()}


@pytest.mark.parametrize(
    ("vendor", "body", "more"),
    [
        pytest.param("augment", {"pagination": {"next_cursor": "b", "has_more": True}}, "b", id="a cursor beside rows"),
        pytest.param("augment", {"pagination": {"next_cursor": "", "has_more": False}}, None, id="an empty last one"),
        pytest.param("augment", {"pagination": {"next_cursor": None}}, None, id="null as the last one"),
        pytest.param("augment", {"pagination": {"has_more": False}}, None, id="no last cursor"),
        pytest.param("augment", {"metadata": {}}, None, id="no pages at Augment"),
        pytest.param("jetbrains-ide", {"items": [], "nextCursor": "b"}, "b", id="a cursor at the top"),
        pytest.param("jetbrains-ide", {"items": [], "nextCursor": None}, None, id="null at the top"),
        pytest.param("jetbrains-ide", {"items": []}, None, id="no pages at IDE Services"),
        pytest.param("tabnine", {"meta": {"next": {"limit": 5, "offset": 10}}}, "10", id="an offset"),
        pytest.param("tabnine", {"meta": {"next": None}}, None, id="null as the last offset"),
        pytest.param("tabnine", {"meta": {"count": 1}}, None, id="no last offset"),
        pytest.param("tabnine", {"id": "x"}, None, id="no pages at Tabnine"),
        pytest.param("tabnine", [{"meta": {"next": {"offset": 10}}}], None, id="a bare list"),
        pytest.param("jetbrains-console", {"data": [], "nextCursor": "b"}, None, id="whole reports"),
    ],
)
def test_what_leads_to_the_next_page_is_found(vendor: str, body: Any, more: str | None) -> None:
    assert VENDORS[vendor].onward(body) == more
