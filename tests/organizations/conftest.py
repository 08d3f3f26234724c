"""The start of a file, and the problems found in one, for the tests of this room."""

import pytest

from mockserver.organizations import files
from mockserver.organizations.files import OrganizationError

HEAD = "slug: mine\nname: Mine\npeople: 10\n"


def problems_in(content: str) -> list[str]:
    """The lines of the error for a file, without the name of the file."""
    with pytest.raises(OrganizationError) as caught:
        files.parsed(content.encode(), "f")
    return [line.removeprefix("f: ") for line in str(caught.value).splitlines()]
