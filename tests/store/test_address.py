"""The URL of a store: what it may be, and that no error shows a password."""

from pathlib import Path

import pytest

from mockserver.gateway.store.address import AddressError, StoreAddress

SECRET = "let-me-in"

ADDRESSES = {
    "redis://h": ("redis://h", "mockserver"),
    "redis://h:6380/2?prefix=a.b-c_d": ("redis://h:6380/2", "a.b-c_d"),
    "rediss://h?ssl_ca_certs=/ca.pem": ("rediss://h?ssl_ca_certs=%2Fca.pem", "mockserver"),
    "valkey://u:p%2F@h/": ("redis://u:p%2F@h/", "mockserver"),
    "valkeys://[::1]:7/0": ("rediss://[::1]:7/0", "mockserver"),
    "unix:///run/redis.sock?db=3&prefix=x": ("unix:///run/redis.sock?db=3", "x"),
    "unix://u:p@/run/redis.sock": ("unix://u:p@/run/redis.sock", "mockserver"),
}


@pytest.mark.parametrize(("text", "parsed"), ADDRESSES.items())
def test_address_is_what_the_client_understands_and_a_prefix(text: str, parsed: tuple[str, str]) -> None:
    found = StoreAddress.parse(text)
    assert (found.url, found.prefix, found.password) == (*parsed, None)


def test_address_is_shown_without_user_password_and_options() -> None:
    assert str(StoreAddress.parse(f"rediss://me:{SECRET}@h:1/2?ssl_ca_certs=/ca.pem")) == "rediss://h:1/2"


REFUSALS = {
    "": "the store cannot be without a scheme: it must be a URL as in redis://host:6379/0",
    f"me:{SECRET}@h:6379": "the store cannot be without a scheme",
    f"{SECRET}": "the store cannot be without a scheme",
    f"http://me:{SECRET}@h": "the store cannot be http://",
    f"redis+sentinel://:{SECRET}@h/service": "with one of the schemes redis, rediss, unix, valkey, valkeys",
    "redis://": "the store has no host",
    f"redis://:{SECRET}/x@h": "in a user or password, each of the characters / \\? # @ : % is written as %2F",
    f"redis://me:1/{SECRET}@h": "the path of the store must be the number of a database",
    f"redis://me:{SECRET}#x@h": "the store has",
    f"redis://me:1#{SECRET}@h": "the store has a part after #",
    f"redis://me:1?{SECRET}@h": "the store has no such option",
    f"redis://[{SECRET}": "the store has no valid host and port",
    "redis://h:70000": "the store has no valid host and port",
    "redis://h/db": "the path of the store must be the number of a database",
    "redis://h?db=1": "the store has no option 'db'; for redis://, there are: prefix, password_file",
    "redis://h?ssl_keyfile=a": "it needs TLS, with rediss:// or valkeys://",
    "redis://h?prefix=a&prefix=b": "the option prefix of the store must have one value",
    "redis://h?prefix=": "the option prefix of the store must have one value",
    "redis://h?prefix=a{b}": "the prefix of the store must be 1 to 100 letters",
    "redis://h?password_file=/nowhere/a": "the password_file /nowhere/a of the store cannot be read: No such file",
    f"redis://:{SECRET}@h?password_file=/nowhere": "a password in its URL and a password_file: leave one of them out",
    "unix://host/run/redis.sock": "the store must be a path and a database number",
    "unix:///a?db=x": "the store must be a path and a database number",
}


@pytest.mark.parametrize(("text", "rule"), REFUSALS.items())
def test_anything_else_is_refused_with_the_rule_and_without_the_password(text: str, rule: str) -> None:
    with pytest.raises(AddressError, match=rule) as caught:
        StoreAddress.parse(text)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None or SECRET not in str(caught.value.__cause__)


def test_password_can_be_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text(f"{SECRET}\n", encoding="utf-8")
    found = StoreAddress.parse(f"redis://me@h?password_file={path}")
    assert (found.password, found.url) == (SECRET, "redis://me@h")


@pytest.mark.parametrize(("content", "rule"), [(b" \n", "is empty"), (b"\xff", "cannot be read: it is not UTF-8")])
def test_password_file_without_a_password_is_refused(tmp_path: Path, content: bytes, rule: str) -> None:
    path = tmp_path / "password"
    path.write_bytes(content)
    with pytest.raises(AddressError, match=rule):
        StoreAddress.parse(f"redis://h?password_file={path}")
