"""The admin token: what it may look like, and how it is read from a file. It is checked by the server's guard."""

from pathlib import Path


class AdminTokenError(ValueError):
    """A text that cannot be an admin token, or a file without one; the text says what is wrong, and the rule."""


def check(token: str) -> str:
    """The token itself; AdminTokenError for what cannot be sent as a Bearer token."""
    if token and token.isprintable() and " " not in token:
        return token
    what = "contains a space, a line break or a control character" if token else "is empty"
    raise AdminTokenError(f"the admin token {what}; it must be one word, since it is sent as a Bearer token")


def read(path: Path) -> str:
    """The token in a file of UTF-8 text, without the line break at its end."""
    try:
        return check(path.read_bytes().decode("utf-8-sig").rstrip("\r\n"))
    except OSError as error:
        raise AdminTokenError(f"the admin token cannot be read from {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise AdminTokenError(f"the admin token cannot be read from {path}: the file is not UTF-8 text") from error
    except AdminTokenError as error:
        raise AdminTokenError(f"{path}: {error}") from error


def choose(token: str | None, path: Path | None) -> str | None:
    """The token or the one in the file, None for neither; AdminTokenError for both, or a token that cannot be sent."""
    if path is None:
        return None if token is None else check(token)
    if token is not None:
        raise AdminTokenError(
            "there are two admin tokens; give the token itself (--admin-token or MOCKSERVER_ADMIN_TOKEN) or a file "
            "with it (--admin-token-file or MOCKSERVER_ADMIN_TOKEN_FILE), not both"
        )
    return read(path)
