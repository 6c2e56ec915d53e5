#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what the profiler and its reader rely on in a world-switch image: the marker section, that every instruction of
the switch lies behind the symbol of a phase, and that a hypercall's round trip makes as many system-register accesses as the
published switches did."""
import collections
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


# Code that a hypercall's way in and way out runs, as [from, to) symbols; the switches have no loops and no calls there.
ROUND_TRIP = {
    "v9": [("vcpu_enter", "handler.guest_trap"),                       # host in, guest entered, HVC of both
           ("abi.hyp_hvc", "abi.host_hvc"), ("handler.guest_exit", "handler.fault_address"),
           ("banked.save_guest", "abi.back_in_svc")],
    "vgic": [("abi.hyp_hvc", "handler.guest_trap"), ("abi.vcpu_run", "vfp.switch_to_host"),
             ("abi.hyp_hvc", "abi.host_call"), ("handler.guest_exit", "handler.fault_address"),
             ("vfp.restore_fpexc", "vfp.first_use")],
}
# MRC, MRRC, MCR and MCRR; MRS and MSR; ISB; VMRS and VMSR. Counted by hand over the published sources: v9 12/16 without VGIC
# and timer, and 3.9-4.4, which does not store the FIQ bank: 8 MRS more here.
PUBLISHED = {"v9": (47 + 49, 46 + 45, 0, 0), "vgic": (135, 84 + 8, 2, 3)}


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()


def round_trip(objdump, image, build):
    code, symbol = collections.OrderedDict(), None
    for line in output(objdump, "-d", "--no-show-raw-insn", image).splitlines():
        label = re.match(r"\w+ <(.+)>:$", line)
        if label:
            symbol = label.group(1)
            code[symbol] = collections.Counter()
        elif symbol and line.startswith("4"):
            code[symbol][line.split()[1]] += 1
    names, total = list(code), collections.Counter()
    for first, end in ROUND_TRIP[build]:
        for name in names[names.index(first):names.index(end)]:
            total += code[name]
    groups = (("mrc", "mrrc", "mcr", "mcrr"), ("mrs", "msr"), ("isb",), ("vmrs", "vmsr"))
    return tuple(sum(total[m] for m in group) for group in groups)


def main():
    readelf, nm, objdump, image, build = sys.argv[1:]
    sections = output(readelf, "-SW", image)
    marker = re.search(r"\.hypsim\.markers\s+PROGBITS\s+0+ \w+ \w+ 00 +(\w*) ", sections)
    if not marker or "A" in marker.group(1):
        sys.exit(f"{image}: no .hypsim.markers, or it is loaded")
    rows = re.findall(r"(\d+) (\w+)\\n", output(readelf, "-p", ".hypsim.markers", image))
    if len(rows) != 14 or rows[0] != ("1", "hvc"):
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
    counted = round_trip(objdump, image, build)
    if counted != PUBLISHED[build]:
        sys.exit(f"{image}: a hypercall makes {counted} accesses, published {PUBLISHED[build]}")


if __name__ == "__main__":
    main()
