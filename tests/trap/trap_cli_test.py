#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""hypsim trap from outside: exit codes, output formats, the page in a browser. Usage: trap_cli_test.py HYPSIM SOURCE"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

HYPSIM, SOURCE = sys.argv[1:3]
EXAMPLE = pathlib.Path(SOURCE) / "docs/ci/vectors.json"


def trap(*arguments, **kwargs):
    return subprocess.run([HYPSIM, "trap", *map(str, arguments)], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, **kwargs)


class Commands(unittest.TestCase):
    def refuse(self, arguments, *words, **kwargs):
        result = trap(*arguments, **kwargs)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)

    def test_help(self):
        for arguments in ([], ["test"], ["explain"], ["matrix"], ["diff"], ["presets"]):
            result = trap(*arguments, "--help")
            self.assertEqual(result.returncode, 0)
            self.assertIn("Example", result.stdout)
        for command in ("test", "explain", "matrix", "diff"):
            self.assertIn("Exit code", trap(command, "--help").stdout)

    def test_usage(self):
        self.refuse([], "subcommand")
        self.refuse(["test"], "FILE", "hypsim trap test --help")
        self.refuse(["test", "/no/such/file.json"], "/no/such/file.json")
        self.refuse(["test", "/tmp"], "/tmp", "directory")
        self.refuse(["explain"], "INSTRUCTION")
        self.refuse(["explain", "nonsense r9"], "nonsense r9", "does not assemble")
        self.refuse(["explain", "nop", "--hcr", "XYZ"], "--hcr", "XYZ", "TWI")
        self.refuse(["explain", "nop", "--set", "HCR"], "--set", "NAME=VALUE")
        self.refuse(["explain", "nop", "--set", "FOO=1"], "--set", "FOO")
        self.refuse(["explain", "nop", "--mode", "el2"], "--mode")
        self.refuse(["explain", "nop", "--preset", "bhyve"], "bhyve", "kvm-v9")
        self.refuse(["explain", "nop", "--mode", "hyp", "--security", "secure"], "--security")
        self.refuse(["explain", "clrex", "--condition", "eq"], "conditional")
        self.refuse(["matrix", "--mode", "el1"], "--mode", "svc_s")
        self.refuse(["matrix", "--html", "/no/such/folder/x.html"], "/no/such/folder/x.html")
        self.refuse(["diff", "kvm"], "B")
        self.refuse(["diff", "kvm", "nothing"], "nothing")
        self.refuse(["explain", "nop"], "install binutils-arm-none-eabi", env={"PATH": "/nowhere"})

    def test_explain(self):
        result = trap("explain", "mrc p15, 0, r0, c9, c13, 0", "--mode", "svc", "--preset", "kvm-v9")
        self.assertEqual(result.returncode, 0, result.stderr)
        for words in ("PMCCNTR", "decided by", "HSTR.T9", "[ARM DDI 0406C B1.14.14]", "checks, in order", "0x14", "Direction"):
            self.assertIn(words, result.stdout)
        report = json.loads(trap("explain", "mrc p15, 0, r0, c9, c13, 0", "--hdcr", "TPM", "--json").stdout)
        self.assertEqual(report["outcome"]["ec"], "0x03")
        self.assertEqual(report["decided-by"]["name"], "HDCR.TPM")
        self.assertTrue(any(a["bit"] == "HDCR.TPM" and a["value"] == 0 for a in report["alternatives"]))
        # No assembler is needed for an encoding.
        result = trap("explain", "0xee190f1d", "--hstr", "T9", "--mode", "usr", env={"PATH": "/nowhere"})
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("PMUSERENR.EN", result.stdout)

    def test_matrix_and_diff(self):
        report = json.loads(trap("matrix", "--preset", "kvm", "--mode", "svc", "--json").stdout)
        rows = {(r["name"], r["access"]): r["modes"]["svc"] for r in report["rows"]}
        self.assertEqual(rows["ACTLR", "read"]["decided-by"], "HCR.TAC")
        text = trap("matrix", "--preset", "kvm", "--mode", "svc").stdout
        self.assertRegex(text, r"ACTLR +read +trap 0x03 HCR.TAC")
        self.assertEqual(trap("diff", "kvm", "kvm").returncode, 0)
        different = trap("diff", "kvm-v9", "kvm")
        self.assertEqual(different.returncode, 1)
        self.assertIn("--- kvm-v9\n+++ kvm\n", different.stdout)
        self.assertEqual(len(json.loads(trap("diff", "kvm", "kvm-boot", "--json").stdout)["differences"]), len(re.findall(r"^\+ trap", trap("diff", "kvm", "kvm-boot").stdout, re.MULTILINE)))

    def test_setting_files(self):
        with tempfile.TemporaryDirectory() as folder:
            mine = pathlib.Path(folder) / "mine.json"
            mine.write_text(json.dumps({"name": "mine", "registers": {"HCR": "0x0078663B", "HSTR": "T15", "HCPTR": "TTA,TCP10,TCP11", "HDCR": "TPM,TPMCR,HPMN=6", "CNTHCTL": "PL1PCTEN"}}))
            self.assertEqual(trap("diff", "kvm", mine).returncode, 0)
            mine.write_text('{"name": "mine", "registers": {"HCR": "TWX"}}')
            self.refuse(["diff", "kvm", mine], str(mine), "/registers/HCR", "TWX")
            mine.write_text('{"name": "mine"}')
            self.refuse(["matrix", "--preset", mine], str(mine), "registers")


