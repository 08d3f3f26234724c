"""Holds the reading of credentials to its promises: one token behind a known scheme, or a refusal that teaches.

Which tokens open something stays out.
"""

import pytest

from mockserver.gateway import auth, tokens
from mockserver.gateway.rejection import Reason, Rejection


@pytest.mark.parametrize(
    "header",
    ["Bearer abc", "bearer abc", "BEARER abc", "Bearer   abc", "  Bearer abc  ", "Seed abc", "sEED abc"],
)
def test_the_token_is_read_behind_any_of_the_schemes_in_any_case(header: str) -> None:
    assert auth.credential(header, ("Bearer", "Seed")) == "abc"


@pytest.mark.parametrize("token", ["a=b", "a:b.c-d_e~f+g/h==", "é", "Bearer"])
def test_the_token_is_taken_as_it_stands(token: str) -> None:
    assert auth.credential(f"Bearer {token}", ("Bearer",)) == token


@pytest.mark.parametrize(
    ("header", "wrong"),
    [
        (None, "carries no credentials"),
        ("", "carries no credentials"),
        ("   ", "carries no credentials"),
        ("abc", "has another scheme"),
        ("Basic YTpi", "has another scheme"),
        ("Bearerabc", "has another scheme"),
        ("Bearer:abc", "has another scheme"),
        ("Bearer", "holds no single token"),
        ("Bearer   ", "holds no single token"),
        ("Bearer a b", "holds no single token"),
        ("Bearer a\tb", "holds no single token"),
        ("Bearer Bearer abc", "holds no single token"),
    ],
)
def test_anything_else_is_refused_and_told_what_to_send(header: str | None, wrong: str) -> None:
    with pytest.raises(Rejection) as caught:
        auth.credential(header, ("Bearer", "Seed"))
    assert caught.value.reason is Reason.UNAUTHENTICATED
    assert wrong in caught.value.message
    assert "'Authorization: Bearer <token>' or 'Authorization: Seed <token>'" in caught.value.message


@pytest.mark.parametrize(
    ("header", "secret"),
    [
        (None, []),
        ("", []),
        ("  ", []),
        ("Bearer abc", ["abc"]),
        (" bearer   abc ", ["abc"]),
        ("Bearer a b", ["a", "b"]),
        ("abc", ["abc"]),
    ],
)
def test_every_word_behind_the_scheme_is_a_secret_and_so_is_a_word_alone(header: str | None, secret: list[str]) -> None:
    assert auth.secrets(header) == secret


def test_a_vendor_has_a_token_that_may_read_and_one_that_may_not() -> None:
    may, may_not = tokens.seeded("parrot", "small")
    assert (may.token, may.permitted) == ("mock-parrot-small", True)
    assert (may_not.token, may_not.permitted) == ("mock-parrot-small-forbidden", False)
    assert {may.vendor, may_not.vendor} == {"parrot"}
    assert not {may.token, may_not.token} & {may.id, may_not.id}, "the id gives no secret away"
