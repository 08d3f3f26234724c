"""Promises about credentials: one token of a known scheme, or a refusal that teaches."""

import pytest

from mockserver.gateway import auth, tokens
from mockserver.gateway.rejection import Reason, Rejection


@pytest.mark.parametrize(
    "header",
    ["Bearer abc", "bearer abc", "BEARER abc", "Bearer   abc", "  Bearer abc  ", "Seed abc", "sEED abc"],
)
def test_token_is_read_with_any_scheme_in_any_case(header: str) -> None:
    assert auth.credential(header, ("Bearer", "Seed")) == "abc"


@pytest.mark.parametrize("token", ["a=b", "a:b.c-d_e~f+g/h==", "é", "Bearer"])
def test_token_is_taken_unchanged(token: str) -> None:
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
def test_other_header_is_refused_with_a_hint(header: str | None, wrong: str) -> None:
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
        ("Basic YTpiOmM=", ["YTpiOmM=", "b:c"]),
        ("basic YTolMmI=", ["YTolMmI=", "+"]),
        ("Basic YWJj", ["YWJj"]),
        ("Basic", ["Basic"]),
    ],
)
def test_every_word_after_the_scheme_is_a_secret(header: str | None, secret: list[str]) -> None:
    assert auth.secrets(header) == secret


@pytest.mark.parametrize(
    ("header", "pair"),
    [
        ("Basic YTpi", ("a", "b")),
        ("  bAsIc   YTpi ", ("a", "b")),
        ("Basic YTpiOmM=", ("a", "b:c")),
        ("Basic Og==", ("", "")),
        ("Basic w6k6JUMzJUE5", ("é", "é")),
        ("Basic YSUzQWI6Yytk", ("a:b", "c d")),
    ],
)
def test_client_is_read_from_basic_credentials(header: str, pair: tuple[str, str]) -> None:
    assert auth.basic(header) == pair


@pytest.mark.parametrize(
    ("header", "wrong"),
    [
        (None, "carries no credentials"),
        ("", "carries no credentials"),
        ("Bearer abc", "has another scheme"),
        ("Basic", "holds no single pair of client id and secret"),
        ("Basic a b", "holds no single pair of client id and secret"),
        ("Basic YTpi!", "no base64"),
        ("Basic YTp", "no base64"),
        ("Basic YTr/", "no base64"),
        ("Basic YWI=", "no colon"),
    ],
)
def test_other_credentials_are_refused_with_a_reason(header: str | None, wrong: str) -> None:
    with pytest.raises(auth.BasicError, match=wrong):
        auth.basic(header)


def test_seeded_clients_have_the_secret() -> None:
    may, may_not, bound = tokens.seeded("parrot", "small", secret="s3cret", groups=("One", "Two"))
    assert {each.secret for each in (may, may_not, bound)} == {"s3cret"}
    assert (bound.token, bound.permitted, bound.groups) == ("mock-parrot-small-groups", True, ("One", "Two"))
    assert (may.groups, may_not.groups) == (None, None)
    assert len({may.id, may_not.id, bound.id}) == 3


def test_vendor_has_a_permitted_and_a_forbidden_token() -> None:
    may, may_not = tokens.seeded("parrot", "small")
    assert (may.token, may.permitted) == ("mock-parrot-small", True)
    assert (may_not.token, may_not.permitted) == ("mock-parrot-small-forbidden", False)
    assert {may.vendor, may_not.vendor} == {"parrot"}
    assert not {may.token, may_not.token} & {may.id, may_not.id}, "the id gives no secret away"
