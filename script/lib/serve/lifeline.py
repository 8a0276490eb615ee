"""A process that ends with the one that started it: nothing is left that holds a port or a file."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1


def end_with_parent(number: signal.Signals, parent: int | None = None) -> None:
    """From now on this process gets the signal when its parent dies, in whatever way. parent: who it was told to be."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(number))
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), number)
