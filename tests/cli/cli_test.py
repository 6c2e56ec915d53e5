#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The hypsim command from outside: exit codes, one-line errors, reports. Usage: cli_test.py HYPSIM GUESTS.ELF PLATFORMS"""
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

HYPSIM, GUESTS, PLATFORMS = sys.argv[1:4]
MODES = {"svc": "00000013", "hyp": "0000001a"}


def hypsim(*arguments, **kwargs):
    kwargs.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run([HYPSIM, *map(str, arguments)], capture_output="stdout" not in kwargs, text=True, timeout=60, **kwargs)


def guest(what, *options):
    return hypsim("run", "--functional", "--semihosting", "--args", what, *options, GUESTS)


class Help(unittest.TestCase):
    def test_help_and_version_everywhere(self):
        for arguments in (["--help"], ["run", "--help"]):
            result = hypsim(*arguments)
            self.assertEqual(result.returncode, 0)
            self.assertIn("Examples:", result.stdout)
            self.assertEqual(result.stderr, "")
        self.assertRegex(hypsim("--version").stdout, r"^hypsim \d+\.\d+\.\d+\n$")


class BadInput(unittest.TestCase):
    """One line on stderr that names the culprit; exit 2; nothing on stdout."""

    def refuse(self, arguments, *words):
        result = hypsim(*arguments)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)

    def test_usage(self):
        self.refuse([], "subcommand", "--help")
        self.refuse(["run"], "IMAGE")
        self.refuse(["run", "--nonsense", GUESTS], "--nonsense", "hypsim run --help")
        self.refuse(["run", "--entry", "user", GUESTS], "--entry", "hyp")
        self.refuse(["run", "--cores", "9", GUESTS], "--cores")
        self.refuse(["run", "--cores", "0", GUESTS], "--cores")
        self.refuse(["run", "--max-insns", "0", GUESTS], "--max-insns")
        self.refuse(["run", "--max-insns", "many", GUESTS], "--max-insns")
        self.refuse(["run", "--timeout", "-1", GUESTS], "--timeout")
        self.refuse(["run", "--exit-code", "host", GUESTS], "--exit-code")
        self.refuse(["fly"], "fly")

    def test_settings(self):
        for setting, *words in (("l2.load_to_use=25", "timing.KEY=VALUE"), ("timing.l2.load_to_use", "timing.KEY=VALUE"),
                                ("timing.l2.latency=25", "timing.l2.latency", "unknown parameter"),
                                ("timing.l2.load_to_use=fast", "fast", "whole number", "cycles"),
                                ("timing.l2.load_to_use=-1", "-1", "whole number"),
                                ("timing.l2.load_to_use=99999999999999999999", "out of range", "1 to 1000 cycles"),
                                ("timing.l2.load_to_use=0", "out of range", "1 to 1000"),
                                ("timing.l1d.ways=3", "l1d.size", "power of two"),
                                ("timing.predictor.btb_entries=100", "power of two")):
            self.refuse(["run", "--set", setting, GUESTS], *words)
        self.refuse(["run", "--functional", "--set", "timing.l2.load_to_use=25", GUESTS], "--functional")

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            bad = pathlib.Path(folder) / "bad.elf"
            elf = bytearray(pathlib.Path(GUESTS).read_bytes())
            elf[4] = 2
            bad.write_bytes(elf)
            self.refuse(["run", bad], str(bad), "64-bit")
            bad.write_bytes(elf[:30])
            self.refuse(["run", bad], str(bad))
            bad.write_bytes(b"")
            self.refuse(["run", bad], str(bad), "empty")
        self.refuse(["run", "/no/such/file"], "/no/such/file")
        self.refuse(["run", "/tmp"], "/tmp", "directory")
        self.refuse(["run", "--load", "x", GUESTS], "--load", "FILE@ADDR")
        self.refuse(["run", "--load", f"{GUESTS}@here", GUESTS], "--load", "here")
        self.refuse(["run", "--load", f"{GUESTS}@0x10000000", GUESTS], "outside", "ram")
        self.refuse(["run", "--load", f"{GUESTS}@0x40200000", GUESTS], "overlaps")
        self.refuse(["run", "--dtb", GUESTS, GUESTS], GUESTS, "device tree")
        self.refuse(["run", "--initrd", "/no/such/file", GUESTS], "/no/such/file")
        self.refuse(["run", "--memory", "1MiB", GUESTS], "outside")
        self.refuse(["run", "--memory", "lots", GUESTS], "--memory", "512MiB")
        self.refuse(["run", "--memory", "99999GiB", GUESTS], "--memory", "1MiB to 1024GiB")
        self.refuse(["run", "--serial", "/no/such/folder/file", GUESTS], "/no/such/folder/file")

    def test_disks(self):
        with tempfile.TemporaryDirectory() as folder:
            image = pathlib.Path(folder) / "disk.img"
            refuse = lambda path, *words: self.refuse(["run", "--disk", path, GUESTS], f"--disk {path}", *words)
            refuse(image, "No such file")
            refuse(folder, "a directory")
            image.write_bytes(bytes(1000))
            refuse(image, "1000 bytes", "512")
            image.write_bytes(bytes(1024))
            self.refuse(["run", "--disk", image, "--disk", image, GUESTS], f"--disk {image}", "in use")
            self.refuse(["run", *["--disk", f"{image},ro"] * 32, GUESTS], f"--disk {image},ro", "empty slot")
            if os.geteuid() != 0:
                image.chmod(0o400)
                refuse(image, "Permission denied", ",ro")
            result = guest("e0", "--disk", f"{image},ro", "--disk", f"{image},ro", "--net", "user")
            self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.refuse(["run", "--net", "bridge", GUESTS], "--net")
        self.refuse(["run", "--virtio-console", "stdio", GUESTS], "--virtio-console", "--serial none")

    def test_platforms(self):
        self.refuse(["run", "--platform", "pc", GUESTS], "--platform pc", "virt-a15")
        self.refuse(["run", "--platform", "/no/such.json", GUESTS], "/no/such.json")
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "mine.json"
            platform = json.loads((pathlib.Path(PLATFORMS) / "virt-a15.json").read_text())
            platform["devices"][1]["type"] = "ne2000"
            file.write_text(json.dumps(platform))
            self.refuse(["run", "--platform", file, GUESTS], str(file), "/devices/1/type", "ne2000", "pl011")
            file.write_text("{]")
            self.refuse(["run", "--platform", file, GUESTS], str(file), "line 1")
            platform["devices"].pop(1)
            platform["mpcore"].pop("timing")
            file.write_text(json.dumps(platform))
            self.refuse(["run", "--platform", file, GUESTS], str(file), "timing")


