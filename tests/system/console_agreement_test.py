#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Boots a guest on hypsim and on QEMU and compares what the kernels say: the same lines, but for those that docs/testing.md declares.

Usage: console_agreement_test.py HYPSIM FETCH_GUESTS QEMU TESTING.MD linux|xen"""
import collections
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

HYPSIM, FETCH, QEMU, DOCUMENT, KIND = sys.argv[1:6]
HEADING = "### Consoles of Linux and Xen"
CHECK = "panic=-1 hypsim=check"
MODULE_SHIFT = 0x8000000


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
    tree = folder / "tree.dtb"
    hypsim = [HYPSIM, "run", "--functional", "--write-dtb", tree]
    if KIND == "linux":
        # The kernel package's own tree of the board; QEMU enters in Supervisor mode.
        own = guests / "dtb" / "vexpress-v2p-ca15-tc1.dtb"
        append = f"console=ttyAMA0 earlycon {CHECK}"
        ours = run(*hypsim, "--platform", "vexpress-a15", "--entry", "svc", "--dtb", own, "--initrd", guests / "initrd.gz", "--append", append, guests / "vmlinuz")
        theirs = run(QEMU, "-M", "vexpress-a15", "-cpu", "cortex-a15", "-m", "1024", "-nographic", "-no-reboot", "-kernel", guests / "vmlinuz",
                     "-initrd", guests / "initrd.gz", "-dtb", own, "-append", append)
    else:
        ours = run(*hypsim, "--append", "console=dtuart dom0_mem=512M noreboot", "--dom0", guests / "vmlinuz", "--dom0-initrd", guests / "initrd.gz",
                   "--dom0-append", f"console=hvc0 earlycon=xenboot {CHECK}", guests / "xen")
        # The same tree for both, except that QEMU wants the place of our modules for the tree itself.
        blob = tree.read_bytes()
        loaders = []
        for at, file in zip(sorted(int(at, 16) for at in re.findall(rb"module@([0-9a-f]+)\x00", blob)), (guests / "vmlinuz", guests / "initrd.gz")):
            size = file.stat().st_size
            blob = blob.replace(struct.pack(">QQ", at, size), struct.pack(">QQ", at + MODULE_SHIFT, size))
            loaders += ["-device", f"loader,file={file},addr={at + MODULE_SHIFT:#x},force-raw=on"]
        tree.write_bytes(blob)
        theirs = run(QEMU, "-M", "virt,virtualization=on,gic-version=2", "-cpu", "cortex-a15", "-m", "1024", "-net", "none", "-nographic", "-no-reboot",
                     "-kernel", guests / "xen", "-dtb", tree, *loaders)
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
