#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""GDB itself against hypsim run --gdb. Usage: gdb_test.py HYPSIM GDB GUEST.ELF WORLDSWITCH.ELF"""
import re
import sys
import tempfile
import unittest

from support import FIRMWARE, GUEST, Simulator, gdb, run_plainly


def same_run(test, report, plain):
    """A debugger leaves no trace in the report."""
    for key in ("reason", "instructions", "cycles", "cores"):
        test.assertEqual(report[key], plain[key], key)


class WorldSwitch(unittest.TestCase):
    """A hypervisor: the world switch of the firmware."""

    @classmethod
    def setUpClass(cls):
        cls.plain = run_plainly(FIRMWARE)

    def test_a_session(self):
        with Simulator(FIRMWARE) as simulator:
            got = gdb(simulator.address, FIRMWARE,
                      "break handler.guest_trap", "continue", "info threads", "p $HSR", "p/x $HSR", "p $HCR", "p/x $VTTBR", "p $spsr_hyp",
                      "p/x $elr_hyp", "p/x $sp_hyp", "p/x $sp", "p/x $SCTLR_s", "info registers banked", "monitor translate $pc",
                      "monitor translate $elr_hyp guest", "monitor traps 2", "monitor cores",
                      "delete", "stepi", "stepi", "info symbol $pc", "watch current_generation", "continue", "backtrace 1",
                      "delete", "continue")
            report, code = simulator.finish()
        self.assertIn("handler.guest_trap", got.of("continue"))
        self.assertRegex(got.of("info threads"), r'Thread 1 "core 0" \(Hyp.*handler\.guest_trap')
        hsr = int(re.search(r"0x[0-9a-f]+", got.of("p/x $HSR"))[0], 16)
        self.assertIn(f"EC={hsr >> 26}", got.of("p $HSR"))
        self.assertRegex(got.of("p $HCR"), r"VM .*TSC")
        self.assertRegex(got.of("p/x $VTTBR"), r"= 0x[0-9a-f]{9,}")
        self.assertRegex(got.of("p $spsr_hyp"), r"\[ M=\d+")
        self.assertEqual(got.of("p/x $sp_hyp").split()[-1], got.of("p/x $sp").split()[-1])
        self.assertNotIn("void", got.of("p/x $SCTLR_s"))
        self.assertRegex(got.of("info registers banked"), r"r8_fiq +0x")
        walk = got.of("monitor translate $pc")
        self.assertRegex(walk, r"Hyp regime\n  stage 1 level 1: .*table at")
        self.assertRegex(walk, r"PA 0x402\w+ Non-secure, PL2 r-?w?-?x")
        self.assertIn("TLB: ", walk)
        guest_walk = got.of("monitor translate $elr_hyp guest")
        self.assertRegex(guest_walk, r"Non-secure PL1&0 regime.*stage 2 of VMID \d+")
        self.assertRegex(guest_walk, r"stage 2 level 1: \[0x\w+\] = 0x\w{16}: table at")
        traps = got.of("monitor traps 2").splitlines()
        self.assertEqual(len(traps), 2)
        self.assertIn(f"HSR {hsr:#010x}", traps[0])
        self.assertRegex(got.of("monitor cores"), r"core 0: Hyp.* at handler\.guest_trap, cycle \d+")
        self.assertIn("guest_trap+8", got.of("info symbol $pc").replace(" + ", "+"))
        self.assertRegex(got.of("continue", 1), r"Old value = \d+\nNew value = \d+")
        self.assertIn("#0 ", got.of("backtrace 1"))
        self.assertIn("exited normally", got.of("continue", 2))
        self.assertEqual(code, 0)
        same_run(self, report, self.plain)

    def test_breakpoints_that_count_for_one_vmid_only(self):
        with Simulator(FIRMWARE) as simulator:
            got = gdb(simulator.address, FIRMWARE, "monitor scope all any vmid 255", "break main", "break handler.guest_trap",
                      "monitor scope handler.guest_trap hyp vmid 2", "continue", "p $pc", "p/x $VTTBR >> 48",
                      "monitor scope handler.guest_trap pl1 vmid 2", "continue")
            report, _ = simulator.finish()
        self.assertIn("all: any vmid 255", got.of("monitor scope all any vmid 255"))
        self.assertRegex(got.of("monitor scope handler.guest_trap hyp vmid 2"), r"0x402\w+: hyp vmid 2")
        self.assertIn("<handler.guest_trap", got.of("p $pc"))
        self.assertIn("= 0x2", got.of("p/x $VTTBR >> 48"))
        self.assertIn("exited normally", got.of("continue", 1))
        same_run(self, report, self.plain)


