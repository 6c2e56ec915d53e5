# SPDX-License-Identifier: Apache-2.0
"""Boots of Linux, and of Xen with dom0, to user space and power-off: the same binaries, device tree and command lines on hypsim
and on QEMU."""
import pathlib
import re
import struct
import subprocess

from . import process

GOOD = "guest: user space works"
KINDS = ("linux", "xen")
MEMORY = 1 << 30  # bytes, of either board
CHECK = "panic=-1 hypsim=check"
# QEMU wants the place of our modules for the device tree.
MODULE_SHIFT = 0x8000000


def fetch(program):
    """The folder of the guests."""
    done = subprocess.run([program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise process.RunFailed(done.stderr.strip())
    return pathlib.Path(done.stdout.strip())


def hypsim_command(kind, guests, options=()):
    """Behind the name of the program. Linux gets the kernel package's own tree, Xen the generated one."""
    if kind == "linux":
        return ["run", *options, "--platform", "vexpress-a15", "--entry", "svc", "--dtb", guests / "dtb/vexpress-v2p-ca15-tc1.dtb",
                "--initrd", guests / "initrd.gz", "--append", f"console=ttyAMA0 earlycon {CHECK}", guests / "vmlinuz"]
    return ["run", *options, "--append", "console=dtuart dom0_mem=512M noreboot", "--dom0", guests / "vmlinuz", "--dom0-initrd", guests / "initrd.gz",
            "--dom0-append", f"console=hvc0 earlycon=xenboot {CHECK}", guests / "xen"]


def qemu_command(kind, guests, hypsim, folder):
    """Behind the name of the program; `folder` is for the device tree that hypsim makes for Xen."""
    if kind == "linux":
        return ["-M", "vexpress-a15", "-cpu", "cortex-a15", "-m", "1024", "-nographic", "-no-reboot", "-kernel", guests / "vmlinuz",
                "-initrd", guests / "initrd.gz", "-dtb", guests / "dtb/vexpress-v2p-ca15-tc1.dtb", "-append", f"console=ttyAMA0 earlycon {CHECK}"]
    tree = folder / "tree.dtb"
    process.run([hypsim, *hypsim_command(kind, guests, ["--functional", "--write-dtb", tree, "--max-insns", 1])], "", codes=(3,))
    blob = tree.read_bytes()
    loaders = []
    for at, file in zip(sorted(int(at, 16) for at in re.findall(rb"module@([0-9a-f]+)\x00", blob)), (guests / "vmlinuz", guests / "initrd.gz")):
        size = file.stat().st_size
        blob = blob.replace(struct.pack(">QQ", at, size), struct.pack(">QQ", at + MODULE_SHIFT, size))
        loaders += ["-device", f"loader,file={file},addr={at + MODULE_SHIFT:#x},force-raw=on"]
    tree.write_bytes(blob)
    return ["-M", "virt,virtualization=on,gic-version=2", "-cpu", "cortex-a15", "-m", "1024", "-net", "none", "-nographic", "-no-reboot",
            "-kernel", guests / "xen", "-dtb", tree, *loaders]
