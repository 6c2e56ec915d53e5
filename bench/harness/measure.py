# SPDX-License-Identifier: Apache-2.0
"""The measurements of bench/compare. Each function gives one row, a dictionary that goes into the JSON as it is."""
import json
import pathlib
import statistics
import tempfile

from . import boots, guests, process

MOST_TURNS = 1 << 24
GROWTH = 16
# In which the growth of the cost per instruction is looked for: turns of recursion-arm, VMs of vmswitch-arm.
LENGTHS = (1, 4, 16, 64)
VMS = (1, 4, 16, 64, 255)
START_RUNS = 7


class Machines:
    def __init__(self, hypsim, qemu):
        self.hypsim, self.qemu = hypsim, qemu


def ratios(row):
    """Adds how hypsim compares with QEMU, where both were measured."""
    for mode in ("functional", "timed"):
        if mode in row and "qemu" in row:
            row[f"{mode}_to_qemu"] = row[mode] / row["qemu"]
    return row


def rate(machines, guest, mode, per_turn, seconds, repeat):
    """Million guest instructions a second of CPU time: the best of `repeat` runs of about `seconds`, less the start-up."""

    def once(turns):
        if mode == "qemu":
            return guest.qemu(machines, turns).cpu, None
        cost, instructions = guest.hypsim(machines, mode, turns)
        return cost.cpu, instructions

    starts = [once(0) for _ in range(repeat)]
    start, idle = min(starts)[0], starts[0][1]
    turns = 1
    while True:
        cpu, instructions = once(turns)
        busy = cpu - start
        if busy >= seconds / 2 or turns >= MOST_TURNS:
            break
        turns = min(turns * GROWTH, max(turns * 2, round(turns * seconds / max(busy, 1e-3))), MOST_TURNS)
    busy = min([busy, *(once(turns)[0] - start for _ in range(repeat - 1))])
    # QEMU does not count: hypsim's count of the same turns is used.
    done = per_turn * turns if mode == "qemu" else instructions - idle
    return done / busy / 1e6


def speed(machines, guest, modes, seconds, repeat, progress):
    row = {"name": guest.name}
    one, two = (guest.hypsim(machines, "functional", turns)[1] for turns in (1, 2))
    row["instructions_a_turn"] = two - one
    for mode in modes:
        progress(f"{guest.name}: {mode}")
        row[mode] = rate(machines, guest, mode, two - one, seconds, repeat)
    return ratios(row)


def mean(rows):
    columns = [key for key, value in rows[0].items() if isinstance(value, float)]
    return {"name": "geometric mean", **{key: statistics.geometric_mean(row[key] for row in rows) for key in columns}}


def boot(machines, kind, modes, fetch, progress):
    """CPU and wall seconds to power-off, and what hypsim holds in memory beyond the guest's own."""
    row = {"name": kind, "cpu_seconds": {}, "wall_seconds": {}, "beyond_ram_mib": {}, "guest_ram_mib": {}}
    folder = boots.fetch(fetch)
    with tempfile.TemporaryDirectory() as scratch:
        for mode in modes:
            progress(f"{kind}: {mode}")
            if mode == "qemu":
                cost = process.run([machines.qemu, *boots.qemu_command(kind, folder, machines.hypsim, pathlib.Path(scratch))], boots.GOOD)
            else:
                options = ["--json", *guests.HYPSIM[mode]]
                cost = process.run([machines.hypsim, *boots.hypsim_command(kind, folder, options)], boots.GOOD, ram_bytes=boots.MEMORY)
                row["beyond_ram_mib"][mode], row["guest_ram_mib"][mode] = cost.beyond_ram, cost.guest_ram
                row.setdefault("instructions", {})[mode] = json.loads(cost.out)["instructions"]
            row["cpu_seconds"][mode], row["wall_seconds"][mode] = cost.cpu, cost.wall
    for mode in row.get("instructions", {}):
        row[mode] = row["instructions"][mode] / row["cpu_seconds"][mode] / 1e6
    if "qemu" in modes:
        if "functional" in modes:
            row["qemu"] = row["instructions"]["functional"] / row["cpu_seconds"]["qemu"] / 1e6
        for mode in ("functional", "timed"):
            if mode in modes:
                row[f"{mode}_time_to_qemu"] = row["cpu_seconds"][mode] / row["cpu_seconds"]["qemu"]
                row[f"{mode}_wall_to_qemu"] = row["wall_seconds"][mode] / row["wall_seconds"]["qemu"]
    return row


def start(machines, name, build, fetch, progress):
    """Milliseconds, wall and CPU, of a whole run that ends with its first guest instruction: the least of several runs."""
    row = {"name": name, "wall_ms": {}, "cpu_ms": {}}
    for mode in ("functional", "timed"):
        progress(f"start of {name}: {mode}")
        options = [*guests.HYPSIM[mode], "--max-insns", 1]
        if name == "image":
            command = ["run", *options, build / "bench/guest/compute/sieve-arm.elf"]
        else:
            command = boots.hypsim_command(name, boots.fetch(fetch), options)
        costs = [process.run([machines.hypsim, *command], "stopped by --max-insns after 1 instructions", codes=(3,)) for _ in range(START_RUNS)]
        row["wall_ms"][mode], row["cpu_ms"][mode] = min(cost.wall for cost in costs) * 1e3, min(cost.cpu for cost in costs) * 1e3
    return row


def host_per_guest(machines, guest, mode, few, many):
    """Host instructions for each guest instruction that `many` turns have more than `few`."""
    counted = []
    for turns in (few, many):
        host, out = process.host_instructions([machines.hypsim, *guest.hypsim_command(guests.HYPSIM[mode], turns)], guest.good)
        counted.append((host, json.loads(out)["instructions"]))
    return (counted[1][0] - counted[0][0]) / (counted[1][1] - counted[0][1])


def scaling(machines, build, progress):
    """Host instructions a guest instruction, by the length of the run and by the number of VMs (VMIDs)."""
    rows = []
    images = build / "bench/guest"
    for mode in ("functional", "timed"):
        row = {"name": "length", "mode": mode, "unit": "turns of recursion-arm", "host_per_guest": {}}
        guest = guests.Image(images / "compute/recursion-arm.elf")
        for before, length in zip(LENGTHS, LENGTHS[1:]):
            progress(f"{mode}: run length {length}")
            row["host_per_guest"][f"{before}-{length}"] = host_per_guest(machines, guest, mode, before, length)
        rows.append(row)
        row = {"name": "vms", "mode": mode, "unit": "VMs of vmswitch-arm", "host_per_guest": {}}
        for vms in VMS:
            progress(f"{mode}: {vms} VMs")
            row["host_per_guest"][str(vms)] = host_per_guest(machines, guests.Image(images / "trap/vmswitch-arm.elf", vms), mode, 8, 24)
        rows.append(row)
    return rows
