#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files, pipes and signals of the hypsim command: no input is destroyed, no result lost, exit codes as documented.
Usage: files_test.py HYPSIM GUESTS.ELF"""
import fcntl
import json
import os
import pathlib
import re
import signal
import stat
import struct
import subprocess
import sys
import tempfile
import unittest

HYPSIM, GUESTS = sys.argv[1:3]
TIMEOUT = 120
RUN = ["--functional", "--semihosting"]


def hypsim(*arguments, **kwargs):
    kwargs = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **kwargs}
    return subprocess.run([HYPSIM, *map(str, arguments)], text=True, timeout=TIMEOUT, **kwargs)


def shell(command, *words):
    """`command` of a shell in which $0 is hypsim and $1... are `words`."""
    return subprocess.run(["bash", "-o", "pipefail", "-c", command, HYPSIM, *map(str, words)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=TIMEOUT)


class Folder(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)
        self.addCleanup(self.temporary.cleanup)

    def file(self, name, content=b""):
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def image(self):
        return self.file("guest.elf", pathlib.Path(GUESTS).read_bytes())

    def names(self):
        return sorted(p.name for p in self.folder.iterdir())

    def refused(self, result, *words):
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        self.assertTrue(result.stderr.startswith("hypsim: "), result.stderr)
        for word in words:
            self.assertIn(str(word), result.stderr)


class ClosedDescriptors(Folder):
    def test_the_disk_stays_as_it_was(self):
        disk = self.file("disk.img", bytes(4096))
        for redirect in (">&-", "2>&-", ">&- 2>&-", "<&-", "<&- >&- 2>&-"):
            shell(f'"$0" run --functional --semihosting --disk "$1" "$2" {redirect}', disk, GUESTS)
            self.assertEqual(disk.read_bytes(), bytes(4096), redirect)

    def test_a_result_without_a_reader_is_lost(self):
        vectors = self.file("v.json", json.dumps({"vectors": [{"name": "a", "instruction": "0xe320f003", "expect": {"result": "waits"}}]}))
        commands = (["run", *RUN, "--json", GUESTS], ["profile", *RUN, GUESTS], ["profile", *RUN, "--json", GUESTS], ["trap", "matrix"],
                    ["trap", "explain", "0xe320f003"], ["trap", "diff", "kvm", "kvm-v9"], ["trap", "presets"], ["trap", "test", vectors],
                    ["--help"], ["run", "--help"], ["--version"])
        for words in commands:
            result = shell('"$0" "$@" >&-', *words)
            self.assertEqual(result.returncode, 2, words)
            self.assertIn("standard output: is closed", result.stderr)

    def test_a_console_without_a_reader_is_not(self):
        for redirect in (">&-", "<&-", "<&- >&-"):
            result = shell(f'"$0" run --functional --semihosting "$1" {redirect}', GUESTS)
            self.assertEqual((result.returncode, result.stderr), (0, ""), redirect)
        self.refused(shell('"$0" run --functional --semihosting --trace /dev/stdout "$1" >&-', GUESTS), "/dev/stdout")

    def test_standard_error_changes_no_exit_code(self):
        for redirect in ("2>&-", "2>/dev/full", "2> >(true)"):
            for words, code in ((["run", *RUN, GUESTS], 0), (["run", *RUN, "--args", "e7", GUESTS], 3), (["run", *RUN, "--args", "v", GUESTS], 3),
                                (["run", "--functional", "--max-insns", "9", GUESTS], 3), (["run", "/no/such"], 2), (["fly"], 2),
                                (["profile", *RUN, GUESTS], 0), (["trap", "diff", "kvm", "kvm-v9"], 1), (["--version"], 0)):
                self.assertEqual(shell(f'"$0" "$@" {redirect}', *words).returncode, code, (words, redirect))


class Inputs(Folder):
    def test_what_is_no_file_is_refused_at_once(self):
        json_inputs = (["trap", "test"], ["trap", "matrix", "--preset"], ["run", GUESTS, "--platform"], ["profile", "--compare", GUESTS],
                       ["profile", GUESTS, "--budget"])
        for path in ("/dev/zero", "/dev/urandom"):
            for words in (["run"], ["run", GUESTS, "--dtb"], ["run", GUESTS, "--initrd"], ["run", GUESTS, "--symbols"], *json_inputs[:3],
                          json_inputs[4]):
                self.refused(hypsim(*words, path), path, "is a device")
            self.refused(hypsim("run", GUESTS, "--load", f"{path}@0x44000000"), path, "is a device")

    def test_sizes_are_judged_before_anything_is_read(self):
        large = self.file("large")
        os.truncate(large, 1 << 40)
        for words in (["run"], ["run", GUESTS, "--dtb"], ["run", GUESTS, "--initrd"], ["run", GUESTS, "--symbols"], ["trap", "test"],
                      ["trap", "matrix", "--preset"], ["run", GUESTS, "--platform"], ["profile", GUESTS, "--budget"]):
            self.refused(hypsim(*words, large), large)
        self.refused(hypsim("run", GUESTS, "--load", f"{large}@0x44000000"), large)

    def test_pipes_of_the_shell(self):
        for command in ('"$0" run --functional --semihosting <(cat "$1")', 'cat "$1" | "$0" run --functional --semihosting /dev/stdin',
                        '"$0" run --functional --semihosting /dev/stdin < "$1"', 'exec 7< "$1"; "$0" run --functional --semihosting /dev/fd/7'):
            result = shell(command, GUESTS)
            self.assertEqual((result.returncode, result.stdout), (0, "hello from the guest\n"), result.stderr)
        result = shell('"$0" profile --functional --semihosting --html "$2/page" <(cat "$1")', GUESTS, self.folder)
        self.refused(result, "--html", "no regular file")
        result = shell('"$0" run --functional <(cat /dev/zero)', GUESTS)
        self.refused(result, "/dev/fd/", "larger than")

    def test_a_segment_without_bytes_costs_no_memory(self):
        header = struct.pack("<16sHHIIIIIHHHHHH", b"\x7fELF\1\1\1", 2, 40, 1, 0x40200000, 52, 0, 0, 52, 32, 1, 0, 0, 0)
        program = struct.pack("<8I", 1, 0, 0x40200000, 0x40200000, 0, 0x3C000000, 7, 4)
        image = self.file("empty.elf", header + program)
        self.assertEqual(image.stat().st_size, 84)
        measure = "import resource, subprocess, sys; r = subprocess.run(sys.argv[1:]).returncode; print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(r)"
        result = subprocess.run([sys.executable, "-c", measure, HYPSIM, "run", "--functional", "--memory", "1GiB", "--max-insns", "100", image],
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT)
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertLess(int(result.stdout), 512 * 1024, "KiB resident")


class Outputs(Folder):
    def test_no_output_destroys_an_input_or_another_output(self):
        image = self.image()
        content = image.read_bytes()
        os.symlink("guest.elf", self.folder / "link")
        os.link(image, self.folder / "hard")
        blob = self.file("blob", bytes(range(256)) * 16)
        tree = self.folder / "tree.dtb"
        self.assertEqual(hypsim("run", *RUN, "--write-dtb", tree, image).returncode, 0)
        platform = self.file("mine.json", "{}")
        budget = self.file("budget.json", '{"rows": {}}')
        before = {p: p.read_bytes() for p in (image, blob, tree, platform, budget)}
        same = (image, self.folder / "link", self.folder / "hard", f"{self.folder}/./guest.elf")
        for output in same:
            for option in ("--trace", "--serial", "--virtio-console", "--write-dtb"):
                self.refused(hypsim("run", *RUN, option, output, image), option, output, "would overwrite", image)
            for option in ("--csv", "--html", "--serial"):
                self.refused(hypsim("profile", *RUN, option, output, image), option, output, "would overwrite")
        for words in (["--load", f"{blob}@0x44000000", "--serial", blob], ["--initrd", blob, "--trace", blob], ["--dtb", tree, "--write-dtb", tree],
                      ["--symbols", blob, "--serial", blob], ["--dom0", blob, "--serial", blob], ["--disk", blob, "--trace", blob],
                      ["--disk", f"{blob},ro", "--serial", blob]):
            self.refused(hypsim("run", *RUN, *words, image), "would overwrite")
        self.refused(hypsim("profile", *RUN, "--budget", budget, "--html", budget, image), "would overwrite")
        self.refused(hypsim("trap", "test", "--junit", budget, budget), "would overwrite")
        self.refused(hypsim("trap", "matrix", "--preset", platform, "--html", platform), "would overwrite")
        new = self.folder / "new"
        self.refused(hypsim("run", *RUN, "--serial", new, "--trace", new, image), "would overwrite")
        self.refused(hypsim("profile", *RUN, "--csv", new, "--html", f"{self.folder}/./new", image), "would overwrite")
        self.refused(shell('"$0" profile --functional --semihosting --html "$1" "$2" > "$1"', new, image), "standard output")
        self.refused(shell('"$0" run --functional --semihosting "$1" >> "$1"', image), "standard output", "IMAGE")
        for path, bytes_ in before.items():
            self.assertEqual(path.read_bytes(), bytes_, path)
        self.assertEqual(image.read_bytes(), content)
        result = hypsim("run", *RUN, "--serial", "/dev/null", "--trace", "/dev/null", "--virtio-console", "/dev/null", image)
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_the_timing_data_too(self):
        source = pathlib.Path(__file__).resolve().parents[2] / "platforms"
        for name in ("virt-a15.json", "cortex-a15.json"):
            self.file(name, (source / name).read_bytes())
        for name in ("virt-a15.json", "cortex-a15.json"):
            result = hypsim("run", "--semihosting", "--platform", self.folder / "virt-a15.json", "--serial", self.folder / name, GUESTS)
            self.refused(result, "would overwrite", name)

    def test_reports_replace_files_when_they_are_whole(self):
        page = self.file("page.html", "old")
        page.chmod(0o640)
        os.symlink("page.html", self.folder / "link.html")
        held = page.open()
        self.assertEqual(hypsim("profile", *RUN, "--html", self.folder / "link.html", GUESTS).returncode, 0)
        self.assertEqual(held.read(), "old")
        held.close()
        self.assertTrue(page.read_text().startswith("<!"))
        self.assertTrue((self.folder / "link.html").is_symlink())
        self.assertEqual(stat.S_IMODE(page.stat().st_mode), 0o640)
        self.assertEqual(self.names(), ["link.html", "page.html"])

    def test_descriptors_and_fifos_are_written_in_place(self):
        result = shell('"$0" profile --functional --semihosting --html >(head -c 2 > "$1/start"; cat > "$1/rest") "$2" > /dev/null; r=$?; '
                       'while [ ! -s "$1/rest" ]; do sleep 0.1; done; exit $r', self.folder, GUESTS)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual((self.folder / "start").read_text(), "<!")
        log = self.file("log", "before\n")
        result = shell('"$0" run --functional --semihosting --serial /dev/fd/5 "$1" 5>> "$2"', GUESTS, log)
        self.assertEqual((result.returncode, log.read_text()), (0, "before\nhello from the guest\n"))
        result = shell('"$0" run --functional --semihosting --serial none --trace /dev/stdout "$1"', GUESTS)
        self.assertEqual(result.returncode, 0)
        self.assertIn("_start", result.stdout)
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))

    def test_the_result_survives_a_report_that_cannot_be_written(self):
        vectors = self.file("v.json", json.dumps({"vectors": [{"name": "a", "instruction": "0xe320f003", "expect": {"result": "waits"}}]}))
        for words, part in ((["profile", *RUN, "--json", "--html", "/dev/full", GUESTS], '"profile"'),
                            (["profile", *RUN, "--json", "--csv", "/dev/full", GUESTS], '"profile"'),
                            (["profile", *RUN, "--html", "/dev/full", GUESTS], "resource"),
                            (["run", *RUN, "--json", "--trace", "/dev/full", GUESTS], '"output-error"'),
                            (["trap", "matrix", "--json", "--html", "/dev/full"], '"setting"'),
                            (["trap", "test", "--junit", "/dev/full", vectors], "TAP version 13")):
            result = hypsim(*words)
            option = words[words.index("/dev/full") - 1]
            self.refused(subprocess.CompletedProcess(words, result.returncode, "", "".join(
                line for line in result.stderr.splitlines(True) if line.startswith("hypsim"))), f"{option} /dev/full: No space left")
            self.assertIn(part, result.stdout)
        page = self.folder / "page.html"
        with open("/dev/full", "w") as full:
            result = hypsim("profile", *RUN, "--json", "--html", page, GUESTS, stdout=full)
        self.assertEqual(result.returncode, 2)
        self.assertTrue(page.read_text().startswith("<!"), "one result that is lost does not take the others along")
        self.refused(hypsim("run", *RUN, "--write-dtb", "/dev/full", GUESTS), "--write-dtb /dev/full")


class AReaderThatLeaves(Folder):
    """... is no error: nothing is said, and the exit code is that of the run or check."""

    def leave(self, *words):
        read, write = os.pipe()
        os.close(read)
        try:
            return hypsim(*words, stdout=write)
        finally:
            os.close(write)

    def test_results(self):
        failing = self.file("f.json", json.dumps({"vectors": [{"name": "a", "instruction": "0xe320f003", "expect": {"result": "undefined"}}]}))
        for words, code in ((["--help"], 0), (["run", "--help"], 0), (["--version"], 0), (["trap", "matrix", "--preset", "kvm"], 0),
                            (["trap", "diff", "kvm", "kvm-v9"], 1), (["trap", "presets"], 0), (["trap", "explain", "0xe320f003"], 0),
                            (["trap", "test", failing], 1), (["run", *RUN, "--json", GUESTS], 0)):
            result = self.leave(*words)
            quiet = [line for line in result.stderr.splitlines() if line != "hello from the guest"]
            self.assertEqual((result.returncode, quiet), (code, []), words)
        self.assertEqual(shell('"$0" trap matrix --preset kvm | head -1').returncode, 0)

    def test_the_run_goes_on_as_if_the_reader_were_there(self):
        for what, code, line in (("", 0, ""), ("e7", 3, "hypsim: the guest ended with code 7\n")):
            result = self.leave("run", *RUN, "--args", what, GUESTS)
            self.assertEqual((result.returncode, result.stderr), (code, line))
        result = self.leave("run", *RUN, "--args", "c", "--max-insns", 3_000_000, GUESTS)
        self.assertEqual(result.returncode, 3)
        self.assertRegex(result.stderr, r"^hypsim: stopped by --max-insns after \d+ instructions, \d+ cycles\ncore 0 at [^\n]+\n$")
        reports = []
        for leaves in (False, True):
            report = self.folder / f"report-{leaves}"
            command = '"$0" run --functional --semihosting --json --args c --max-insns 3000000 "$1" 2>&1 >"$2" | '
            self.assertEqual(shell(command + ("head -2" if leaves else "cat >/dev/null"), GUESTS, report).returncode, 3)
            reports.append(report.read_text())
        self.assertEqual(*reports, "what the host does with a console changes no result")

    def test_a_trace(self):
        result = shell('"$0" run --functional --semihosting --serial none --trace /dev/stdout "$1" | head -1', GUESTS)
        self.assertEqual((result.returncode, result.stderr), (0, ""))


class ExitCodes(Folder):
    """2 before 1 before 3."""

    def test_profiles(self):
        budgets = {0: None, 1: self.budget_that_is_broken()}
        for guest, of_guest in (("", 0), ("e7", 3)):
            for over, budget in budgets.items():
                for lost in (False, True):
                    words = ["profile", *RUN, "--args", guest, "--json"]
                    words += ["--budget", budget] if budget else []
                    words += ["--csv", "/dev/full"] if lost else []
                    wanted = 2 if lost else over or of_guest
                    result = hypsim(*words, GUESTS)
                    self.assertEqual(result.returncode, wanted, (guest, over, lost, result.stderr))
                    self.assertIn('"profile"', result.stdout)
        result = hypsim("profile", *RUN, "--args", "e7", "--exit-code", "guest", "--budget", budgets[1], GUESTS)
        self.assertEqual(result.returncode, 1)
        result = hypsim("profile", *RUN, "--budget", budgets[1], "--serial", "/dev/full", GUESTS)
        self.assertEqual(result.returncode, 2, "a console is a result too")

    def budget_that_is_broken(self):
        """Limits of this guest's one cause or phase that no run keeps."""
        result = hypsim("profile", *RUN, "--json", GUESTS)
        phase = next(name for name, cycles in json.loads(result.stdout)["profile"]["phases"].items() if cycles)
        return self.file("over.json", json.dumps({"run": {"phases": {phase: 0}}}))

    def test_runs(self):
        for words, code in (([], 0), (["--args", "e7"], 3), (["--args", "e7", "--serial", "/dev/full"], 3), (["--serial", "/dev/full"], 2),
                            (["--args", "e7", "--trace", "/dev/full"], 2), (["--args", "e7", "--exit-code", "guest"], 7),
                            (["--args", "e7", "--exit-code", "guest", "--trace", "/dev/full"], 2)):
            self.assertEqual(hypsim("run", *RUN, *words, GUESTS).returncode, code, words)

    def test_checks(self):
        failing = self.file("f.json", json.dumps({"vectors": [{"name": "a", "instruction": "0xe320f003", "expect": {"result": "undefined"}}]}))
        self.assertEqual(hypsim("trap", "test", failing).returncode, 1)
        self.assertEqual(hypsim("trap", "test", "--junit", "/dev/full", failing).returncode, 2)
        over, profile = self.budget_that_is_broken(), self.file("profile.json", hypsim("profile", *RUN, "--json", GUESTS).stdout)
        for words, code in ((["trap", "test", failing], 1), (["trap", "diff", "kvm", "kvm-v9"], 1), (["trap", "presets"], 0),
                            (["trap", "explain", "0xe320f003"], 0), (["profile", "--compare", profile, profile], 0),
                            (["profile", "--from", profile, "--budget", over], 1)):
            self.assertEqual(hypsim(*words).returncode, code, words)
            with open("/dev/full", "w") as full:
                self.assertEqual(hypsim(*words, stdout=full).returncode, 2, words)


