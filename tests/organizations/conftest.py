"""What the tests of this room share: the refusal of a file, line by line."""

from collections.abc import Callable

import pytest

from mockserver.organizations import files
from mockserver.organizations.problems import OrganizationError

HEAD = "slug: mine\nname: Mine\npeople: 10\n"
Recorded = Callable[[str], list[str]]


@pytest.fixture
def said() -> Recorded:
    """The lines of the refusal of a file, without its name."""

    def lines(content: str) -> list[str]:
        with pytest.raises(OrganizationError) as refused:
            files.parsed(content.encode(), "f")
        return [line.removeprefix("f: ") for line in str(refused.value).splitlines()]

    return lines
