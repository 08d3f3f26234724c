"""Routing rules that are made for matching paths.

Werkzeug compiles two functions for each rule that build URLs from it. That is most of the time of making an app, and
nothing here builds URLs.
"""

from collections.abc import Callable

from werkzeug.routing import Rule


class LazyRule(Rule):
    """A rule that compiles a function for building URLs only when a URL is built, and then each time."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002
        compile_builder = super()._compile_builder

        def build(rule: Rule, **values: object) -> tuple[str, str]:
            return compile_builder(append_unknown)(rule, **values)

        return build
