"""A connection that is accepted just before the server stops."""

import asyncio
import socket

from flask import Flask

from mockserver.server import sockets
from mockserver.server.running import Server


async def closed_by_a_server_that_stops() -> bytes:
    """What a client receives whose connection is accepted, but has no protocol yet, when the server stops."""
    server = Server(Flask(__name__), 1)
    listening = sockets.listen("127.0.0.1", 0)
    await server.listen(listening)
    with socket.create_connection(listening[0].getsockname()) as client:
        client.setblocking(False)  # noqa: FBT003 (socket's form)
        while len(asyncio.all_tasks()) == 1:  # asyncio accepts in a task.
            await asyncio.sleep(0)
        await server.stop()
        received = await asyncio.wait_for(server.loop.sock_recv(client, 1), 10)
        await asyncio.wait_for(server.finished(), 10)
    return received


def test_connection_that_was_just_accepted_is_closed() -> None:
    assert asyncio.run(closed_by_a_server_that_stops()) == b""
