"""The event loop of a server: uvloop's, or asyncio's where there is none, as on Windows."""

import asyncio


def new() -> asyncio.AbstractEventLoop:
    """A new event loop."""
    try:
        import uvloop
    except ImportError:
        return asyncio.SelectorEventLoop()
    return uvloop.new_event_loop()
