"""An app that is made after the server is ready, in a thread, so that the server need not wait for its imports."""

import gc
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment


class LateApp:
    """A WSGI app that `make` makes once it is started; requests that come earlier wait for it.

    `made` gets the app. `error` is why there is none; the server then ends without an answer to these requests.
    """

    def __init__(self, make: Callable[[], WSGIApplication]) -> None:
        self._make = make
        self.made: Future[WSGIApplication] = Future()
        self.error: BaseException | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self.made.result()(environ, start_response)

    def start(self, then: Callable[[], object]) -> None:
        """Make the app in a thread, and call `then` there at the end. The thread does not keep the process."""
        threading.Thread(target=self._run, args=(then,), name="mockserver-start", daemon=True).start()

    def _run(self, then: Callable[[], object]) -> None:
        try:
            app = self._make()
        except BaseException as error:  # noqa: BLE001 (the caller of `serve` handles it)
            self.error = error
        else:
            gc.freeze()
            self.made.set_result(app)
        then()
