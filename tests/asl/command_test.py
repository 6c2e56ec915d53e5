#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/asl-compare on a small tree of our own Sail, which says of calls what ARMv7 says, and on one that says otherwise.

Usage: command_test.py HYPSIM
"""
import pathlib
import subprocess
import sys
import tempfile
import unittest

HYPSIM = sys.argv[1]
COMMAND = pathlib.Path(__file__).resolve().parents[2] / "scripts/asl-compare"

OLD = """
let EL0 : bits(2) = 0b00
let EL1 : bits(2) = 0b01
let EL2 : bits(2) = 0b10
let M32_Svc : bits(5) = 0b10011
let M32_Undef : bits(5) = 0b11011
enum Exception = {Exception_Uncategorized, Exception_SupervisorCall, Exception_HypervisorCall, Exception_MonitorCall}

function AArch32_DecodeSysRegAccess word = (word, word)

function guest () = (PSTATE.EL == EL0 | PSTATE.EL == EL1) & [get_SCR()[0]] == 0b1

function record kind = {
    r : ExceptionRecord = undefined : ExceptionRecord;
    r.typ = kind;
    r.syndrome = Zeros(25);
    r
}

function AArch32_ExceptionClass typ = {
    match typ {
      Exception_Uncategorized => (0, 0b0),
      Exception_SupervisorCall => (17, 0b1),
      Exception_HypervisorCall => (18, 0b1),
      _ => (19, 0b1)
    }
}

function to_hyp_by_tge () = (PSTATE.EL == EL0 & guest()) & [get_HCR()[27]] == 0b1

function AArch32_TakeUndefInstrException () = {
    if PSTATE.EL == EL2 | to_hyp_by_tge() then {
        AArch32_EnterHypMode(record(Exception_Uncategorized))
    } else {
        AArch32_EnterMode(M32_Undef)
    }
}

function AArch32_CheckForSMCUndefOrTrap () = {
    if PSTATE.EL == EL0 then {
        throw(Error_Undefined())
    };
    if guest() & [get_HCR()[19]] == 0b1 then {
        AArch32_EnterHypMode(record(Exception_MonitorCall))
    }
}

function HVC_Op_AS imm = {
    if PSTATE.EL == EL0 | [get_SCR()[0]] == 0b0 | [get_SCR()[8]] == 0b0 then {
        throw(Error_Undefined())
    };
    r : ExceptionRecord = record(Exception_HypervisorCall);
    r.syndrome = __SetSlice_bits(25, 16, r.syndrome, 0, imm);
    AArch32_EnterHypMode(r)
}

function AArch32_CallSupervisor imm = {
    if PSTATE.EL == EL2 | to_hyp_by_tge() then {
        r : ExceptionRecord = record(Exception_SupervisorCall);
        r.syndrome = __SetSlice_bits(25, 16, r.syndrome, 0, imm);
        AArch32_EnterHypMode(r)
    } else {
        AArch32_EnterMode(M32_Svc)
    }
}
"""
NEW = "".join(f"bitfield {name} : bits({width}) =\n  {{\n    NS : 0..0\n  }}\n\n"
              for name, width in (("SCR_Type", 32), ("HCR_Type", 32), ("HCR_EL2_Type", 64), ("SCTLR_Type", 32)))


class Command(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.tree = pathlib.Path(folder.name)

    def plant(self, text):
        for name in ("arm-v8.5-a/model", "arm-v9.4-a/src"):
            (self.tree / name).mkdir(parents=True, exist_ok=True)
        old, new = self.tree / "arm-v8.5-a/model", self.tree / "arm-v9.4-a/src"
        for name in ("aarch_mem", "aarch64", "aarch_types"):
            (old / f"{name}.sail").write_text("")
        for name in ("interrupts", "instrs32"):
            (new / f"{name}.sail").write_text("")
        (old / "aarch32.sail").write_text(text)
        (new / "v8_base.sail").write_text(NEW)

    def run_command(self, *options):
        return subprocess.run([sys.executable, COMMAND, "--hypsim", HYPSIM, *options, self.tree], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=200, check=False)

    def test_a_specification_that_agrees(self):
        self.plant(OLD)
        result = self.run_command("--kind", "call")
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        count = int(result.stdout.split()[0])
        self.assertGreater(count, 200)
        self.assertIn(f"{count} the same", result.stdout)

    def test_one_that_does_not(self):
        self.plant(OLD.replace("[get_HCR()[19]]", "[get_HCR()[18]]"))
        result = self.run_command("--kind", "call")
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        self.assertIn("without a class", result.stdout)
        self.assertIn("call 0xe1600070 svc HCR=0x80000", result.stdout)

    def test_a_function_that_is_not_there(self):
        self.plant(OLD)
        result = self.run_command("--kind", "fp")
        self.assertEqual((result.returncode, len(result.stderr.splitlines())), (2, 1), result.stderr)
        self.assertIn("AArch32_CheckAdvSIMDOrFPEnabled", result.stderr)

    def test_no_tree(self):
        result = self.run_command()
        self.assertEqual((result.returncode, len(result.stderr.splitlines())), (2, 1), result.stderr)
        self.assertIn("rems-project/sail-arm", result.stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
