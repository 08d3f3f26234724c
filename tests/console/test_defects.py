"""Defects in a browser: armed by name, at the chosen vendor and operation, and at a path."""

import re

from playwright.sync_api import Page, expect

from tests.console.console import Console


def test_defect_is_armed_and_disarmed(console: Console, page: Page) -> None:
    console.open("faults?vendor=augment&part=defects")
    name = console.admin.get("/defects")["known"][0]["name"]
    page.get_by_label(re.compile(f"^{name}")).check()
    console.says(f"Armed: {name}")
    assert console.admin.get("/defects")["armed"] == [name]
    page.get_by_label(re.compile(f"^{name}")).uncheck()
    console.says(f"Disarmed: {name}")
    assert console.admin.get("/defects")["armed"] == []


def test_defects_are_those_of_the_chosen_vendor(console: Console, page: Page) -> None:
    console.open("faults?vendor=tabnine")
    known = [each["name"] for each in console.admin.get("/defects")["known"] if each["vendor"] == "tabnine"]
    expect(page.get_by_role("region", name="Defects").locator("strong")).to_have_count(len(known))
    assert page.get_by_role("region", name="Defects").locator("strong").all_text_contents() == known


def test_defect_is_armed_at_a_path_and_disarmed(console: Console, page: Page) -> None:
    console.open("faults?vendor=augment&part=defects")
    page.get_by_label("Defect in a field").select_option("field-null")
    page.get_by_label("Where in the answer").fill("users[].user_mail")
    console.press("Arm at this path")
    console.says("no answer of augment has 'users[].user_mail'; near it: users[].user_email")
    page.get_by_label("Where in the answer").fill("users[0].user_email")
    console.press("Arm at this path")
    console.says("Armed: field-null at augment, users[0].user_email")
    placed = {"name": "field-null", "vendor": "augment", "at": "users[0].user_email"}
    assert console.admin.get("/defects")["armed"] == [placed]
    console.press("Disarm field-null at augment, users[0].user_email")
    console.says("Disarmed: field-null at augment, users[0].user_email")
    assert console.admin.get("/defects")["armed"] == []


def test_defect_is_armed_at_the_chosen_vendor_and_operation(console: Console, page: Page) -> None:
    console.open("faults?vendor=tabnine&part=defects")
    page.get_by_label(re.compile("^cursor-repeats")).check()
    console.says("Armed: cursor-repeats at tabnine")
    page.get_by_label("Operation").select_option("getOrganizationUsers")
    page.get_by_label(re.compile("^field-null")).check()
    console.says("Armed: field-null at tabnine, getOrganizationUsers")
    placed = [
        {"name": "cursor-repeats", "vendor": "tabnine"},
        {"name": "field-null", "vendor": "tabnine", "operation": "getOrganizationUsers"},
    ]
    assert console.admin.get("/defects")["armed"] == placed
    expect(page.get_by_label(re.compile("^cursor-repeats"))).not_to_be_checked()
    page.get_by_label("Vendor").select_option("")
    expect(page.get_by_label(re.compile("^field-null"))).not_to_be_checked()
    console.press("Disarm cursor-repeats at tabnine")
    console.says("Disarmed: cursor-repeats at tabnine")
    page.get_by_label("Vendor").select_option("tabnine")
    page.get_by_label("Operation").select_option("getOrganizationUsers")
    expect(page.get_by_label(re.compile("^field-null"))).to_be_checked()
    page.get_by_label(re.compile("^field-null")).uncheck()
    console.says("Disarmed: field-null at tabnine, getOrganizationUsers")
    assert console.admin.get("/defects")["armed"] == []


def test_defect_that_was_armed_elsewhere_stays_armed(console: Console, page: Page) -> None:
    console.open("faults?vendor=tabnine&part=defects&operation=getOrganizationUsers")
    other = {"name": "cursor-repeats", "vendor": "tabnine"}
    console.admin.done("PUT", "/defects", {"armed": [other]})
    page.get_by_label(re.compile("^field-null")).check()
    console.says("Armed: field-null at tabnine, getOrganizationUsers")
    assert console.admin.get("/defects")["armed"][0] == other


def test_path_that_is_ambiguous_is_refused_until_its_names_are_chosen(console: Console, page: Page) -> None:
    swapped = {"jetbrains-ide": {"names": {"userEmail": "userId", "userId": "userEmail"}}}
    console.admin.done("PATCH", "/policy", swapped)
    console.open("faults?vendor=jetbrains-ide&part=defects")
    page.get_by_label("Where in the answer").fill("items[].userEmail")
    page.get_by_label("Defect in a field").select_option("field-null")
    console.press("Arm at this path")
    console.says("some fields are renamed, and 'items[].userEmail' can be items[].userEmail in ")
    page.get_by_label("Whose names").select_option("The answers'")
    console.press("Arm at this path")
    console.says("Armed: field-null at jetbrains-ide, items[].userEmail")
    (placed,) = console.admin.get("/defects")["armed"]
    assert (placed["at"], placed["vendor"], placed["names"]) == ("items[].userId", "jetbrains-ide", "documented")


def test_defect_of_several_vendors_is_listed_once(console: Console, page: Page) -> None:
    console.open("faults?part=defects")
    page.get_by_label(re.compile("^cursor-repeats")).check()
    console.says("Armed: cursor-repeats")
    assert console.admin.get("/defects")["armed"] == ["cursor-repeats"]
