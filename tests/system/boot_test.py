#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Boots Debian's Linux, or Debian's Xen with Linux as dom0, to user space and to power-off.

Usage: boot_test.py HYPSIM FETCH_GUESTS linux|xen [--cores N] [--platform NAME] [--tree NAME | --qemu-tree QEMU] [--domu] [--timed] [--twice]
       [-- hypsim options]
The binaries come from FETCH_GUESTS; not getting them is a failure. With --tree Linux gets the
kernel package's own device tree of that name, with --qemu-tree the one that QEMU's virt machine dumps; with --domu Xen starts a second Linux beside dom0, with
--timed cycles are counted, with --twice a second run must be the same run."""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

CHECK = "panic=-1 hypsim=check"
TROUBLE = ("Kernel panic", "Internal error", "BUG:", "WARNING: CPU", "Call trace", "rcu_sched self-detected", "unhandled", "(XEN) Panic")
# What Xen says on the reference machine too.
HARMLESS = ("vGICD: unhandled word write 0xffffffff to ICACTIVER",)


def qemu_tree(arguments, folder):
    """The options that hand over the tree of QEMU's virt machine."""
    if not arguments.qemu_tree:
        return []
    file = pathlib.Path(folder, "qemu.dtb")
    subprocess.run([arguments.qemu_tree, "-M", f"virt,virtualization=on,gic-version=2,dumpdtb={file}", "-cpu", "cortex-a15", "-m", "1024",
                    "-smp", str(arguments.cores), "-nographic"], check=True, stdin=subprocess.DEVNULL, capture_output=True)
    return ["--dtb", file]


def command(arguments, guests, tree_options):
    base = [arguments.hypsim, "run", "--json", "--platform", arguments.platform, "--cores", str(arguments.cores)]
    if not arguments.timed:
        base.append("--functional")
    base += tree_options
    if arguments.kind == "linux":
        tree = ["--dtb", guests / "dtb" / f"{arguments.tree}.dtb"] if arguments.tree else []
        return base + tree + ["--memory", "512MiB", "--initrd", guests / "initrd.gz", "--append", f"console=ttyAMA0 earlycon {CHECK}",
                       *arguments.options, guests / "vmlinuz"]
    domu = ["--domu", guests / "vmlinuz", "--domu-initrd", guests / "initrd.gz", "--domu-append", f"console=ttyAMA0 {CHECK}"]
    return base + (domu if arguments.domu else []) + ["--append", "console=dtuart dom0_mem=512M noreboot", "--dom0", guests / "vmlinuz", "--dom0-initrd", guests / "initrd.gz",
                   "--dom0-append", f"console=hvc0 earlycon=xenboot {CHECK}", *arguments.options, guests / "xen"]


def markers(arguments):
    """What the console must show, in this order."""
    # Versatile Express's own tree knows no PSCI.
    psci = [] if arguments.tree else ["psci: PSCIv1"]
    linux = ["Booting Linux on physical CPU 0x0", *psci, f"Brought up 1 node, {arguments.cores} CPU", "Run /init as init process",
             "guest: Linux 6.1", f"{arguments.cores} CPU, Features"]
    if arguments.kind == "linux":
        return linux + ["guest: user space works", "reboot: Power down"]
    return ["Xen version 4.17", f"Brought up {arguments.cores} CPUs", "LOADING DOMAIN 0"] + linux + [
        "guest: on xen", "guest: user space works", "Hardware Dom0 halted"]


def check(console, expected):
    at = 0
    for marker in expected:
        found = console.find(marker, at)
        if found < 0:
            return f'"{marker}" is missing'
        at = found + len(marker)
    return None


def check_all(console, arguments):
    # What dom0 and a guest beside it say is interleaved by lines; Xen marks the guest's.
    lines = console.splitlines(keepends=True)
    own = "".join(line for line in lines if "DOM1: " not in line)
    fault = check(own, markers(arguments))
    if not fault and arguments.domu:
        guest = ["Booting Linux on physical CPU 0x0", "Run /init", "1 CPU, Features", "guest: user space works", "Power down"]
        fault = check("".join(line for line in lines if "DOM1: " in line), guest)
    if fault:
        return fault
    for line in console.splitlines():
        if any(word in line for word in TROUBLE) and not any(word in line for word in HARMLESS):
            return f'trouble: "{line.strip()}"'
    return None


def main():
    split = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    parser = argparse.ArgumentParser()
    parser.add_argument("hypsim")
    parser.add_argument("fetch")
    parser.add_argument("kind", choices=("linux", "xen"))
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--platform", default="virt-a15")
    parser.add_argument("--tree")
    parser.add_argument("--qemu-tree")
    parser.add_argument("--domu", action="store_true")
    parser.add_argument("--timed", action="store_true")
    parser.add_argument("--twice", action="store_true")
    arguments = parser.parse_args(sys.argv[1:split])
    arguments.options = sys.argv[split + 1:]

    fetched = subprocess.run([arguments.fetch], stdout=subprocess.PIPE, text=True)
    if fetched.returncode != 0:
        return "the guests cannot be fetched"
    guests = pathlib.Path(fetched.stdout.strip())
    with tempfile.TemporaryDirectory() as folder:
        return boot(arguments, guests, qemu_tree(arguments, folder))


def boot(arguments, guests, tree_options):
    runs = []
    for _ in range(2 if arguments.twice else 1):
        run = subprocess.run(command(arguments, guests, tree_options), stdin=subprocess.DEVNULL, capture_output=True)
        console = run.stderr.decode(errors="replace")
        print(console)
        if not run.stdout:
            return f"hypsim ended with {run.returncode}"
        report = json.loads(run.stdout)
        print(f"{report['reason']} after {report['instructions']} instructions, {report['cycles']} cycles")
        fault = check_all(console, arguments)
        if fault:
            return fault
        if (run.returncode, report["reason"]) != (0, "power-off"):
            return f"hypsim ended with {run.returncode}, {report['reason']}"
        runs.append((report, console))
    if arguments.twice and runs[0] != runs[1]:
        return "two runs differ"
    return None


if __name__ == "__main__":
    sys.exit(main())
