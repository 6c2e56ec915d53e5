#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Profiles a whole boot of Debian's Xen with dom0, by the functions of Xen, functional or with cycles counted and the refill tails of
all trips. Usage: xen_profile_test.py HYPSIM FETCH_GUESTS functional|timed"""
import json
import pathlib
import subprocess
import sys

HYPSIM, FETCH, MODE = sys.argv[1:4]


def fault(report):
    profile = report["profile"]
    if report["reason"] != "power-off":
        return f"the boot ended by {report['reason']}"
    if profile["unaccounted_cycles"] != 0 or profile["total_cycles"] != sum(core["cycles"] for core in report["cores"]):
        return "cycles of the run are in no bucket, or in two"
    for core in profile["cores"]:
        if core["cycles"] != report["cores"][core["core"]]["cycles"] or sum(core["phases"].values()) != core["cycles"]:
            return f"the phases of core {core['core']} do not add up to its cycles"
        buckets = {(phase, r): n for phase, by in core["buckets"].items() for r, n in by.items()}
        for k, sums in enumerate((core["phases"], core["resources"])):
            for name, cycles in sums.items():
                if sum(n for key, n in buckets.items() if key[k] == name) != cycles:
                    return f"the buckets of {name} on core {core['core']} do not add up"
    causes = {entry["cause"]: entry for entry in profile["causes"]}
    if len(causes) != len(profile["causes"]):
        return "two causes have the same name"
    for words in ("HVC", "WFI", "IRQ", "data abort"):
        if not any(words.lower() in cause.lower() for cause in causes):
            return f"no round trip by {words}: {sorted(causes)}"
    for cause, entry in causes.items():
        total = entry["cycles"]["total"]
        if sum(entry["phases"].values()) != total or entry["exit_leg"] + entry["host"] + entry["entry_leg"] != total:
            return f"{cause}: the phases or the legs do not add up to the trips"
        if sum(n for by in entry["buckets"].values() for n in by.values()) != total:
            return f"{cause}: the buckets do not add up to the trips"
        if sum(trip["cycles"]["total"] for trip in profile["round_trips"] if trip["cause"] == cause) != total:
            return f"{cause}: the VMs and cores do not add up to the trips"
    if not {trip["vmid"] for trip in profile["round_trips"]} <= {1, 2}:
        return "other VMIDs than Xen gives to its first guests"
    calls = next(entry for cause, entry in causes.items() if "HVC" in cause)
    for function in ("prepare_context_from_guest", "do_trap_guest_sync", "leave_hypervisor_to_guest"):
        if function not in calls["phases"]:
            return f"a hypercall without {function}: {sorted(calls['phases'])}"
    if MODE == "timed":
        for resource in ("dram", "l2", "mispredict", "exception", "walk_stage2", "sysreg"):
            if profile["resources"].get(resource, 0) == 0:
                return f"a boot that spends nothing on {resource}"
        if not any(entry["refill_tail"]["tlb_l1"]["misses"] for entry in causes.values()):
            return "no trip costs the guest an entry of its L1 TLBs"
    return None


def main():
    guests = pathlib.Path(subprocess.run([FETCH, "--symbols"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip())
    run = subprocess.run([HYPSIM, "profile", *(["--functional"] if MODE == "functional" else ["--refill-tail"]), "--json", "--phases", "symbols", "--symbols", guests / "xen-syms", "--cores", "2",
                          "--append", "console=dtuart dom0_mem=512M noreboot", "--dom0", guests / "vmlinuz", "--dom0-initrd", guests / "initrd.gz",
                          "--dom0-append", "console=hvc0 panic=-1 hypsim=check", guests / "xen"],
                         stdin=subprocess.DEVNULL, capture_output=True, timeout=1700)
    if not run.stdout:
        return f"hypsim ended with {run.returncode}: {run.stderr.decode(errors='replace')[-2000:]}"
    return fault(json.loads(run.stdout))


if __name__ == "__main__":
    sys.exit(main())