class Vectors(unittest.TestCase):
    def test_example_passes_and_formats_are_well_formed(self):
        with tempfile.TemporaryDirectory() as folder:
            report = pathlib.Path(folder) / "report.xml"
            result = trap("test", "--junit", report, EXAMPLE)
            self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            lines = result.stdout.splitlines()
            self.assertEqual(lines[0], "TAP version 13")
            count = int(lines[1].removeprefix("1.."))
            self.assertEqual([int(line.split()[1]) for line in lines if line.startswith("ok ")], list(range(1, count + 1)))
            suites = xml.etree.ElementTree.parse(report).getroot()
            self.assertEqual(int(suites[0].get("tests")), count)
            self.assertEqual(len(suites.findall(".//testcase")), count)
            self.assertEqual(json.loads(trap("test", "--json", EXAMPLE).stdout)["passed"], count)

    def test_failures(self):
        content = json.loads(EXAMPLE.read_text())
        content["vectors"] = content["vectors"][:2]
        content["vectors"][0]["expect"]["ec"] = "0x05"
        content["vectors"][1]["name"] = "<&>\"' \u00e9 \u0007"
        content["vectors"][1]["expect"] = {"result": "waits"}
        with tempfile.TemporaryDirectory() as folder:
            file, report = pathlib.Path(folder) / "v.json", pathlib.Path(folder) / "r.xml"
            file.write_text(json.dumps(content))
            result = trap("test", "--junit", report, file)
            self.assertEqual(result.returncode, 1)
            self.assertIn("not ok 1", result.stdout)
            self.assertIn("field: ec", result.stdout)
            suites = xml.etree.ElementTree.parse(report).getroot()
            self.assertEqual(suites[0].get("failures"), "2")
            self.assertIn("ec: expected 0x05, got 0x03", suites.find(".//failure").text)
            self.assertEqual(json.loads(trap("test", "--json", file).stdout)["failed"], 2)

    def test_many_vectors_take_one_assembler_run(self):
        vector = {"instruction": "mrc p15, 0, r0, c1, c0, 0", "expect": {"result": "executes"}}
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "many.json"
            file.write_text(json.dumps({"vectors": [dict(vector, name=str(i)) for i in range(5000)]}))
            result = trap("test", file)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("# 5000 passed, 0 failed", result.stdout)


class Page(unittest.TestCase):
    BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")

    def test_filter_and_sort_in_a_browser(self):
        self.assertIsNotNone(self.BROWSER, "chromium is missing: scripts/install-dependencies test")
        with tempfile.TemporaryDirectory() as folder:
            page = pathlib.Path(folder) / "m.html"
            self.assertEqual(trap("matrix", "--preset", "xen", "--html", page).returncode, 0)
            # The page's own controls, used as a person would, and what they leave behind.
            probe = """<script>
filter.value = "actlr"; filter.dispatchEvent(new Event("input"));
document.body.dataset.filtered = rows.filter(r => !r.hidden).map(r => r.cells[1].textContent).join();
filter.value = ""; filter.dispatchEvent(new Event("input")); traps.click();
document.body.dataset.trapping = rows.filter(r => !r.hidden).length;
traps.click(); document.querySelectorAll("thead th")[1].click();
document.body.dataset.sorted = [...body.rows].every((r, i, a) => i == 0 || a[i-1].cells[1].textContent.localeCompare(r.cells[1].textContent, "en", {numeric: true}) <= 0);
</script></body>"""
            page.write_text(page.read_text().replace("</body>", probe))
            dom = subprocess.run([self.BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile", "--dump-dom", page.as_uri()],
                                 capture_output=True, text=True, timeout=120).stdout
            self.assertRegex(dom, r'data-sorted="true"')
            filtered = re.search(r'data-filtered="([^"]*)"', dom).group(1).split(",")
            self.assertIn("ACTLR", filtered)
            self.assertLess(len(filtered), 12)
            self.assertGreater(int(re.search(r'data-trapping="(\d+)"', dom).group(1)), 50)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
