# SPDX-License-Identifier: Apache-2.0
"""What the system tests share: running hypsim, and telling where two consoles part."""
import json
import subprocess
import sys

TIMEOUT_SECONDS = 240
BUILDS = ("v9", "vgic")
# Rows that a build does not have, and rows that run once an iteration and not once an iteration and VM.
ABSENT_ROWS = {"v9": {"vfp_first_use", "ipi"}, "vgic": {"ipi"}}  # ipi: with one core
ONCE_FOR_ALL_VMS = {"vmid_rollover"}
VMS, ITERATIONS = 3, 32


def run(hypsim, *arguments):
    return subprocess.run([hypsim, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, timeout=TIMEOUT_SECONDS, check=False)


def report(hypsim, *arguments):
    """The JSON report of a run that must end well, and its text."""
    result = run(hypsim, arguments[0], "--json", *arguments[1:])
    if result.returncode != 0:
        raise AssertionError(f"{arguments}: exit code {result.returncode}\n{result.stderr}")
    return json.loads(result.stdout), result.stdout


def first_difference(ours, theirs):
    a, b = ours.splitlines(keepends=True), theirs.splitlines(keepends=True)
    for number, (x, y) in enumerate(zip(a, b), 1):
        if x != y:
            return f"line {number}: hypsim {x!r}, QEMU {y!r}"
    return f"hypsim has {len(a)} lines, QEMU {len(b)}"


def fail(message, result):
    sys.stdout.write(result.stdout)
    sys.stderr.write(result.stderr)
    sys.exit(message)
