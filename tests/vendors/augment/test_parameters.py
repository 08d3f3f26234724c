"""Parameters: known, unknown, repeated and empty ones (contract, section 4)."""

import pytest

from tests.contract.client import Client

TAKEN = {
    "/dau-count": ("start_date", "end_date"),
    "/dau": ("date", "cursor", "page_size"),
    "/daily-usage": ("start_date", "end_date"),
    "/user-activity": ("start_date", "end_date", "cursor", "page_size"),
    "/daily-user-activity-by-editor-language": ("date", "cursor", "page_size"),
}
VALUES = {
    "date": "2025-10-15",
    "start_date": "2025-10-15",
    "end_date": "2025-10-15",
    "cursor": "eyJsYXN0X2lkIjoidXNlcjMifQ==",
    "page_size": "7",
}
EACH = [(path, name) for path, names in TAKEN.items() for name in names]
OTHERS = [
    (path, name)
    for path, names in TAKEN.items()
    for name in (*VALUES, "limit", "Date", "date[]", "start_date ", "организация", "")
    if name not in names
]
PAGED = [("/dau", 100, 250), ("/user-activity", 50, 100), ("/daily-user-activity-by-editor-language", 50, 100)]


@pytest.mark.parametrize(("path", "name"), EACH)
def test_known_parameter_is_accepted(augment: Client, path: str, name: str) -> None:
    assert augment.get(path, {name: VALUES[name]}).status == 200


@pytest.mark.parametrize(("path", "name"), OTHERS)
def test_unknown_parameter_is_400_and_named(augment: Client, path: str, name: str) -> None:
    answer = augment.get(path, {name: VALUES.get(name, "5")})
    assert (answer.status, answer.code) == (400, "InvalidArgument")
    assert repr(name) in answer.message


@pytest.mark.parametrize(("path", "name"), OTHERS)
def test_unknown_parameter_can_be_ignored(augment: Client, path: str, name: str) -> None:
    plain = augment.got(path)
    augment.switched(unknown_parameters="ignore")
    assert augment.got(path, **{name: "5"}) == plain
    assert augment.get(path, f"{name}=5&{name}=6").status == 200


def test_refusal_suggests_the_nearest_name_and_lists_all(augment: Client) -> None:
    message = augment.get("/dau", "page-size=5").message
    assert "did you mean 'page_size'" in message
    assert message.endswith("date, cursor, page_size")


@pytest.mark.parametrize(("path", "name"), EACH)
@pytest.mark.parametrize("option", ["reject", "ignore"])
def test_repeated_parameter_is_400(augment: Client, path: str, name: str, option: str) -> None:
    augment.switched(unknown_parameters=option, empty_parameters=option)
    for query in (f"{name}={VALUES[name]}&{name}={VALUES[name]}", f"{name}={VALUES[name]}&{name}=", f"{name}&{name}"):
        answer = augment.get(path, query)
        assert (answer.status, answer.code) == (400, "InvalidArgument")
        assert answer.message.startswith(f"{name} must be given once")


@pytest.mark.parametrize(("path", "name"), EACH)
@pytest.mark.parametrize("form", ["{}=", "{}", "&{}=&"])
def test_empty_value_is_400(augment: Client, path: str, name: str, form: str) -> None:
    answer = augment.get(path, form.format(name))
    assert (answer.status, answer.code) == (400, "InvalidArgument")
    assert answer.message.startswith(f"{name} must not be empty")


@pytest.mark.parametrize(("path", "name"), EACH)
@pytest.mark.parametrize("form", ["{}=", "{}"])
def test_empty_value_can_be_ignored(augment: Client, path: str, name: str, form: str) -> None:
    plain = augment.got(path)
    assert augment.switched(empty_parameters="ignore").get(path, form.format(name)).json == plain


@pytest.mark.parametrize(("path", "default", "maximum"), PAGED)
def test_page_size_has_a_default_and_a_maximum(
    augment_of_globex: Client, path: str, default: int, maximum: int
) -> None:
    def rows(**parameters: int) -> int:
        page = augment_of_globex.got(path, **parameters)
        return len(page["users" if "users" in page else "records"])

    assert [rows(), rows(page_size=1), rows(page_size=maximum)] == [default, 1, maximum]


NO_SIZES = {
    "zero": "0",
    "many zeros": "000",
    "negative": "-1",
    "a fraction": "1.5",
    "a whole fraction": "5.0",
    "an exponent": "1e2",
    "an Arabic digit": "\u0665",
    "a full-width digit": "\uff15",
    "a superscript": "\u00b2",
    "a plus": "+5",
    "a space before": " 5",
    "a space behind": "5 ",
    "a line end": "5\n",
    "underscores": "1_0",
    "hexadecimal": "0x10",
    "a word": "ten",
    "true": "true",
    "NUL": "5\0",
    "infinity": "inf",
    "no number": "NaN",
    "two": "5,6",
    "ten thousand digits": "1" + "0" * 5000,
}


@pytest.mark.parametrize("size", NO_SIZES.values(), ids=NO_SIZES)
@pytest.mark.parametrize("option", ["reject", "clamp"])
def test_malformed_page_size_is_400(augment: Client, size: str, option: str) -> None:
    for path, _, _ in PAGED:
        answer = augment.switched(page_size_over_maximum=option).get(path, {"page_size": size})
        assert (answer.status, answer.code) == (400, "InvalidArgument")
        assert answer.message.startswith("page_size must be an integer of at least 1")
        assert len(answer.message) < 200


@pytest.mark.parametrize("beyond", [1, 10**18, 10**3999], ids=["one more", "a great number", "4000 digits"])
@pytest.mark.parametrize(("path", "_", "maximum"), PAGED)
def test_page_size_above_the_maximum_is_400_or_clamped(
    augment_of_globex: Client, path: str, _: int, maximum: int, beyond: int
) -> None:
    over = f"page_size={maximum - 1 + beyond + (beyond == 1)}"
    refused = augment_of_globex.get(path, over)
    assert (refused.code, refused.message) == ("InvalidArgument", f"page_size cannot be greater than {maximum}")
    augment_of_globex.switched(page_size_over_maximum="clamp")
    assert augment_of_globex.get(path, over).json == augment_of_globex.got(path, page_size=maximum)


def test_leading_zeros_are_allowed(augment: Client) -> None:
    assert augment.get("/dau", "page_size=007").json == augment.got("/dau", page_size=7)
