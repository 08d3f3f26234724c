"""The console as a person uses it: by the names of its controls."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.admin.driver import Admin

VIEWS = {
    "overview": "Acme Rockets",
    "charts": "Charts",
    "requests": "Requests",
    "faults": "Faults and defects",
    "switches": "Switches",
    "cases": "Cases",
    "findings": "Findings",
}
"""The heading of each view."""


@dataclass(frozen=True, slots=True)
class Console:
    """The page of a server at a URL, and a client of the server's control plane."""

    page: Page
    url: str
    admin: Admin

    def open(self, view: str = "", *, loaded: bool = True) -> None:
        """Open a view, and wait until it has its content."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.url}/_mock/{view and f'#/{view}'}")
        if loaded:
            self.heading().wait_for()
            expect(self.page.locator("main[aria-busy]")).to_have_count(0)

    def heading(self) -> Locator:
        """The heading of the view."""
        return self.page.get_by_role("heading", level=1)

    def press(self, name: str, *, exact: bool = True) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=exact).first.click()

    def press_enter_on(self, control: Locator) -> None:
        """Use a control by the keyboard."""
        control.focus()
        control.press("Enter")

    def progress(self, name: str) -> Locator:
        """The progress bar of a job."""
        return self.page.get_by_role("progressbar", name=f"Progress: {name}")

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Wait until a text is on the page."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def shows(self, heading: str) -> None:
        """Wait until the view has a heading."""
        expect(self.heading()).to_have_text(heading)

    def says(self, text: str | re.Pattern[str]) -> None:
        """Wait until the page gives a message."""
        expect(self.page.locator("#notices")).to_contain_text(text)
