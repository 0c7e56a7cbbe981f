"""Processor time of processes, from /proc (Linux)."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
#: In /proc/PID/stat, counted after the name: parent, and user, system, and waited-for children's.
_PARENT, _TIMES = 1, slice(11, 15)


def processor_seconds(pid: int) -> float:
    """What a process has used, with all processes that it began; those that ended count too."""
    children: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            text = (entry / "stat").read_text()
        except OSError:
            continue
        fields = text.rpartition(")")[2].split()
        one = int(entry.name)
        children.setdefault(int(fields[_PARENT]), []).append(one)
        used[one] = sum(map(int, fields[_TIMES])) / _TICKS
    found, left = 0.0, [pid]
    while left:
        one = left.pop()
        found += used.get(one, 0.0)
        left += children.get(one, [])
    return found
