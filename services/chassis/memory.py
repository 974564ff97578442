"""Keeps the garbage collector from walking through what a process loaded once."""

import gc


def settle() -> None:
    """Call when everything is loaded: what is there now is never looked at again by the collector.

    A full collection walks through all modules, some 80 ms of a core, and a list of a thousand requests makes enough
    objects to bring one about: every sixth such answer took twice as long.
    """
    gc.collect()
    gc.freeze()
