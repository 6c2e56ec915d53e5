# SPDX-License-Identifier: Apache-2.0
"""Profiles both builds of the world-switch firmware and prints their micro-operations side by side.

Exit: 0 both ran to their end; 3 a guest failed (its console is shown); 2 a file is missing."""
import argparse
import json
import os
import subprocess
import sys

BUILDS = ("v9", "vgic")
# Published figures of Cortex-A15 hardware: Dall and Nieh, ASPLOS 2014, table 3 (with VGIC and virtual timers; without),
# Arndale board, Exynos 5250 at 1.7 GHz, cycles. Row: its name there, v9, vgic. All but hvc and trap are quoted from memory
# of that table, not read again: check them before citing.
PUBLISHED = {
    "hvc": ("Hypercall", 2270, 5326),
    "trap": ("Trap", 27, 27),
    "mmio_read_vgic": ("I/O Kernel", 2850, 5990),
    "mmio_read_user": ("I/O User", 6704, 10119),
    "ipi": ("IPI", 32951, 14366),
    "eoi": ("EOI+ACK", 13726, 427),
}
CALIBRATED = {"hvc", "trap"}  # used to calibrate the model (docs/timing.md), so no evidence for it


def profile(args, build):
    image = os.path.join(args.firmware, f"worldswitch-{build}.elf")
    for path, what in ((args.hypsim, "the simulator"), (image, "the firmware")):
        if not os.path.exists(path):
            print(f"demo: {path}: {what} is not built; run scripts/demo", file=sys.stderr)
            sys.exit(2)
    run = subprocess.run([args.hypsim, "profile", "--json", "--semihosting", "--cores", "2", image], capture_output=True, text=True)
    if run.returncode != 0:
        sys.stderr.write(run.stderr)
        print(f"demo: the {build} firmware failed with exit code {run.returncode}", file=sys.stderr)
        sys.exit(3)
    return json.loads(run.stdout)


def cell(report, name, build):
    row = next((r for r in report["profile"]["rows"] if r["name"] == name), None)
    if row is None:
        return None
    return {"count": row["cycles"]["count"], "min": row["cycles"]["min"], "median": row["cycles"]["median"],
            "p99": row["cycles"]["p99"], "instructions": row["instructions"]["median"],
            "host_instructions": row["host_instructions"]["median"], **published(name, build, row["cycles"]["median"])}


def published(name, build, median):
    if name not in PUBLISHED:
        return {"published": None}
    title, *figures = PUBLISHED[name]
    figure = figures[BUILDS.index(build)]
    return {"published": figure, "published_name": title, "calibrated": name in CALIBRATED,
            "deviation_percent": round(100 * (median / figure - 1), 1)}


def table(reports):
    names = []
    for report in reports.values():
        names += [r["name"] for r in report["profile"]["rows"] if r["name"] not in names]
    return {name: {build: cell(reports[build], name, build) for build in BUILDS} for name in names}


def text(rows, reports):
    out = ["World switch on a simulated Cortex-A15 at 1.7 GHz: cycles between the guest's markers (medians)", ""]
    out.append(f"{'':<16} |{'v9 (2012: no VGIC, no virtual timer)':^52} |{'vgic (3.9 ABI, 4 list registers, timer)':^52}")
    head = f"{'cycles':>8} {'p99':>8} {'insns':>7} {'host':>6} {'published':>9} {'differs':>7}   "
    out.append(f"{'micro-operation':<16} |{head} |{head}")
    out.append("-" * 17 + "+" + "-" * 53 + "+" + "-" * 52)
    for name, cells in rows.items():
        line = f"{name:<16} |"
        for build in BUILDS:
            c = cells[build]
            if c is None:
                line += f"{'-':>8}" + " " * 44 + " |"
                continue
            line += f"{c['median']:>8} {c['p99']:>8} {c['instructions']:>7} {c['host_instructions']:>6} "
            line += f"{c['published']:>9} {c['deviation_percent']:>+6.0f}%" if c["published"] else " " * 17
            line += "[c] |" if c.get("calibrated") else "    |"
        out.append(line.rstrip("|").rstrip())
    out += ["", "insns: instructions between the markers, host: those of our host kernel and its PL0 process (a Linux host runs more).",
            "published: Cortex-A15 hardware, Dall and Nieh, ASPLOS 2014. [c]: the model is calibrated on this row, which is therefore",
            "no evidence; every other row is a prediction. docs/profile.md explains the gaps, docs/timing.md has each number's source.", ""]
    for build in BUILDS:
        r = reports[build]
        out.append(f"{build}: guest exit {r['guest_exit_code']}, {r['instructions']} instructions, {r['cycles']} cycles; "
                   f"phases of an hvc round trip (mean cycles): {phases(r)}")
    return "\n".join(line.rstrip() for line in out) + "\n"


def hvc_trips(report):
    """The round trips of the measured hypercall: the most frequent HVC cause."""
    trips = [t for t in report["profile"]["round_trips"] if t["cause"].startswith("HVC")]
    totals = {}
    for t in trips:
        totals[t["cause"]] = totals.get(t["cause"], 0) + t["cycles"]["count"]
    return [t for t in trips if totals and t["cause"] == max(totals, key=totals.get)]


def phases(report):
    total, count = {}, 0
    for trip in hvc_trips(report):
        count += trip["cycles"]["count"]
        for phase, cycles in trip["phases"].items():
            total[phase] = total.get(phase, 0) + cycles
    ordered = sorted(total.items(), key=lambda item: -item[1])
    return ", ".join(f"{phase} {round(cycles / count)}" for phase, cycles in ordered)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hypsim", required=True)
    parser.add_argument("--firmware", required=True)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    reports = {build: profile(args, build) for build in BUILDS}
    rows = table(reports)
    if args.json:
        json.dump({"unit": "cycles", "rows": rows, "profiles": reports}, sys.stdout, indent=2)
        print()
    else:
        sys.stdout.write(text(rows, reports))


if __name__ == "__main__":
    main()
