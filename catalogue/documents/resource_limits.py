"""The start of every isolated program: ``resource_limits.py MEMORY SECONDS PROGRAM [ARGUMENT …]`` runs it bounded.

Bytes of addresses, seconds of the processor; nothing may be written. It is run by its path and imports nothing of the
catalogue. Where the system knows no such bounds (Windows), the time limit of whoever called is what there is.
"""

import runpy
import sys


def bound(memory: int, seconds: int) -> None:
    """Bound this process, for good."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


if __name__ == "__main__":
    bound(int(sys.argv[1]), int(sys.argv[2]))
    del sys.argv[:3]
    runpy.run_path(sys.argv[0], run_name="__main__")
