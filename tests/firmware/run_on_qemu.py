#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a world-switch image on QEMU and checks its whole console and its exit code.

The console that a correct image prints is known in full: it follows from the table of rows, the build and the way in.
"""
import argparse
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

ABSENT = {
    "v9": {"vfp_first_use", "vfp_context", "virtual_timer"},
    "vgic": {"mmio_no_syndrome"},
}
MACHINES = {
    ("virt-a15", "hyp"): "virt,virtualization=on,gic-version=2",
    ("virt-a15", "secure"): "virt,virtualization=on,gic-version=2,secure=on",
    ("virt-a15", "svc"): "virt,virtualization=on,gic-version=2,secure=on",
    ("virt-a15", "shim-hyp"): "virt,virtualization=on,gic-version=2,secure=on",
    ("virt-a15", "no-hyp"): "virt,gic-version=2",
    ("vexpress-a15", "secure"): "vexpress-a15,virtualization=on",
}
STARTED_IN = {
    "hyp": "Non-secure Hyp",
    "shim-hyp": "Non-secure Hyp",
    "secure": "Secure SVC",
    "svc": "Non-secure SVC, monitor set HVBAR",
}
NO_HYP = "no Hyp mode: started in Non-secure SVC, and no secure monitor set HVBAR\n"
SHIM_MAGIC, SHIM_PARAMS, SHIM_MODE_OFFSET = 0x4D485348, 0x40, 0x48
SHIM_MODE = {"shim-hyp": 0, "svc": 1}
TIMEOUT_SECONDS = 240


def table_of_rows():
    path = pathlib.Path(__file__).resolve().parents[2] / "firmware/worldswitch/include/rows.def"
    found = re.findall(r"^(ROW|CHECK)\(\d+, (\w+)\)", path.read_text(), re.M)
    if not found:
        sys.exit(f"{path}: no rows")
    return found


def expected_console(build, entry, iterations, cores, rows):
    if entry == "no-hyp":
        return NO_HYP
    lines = [
        f"worldswitch {build}: started in {STARTED_IN[entry]}",
        "vm0: A32, stage 1 off",
        "vm1: T32, stage 1 short descriptors",
        "vm2: A32, stage 1 long descriptors",
    ]
    for kind, name in table_of_rows():
        if rows and name not in rows:
            continue
        if name == "ipi" and cores == 1:
            lines.append("row ipi: needs two cores")
            continue
        label = "row" if kind == "ROW" else "check"
        detail = f"3 VMs, {iterations} iterations" if kind == "ROW" else "3 VMs"
        lines.append(f"{label} {name}: " + ("not in this build" if name in ABSENT[build] else f"{detail}, ok"))
    lines.append(f"worldswitch {build}: done")
    return "\n".join(lines) + "\n"


def patched_shim(shim, mode, directory):
    data = bytearray(pathlib.Path(shim).read_bytes())
    if struct.unpack_from("<I", data, SHIM_PARAMS)[0] != SHIM_MAGIC:
        sys.exit(f"{shim}: no parameter block at offset {SHIM_PARAMS:#x}")
    struct.pack_into("<I", data, SHIM_MODE_OFFSET, mode)
    path = pathlib.Path(directory) / "shim.bin"
    path.write_bytes(data)
    return str(path)


def qemu_command(arguments, directory):
    command = [
        arguments.qemu, "-M", MACHINES[arguments.board, arguments.entry], "-cpu", "cortex-a15",
        "-display", "none", "-monitor", "none", "-serial", "stdio", "-audiodev", "none,id=none",
        "-semihosting-config", "enable=on,target=native",
    ]
    if arguments.entry in SHIM_MODE:
        shim = patched_shim(arguments.shim, SHIM_MODE[arguments.entry], directory)
        return command + ["-bios", shim, "-device", f"loader,file={arguments.image}"]
    command += ["-kernel", arguments.image]
    options = [f"iterations={arguments.iterations}"] if arguments.iterations != 32 else []
    options += [f"rows={','.join(arguments.rows)}"] if arguments.rows else []
    command += ["-smp", str(arguments.cores)] if arguments.cores != 1 else []
    return command + (["-append", " ".join(options)] if options else [])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image")
    parser.add_argument("--build", choices=ABSENT, required=True)
    parser.add_argument("--entry", choices=sorted({entry for _, entry in MACHINES}), default="hyp")
    parser.add_argument("--board", choices=sorted({board for board, _ in MACHINES}), default="virt-a15")
    parser.add_argument("--iterations", type=int, default=32)
    parser.add_argument("--cores", type=int, default=1)
    parser.add_argument("--rows", type=lambda text: text.split(","), help="only these: a,b,...")
    parser.add_argument("--shim", help="shim.bin, for the entries svc and shim-hyp")
    parser.add_argument("--fails-with", metavar="REGEX", help="the image has a defect: its last line must match, exit code 1")
    parser.add_argument("--console", metavar="FILE", help="where to leave the console")
    parser.add_argument("--qemu", default="qemu-system-arm")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as directory:
        run = subprocess.run(qemu_command(arguments, directory), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             timeout=TIMEOUT_SECONDS, check=False)
    console = run.stdout.decode("ascii", "replace").replace("\r", "")
    if arguments.console:
        pathlib.Path(arguments.console).write_text(console)

    if arguments.fails_with:
        last = console.splitlines()[-1] if console else ""
        good = run.returncode == 1 and re.fullmatch(arguments.fails_with, last)
    else:
        wanted_code = 3 if arguments.entry == "no-hyp" else 0
        good = run.returncode == wanted_code and console == expected_console(arguments.build, arguments.entry,
                                                                             arguments.iterations, arguments.cores, arguments.rows)
    if not good:
        sys.stdout.write(console)
        sys.exit(f"{arguments.image}: exit code {run.returncode}, or the console above is not as expected")


if __name__ == "__main__":
    main()
