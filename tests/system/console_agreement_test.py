#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Boots a guest on hypsim and on QEMU and compares what the kernels say: the same lines, but for those that docs/testing.md declares.

Usage: console_agreement_test.py HYPSIM FETCH_GUESTS QEMU TESTING.MD linux|xen"""
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))
from harness import boots  # noqa: E402

HYPSIM, FETCH, QEMU, DOCUMENT, KIND = sys.argv[1:6]
HEADING = "### Consoles of Linux and Xen"


def declared():
    """The rows `| pattern | why |` of the table below the heading; every pattern must match a whole line."""
    section = pathlib.Path(DOCUMENT).read_text().partition(HEADING + "\n")[2].partition("\n#")[0]
    rows = re.findall(r"^\| `(.+?)` \| (.+?) \|$", section, re.M)
    return [(re.compile(pattern.replace("\\|", "|")), why) for pattern, why in rows]


def lines(console):
    """The lines that the kernels and Xen print, without time stamps, counted: the order of what runs side by side is nobody's promise."""
    text = console.decode(errors="replace").replace("\r", "")
    text = re.sub(r"(?m)^ +CPU0[^\n]*\n(.*\n)*?(?=guest: user space works)", "", text)  # /proc/interrupts
    if KIND == "xen":
        text = re.sub(r"\b(0x[0-9a-f]{8,16}|[0-9a-f]{16})\b", "ADDRESS", text)  # the modules, and so dom0's memory, lie elsewhere
    return collections.Counter(re.sub(r"^(\(XEN\) )?(DOM\d+: )?\[ *\d+\.\d+\] ", r"\1\2", line).rstrip() for line in text.split("\n") if line.strip())


def run(*command):
    return subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, capture_output=True, timeout=1500)


def boot(guests, folder):
    ours = run(HYPSIM, *boots.hypsim_command(KIND, guests, ["--functional"]))
    theirs = run(QEMU, *boots.qemu_command(KIND, guests, HYPSIM, folder))
    return ours, theirs


def main():
    guests = pathlib.Path(subprocess.run([FETCH], stdout=subprocess.PIPE, text=True, check=True).stdout.strip())
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = boot(guests, pathlib.Path(folder))
    for name, result in (("hypsim", ours), ("QEMU", theirs)):
        if result.returncode != 0 or b"guest: user space works" not in result.stdout:
            return f"{name} ended with {result.returncode}:\n{result.stdout.decode(errors='replace')[-3000:]}{result.stderr.decode(errors='replace')[-500:]}"
    mine, reference = lines(ours.stdout), lines(theirs.stdout)
    rules = declared()
    if not rules:
        return f"{DOCUMENT}: no table of differences below \"{HEADING}\""
    undeclared = []
    for mark, only in (("hypsim", mine - reference), ("QEMU", reference - mine)):
        for line in only.elements():
            reason = next((why for pattern, why in rules if pattern.fullmatch(line)), None)
            print(f"{mark:>6} only: {line}   [{reason or 'NOT DECLARED'}]")
            if reason is None:
                undeclared.append(f"{mark} only: {line}")
    print(f"{sum((mine & reference).values())} lines agree")
    if sum((mine & reference).values()) < 100:
        return "hardly a line agrees: one of the boots is cut short"
    return "\n".join(["differences that docs/testing.md does not declare:", *undeclared]) if undeclared else None


if __name__ == "__main__":
    sys.exit(main())
