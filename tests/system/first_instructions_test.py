#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The first instructions of a boot, for a build with sanitizers: they run to the limit, exactly, and nothing is reported.

Usage: first_instructions_test.py HYPSIM FETCH_GUESTS linux|xen INSTRUCTIONS [HYPSIM_OPTIONS...]"""
import json
import pathlib
import subprocess
import sys


def main():
    hypsim, fetch, kind, instructions = sys.argv[1:5]
    guests = pathlib.Path(subprocess.run([fetch], check=True, stdout=subprocess.PIPE, text=True).stdout.strip())
    image = {"linux": ["--initrd", guests / "initrd.gz", "--append", "console=ttyAMA0", guests / "vmlinuz"],
             "xen": ["--append", "dom0_mem=512M", "--dom0", guests / "vmlinuz", "--dom0-initrd", guests / "initrd.gz",
                     "--dom0-append", "console=hvc0", guests / "xen"]}[kind]
    result = subprocess.run([hypsim, "run", "--json", "--serial", "none", "--max-insns", instructions, *sys.argv[5:],
                             *map(str, image)], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    problems = []
    if result.returncode != 3:
        problems.append(f"exit code {result.returncode}, not 3")
    if "runtime error" in result.stderr or "Sanitizer" in result.stderr:
        problems.append("a sanitizer reported something")
    if not problems:
        report = json.loads(result.stdout)
        if report["reason"] != "max-insns":
            problems.append(f"ended by {report['reason']}, not by its limit")
    if problems:
        sys.stderr.write(result.stderr)
        sys.exit(f"{kind}: " + "; ".join(problems))
    print(f"{kind}: {report['instructions']} instructions")


if __name__ == "__main__":
    main()
