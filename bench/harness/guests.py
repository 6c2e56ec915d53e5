# SPDX-License-Identifier: Apache-2.0
"""What bench/compare runs: how each guest is started on hypsim and on QEMU, and how to know that it went well."""
import json
import pathlib

from . import process

# Mode -> options of hypsim run.
HYPSIM = {
    "functional": ["--functional", "--engine", "jit"],
    "timed": ["--engine", "jit"],
    "functional_interpreted": ["--functional", "--engine", "interp"],
    "timed_interpreted": ["--engine", "interp"],
}
MODES = (*HYPSIM, "qemu")
IMAGE_MIXES = ("compute", "memory", "exception", "trap")
# Of the world-switch firmware; irq_exit and ipi are left out: they wait, and for how long is the clock's choice.
SWITCH_ROWS = {
    "v9": ("hvc", "trap", "noop_guest", "mmio_read_user", "mmio_read_vgic", "eoi", "wfi", "cp15_trap", "stage2_fault", "tlb_flush_vmid", "vmid_rollover"),
    "vgic": ("hvc", "trap", "noop_guest", "mmio_read_user", "mmio_read_vgic", "eoi", "wfi", "cp15_trap", "stage2_fault", "vfp_first_use", "tlb_flush_vmid",
             "vmid_rollover"),
}
QEMU_BOARD = ["-M", "virt,virtualization=on,gic-version=2", "-cpu", "cortex-a15", "-display", "none", "-monitor", "none"]


class Guest:
    """One row: a program whose work grows by turns, all alike."""

    name = good = ""

    def hypsim_command(self, options, turns):
        raise NotImplementedError

    def qemu_command(self, turns):
        raise NotImplementedError

    def hypsim(self, machines, mode, turns):
        """Cost of a run, and its instructions."""
        cost = process.run([machines.hypsim, *self.hypsim_command(HYPSIM[mode], turns)], self.good)
        return cost, json.loads(cost.out)["instructions"]

    def qemu(self, machines, turns):
        return process.run([machines.qemu, *QEMU_BOARD, *self.qemu_command(turns)], self.good)


class Image(Guest):
    """An image of bench/guest. Turns are on its command line."""

    good = ", ok"

    def __init__(self, path, parameter=None):
        self.path = path
        self.name = path.stem
        self.parameter = [] if parameter is None else [str(parameter)]

    def hypsim_command(self, options, turns):
        return ["run", "--json", "--semihosting", *options, "--args", " ".join(["bench", str(turns), *self.parameter]), self.path]

    def qemu_command(self, turns):
        words = ["bench", str(turns), *self.parameter]
        return ["-serial", "null", "-semihosting-config", ",".join(["enable=on,target=native", *(f"arg={word}" for word in words)]), "-kernel", self.path]


class Switch(Guest):
    """One row of the world-switch firmware, on all three VMs. No turn is one iteration, one turn two of them ..."""

    def __init__(self, path, build, row):
        self.path, self.row = path, row
        self.name = f"{build}-{row}"
        self.good = f"worldswitch {build}: done"

    def options(self, turns):
        return f"iterations={turns + 1} rows={self.row}"

    def hypsim_command(self, options, turns):
        return ["run", "--json", "--semihosting", *options, "--args", self.options(turns), self.path]

    def qemu_command(self, turns):
        return ["-serial", "stdio", "-audiodev", "none,id=none", "-semihosting-config", "enable=on,target=native", "-kernel", self.path,
                "-append", self.options(turns)]


def guests_of(mix, build):
    """The rows of a mix."""
    if mix == "switch":
        return [Switch(build / f"firmware/worldswitch-{name}.elf", name, row) for name, rows in SWITCH_ROWS.items() for row in rows]
    return [Image(path) for path in sorted((build / "bench/guest" / mix).glob("*.elf"))]


def missing(guests):
    return [str(guest.path) for guest in guests if not pathlib.Path(guest.path).is_file()]
