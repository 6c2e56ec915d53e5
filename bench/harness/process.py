# SPDX-License-Identifier: Apache-2.0
"""Runs a program and says what it cost: CPU and wall time, memory by mapping, host instructions."""
import dataclasses
import os
import pathlib
import re
import subprocess
import tempfile
import threading
import time

SAMPLE_SECONDS = 0.25
MEBI = 1 << 20


class RunFailed(Exception):
    pass


@dataclasses.dataclass
class Cost:
    cpu: float  # seconds, user and system, all threads
    wall: float  # seconds
    out: str
    err: str
    beyond_ram: float = 0.0  # most MiB resident outside the mapping of guest memory, if that was watched
    guest_ram: float = 0.0  # most MiB of guest memory resident


def reader(pipe, into):
    into.append(pipe.read())
    pipe.close()


def residency(pid, ram_bytes):
    """MiB resident in all, and MiB of them in the anonymous mapping that is large enough for the guest's memory."""
    total = ram = 0
    inside = False
    for line in pathlib.Path(f"/proc/{pid}/smaps").read_text().splitlines():
        head = re.match(r"([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ (\d+)", line)
        if head:
            inside = head[3] == "0" and int(head[2], 16) - int(head[1], 16) >= ram_bytes
        elif line.startswith("Rss:"):
            kib = int(line.split()[1])
            total += kib
            ram += kib if inside else 0
    return total / 1024, ram / 1024


def run(command, good, ram_bytes=0, codes=(0,)):
    """Cost of `command`. Its output must contain `good`; with `ram_bytes`, memory is watched as well."""
    begin = time.monotonic()
    text = " ".join(map(str, command))
    with subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        out, err = [], []
        readers = [threading.Thread(target=reader, args=pair) for pair in ((process.stdout, out), (process.stderr, err))]
        for thread in readers:
            thread.start()
        beyond = ram = 0.0
        try:
            if ram_bytes:
                # Waits without collecting the process, so that its usage is still to be had.
                while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
                    try:
                        total, guest = residency(process.pid, ram_bytes)
                    except OSError:
                        break  # it has just ended
                    beyond, ram = max(beyond, total - guest), max(ram, guest)
                    time.sleep(SAMPLE_SECONDS)
            _, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - begin
        for thread in readers:
            thread.join()
    console, errors = (b"".join(part).decode(errors="replace") for part in (out, err))
    if process.returncode not in codes:
        raise RunFailed(f"{text} ended with {process.returncode}: {(errors or console).strip()[-400:]}")
    if good not in console + errors:
        raise RunFailed(f"{text} did not print '{good}'")
    return Cost(usage.ru_utime + usage.ru_stime, wall, console, errors, beyond, ram)


def host_instructions(command, good):
    """Instructions that the host executed for `command`, counted by callgrind, and the command's standard output.

    Generated code lies in a file in memory, mapped twice, which Valgrind takes for a program that does not change unless told."""
    with tempfile.TemporaryDirectory() as folder:
        counts = pathlib.Path(folder) / "counts"
        cost = run(["valgrind", "--tool=callgrind", "-q", "--smc-check=all", f"--callgrind-out-file={counts}", *command], good)
        totals = re.search(r"^(?:totals|summary): (\d+)", counts.read_text(), re.M)
    if totals is None:
        raise RunFailed(f"{' '.join(map(str, command))}: callgrind counted nothing")
    return int(totals[1]), cost.out
