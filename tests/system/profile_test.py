#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The profile of both world-switch builds: every row is there, every bucket adds up, and nothing that may vary changes a
cycle. Usage: profile_test.py HYPSIM FIRMWARE-FOLDER PLATFORMS-FOLDER"""
import json
import pathlib
import re
import sys
import tempfile
import unittest

import support

HYPSIM, FIRMWARE, PLATFORMS = sys.argv[1:4]
PLATFORM = pathlib.Path(PLATFORMS) / "virt-a15.json"
ROWS_DEF = pathlib.Path(__file__).resolve().parents[2] / "firmware/worldswitch/include/rows.def"
MODES = {"timed": [], "functional": ["--functional"]}


def image(build):
    return str(pathlib.Path(FIRMWARE) / f"worldswitch-{build}.elf")


def arguments(build, mode="timed"):
    return [*MODES[mode], "--semihosting", image(build)]


PROFILES = {}


def profile(build, mode="timed"):
    """Each profile is taken once."""
    if (build, mode) not in PROFILES:
        PROFILES[build, mode] = support.report(HYPSIM, "profile", *arguments(build, mode))
    return PROFILES[build, mode][0]


def each(test):
    """Runs a test for each build in each mode, with its report."""
    def tests(self):
        for build in support.BUILDS:
            for mode in MODES:
                with self.subTest(build=build, mode=mode):
                    test(self, build, mode, profile(build, mode))
    return tests


class Rows(unittest.TestCase):
    @each
    def test_every_micro_operation_is_measured_often_enough(self, build, _mode, report):
        names = dict(re.findall(r"^ROW\((\d+), (\w+)\)", ROWS_DEF.read_text(), re.M))
        self.assertGreaterEqual(len(names), 13)
        rows = {row["name"]: row for row in report["profile"]["rows"]}
        self.assertEqual(set(rows), set(names.values()) - support.ABSENT_ROWS[build])
        for number, name in names.items():
            if name not in rows:
                continue
            wanted = support.ITERATIONS * (1 if name in support.ONCE_FOR_ALL_VMS else support.VMS)
            self.assertEqual(rows[name]["id"], int(number))
            for what in ("cycles", "instructions", "host_instructions", "hyp_instructions"):
                self.assertEqual(rows[name][what]["count"], wanted, name)
            self.assertGreater(rows[name]["cycles"]["min"], 0, name)

    @each
    def test_who_answers(self, build, _mode, report):
        rows = {row["name"]: row for row in report["profile"]["rows"]}
        in_hyp = {"trap", "vfp_first_use"} & set(rows)
        without_exit = {"eoi"} if build == "vgic" else set()
        for name, row in rows.items():
            host, hyp = row["host_instructions"]["median"], row["hyp_instructions"]["median"]
            self.assertEqual(host == 0, name in in_hyp | without_exit, name)
            self.assertEqual(hyp == 0, name in without_exit, name)

    def test_functional_mode_takes_a_cycle_an_instruction(self):
        for build in support.BUILDS:
            for row in profile(build, "functional")["profile"]["rows"]:
                # An instruction that traps or aborts has its cycle, but does not retire.
                extra = row["cycles"]["median"] - row["instructions"]["median"]
                self.assertIn(extra, range(3), (build, row["name"]))


class AddsUp(unittest.TestCase):
    @each
    def test_the_whole_run(self, _build, _mode, report):
        total = report["profile"]["total_cycles"]
        self.assertEqual(total, sum(core["cycles"] for core in report["cores"]))
        self.assertEqual(total, report["cycles"])
        self.assertEqual(sum(report["profile"]["phases"].values()), total)
        self.assertEqual(sum(report["profile"]["resources"].values()), total)
        stack = {}
        for core in report["cores"]:
            for resource, cycles in core["cycle_stack"].items():
                stack[resource] = stack.get(resource, 0) + cycles
        self.assertEqual(report["profile"]["resources"], stack)

    @each
    def test_every_bucket(self, _build, _mode, report):
        """Of the run, each core, row, cause and (cause, VM, core): phases x resources add up to the cycles measured."""
        report = report["profile"]
        self.assertEqual(report["unaccounted_cycles"], 0)
        levels = [(report, report["total_cycles"])] + [(core, core["cycles"]) for core in report["cores"]]
        levels += [(entry, entry["cycles"]["total"]) for key in ("rows", "causes", "round_trips") for entry in report[key]]
        for entry, total in levels:
            resources = {}
            for phase, stack in entry["buckets"].items():
                self.assertEqual(sum(stack.values()), entry["phases"][phase])
                for resource, cycles in stack.items():
                    resources[resource] = resources.get(resource, 0) + cycles
            self.assertEqual(resources, entry["resources"])
            self.assertEqual(sum(resources.values()), total)

    @each
    def test_every_round_trip(self, _build, _mode, report):
        trips = report["profile"]["round_trips"]
        self.assertGreater(len(trips), 30)
        for trip in trips + report["profile"]["causes"]:
            cycles = trip["cycles"]
            self.assertEqual(sum(trip["phases"].values()), cycles["total"], trip["cause"])
            self.assertEqual(sum(trip["resources"].values()), cycles["total"], trip["cause"])
            self.assertEqual(trip["exit_leg"] + trip["host"] + trip["entry_leg"], cycles["total"], trip["cause"])
            self.assertNotIn("guest", trip["phases"])
            self.assertLessEqual(cycles["min"], cycles["median"])
            self.assertLessEqual(cycles["median"], cycles["p99"])
            self.assertLessEqual(cycles["p99"], cycles["max"])
            self.assertLessEqual(cycles["count"] * cycles["min"], cycles["total"])
            if trip["in_hyp_only"] == cycles["count"]:
                self.assertEqual((trip["host"], trip["entry_leg"]), (0, 0), trip["cause"])

    @each
    def test_causes_are_the_sums_of_their_vms(self, _build, _mode, report):
        trips = report["profile"]["round_trips"]
        for cause in report["profile"]["causes"]:
            of_cause = [t for t in trips if t["cause"] == cause["cause"]]
            self.assertEqual(len({t["vmid"] for t in of_cause}), cause["vmids"])
            self.assertEqual(len({t["core"] for t in of_cause}), cause["cores"])
            self.assertEqual(sum(b["count"] for b in cause["histogram"]), cause["cycles"]["count"])
            for key in ("exit_leg", "host", "entry_leg", "in_hyp_only", "vmid_changes"):
                self.assertEqual(sum(t[key] for t in of_cause), cause[key])
            for key in ("count", "total"):
                self.assertEqual(sum(t["cycles"][key] for t in of_cause), cause["cycles"][key])
            for trip in of_cause:
                self.assertEqual(sum(trip["vmid_after"].values()), trip["cycles"]["count"])
                moved = sum(n for vmid, n in trip["vmid_after"].items() if int(vmid) != trip["vmid"])
                self.assertEqual(moved, trip["vmid_changes"])

    @each
    def test_the_roll_over_uses_every_vmid(self, _build, _mode, report):
        self.assertEqual({trip["vmid"] for trip in report["profile"]["round_trips"]}, set(range(1, 256)))

    @each
    def test_the_phases_of_the_switch_are_named(self, build, mode, report):
        wanted = {"v9": {"abi", "banked", "cp15", "tlb", "trapcfg", "gp", "handler"}}
        wanted["vgic"] = wanted["v9"] | {"vgic", "timer", "vfp"}
        fixed = {"guest", "host kernel", "host user", "hyp", "secure", "exception entry", "exception return"}
        phases = set(report["profile"]["phases"])
        self.assertLessEqual(wanted[build], phases)
        self.assertLessEqual(phases, wanted[build] | fixed | {"idle"})
        self.assertEqual({"exception entry", "exception return"} & phases,
                         {"exception entry", "exception return"} if mode == "timed" else set())
        # Code of the switch without a phase would hide its cost.
        self.assertLess(report["profile"]["phases"].get("hyp", 0), report["profile"]["total_cycles"] / 1000)


class TwoCores(unittest.TestCase):
    def test_an_interrupt_from_one_vcpu_to_the_other(self):
        for build in support.BUILDS:
            report, text = support.report(HYPSIM, "profile", "--semihosting", "--cores", "2", image(build))
            self.assertEqual(text, support.report(HYPSIM, "profile", "--semihosting", "--cores", "2", image(build))[1])
            both = report["profile"]
            self.assertEqual(both["unaccounted_cycles"], 0)
            self.assertEqual(both["total_cycles"], sum(core["cycles"] for core in report["cores"]))
            rows = {row["name"]: row for row in both["rows"]}
            self.assertEqual(rows["ipi"]["cycles"]["count"], support.ITERATIONS * support.VMS)
            # The sender's exit and the receiver's: more than one hypercall, and by no means ten.
            self.assertGreater(rows["ipi"]["cycles"]["median"], 1.3 * rows["hvc"]["cycles"]["median"])
            self.assertLess(rows["ipi"]["cycles"]["median"], 10 * rows["hvc"]["cycles"]["median"])
            irqs = [t for t in both["round_trips"] if t["cause"] == "IRQ" and t["core"] == 1]
            self.assertGreaterEqual(sum(t["cycles"]["count"] for t in irqs), support.ITERATIONS * support.VMS)
            # The second core changes nothing of what the first one measures alone.
            alone = {row["name"]: row["cycles"]["median"] for row in profile(build)["profile"]["rows"]}
            self.assertEqual({name: rows[name]["cycles"]["median"] for name in alone}, alone)


class Deterministic(unittest.TestCase):
    @each
    def test_two_profiles_are_identical(self, build, mode, _):
        again = support.report(HYPSIM, "profile", *arguments(build, mode))[1]
        self.assertEqual(PROFILES[build, mode][1], again)

    @each
    def test_the_profiler_costs_nothing(self, build, mode, watched):
        alone = support.report(HYPSIM, "run", *arguments(build, mode))[0]
        for key in ("instructions", "cycles", "cores", "reason", "guest_exit_code"):
            self.assertEqual(watched[key], alone[key], key)

    @each
    def test_the_window_of_one_core_changes_nothing(self, build, mode, report):
        platform = json.loads(PLATFORM.read_text())
        platform["mpcore"]["timing"] = str(PLATFORM.parent / platform["mpcore"]["timing"])
        with tempfile.TemporaryDirectory() as folder:
            for window in (7, 1000, 1000000):
                platform["mpcore"]["window-cycles"] = {"functional": window, "timed": window}
                file = pathlib.Path(folder) / "other.json"
                file.write_text(json.dumps(platform))
                other = support.report(HYPSIM, "profile", "--platform", str(file), *arguments(build, mode))[0]
                self.assertEqual(report["cycles"], other["cycles"], f"window of {window} cycles")
                self.assertEqual(report["profile"], other["profile"], f"window of {window} cycles")


class Text(unittest.TestCase):
    def test_the_table_is_readable(self):
        for build in support.BUILDS:
            result = support.run(HYPSIM, "profile", *arguments(build))
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            console, _, table = result.stdout.partition(f"worldswitch {build}: done\n")
            self.assertTrue(console)
            lines = table.splitlines()
            self.assertLessEqual(max(map(len, lines)), 120)
            self.assertLess(len(lines), 300)
            for words in ("Micro-operations", "Round trips", "Hyp visits", "by phase", "by resource", "in 255 VMs"):
                self.assertIn(words, table)
            report = profile(build)["profile"]
            for row in report["rows"]:
                cycles = row["cycles"]
                numbers = rf"\s+{cycles['count']}\s+{cycles['min']}\s+{cycles['median']}\s+{cycles['p99']}\s+{cycles['max']}\b"
                self.assertRegex(table, rf"(?m)^{row['name']}{numbers}")
            for cause in report["causes"]:
                cycles = cause["cycles"]
                self.assertRegex(table, rf"(?m)^{re.escape(cause['cause'])}\s+{cycles['count']}\s+{cycles['min']}\s+{cycles['median']}\b")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
