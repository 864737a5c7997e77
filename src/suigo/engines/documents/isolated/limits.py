"""The limits such a program gives itself before it reads anything."""

import resource

MEMORY = 1_536 * 1024 * 1024
CPU_SECONDS = 25


def confine() -> None:
    """No more than 1.5 GB of memory, 25 seconds of CPU, no new files, no core dump."""
    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(kind, (limit, limit))
        except (ValueError, OSError):
            # macOS knows RLIMIT_AS but refuses to set it; the wall clock still limits the program
            continue
