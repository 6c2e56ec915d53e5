#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Broken files, numbers out of range and options that nothing uses: every command says one short line and exits 2.
Usage: bad_input_test.py HYPSIM GUESTS.ELF PLATFORMS"""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

HYPSIM, GUESTS, PLATFORMS = sys.argv[1:4]
FOLDER = tempfile.TemporaryDirectory()
ROOT = pathlib.Path(FOLDER.name)


def hypsim(*arguments):
    return subprocess.run([HYPSIM, *[a if isinstance(a, bytes) else str(a) for a in arguments]], capture_output=True, stdin=subprocess.DEVNULL, timeout=120)


class Refusals(unittest.TestCase):
    def refuse(self, arguments, *words):
        result = hypsim(*arguments)
        said = result.stderr
        self.assertEqual(result.returncode, 2, (arguments, said[:500], result.stdout[:200]))
        self.assertEqual(result.stdout, b"", arguments)
        self.assertTrue(said.startswith(b"hypsim: ") and said.endswith(b"\n"), said)
        self.assertEqual(said.count(b"\n"), 1, said)
        self.assertLess(len(said), 400, said)
        self.assertFalse([byte for byte in said[:-1] if byte < 0x20 or byte == 0x7F], said)
        said.decode()  # is UTF-8
        self.assertNotIn(b"internal error", said, arguments)
        for word in words:
            self.assertIn(word, said.decode(), arguments)


class Files(Refusals):
    """Every kind of JSON file in every way that a file can be broken."""

    PLATFORM = json.loads((pathlib.Path(PLATFORMS) / "virt-a15.json").read_text())
    TIMING = json.loads((pathlib.Path(PLATFORMS) / "cortex-a15.json").read_text())
    VECTORS = {"vectors": [{"name": "n", "instruction": "0xe320f003", "expect": {"result": "waits"}}]}
    SETTING = {"name": "mine", "registers": {"HCR": "TWI"}}
    BUDGET = {"rows": {"hvc": {"median": 1}}}

    @classmethod
    def setUpClass(cls):
        cls.profile = ROOT / "profile.json"
        cls.profile.write_bytes(hypsim("profile", "--functional", "--semihosting", "--serial", "none", "--json", GUESTS).stdout)
        cls.PROFILE = json.loads(cls.profile.read_text())
        cls.budget = ROOT / "budget.json"
        cls.budget.write_text("{}")

    def commands(self):
        """Name, a good file, an address in it and its pointer, and the commands that read such a file."""
        budget, profile = self.budget, self.profile

        def with_timing(file):
            platform = json.loads(json.dumps(self.PLATFORM))
            platform["mpcore"]["timing"] = str(file)
            (ROOT / "timed.json").write_text(json.dumps(platform))
            return ["run", "--platform", ROOT / "timed.json", GUESTS]
        return (("platform", self.PLATFORM, ("boot", "image"), [lambda f: ["run", "--platform", f, GUESTS], lambda f: ["profile", "--platform", f, GUESTS]]),
                ("timing", self.TIMING, ("parameters", "latency.alu", "value"), [with_timing]),
                ("vectors", self.VECTORS, ("vectors", 0, "expect", "pc"), [lambda f: ["trap", "test", f], lambda f: ["trap", "test", "--json", f]]),
                ("setting", self.SETTING, ("registers", "HCR"), [lambda f: ["trap", "matrix", "--preset", f], lambda f: ["trap", "diff", "kvm", f],
                                                                 lambda f: ["trap", "explain", "0xe320f003", "--preset", f]]),
                ("budget", self.BUDGET, ("rows", "hvc", "median"), [lambda f: ["profile", "--budget", f, "--from", profile], lambda f: ["profile", "--budget", f, GUESTS]]),
                ("profile", self.PROFILE, ("profile", "total_cycles"), [lambda f: ["profile", "--compare", profile, f], lambda f: ["profile", "--budget", budget, "--from", f]]))

    def broken(self, name, text, *words):
        for kind, good, place, commands in self.commands():
            file = ROOT / f"{kind}-{name}.json"
            content = text(json.loads(json.dumps(good)), place) if callable(text) else text
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
            for command in commands:
                with self.subTest(kind=kind, broken=name):
                    self.refuse(command(file), file.name, *words)

    def at(self, token):
        """The good file with `token` where a number belongs."""
        def text(good, place):
            inner = good
            for key in place[:-1]:
                inner = inner[key]
            inner[place[-1]] = "@"
            return json.dumps(good).replace('"@"', token)
        return text

    def test_what_is_no_json(self):
        self.broken("empty", "", "is empty")
        self.broken("blank", " \n", "is empty")
        self.broken("cut", lambda good, _: json.dumps(good)[:-1], "is not JSON", "line 1")
        self.broken("garbage", lambda good, _: json.dumps(good) + " }", "is not JSON", "the end of the file")
        self.broken("utf16", "{}".encode("utf-16"), "UTF-16")
        self.broken("latin1", b'{"n\xff": 1}', "0xff", "UTF-8")
        self.broken("terminal", '{"\\u001b[2J\\u0007": 1}')

    def test_nesting(self):
        self.broken("arrays", "[" * 80000 + "]" * 80000, "64 levels")
        self.broken("objects", '{"rows":' + '{"x":' * 100000 + "1" + "}" * 100001, "64 levels")

    def test_keys_that_stand_twice(self):
        self.broken("twice", lambda good, _: json.dumps(good)[:-1] + "," + json.dumps(good)[1:], "stands twice")
        registers = ROOT / "registers.json"
        registers.write_text('{"name": "m", "registers": {"HCR": 1, "hcr": 2}}')
        self.refuse(["trap", "matrix", "--preset", registers], "HCR stands twice")

    def test_numbers(self):
        for name, token in (("minus-zero", "-0"), ("minus-one", "-1"), ("large", "1e400"), ("wide", "18446744073709551616"), ("digits", "9" * 5000),
                            ("text", '"\\u0000"'), ("string", '"many"'), ("list", "[1]"), ("truth", "true")):
            self.broken(name, self.at(token))

    def test_top_level(self):
        self.broken("list", json.dumps([["x" * 100] * 400]), "top level", "expected", "found an array of 1 value")
        self.broken("number", "17", "top level", "found 17")
        self.broken("string", json.dumps("x" * 4000), "top level", "xxx...xxx")

    def test_what_is_no_file(self):
        for kind, _, _, commands in self.commands():
            for command in commands:
                self.refuse(command(ROOT / "no-such.json"), "no-such.json")
                self.refuse(command(ROOT / ("long" * 1000 + ".json")))
                self.refuse(command(ROOT))

    def test_comments_where_they_are_allowed(self):
        platform = ROOT / "comment.json"
        timing = ROOT / "comment-timing.json"
        timing.write_text("// mine\n" + json.dumps(self.TIMING))
        content = json.loads(json.dumps(self.PLATFORM))
        content["mpcore"]["timing"] = str(timing)
        platform.write_text("/* mine */" + json.dumps(content))
        result = hypsim("run", "--platform", platform, "--semihosting", GUESTS)
        self.assertEqual((result.returncode, result.stderr), (0, b""))
        vectors = ROOT / "comment-vectors.json"
        vectors.write_text("// mine\n" + json.dumps(self.VECTORS))
        self.refuse(["trap", "test", vectors], "found a comment")

    def test_a_byte_order_mark_is_no_fault(self):
        file = ROOT / "mark.json"
        file.write_bytes(b"\xef\xbb\xbf" + json.dumps(self.VECTORS).encode())
        self.assertEqual(hypsim("trap", "test", file).returncode, 0)


NUMBERS = ("18446744073709551616", "99999999999999999999", "-1", "+1", "1e400", "1e3", "1.5", "0x", "", " 1", "1 ", "many", "1_000", "9" * 3000)


class Numbers(Refusals):
    def test_options_that_take_a_number(self):
        for option, bad, range_ in (("--max-insns", ["0"], "1 to 18446744073709551615"), ("--max-cycles", ["0"], "1 to 18446744073709551615"),
                                    ("--entropy-seed", [], "0 to 18446744073709551615"), ("--power-key", [], "0 to 18446744073709551615"),
                                    ("--cores", ["0", "5"], "1 to 4")):
            for value in (*NUMBERS, *bad):
                with self.subTest(option=option, value=value):
                    self.refuse(["run", option, value, GUESTS], option, range_)
                    self.refuse(["profile", option, value, GUESTS], option, range_)
        for option, bad, range_ in (("--trace-count", ["0"], "1 to 18446744073709551615"), ("--trace-from", [], "0 to 18446744073709551615")):
            for value in (*NUMBERS, *bad):
                with self.subTest(option=option, value=value):
                    self.refuse(["run", "--trace", ROOT / "trace", option, value, GUESTS], option, range_)

    def test_sizes(self):
        for value in (*NUMBERS, "4KiB", "2048GiB", "1.5GiB", "512mib", "512 MiB", "17179869184GiB"):
            self.refuse(["run", "--memory", value, GUESTS], "--memory")
            self.refuse(["run", "--dom0", GUESTS, "--domu", GUESTS, "--domu-memory", value, GUESTS], "--domu-memory")

    def test_times(self):
        for value in ("0", "-1", "+1", "", "1e3", "inf", "nan", "1h", "0.5ms", "99999999999", "9" * 500, ".5", "1.", "0x10"):
            self.refuse(["run", "--timeout", value, GUESTS], "--timeout")
        for value in ("300ms", "0.3", "0.3s"):
            result = hypsim("run", "--functional", "--semihosting", "--args", "l", "--timeout", value, GUESTS)
            self.assertEqual(result.returncode, 3)
            self.assertIn(b"stopped by --timeout", result.stderr)

    def test_numbers_inside_values(self):
        for value in (*NUMBERS, "0x10000000000"):
            self.refuse(["run", "--load", f"{GUESTS}@{value}", GUESTS], "--load")
        for value in (*NUMBERS, "0"):
            self.refuse(["run", "--set", f"timing.l2.load_to_use={value}", GUESTS], "--set timing.l2.load_to_use", "1 to 1000 cycles")
        for value in ("65536", "-1", "", "1e3", "+1", "0x4D2", "9" * 200):
            self.refuse(["run", "--gdb", value, GUESTS], "--gdb")
        for value in ("0x100000000", "99999999999999999999", "1e3", "0x", "0xg", "-", "+"):
            self.refuse(["trap", "explain", "0xe320f003", "--hcr", value], "--hcr")
            self.refuse(["trap", "explain", "0xe320f003", "--set", f"HCR={value}"], "--set")
        self.refuse(["trap", "explain", "0xe320f003", "--hcr", "BSU=4"], "give 0 to 3")
        self.refuse(["trap", "explain", "0x1e320f003"], "out of range")

    def test_hexadecimal_counts_too(self):
        result = hypsim("run", "--functional", "--semihosting", "--args", "l", "--max-insns", "0x1000", GUESTS)
        self.assertEqual(result.returncode, 3)
        self.assertIn(b"stopped by --max-insns", result.stderr)


class Words(Refusals):
    """Words of options and files are lower case, everywhere; names of registers and bits are of any case, everywhere."""

    def test_options(self):
        for option, values in (("--engine", ("JIT", "Interp", "fast", "")), ("--entry", ("HYP", "user", "")), ("--psci", ("SMC", "psci", "")),
                               ("--net", ("User", "bridge", "")), ("--exit-code", ("Guest", "host", ""))):
            for value in values:
                self.refuse(["run", "--semihosting", option, value, GUESTS], option)
        self.refuse(["run", "--engine", "JIT", GUESTS], "is written jit")
        self.refuse(["run", "--engine", "fast", GUESTS], "none of interp, jit")
        self.refuse(["profile", "--phases", "Symbols", GUESTS], "is written symbols")
        for option, value in (("--mode", "SVC"), ("--security", "Secure"), ("--isa", "A32"), ("--condition", "EQ")):
            self.refuse(["trap", "explain", "0xe320f003", option, value], option, value.lower())
        self.refuse(["trap", "matrix", "--mode", "SVC"], "--mode", "svc")

    def test_files(self):
        for member, value in (("mode", "SVC"), ("security", "Secure"), ("isa", "A32"), ("condition", "EQ"), ("pending", ["IRQ"])):
            file = ROOT / "words.json"
            file.write_text(json.dumps({"vectors": [{"name": "n", "instruction": "0xe320f003", "expect": {"result": "waits"}, member: value}]}))
            self.refuse(["trap", "test", file], f"/vectors/0/{member}")

    def test_registers_are_of_any_case(self):
        outputs = [hypsim("trap", "explain", "0xe320f003", "--mode", "svc", *o).stdout for o in (("--hcr", "TWI"), ("--hcr", "twi"), ("--set", "hcr=Twi"))]
        self.assertIn(b"HCR.TWI", outputs[0])
        self.assertEqual(outputs, outputs[:1] * 3)


class Uses(Refusals):
    """Options that nothing would use."""

    def test_run(self):
        for arguments, *words in ((["--args", "x"], "--args", "--semihosting"), (["--files", ROOT], "--files", "--semihosting"),
                                  (["--exit-code", "guest"], "--exit-code", "--semihosting"), (["--semihosting", "--files", GUESTS], "--files", "no folder"),
                                  (["--semihosting", "--files", ROOT / "none"], "--files", "no folder"), (["--gdb-wait"], "--gdb-wait", "--gdb"),
                                  (["--trace-from", "1"], "--trace-from", "--trace"), (["--trace-count", "1"], "--trace-count", "--trace"),
                                  (["--domu-memory", "64MiB"], "--domu-memory", "--domu"), (["--domu", GUESTS], "--domu", "--dom0"),
                                  (["--domu-initrd", GUESTS], "--domu-initrd", "--domu"), (["--domu-append", "x"], "--domu-append", "--domu"),
                                  (["--dom0-initrd", GUESTS], "--dom0-initrd", "--dom0"), (["--dom0-append", "x"], "--dom0-append", "--dom0"),
                                  (["--dom0", GUESTS, "--initrd", GUESTS], "--initrd", "--dom0-initrd"), (["--dom0", GUESTS, "--entry", "svc"], "--dom0", "--entry"),
                                  (["--functional", "--set", "timing.l2.load_to_use=9"], "--set", "--functional"),
                                  (["--psci", "hvc"], "--psci", "--entry svc"), (["--psci", "smc", "--entry", "secure"], "--psci", "--entry secure"),
                                  (["--psci", "smc", "--dtb", GUESTS], "--psci", "--dtb"),
                                  (["--power-key", "1", "--platform", "vexpress-a15"], "power key"), (["--virtio-console", "stdio"], "--virtio-console", "--serial none")):
            with self.subTest(arguments=arguments):
                self.refuse(["run", *arguments, GUESTS], *words)
        platform = json.loads((pathlib.Path(PLATFORMS) / "virt-a15.json").read_text())
        platform["mpcore"]["timing"] = str(pathlib.Path(PLATFORMS) / "cortex-a15.json")
        platform["devices"] = [d for d in platform["devices"] if d["type"] != "virtio-mmio"]
        file = ROOT / "bare.json"
        file.write_text(json.dumps(platform))
        for arguments in (["--entropy-seed", "1"], ["--virtio-console", "none"], ["--net", "user"], ["--disk", GUESTS]):
            self.refuse(["run", "--platform", file, *arguments, GUESTS], arguments[0])

    def test_profile(self):
        Files.setUpClass()
        profile, budget = Files.profile, Files.budget
        check = ["profile", "--budget", budget, "--from", profile]
        self.assertEqual(hypsim(*check).returncode, 0)
        self.assertEqual(hypsim(*check, "--json").returncode, 0)
        for arguments in (["--csv", "x"], ["--html", "x"], ["--lines"], ["--refill-tail"], ["--phases", "named"], ["--semihosting"], ["--max-insns", "1"],
                          ["--platform", "virt-a15"], ["--serial", "none"], ["--domu-memory", "1GiB"], [GUESTS]):
            name = "IMAGE" if arguments == [GUESTS] else arguments[0]
            with self.subTest(arguments=arguments):
                self.refuse([*check, *arguments], name)
                self.refuse(["profile", *arguments, "--compare", profile, profile], name)
        self.refuse([*check, "--compare", profile, profile], "--compare")
        self.refuse(["profile", "--compare", profile, profile, "--budget", budget], "--budget", "--compare")
        self.refuse(["profile", "--from", profile], "--from", "--budget")
        self.refuse(["profile", "--lines", GUESTS], "--lines", "--html")
        self.refuse(["profile", "--functional", "--refill-tail", GUESTS], "--refill-tail", "--functional")
        self.refuse(["profile"], "IMAGE")

    def test_trap(self):
        self.refuse(["trap", "explain", "0xe320f003", "--condition-fails"], "--condition-fails", "--condition")
        self.refuse(["trap", "explain", "0xe320f003", "--mode", "hyp", "--security", "secure"], "--security")

    def test_an_option_that_stands_twice(self):
        for option, value in (("--memory", "1GiB"), ("--max-insns", "5"), ("--cores", "2"), ("--engine", "jit"), ("--platform", "virt-a15"), ("--timeout", "5"),
                              ("--append", "x"), ("--serial", "none"), ("--gdb", "0"), ("--entry", "hyp"), ("--symbols", GUESTS)):
            self.refuse(["run", option, value, option, value, GUESTS], option, "more than once")
        self.refuse(["profile", "--budget", "a", "--budget", "b", GUESTS], "--budget", "more than once")
        self.refuse(["trap", "explain", "0xe320f003", "--hcr", "TWI", "--hcr", "TWE"], "--hcr", "more than once")
        self.refuse(["trap", "matrix", "--preset", "kvm", "--preset", "xen"], "--preset", "more than once")
        self.refuse(["run", "--set", "timing.l2.load_to_use=9", "--set", "timing.l2.load_to_use=10", GUESTS], "timing.l2.load_to_use", "twice")

    def test_no_value(self):
        for option in ("--platform", "--symbols", "--dtb", "--write-dtb", "--initrd", "--dom0", "--disk", "--virtio-console", "--gdb", "--trace", "--load", "--files"):
            self.refuse(["run", "--semihosting", option, "", GUESTS], option)
            self.refuse(["run", f"{option}=", GUESTS], option)
        self.refuse(["run", "--disk", ",ro", GUESTS], "--disk")
        self.refuse(["run", "--serial", "", GUESTS])
        self.refuse(["run", ""], "IMAGE")
        for option in ("--html", "--csv", "--budget", "--from"):
            self.refuse(["profile", option, "", GUESTS], option)
        self.refuse(["trap", "matrix", "--html", ""], "--html")
        self.refuse(["trap", "matrix", "--preset", ""], "--preset")

    def test_an_option_that_may_repeat_takes_one_word(self):
        for option in (["--load", f"{GUESTS}@0x50000000"], ["--set", "timing.l2.load_to_use=9"]):
            result = hypsim("profile", "--semihosting", *option, GUESTS)
            self.assertEqual(result.returncode, 0, result.stderr)


class LongWords(Refusals):
    def test_nothing_is_echoed_whole(self):
        long = "x" * 40000
        for arguments in ([long], ["run", long], ["run", "--" + long, GUESTS], ["run", "--platform", long, GUESTS], ["run", "--entry", long, GUESTS],
                          ["run", "--set", "timing." + long + "=1", GUESTS], ["run", "--load", long, GUESTS], ["run", "--gdb", "unix:" + long, GUESTS],
                          ["run", "--serial", "/" + long, GUESTS], ["run", "--disk", long, GUESTS], ["profile", "--budget", long, GUESTS],
                          ["profile", "--html", "/" + long, GUESTS], ["trap", "explain", long], ["trap", "explain", "nop", "--hcr", long],
                          ["trap", "explain", "nop", "--set", long + "=1"], ["trap", "matrix", "--preset", long], ["trap", "test", long],
                          ["run", "\x1b[2J\nimage"], ["run", b"\xff\xfe"], ["run", "--platform", b"\xff", GUESTS], ["trap", "explain", "\x1b[31m"]):
            result = subprocess.run([HYPSIM, *arguments], capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
            with self.subTest(arguments=[a[:30] for a in arguments]):
                self.assertEqual(result.returncode, 2, result.stderr[:300])
                self.assertEqual(result.stderr.count(b"\n"), 1, result.stderr[:600])
                self.assertLess(len(result.stderr), 400)
                self.assertFalse([byte for byte in result.stderr[:-1] if byte < 0x20], result.stderr)
                result.stderr.decode()


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
