#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what the profiler relies on in a world-switch image: the marker section, and that every instruction of the
switch lies behind the symbol of a phase."""
import re
import subprocess
import sys

PHASES = {"abi", "banked", "cp15", "vgic", "timer", "vfp", "tlb", "trapcfg", "gp", "handler"}
NEEDED = {
    "v9": {"abi", "banked", "cp15", "tlb", "trapcfg", "gp", "handler"},
    "vgic": PHASES,
}
# Functions that begin in SVC, or right before their first phase.
SVC_SIDE = {"vcpu_enter", "tlb_flush_vmid", "flush_vm_context", "hyp_call", "hyp_bring_up",
            "hyp_vcpu_run", "hyp_tlb_flush_vmid", "hyp_flush_vm_context"}


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()


def main():
    readelf, nm, image, build = sys.argv[1:]
    sections = output(readelf, "-SW", image)
    marker = re.search(r"\.hypsim\.markers\s+PROGBITS\s+0+ \w+ \w+ 00 +(\w*) ", sections)
    if not marker or "A" in marker.group(1):
        sys.exit(f"{image}: no .hypsim.markers, or it is loaded")
    rows = re.findall(r"(\d+) (\w+)\\n", output(readelf, "-p", ".hypsim.markers", image))
    if len(rows) != 13 or rows[0] != ("1", "hvc"):
        sys.exit(f"{image}: markers are {rows}")
    symbols = [line.split() for line in output(nm, "-n", image).splitlines()]
    names = [s[2] for s in symbols if len(s) == 3 and s[1] in "tT" and not s[2].startswith("$")]
    first = names.index("vcpu_enter" if build == "v9" else "hyp_call")
    last = max(i for i, name in enumerate(names) if name.startswith("tlb."))
    strangers = [n for n in names[first:last] if n.split(".")[0] not in PHASES and n not in SVC_SIDE]
    if strangers:
        sys.exit(f"{image}: no phases: {strangers}")
    missing = NEEDED[build] - {n.split(".")[0] for n in names[first:last + 1]}
    if missing:
        sys.exit(f"{image}: phases without code: {missing}")


if __name__ == "__main__":
    main()
