"""How long a thread that computes keeps the interpreter while another one waits for its turn.

The event loop waits for its turn at each call of the system. Short turns let it go on beside a request that computes
for long: with 5 ms, which is Python's own, it would answer less than half as many others. But each turn that is cut
short costs two switches of threads: beside requests of some 0.3 ms, turns of 1 ms take a sixth more of the processor's
time than those of 5 ms. So turns are long, unless a request takes long.
"""

import sys

_SECONDS = 0.005
_SHORT_SECONDS = 0.0002


def take(short: bool) -> None:  # noqa: FBT001 (called when that changes)
    """Have all threads of this process take such turns from now on."""
    sys.setswitchinterval(_SHORT_SECONDS if short else _SECONDS)
