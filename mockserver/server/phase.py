"""What a connection waits for."""

from enum import Enum


class Phase(Enum):
    """What a connection waits for.

    That is a request, the rest of its head or of its body, the app's answer or the end of it, or its client to close it
    as well.
    """

    IDLE = "idle"
    HEAD = "head"
    BODY = "body"
    ANSWERING = "answering"
    ENDING = "ending"
    CLOSING = "closing"


BUSY = frozenset((Phase.ANSWERING, Phase.ENDING))