class Signals(Folder):
    def start(self, *words):
        """A run whose console says that it is under way."""
        process = subprocess.Popen([HYPSIM, *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        return process

    def test_the_first_ends_the_run_and_all_reports_are_written(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            trace, page, table = (self.folder / name for name in ("trace", "page.html", "table.csv"))
            process = self.start("profile", *RUN, "--args", "c", "--html", page, "--csv", table, "--serial", "stdio", GUESTS)
            process.stdout.readline()
            process.send_signal(number)
            out, errors = process.communicate(timeout=TIMEOUT)
            self.assertEqual(process.returncode, 3, errors)
            self.assertRegex(errors.decode(), r"^hypsim: interrupted after \d+ instructions, \d+ cycles\ncore 0 at [^\n]+\n$")
            self.assertIn(b"resource", out)
            self.assertTrue(page.read_text().startswith("<!"))
            self.assertIn("scope", table.read_text())
            process = self.start("run", *RUN, "--args", "c", "--json", "--trace", trace, "--trace-count", "50", GUESTS)
            process.stderr.readline()
            process.send_signal(number)
            out, _ = process.communicate(timeout=TIMEOUT)
            self.assertEqual(process.returncode, 3)
            self.assertEqual(json.loads(out)["reason"], "interrupted")
            self.assertEqual(len(re.findall(r"(?m)^ *\d+ \d (?!--)", trace.read_text())), 50)

    def test_interrupted_and_more(self):
        budget = ExitCodes.budget_that_is_broken(self)
        for words, code in ((["--budget", budget], 1), (["--csv", "/dev/full"], 2), (["--budget", budget, "--csv", "/dev/full"], 2)):
            process = self.start("profile", *RUN, "--args", "c", *words, GUESTS)
            process.stdout.readline()
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=TIMEOUT)
            self.assertEqual(process.returncode, code, words)

    def test_a_second_one_ends_it_at_once_and_leaves_nothing(self):
        # The report waits for its reader when the second one comes: a page is more than the FIFO holds.
        fifo, table = self.folder / "fifo", self.folder / "table.csv"
        os.mkfifo(fifo)
        reader = os.open(fifo, os.O_RDWR)
        self.addCleanup(os.close, reader)
        fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, 4096)
        process = self.start("profile", *RUN, "--args", "c", "--html", fifo, "--csv", table, GUESTS)
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        while b"resource" not in process.stdout.readline():  # the result comes first
            self.assertIsNone(process.poll())
        os.read(reader, 1)  # and the page last
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(TIMEOUT), 130)
        self.assertEqual(self.names(), ["fifo", "table.csv"])

    def test_where_no_guest_runs_the_first_ends_the_command(self):
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        for words, code in ((["trap", "test", fifo], 130), (["run", "--functional", fifo], 3)):
            process = self.start(*words)
            writer = os.open(fifo, os.O_WRONLY)  # returns when the command reads
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(TIMEOUT), code, words)
            os.close(writer)

    def test_a_report_that_nobody_comes_to_read(self):
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        process = self.start("profile", *RUN, "--html", fifo, "--serial", self.folder / "console", GUESTS)
        while "console" not in self.names():  # which is opened before
            self.assertIsNone(process.poll())
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(TIMEOUT), 3)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
