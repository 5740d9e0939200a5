"""What /proc says of a process."""
import os
import pathlib
import time

TICKS = os.sysconf("SC_CLK_TCK")
WAIT_S = 60


def cpu_seconds(pid: int) -> float:
    """User and system time of all its threads; the kernel counts in hundredths."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()  # from the third on (proc(5))
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid: int) -> dict:
    """Bytes: Rss, and of it Private, which no other process shares."""
    sums = {"Rss": 0, "Private": 0}
    for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, size = line.split(":")
        key = name.split("_")[0]
        if key in sums:
            sums[key] += int(size.split()[0]) * 1024
    return sums


def until(check) -> None:
    deadline = time.monotonic() + WAIT_S
    while not check():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not so in {WAIT_S} s")
        time.sleep(0.01)
