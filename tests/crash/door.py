"""The door of a store that listens: shut, every connection to it is cut and refused."""

import asyncio
import socket
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import uvicorn


class Door:
    """Of a running server of uvicorn, which serves in a thread of its own, at this socket."""

    def __init__(self, server: uvicorn.Server, listening: socket.socket) -> None:
        self._server = server
        self._listening = listening
        self._port: int = listening.getsockname()[1]
        self._loop = server.servers[0].get_loop()

    def shut(self) -> None:
        """Hangs up on everybody; connections are refused from now on."""

        def cut() -> None:
            for listening in self._server.servers:
                listening.close()
            self._listening.close()
            for connection in list(self._server.server_state.connections):
                transport = getattr(connection, "transport", None)
                if transport is not None:
                    transport.abort()

        self._do(cut)

    def open(self) -> None:
        """Listens again, at the same port."""
        config = self._server.config
        made: Any = config.http_protocol_class
        protocol: Callable[[], asyncio.Protocol] = partial(
            made,
            config=config,
            server_state=self._server.server_state,
            app_state=self._server.lifespan.state,
        )

        async def listen() -> None:
            self._server.servers = [
                await self._loop.create_server(protocol, "127.0.0.1", self._port)
            ]

        asyncio.run_coroutine_threadsafe(listen(), self._loop).result(30)

    def _do(self, deed: Callable[[], None]) -> None:
        done = threading.Event()

        def act() -> None:
            try:
                deed()
            finally:
                done.set()

        self._loop.call_soon_threadsafe(act)
        assert done.wait(30)
