"""Stands for a module that is not installed: with this folder on the path, servers take asyncio's event loop."""

raise ImportError("not installed, as far as these tests are concerned")
