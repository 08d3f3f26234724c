"""What an organization file states for Tabnine only: fields of two answers, and whether the license has the agent."""

import pytest

from mockserver.organizations import files
from mockserver.products.tabnine import options
from mockserver.products.tabnine.options import TabnineOptions
from tests.organizations.conftest import HEAD, problems_in

KEYS = """
tabnine_agent: false
tabnine_organization: {samlEnabled: false, planType: Starter}
tabnine_license: {seats: 7, seatsCap: 9, features: [chat], settings: {chatModel: {type: Private}}}
"""


def _options(content: str) -> TabnineOptions:
    return options.of(files.parsed((HEAD + content).encode(), "f"))


def test_file_without_the_keys_has_the_agent_and_states_nothing() -> None:
    assert _options("") == TabnineOptions(agent=True, settings={}, license={})
    assert _options("tabnine_license: {seats: 7}\n") == TabnineOptions(license={"seats": 7})


def test_keys_of_the_file_are_read() -> None:
    found = _options(KEYS)
    assert (found.agent, found.settings) == (False, {"samlEnabled": False, "planType": "Starter"})
    assert found.license == {
        "seats": 7,
        "seatsCap": 9,
        "features": ["chat"],
        "settings": {"chatModel": {"type": "Private"}},
    }


WRONG = {
    "tabnine_agent: maybe": "tabnine_agent: found 'maybe'; true or false",
    "tabnine_organization: {saml: true}": "tabnine_organization.saml: found true; there is no key 'saml'",
    "tabnine_organization: {publicKey: x}": "tabnine_organization.publicKey: found 'x'; a public key in PEM text",
    "tabnine_license: {exp: -1}": "tabnine_license.exp: found -1; a whole number from 0 to 253402300799",
    "tabnine_license: {settings: []}": "tabnine_license.settings: found a list; a mapping of settings",
}


@pytest.mark.parametrize(("line", "problem"), WRONG.items(), ids=WRONG)
def test_wrong_value_is_refused_with_the_rule(line: str, problem: str) -> None:
    [found] = problems_in(f"{HEAD}{line}\n")
    assert problem in found
