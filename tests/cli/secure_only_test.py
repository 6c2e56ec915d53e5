#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Memory and devices that answer Secure accesses alone, on every path to them.

Usage: secure_only_test.py HYPSIM GUEST.ELF GDB PLATFORMS
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

HYPSIM, GUEST, GDB, PLATFORMS = sys.argv[1:5]
TIMEOUT = 300
OK = "ok"
READ, FETCH, WRITE = "D 008", "P 008", "D 406"  # synchronous external aborts, and an asynchronous one: a store is posted
WALK_OF_DATA, WALK_OF_FETCH = "D 00c", "P 00c"  # on the first level
BY_ACCESS = {"load": READ, "ldrd": READ, "ldrex": READ, "store": WRITE, "fetch": FETCH}


def every_access(world, refused):
    return {f"{world} {access}": (abort if refused else OK) for access, abort in BY_ACCESS.items()}


def expected(refused):
    """What the guest says where Non-secure accesses are refused, or not."""
    lines = every_access("secure", False)
    lines |= {"secure uart load": OK, "secure uart store": OK}
    for world in ("non-secure", "non-secure end", "non-secure mapped"):
        lines |= every_access(world, refused)
    lines |= {"non-secure uart load": READ if refused else OK, "non-secure uart store": WRITE if refused else OK,
              "non-secure other uart load": OK, "non-secure ram load": OK,
              "non-secure walk": WALK_OF_DATA, "non-secure walk of a fetch": WALK_OF_FETCH}
    lines |= every_access("secure by NS", refused)
    lines |= {"secure ram is as it was": OK, "secure by S load": OK, "secure by S fetch": OK,
              "device in ram": OK, "device in secure ram": "D 000" if refused else OK}
    return lines


class SecureOnly(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        board = json.loads(pathlib.Path(PLATFORMS, "virt-a15-secure.json").read_text(encoding="utf-8"))
        board["mpcore"]["timing"] = str(pathlib.Path(PLATFORMS, "cortex-a15.json").resolve())
        for device in board["devices"]:
            device.pop("secure", None)
        pathlib.Path(cls.folder.name, "open.json").write_text(json.dumps(board), encoding="utf-8")

    def board(self, name):
        return str(pathlib.Path(PLATFORMS, "virt-a15-secure.json") if name == "secure" else pathlib.Path(self.folder.name, f"{name}.json"))

    def run_guest(self, board, *options):
        result = subprocess.run([HYPSIM, "run", "--platform", self.board(board), "--entry", "secure", "--semihosting", "--max-insns", "30000000",
                                 *options, GUEST], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_every_path(self):
        for engine in ("jit", "interp"):
            for mode in (["--functional"], []):
                console = self.run_guest("secure", "--engine", engine, *mode)
                self.assertEqual(dict(re.findall(r"(.+): (.+)", console)), expected(True), f"{engine} {mode}")
                self.assertEqual(console.count("secure text"), 1, "the Non-secure world has printed what it cannot read")
                self.assertTrue(console.endswith("end\n"))

    def test_the_same_guest_where_nothing_is_secure(self):
        console = self.run_guest("open", "--functional")
        lines = dict(re.findall(r"(.+): (.+)", console))
        wanted = expected(False)
        for walk in ("non-secure walk", "non-secure walk of a fetch", "secure ram is as it was"):  # whatever is in that memory
            lines.pop(walk)
            wanted.pop(walk)
        self.assertEqual(lines, wanted)
        self.assertEqual(console.count("secure text"), 2)

    def test_debugger(self):
        """Each world has its own physical memory."""
        process = subprocess.Popen([HYPSIM, "run", "--platform", self.board("secure"), "--entry", "secure", "--semihosting", "--functional",
                                    "--serial", "none", "--json", "--gdb", "0", "--gdb-wait", GUEST],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        address = re.search(r"target remote (\S+)", process.stderr.readline())[1]
        read, write = "x/1wx 0x0e100000", "set {int}0x0e100000 = 0x1234"
        commands = [f"target remote {address}", "break try_memory", "continue", "echo [secure]\\n", read]
        commands += ["continue", "echo [nonsecure]\\n", read]
        for space in ("secure", "pa-secure", "pa-nonsecure", "pl1", "pa"):
            commands += [f"monitor space {space}", f"echo [{space}]\\n", read]
        commands += ["monitor space pa-nonsecure", "echo [write pa-nonsecure]\\n", write, "monitor space pa-secure", "echo [unchanged]\\n", read,
                     "echo [write pa-secure]\\n", write, "echo [changed]\\n", read, "kill"]
        script = pathlib.Path(self.folder.name, "commands")
        script.write_text("\n".join(["set pagination off", "set confirm off", *commands]) + "\n", encoding="utf-8")
        # One command after another, whatever becomes of each.
        arguments = [part for line in script.read_text(encoding="utf-8").splitlines() for part in ("-ex", line)]
        text = subprocess.run([GDB, "-nx", "-batch", *arguments, GUEST], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=TIMEOUT).stdout
        answers = dict(re.findall(r"^\[([\w -]+)\]\n((?!\[).*)?", text, re.M))
        code, refused = "0xe12fff1e", "annot access memory"
        for name, answer in (("secure", code), ("nonsecure", refused), ("pa-secure", code), ("pa-nonsecure", refused), ("pl1", refused),
                             ("pa", refused), ("write pa-nonsecure", refused), ("unchanged", code), ("changed", "0x00001234")):
            self.assertIn(answer, answers.get(name, "no answer"), f"{name}:\n{text}")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
