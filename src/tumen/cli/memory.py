"""Keep the memory that one part of a large table gave back for the next part.

By default it goes back to the system and is asked for again at once, page by page, which costs a check of a million
observations a fifth of its time. Only a process of our own is told so, never one that uses the library.
"""

import ctypes
import os
import sys

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Parameters of glibc's mallopt(3)."""

_KEPT, _LARGEST = 256 << 20, 32 << 20
"""Bytes: what is kept, and the largest piece that is taken from what was kept (glibc allows no more)."""


def keep() -> None:
    """Tell the allocators of this process (glibc's, and that of polars, which is not loaded yet)."""
    os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:10000,muzzy_decay_ms:10000")
    if sys.platform != "linux":
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):  # another C library than glibc
        return
    mallopt(_TRIM_THRESHOLD, _KEPT)
    mallopt(_MMAP_THRESHOLD, _LARGEST)
