"""Writes every page of the reference, or compares them: see the package."""

import sys

from tools import markdown
from tools.reference import pages

if __name__ == "__main__":
    sys.exit(0 if markdown.update(pages.all_pages(), check="--check" in sys.argv[1:]) else 1)
