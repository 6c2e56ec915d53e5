#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Memory that runs out anywhere ends a command with one line and exit code 2, or 3 once the guest runs; it never aborts.
Usage: allocation_test.py HYPSIM GUEST.ELF FAIL_ALLOC.SO thin|full"""
import concurrent.futures
import os
import pathlib
import random
import re
import resource
import subprocess
import sys
import tempfile
import unittest

HYPSIM, GUEST, SHIM, EXTENT = sys.argv[1:5]
TIMEOUT = 300
COMMANDS = {
    "run": ["run", "--semihosting", "--args", "c", "--json", "--serial", "none", GUEST],
    "profile": ["profile", "--functional", "--semihosting", "--args", "c", "--html", "FOLDER/report.html", "--csv", "FOLDER/report.csv", GUEST],
    "explain": ["trap", "explain", "mcr p15, 0, r0, c1, c0, 0", "--preset", "kvm"],
}
ALL_BELOW, DRAWN = 2000, 500
THIN_BELOW, THIN_DRAWN = 10, 10


def hypsim(arguments, environment=None, limit=None):
    def set_limit():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if limit:
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    with tempfile.TemporaryDirectory() as folder:
        command = [HYPSIM, *(argument.replace("FOLDER", folder) for argument in arguments)]
        result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, env=dict(os.environ, TMPDIR=folder, **environment or {}),
                                preexec_fn=set_limit, timeout=TIMEOUT, check=False)
        # A folder of the assembler may stay; unfinished reports may not.
        left = [name for name in os.listdir(folder) if name not in ("report.html", "report.csv") and not name.startswith("hypsim-as-")]
    return result.returncode, result.stderr.decode(errors="replace") + "".join(f"left behind: {name}\n" for name in left)


def complaint(code, err):
    """What is wrong with an end, or nothing."""
    if code == 0 and err == "":
        return None  # the allocation was not needed
    if code in (2, 3) and re.fullmatch(r"hypsim: [^\n]+\n", err):
        return None
    return f"exit code {code}: {err[:300]}"


class FailingAllocations(unittest.TestCase):
    def ends(self, name):
        """By number of the first allocation that fails and how many do: the exit code."""
        arguments = COMMANDS[name]
        with tempfile.TemporaryDirectory() as folder:
            count = pathlib.Path(folder, "count")
            code, err = hypsim(arguments, {"LD_PRELOAD": SHIM, "HYPSIM_COUNT_ALLOC": str(count)})
            self.assertEqual((code, err), (0, ""))
            total = int(count.read_text(encoding="ascii"))
        self.assertGreater(total, 1000, "the shim counts nothing")
        draw = random.Random(13)
        if EXTENT == "full":
            numbers = [*range(1, ALL_BELOW + 1), *draw.sample(range(ALL_BELOW + 1, total), min(DRAWN, total - ALL_BELOW - 1))]
        else:
            numbers = [1, *draw.sample(range(2, ALL_BELOW), THIN_BELOW - 1), *draw.sample(range(ALL_BELOW, total), THIN_DRAWN)]
        cases = [(n, m) for n in numbers for m in ("1", "all")]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            results = list(pool.map(lambda c: hypsim(arguments, {"LD_PRELOAD": SHIM, "HYPSIM_FAIL_ALLOC": f"{c[0]},{c[1]}"}), cases))
        bad = [f"{case}: {complaint(*result)}" for case, result in zip(cases, results) if complaint(*result)]
        self.assertEqual(bad, [], f"{len(bad)} of {len(cases)}")
        ends = {case: code for case, (code, _) in zip(cases, results)}
        self.assertEqual(ends[1, "all"], 2)
        return ends

    def test_run(self):
        self.assertIn(3, self.ends("run").values())

    def test_profile(self):
        self.assertIn(3, self.ends("profile").values())

    def test_trap_explain(self):
        self.assertLessEqual(set(self.ends("explain").values()), {0, 2})


class LimitedAddressSpace(unittest.TestCase):
    """ulimit -v: too little for the guest's memory, for what stands round it, and for what the guest makes of it."""
    MEMORY = ["--memory", "64MiB"]

    def peak_at_start(self, command):
        process = subprocess.Popen([HYPSIM, *command, "--gdb", "0", "--gdb-wait"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True)
        try:
            self.assertIn("waiting for GDB", process.stderr.readline())
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
            return int(re.search(r"VmPeak:\s+(\d+) kB", status)[1]) << 10
        finally:
            process.kill()
            process.communicate()

    def test_three_sizes(self):
        command = ["profile", "--functional", "--semihosting", "--args", "c", "--json", "--serial", "none", GUEST]
        small = [*command, *self.MEMORY]
        peak = self.peak_at_start(small)
        for arguments, limit, wanted in ((command, 512 << 20, 2), (small, peak - (48 << 20), 2), (small, peak + (4 << 20), 3)):
            code, err = hypsim(arguments, limit=limit)
            self.assertEqual((code, complaint(code, err)), (wanted, None), f"{limit >> 20} MiB: {err[:300]}")
        code, err = hypsim(small)
        self.assertEqual((code, err), (0, ""))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
