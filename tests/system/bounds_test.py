#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a guest or a GDB client can make grow has a bound (docs/security.md). Usage: bounds_test.py HYPSIM BOUNDS.ELF"""
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import unittest

HYPSIM, GUEST = sys.argv[1:3]
ROWS, EXITS, VISITS, NAMED_REFUSALS, POINTS = 512, 2048, 512, 16, 1024
TIMEOUT = 300


def hypsim(command, what, *options, image=GUEST, mode="--functional"):
    """Exit code, standard output, standard error, and the most memory it had, in MiB."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        process = subprocess.Popen([HYPSIM, command, *([mode] if mode else []), "--semihosting", "--args", what, *options, image],
                                   stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return process.returncode, out.read(), err.read(), usage.ru_maxrss // 1024


def profile(what, *options):
    code, out, err, memory = hypsim("profile", what, "--json", *options)
    if code != 0:
        raise AssertionError(f"{what}: exit code {code}: {err}")
    return json.loads(out)["profile"], len(out), memory


class Guest(unittest.TestCase):
    def test_unknown_operations_are_named_a_few_times_and_counted(self):
        code, _, err, _ = hypsim("run", "o")
        self.assertEqual(code, 0)
        lines = err.splitlines()
        self.assertEqual(len(lines), NAMED_REFUSALS + 1, err[:2000])
        self.assertEqual(lines[0], "hypsim: the guest asked for semihosting operation 0x1000: refused")
        self.assertEqual(lines[-1], f"hypsim: the guest asked for other such operations, {32000 - NAMED_REFUSALS} times: refused")

    def test_rows_beyond_the_most_are_one(self):
        report, size, _ = profile("r")
        rows = report["rows"]
        self.assertEqual(len(rows), ROWS + 1)
        self.assertEqual([row["name"] for row in rows[:2]], ["row 0", "row 1"])
        self.assertEqual(rows[-1]["name"], "other")
        self.assertEqual(rows[-1]["cycles"]["count"], 40000 - ROWS)
        self.assertEqual(sum(row["cycles"]["count"] for row in rows), 40000)
        self.assertLess(size, 2 << 20)
        self.assertEqual(report["unaccounted_cycles"], 0)

    def test_samples_take_no_more_memory_the_more_they_are(self):
        few, _, memory_of_few = profile("s1")
        many, _, memory_of_many = profile("s6")
        self.assertEqual(few["rows"][0]["cycles"]["count"], 100_000)
        cycles = many["rows"][0]["cycles"]
        self.assertEqual(cycles["count"], 600_000)
        self.assertEqual(cycles["error"], 1 / 128)
        self.assertEqual(many["rows"][0]["phases"], {"hyp": cycles["total"]})
        # One by one, they would take 500,000 times four times eight bytes.
        self.assertLess(memory_of_many - memory_of_few, 8)

    def test_alarms_that_are_replaced_take_no_more_memory_the_more_they_are(self):
        code, _, err, memory_of_few = hypsim("run", "t1", mode=None)
        self.assertEqual((code, err), (0, ""))
        _, _, _, memory_of_many = hypsim("run", "t4", mode=None)
        self.assertLess(memory_of_many - memory_of_few, 4)  # 24 bytes each would be 7

    def test_causes_beyond_the_most_are_one(self):
        report, _, _ = profile("c")
        trips = report["round_trips"]
        self.assertEqual(len(trips), EXITS + 1)
        self.assertEqual(sum(trip["cycles"]["count"] for trip in trips), 3000)
        other = [trip for trip in trips if trip["cause"] == "other"]
        self.assertEqual([(trip["vmid"], trip["core"], trip["cycles"]["count"]) for trip in other], [(0, 0, 3000 - EXITS)])
        self.assertEqual(len(report["hyp_visits"]), VISITS + 1)
        self.assertEqual(report["unaccounted_cycles"], 0)

    def test_every_report_has_the_rest(self):
        with tempfile.TemporaryDirectory() as folder:
            csv, html = pathlib.Path(folder, "p.csv"), pathlib.Path(folder, "p.html")
            for what, line in (("r", f'Rows beyond the first {ROWS} are one, "other".'), ("c", "other")):
                code, out, err, _ = hypsim("profile", what, "--csv", csv, "--html", html)
                self.assertEqual(code, 0, err)
                self.assertIn(line, out)
                self.assertIn("other", html.read_text(encoding="utf-8"))
                scope = "row" if what == "r" else "trip"
                self.assertRegex(csv.read_text(encoding="utf-8"), rf"(?m)^{scope},other,")

    def test_names_of_rows(self):
        section = ".hypsim.markers"
        with tempfile.TemporaryDirectory() as folder:
            for text, words in (("".join(f"{i} name{i}\n" for i in range(ROWS + 1)), f"more than {ROWS} names"),
                                ("1 " + "n" * 201 + "\n", "a name of 201 bytes is longer than 200"),
                                ("x" * 5000 + "\n", '" is not')):
                names, image = pathlib.Path(folder, "names"), pathlib.Path(folder, "guest.elf")
                names.write_text(text, encoding="utf-8")
                subprocess.run(["arm-none-eabi-objcopy", "--add-section", f"{section}={names}", GUEST, image], check=True)
                code, _, err, _ = hypsim("profile", "e", image=image)
                self.assertEqual(code, 2)
                self.assertEqual(err.count("\n"), 1)
                self.assertIn(words, err)
                self.assertLess(len(err), 300)


class Client(unittest.TestCase):
    def test_points_and_scopes(self):
        process = subprocess.Popen([HYPSIM, "run", "--functional", "--semihosting", "--gdb", "0", "--gdb-wait", GUEST],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            port = int(re.search(r"127\.0\.0\.1:(\d+)", process.stderr.readline())[1])
            with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as connection:
                stream = connection.makefile("rwb")

                def ask(body):
                    stream.write(b"$%s#%02x" % (body, sum(body) & 255))
                    stream.flush()
                    answers = []
                    while True:
                        text = b""
                        while not text.endswith(b"#"):
                            text += stream.read(1)
                        stream.read(2)
                        answers.append(text.split(b"$")[-1][:-1])
                        if not answers[-1].startswith(b"O") or answers[-1] == b"OK":
                            return answers

                self.assertEqual(ask(b"QStartNoAckMode"), [b"OK"])
                for i in range(POINTS):
                    self.assertEqual(ask(b"Z1,%x,4" % (0x1000 + 4 * i)), [b"OK"])
                self.assertEqual(ask(b"Z1,1000,4"), [b"OK"], "it is there")
                self.assertEqual(ask(b"Z1,9000,4"), [b"E01"])
                self.assertEqual(ask(b"Z2,9000,4"), [b"E01"])
                self.assertEqual(ask(b"z1,1000,4"), [b"OK"])
                self.assertEqual(ask(b"Z1,9000,4"), [b"OK"])
                for i in range(POINTS + 1):
                    answers = ask(b"qRcmd," + b"scope %d hyp".replace(b"%d", b"%d" % i).hex().encode())
                text = bytes.fromhex(answers[0][1:].decode()).decode()
                self.assertEqual(text, f"{POINTS} addresses have a scope; take one back with any\n")
                stream.write(b"$k#6b")
                stream.flush()
            process.wait(timeout=TIMEOUT)
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