class Cycles(unittest.TestCase):
    """Breakpoints, watchpoints and steps cost the guest nothing."""

    def check(self, *commands, options=()):
        with Simulator(GUEST, *options) as simulator:
            got = gdb(simulator.address, GUEST, *commands, "delete", "continue")
            report, _ = simulator.finish()
        self.assertIn("exited normally", got.text)
        same_run(self, report, run_plainly(GUEST, *options))
        return got

    def test_in_the_middle_of_a_block(self):
        for options in ((), ("--functional",)):
            got = self.check("break quick", "continue", "continue", "continue", "p $r0", "p $pc", options=options)
            self.assertIn("= 3", got.of("p $r0"))
            self.assertIn("<quick>", got.of("p $pc"))

    def test_a_condition_in_a_loop(self):
        got = self.check("break tail if $r5 == 600", "continue", "p $r5", "x/dw &counters")
        self.assertIn("= 600", got.of("p $r5"))
        self.assertRegex(got.of("x/dw &counters"), r":\s+600")

    def test_steps(self):
        got = self.check("break quick", "continue", *["stepi"] * 12, "p $pc")
        self.assertRegex(got.of("p $pc"), r"<(loop|quick|tail)")

    def test_watchpoints(self):
        got = self.check("set $n = 0", "watch *(int *)&counters if *(int *)&counters == 500", "continue", "p $r0", "delete",
                         "rwatch *(int *)((char *)&counters + 4)", "continue", "info symbol $pc", "p $r5")
        self.assertIn("New value = 500", got.of("continue"))
        self.assertIn("= 500", got.of("p $r0"))
        self.assertIn("leaf", got.of("info symbol $pc"))
        self.assertIn("= 5000", got.of("p $r5"))

    def test_finish_and_until(self):
        got = self.check("hbreak leaf", "continue", "p/x $lr", "tbreak *$lr", "continue", "p/x $pc")
        self.assertIn("Breakpoint 1, leaf", got.of("continue"))
        self.assertEqual(got.of("p/x $lr").split()[-1], got.of("p/x $pc").split()[-1])


class Changes(unittest.TestCase):
    """What the debugger writes arrives."""

    def test_registers_and_memory(self):
        with Simulator(GUEST) as simulator:
            got = gdb(simulator.address, GUEST, "break quick", "continue", "set $r0 = 7000", "set $d3 = 1.5", "p $d3", "set $sp_irq = 0x1234",
                      "p/x $sp_irq", "set $HTPIDR = 0x55aa", "p/x $HTPIDR", "set var *(int *)((char *)&counters + 8) = 77",
                      "x/dw (char *)&counters + 8", "monitor pa counters 4", "stepi", "stepi", "x/dw &counters",
                      "set $pc = tail", "set $r5 = 4999", "p $pc", "stepi", "stepi", "stepi", "info symbol $pc", "delete", "continue")
            report, code = simulator.finish()
        self.assertIn("= 1.5", got.of("p $d3"))
        self.assertIn("0x1234", got.of("p/x $sp_irq"))
        self.assertIn("0x55aa", got.of("p/x $HTPIDR"))
        self.assertIn("77", got.of("x/dw (char *)&counters + 8"))
        self.assertIn("7000", got.of("x/dw &counters"))
        self.assertIn("<tail>", got.of("p $pc"))
        self.assertIn("exited normally", got.of("continue", 1))
        self.assertEqual((report["reason"], code), ("exit", 0))


class Cores(unittest.TestCase):
    OPTIONS = ("--cores", "2", "--entry", "secure")

    def test_every_core_is_a_thread(self):
        with Simulator(GUEST, *self.OPTIONS) as simulator:
            got = gdb(simulator.address, GUEST, "break again", "continue", "info threads", "thread 2", "p $MPIDR & 3", "p $r4", "stepi",
                      "info symbol $pc", "thread 1", "p $MPIDR & 3", "delete", "break tail", "continue", "delete", "continue")
            report, _ = simulator.finish()
        self.assertIn('"core 0"', got.of("info threads"))
        self.assertIn('"core 1"', got.of("info threads"))
        self.assertIn("= 1", got.of("p $MPIDR & 3"))
        self.assertIn("= 0", got.of("p $MPIDR & 3", 1))
        self.assertIn("again", got.of("info symbol $pc"))
        self.assertIn("exited normally", got.of("continue", 2))
        same_run(self, report, run_plainly(GUEST, *self.OPTIONS))


class Sessions(unittest.TestCase):
    def test_one_after_the_other_on_a_unix_socket(self):
        with tempfile.TemporaryDirectory() as folder:
            where = f"unix:{folder}/socket"
            with Simulator(GUEST, where=where) as simulator:
                for count in (1, 2, 3):
                    # The guest is kept from running away between the clients by a loop of its own.
                    got = gdb(simulator.address, GUEST, "break tail", "set $pc = quick", "set $r6 = &counters", f"set $r0 = {count}", "continue",
                              "x/dw &counters", "delete", "set $pc = parked", "detach")
                    self.assertRegex(got.of("x/dw &counters"), rf":\s+{count}$")
                    self.assertIn("detached", got.text)
                got = gdb(simulator.address, GUEST, "info symbol $pc", "set $pc = _start", "continue")
                report, code = simulator.finish()
        self.assertIn("parked", got.of("info symbol $pc"))
        self.assertIn("exited normally", got.of("continue"))
        self.assertEqual((report["reason"], code), ("exit", 0))

    def test_kill(self):
        with Simulator(GUEST) as simulator:
            gdb(simulator.address, GUEST, "break tail", "continue", "kill")
            report, code = simulator.finish()
        self.assertEqual((report["reason"], code), ("interrupted", 3))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