class Runs(unittest.TestCase):
    def test_exit_codes(self):
        result = guest("")
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "hello from the guest\n", ""))
        result = guest("e7")
        self.assertEqual(result.returncode, 3)
        self.assertIn("code 7", result.stderr)
        self.assertEqual(guest("e7", "--exit-code", "guest").returncode, 7)
        self.assertEqual(guest("e0", "--exit-code", "guest").returncode, 0)

    def test_limits(self):
        for option, value in (("max-insns", "100000"), ("max-cycles", "100000"), ("timeout", "0.3")):
            result = guest("l", f"--{option}", value)
            self.assertEqual(result.returncode, 3)
            self.assertRegex(result.stderr, rf"^hypsim: stopped by --{option} after [^\n]+\ncore 0 at loop[^\n]+\n$")

    def test_sleep_without_end_is_reported(self):
        result = guest("w")
        self.assertEqual(result.returncode, 3)
        self.assertIn("no event will end it", result.stderr)
        self.assertIn("sleep", result.stderr)
        self.assertIn("0x", result.stderr)

    def test_power_key(self):
        result = guest("k", "--power-key", "5000000", "--json")
        self.assertEqual(result.stderr, "08080027\n", "interrupt 39, line 3")
        self.assertEqual(result.returncode, 0)
        cycles = json.loads(result.stdout)["cycles"]
        self.assertTrue(5_000_000 < cycles < 5_010_000, cycles)
        self.assertIn("no event will end it", guest("k").stderr)
        refused = guest("k", "--power-key", "5", "--platform", "vexpress-a15")
        self.assertEqual((refused.returncode, refused.stderr.count("\n")), (2, 1), refused.stderr)
        self.assertIn("power key", refused.stderr)

    def test_a_watchdog_ends_a_guest_that_hangs(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "mine.json"
            platform = json.loads((pathlib.Path(PLATFORMS) / "virt-a15.json").read_text())
            platform["mpcore"].pop("timing")
            platform["devices"].append({"name": "dog", "type": "sp805", "base": "0x090C0000", "spi": 9, "clock-hz": 1000})
            file.write_text(json.dumps(platform))
            for how in ("g", "h"):
                result = guest(how, "--platform", file, "--json")
                self.assertEqual(result.returncode, 3)
                self.assertIn("reset by the watchdog", result.stderr)
                report = json.loads(result.stdout)
                self.assertEqual(report["reason"], "watchdog")
                self.assertNotIn("guest_exit_code", report)
                # 10 ticks of 1 ms to the interrupt, 11 to the reset
                self.assertAlmostEqual(report["cycles"] / platform["mpcore"]["clock-hz"], 0.021, delta=0.0011)

    def test_a_vector_that_cannot_be_fetched_is_reported(self):
        for entry in ("hyp", "svc", "secure"):
            result = guest("v", "--entry", entry)
            self.assertEqual(result.returncode, 3, result.stderr)
            self.assertIn("vector", result.stderr)
            self.assertIn("last exceptions", result.stderr)

    def test_entries(self):
        self.assertEqual(guest("p", "--entry", "hyp").stdout.strip(), MODES["hyp"])
        self.assertEqual(guest("p", "--entry", "svc").stdout.strip(), MODES["svc"])
        self.assertEqual(guest("p", "--entry", "secure").stdout.strip(), MODES["svc"])
        self.assertEqual(guest("d").stdout.strip(), "edfe0dd0", "R2 points to a device tree")
        self.assertEqual(guest("d", "--append", "quiet", "--initrd", GUESTS).stdout.strip(), "edfe0dd0")

    def test_raw_images_and_extra_loads(self):
        with tempfile.TemporaryDirectory() as folder:
            raw = pathlib.Path(folder) / "loop.bin"
            raw.write_bytes(struct.pack("<I", 0xEAFFFFFE))  # b .
            result = hypsim("run", "--functional", "--load", f"{raw}@0x41000000", raw)
            self.assertEqual(result.returncode, 3)
            self.assertRegex(result.stderr, rf"^hypsim: {raw}: neither ELF nor zImage: raw bytes, loaded and started at 0x40200000; --at [^\n]+\n"
                                            r"hypsim: every core[^\n]+\ncore 0 at 0x40200000")
            for at in ("0x40300000", "0x10000"):  # memory, and flash
                result = hypsim("run", "--functional", "--at", at, raw)
                self.assertRegex(result.stderr, rf"^hypsim: every core[^\n]+\ncore 0 at {int(at, 0):#010x}, ")
            kernel = pathlib.Path(folder) / "zImage"
            kernel.write_bytes(struct.pack("<10I", 0xEAFFFFFE, *[0] * 8, 0x016F2818))
            for options, at in ([], "0x40008000"), (["--at", "0x44000000"], "0x44000000"):
                self.assertRegex(hypsim("run", "--functional", *options, kernel).stderr, rf"^hypsim: every core[^\n]+\ncore 0 at {at}, ")
            for options, word in ((["--at", "0x40300002", raw], "multiple of 4"), (["--at", "0x40300000", GUESTS], "ELF"),
                                  (["--load", f"{raw}@0x40200000", raw], "overlaps"), (["--at", "0x10000000", raw], "outside"), (["--at", "0x100000000", raw], "--at")):
                result = hypsim("run", *options)
                self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1), result.stderr)
                self.assertIn(word, result.stderr)

    def test_images_as_linkers_make_them(self):
        """A physical entry, zeros over what follows in ROM, device registers as a segment without bytes."""
        def elf(entry, *segments):
            headers, data, at = b"", b"", 52 + 32 * len(segments)
            for vaddr, paddr, bytes_, size in segments:
                headers += struct.pack("<8I", 1, at + len(data), vaddr, paddr, len(bytes_), size, 7, 4)
                data += bytes_
            return struct.pack("<16sHHIIIIIHHHHHH", b"\x7fELF\x01\x01\x01", 2, 40, 1, entry, 52, 0, 0, 52, 32, len(segments), 0, 0, 0) + headers + data
        loop = struct.pack("<I", 0xEAFFFFFE)
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "image.elf"
            file.write_bytes(elf(0x40200004, (0xC0000000, 0x40200000, bytes(4) + loop, 0x100), (0x0E000000, 0x40200100, bytes(16), 0x4000),
                                 (0x0E000010, 0x40200110, bytes(16), 16), (0x09000000, 0x09000000, b"", 0x1000)))
            result = hypsim("run", "--functional", file)
            self.assertRegex(result.stderr, r"^hypsim: every core[^\n]+\ncore 0 at 0x40200004, Hyp")
            result = hypsim("run", "--functional", "--load", f"{file}@0x40202000", file)
            self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1), result.stderr)
            self.assertIn("overlaps", result.stderr)
            file.write_bytes(elf(0x40200000, (0x40200000, 0x40200000, loop, 4), (0x09000000, 0x09000000, b"x", 0x1000)))
            self.assertIn("outside", hypsim("run", "--functional", file).stderr)

    def test_an_image_at_the_place_of_the_shim(self):
        """The shim gives way; the image's own vectors are at 0, and a core that nobody starts still waits in the shim."""
        loop = struct.pack("<I", 0xEAFFFFFE)
        with tempfile.TemporaryDirectory() as folder:
            raw = pathlib.Path(folder) / "at_0.bin"
            for size in (64, 0x1234, 1 << 20):
                raw.write_bytes(loop * (size // 4))
                for entry, mode in (("hyp", "Hyp"), ("svc", "Supervisor")):
                    for platform in ("virt-a15", "vexpress-a15"):
                        result = hypsim("run", "--functional", "--platform", platform, "--entry", entry, "--cores", "2", "--at", "0", raw)
                        self.assertRegex(result.stderr, rf"(?m)\Ahypsim: every core[^\n]+\ncore 0 at 0x00000000, {mode}; loops")
                        self.assertRegex(result.stderr, r"(?m)^core 1 at 0x[0-9a-f]{8}, Monitor, Secure \(boot shim\); waits for an interrupt")
            raw.write_bytes(loop * (1 << 24))  # all of the first bank
            result = hypsim("run", "--functional", "--cores", "2", "--at", "0", raw)
            self.assertRegex(result.stderr, r"(?m)^core 1 at 0x0400[0-9a-f]{4}, Monitor, Secure \(boot shim\); waits for an interrupt")

    def test_options_that_repeat_leave_the_image_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            blob = pathlib.Path(folder) / "blob"
            blob.write_bytes(bytes(512))
            for command in ("run", "profile"):
                for repeated in (["--load", f"{blob}@0x41000000"], ["--load", f"{blob}@0x41000000", "--load", f"{blob}@0x42000000"],
                                 ["--disk", f"{blob},ro"], ["--serial", "none"], [f"--load={blob}@0x41000000"]):
                    result = hypsim(command, "--functional", "--semihosting", *repeated, GUESTS)
                    self.assertEqual((result.returncode, result.stderr), (0, ""), repeated)

    def test_json(self):
        result = guest("e5", "--json")
        report = json.loads(result.stdout)
        self.assertEqual((report["reason"], report["guest_exit_code"], report["platform"]), ("exit", 5, "virt-a15"))
        self.assertEqual(report["cores"][0]["instructions"], report["instructions"])
        self.assertEqual(sum(report["cores"][0]["cycle_stack"].values()), report["cores"][0]["cycles"])
        self.assertEqual(result.stdout, guest("e5", "--json").stdout)
        self.assertIn("hello", guest("", "--json").stderr)
        timed = hypsim("run", "--semihosting", "--args", "e5", "--json", GUESTS)
        report = json.loads(timed.stdout)
        self.assertEqual(report["mode"], "timed")
        self.assertEqual(sum(report["cores"][0]["cycle_stack"].values()), report["cores"][0]["cycles"])
        self.assertEqual(timed.stdout, hypsim("run", "--semihosting", "--args", "e5", "--json", GUESTS).stdout)

    def test_settings_change_the_cycles(self):
        def cycles(*settings):
            options = [word for setting in settings for word in ("--set", setting)]
            result = hypsim("run", "--semihosting", "--json", "--args", "e5", *options, GUESTS)
            self.assertEqual(result.stderr, "hypsim: the guest ended with code 5\n")
            return json.loads(result.stdout)["cycles"]
        report = json.loads(hypsim("run", "--semihosting", "--json", "--set", "timing.l2.line_interval=9", "--args", "e5", GUESTS).stdout)
        self.assertEqual(report["settings"], ["timing.l2.line_interval=9"])
        plain, slow = cycles(), cycles("timing.core.mispredict_penalty=15", "timing.dram.noncacheable_access=400")
        self.assertGreater(slow, plain)
        self.assertEqual(cycles("timing.core.mispredict_penalty=15"), plain, "the value it has")

    def test_serial_file(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "console.txt"
            result = guest("", "--serial", out)
            self.assertEqual((result.returncode, result.stdout), (0, ""))
            self.assertEqual(out.read_text(), "hello from the guest\n")
            self.assertEqual(guest("", "--serial", "none").stdout, "")

    def test_cores(self):
        report = json.loads(guest("", "--cores", "4", "--json").stdout)
        self.assertEqual(len(report["cores"]), 4)
        self.assertEqual(report["reason"], "exit")

    def test_interrupt(self):
        process = subprocess.Popen([HYPSIM, "run", "--functional", "--semihosting", "--args", "l", GUESTS], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            process.communicate(timeout=0.5)
        except subprocess.TimeoutExpired:
            process.terminate()
        _, errors = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 3)
        self.assertIn("interrupted", errors)


class Trace(unittest.TestCase):
    """hypsim run --trace, of a guest small enough to be traced whole."""

    def trace(self, *options, what="e5"):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "trace.txt"
            result = hypsim("run", "--semihosting", "--json", "--args", what, "--trace", file, *options, GUESTS)
            return json.loads(result.stdout), file.read_text().splitlines()

    def instructions(self, lines):
        return [line for line in lines if not line.startswith("#") and " -- " not in line]

    def test_a_line_for_each_instruction(self):
        report, lines = self.trace()
        self.assertEqual(len(self.instructions(lines)), report["instructions"])
        self.assertTrue(lines[0].startswith("#"), lines[0])
        cycles = [int(line.split()[0]) for line in lines[1:]]
        self.assertEqual(cycles, sorted(cycles))
        self.assertLessEqual(cycles[-1], report["cycles"])
        self.assertIn("; _start", "\n".join(lines), "names of the image")
        self.assertRegex("\n".join(lines), r" secure   svc   00000000 \w{8} ", "from reset in the shim on")

    def test_it_changes_nothing_and_engines_agree(self):
        alone = hypsim("run", "--semihosting", "--json", "--args", "e5", GUESTS).stdout
        report, lines = self.trace()
        self.assertEqual(report, json.loads(alone))
        self.assertEqual(self.trace("--engine", "interp"), (report, lines))

    def test_a_part_of_it(self):
        whole = self.instructions(self.trace()[1])
        report, lines = self.trace("--trace-from", 10, "--trace-count", 25)
        self.assertEqual(self.instructions(lines), whole[10:35])
        self.assertEqual(report["reason"], "exit", "the trace ends, not the run")
        self.assertEqual(self.instructions(self.trace("--trace-from", 1 << 40)[1]), [])

    def test_bad_output(self):
        for file, why in (("/dev/full", "No space left"), ("/no/such/folder/trace.txt", "No such file")):
            result = hypsim("run", "--semihosting", "--trace", file, GUESTS)
            self.assertEqual(result.returncode, 2)
            self.assertRegex(result.stderr, f"^hypsim: .*{file}: {why}[^\n]*\n$")
        result = hypsim("run", "--semihosting", "--trace-count", 5, GUESTS)
        self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1))
        self.assertIn("--trace", result.stderr)


class BadOutput(unittest.TestCase):
    def test_full_disk(self):
        for arguments in (["run", "--functional", "--semihosting", GUESTS], ["run", "--functional", "--semihosting", "--json", GUESTS],
                          ["--version"], ["--help"]):
            with open("/dev/full", "w") as full:
                result = subprocess.run([HYPSIM, *arguments], stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertIn("standard output", result.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
