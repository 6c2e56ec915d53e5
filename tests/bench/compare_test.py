#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench/compare measures what it is asked for, adds up, and refuses what it does not know. How fast is not judged.

Usage: compare_test.py COMPARE BUILD QEMU"""
import json
import math
import pathlib
import subprocess
import sys

COMPARE, BUILD, QEMU = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
IMAGES = BUILD / "bench/guest"
QUICK = ["--build", BUILD, "--qemu", QEMU, "--seconds", "0.02", "--repeat", "1"]


def run(*options):
    done = subprocess.run([COMPARE, *QUICK, *map(str, options)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def main():
    failures = []

    def expect(what, right):
        if not right:
            failures.append(what)

    code, out, err = run("--json", IMAGES / "compute/recursion-arm.elf", IMAGES / "trap/hypercall-thumb.elf")
    expect(f"two images: exit code {code}: {err}", code == 0)
    if code == 0:
        found = json.loads(out)["mixes"]["images"]
        rows = found["rows"]
        expect(f"rows {[row['name'] for row in rows]}", [row["name"] for row in rows] == ["recursion-arm", "hypercall-thumb"])
        for row in rows:
            expect(f"{row}: speeds", all(row[mode] > 0 for mode in ("functional", "timed", "functional_interpreted", "timed_interpreted", "qemu")))
            expect(f"{row}: ratio", math.isclose(row["timed_to_qemu"], row["timed"] / row["qemu"]))
        expect("mean", math.isclose(found["mean"]["timed"], math.sqrt(rows[0]["timed"] * rows[1]["timed"])))

    code, out, err = run("--modes", "functional", IMAGES / "exception/fixup-arm.elf")
    expect(f"one mode: exit code {code}: {out}{err}", code == 0 and "functional" in out and "QEMU" not in out)
    code, out, err = run("--modes", "functional,timed", "--require", "1e9,1e9", IMAGES / "compute/recursion-arm.elf")
    expect(f"--require: exit code {code}: {err}", code == 1 and "required 1e9,1e9" in err)
    for wrong, word in ((["--mix", "sorting"], "sorting"), (["--modes", "warp"], "warp"), (["--seconds", "0"], "--seconds"), (["--require", "fast"], "fast"),
                        ([IMAGES / "none.elf"], "none.elf"), (["--build", IMAGES], "hypsim")):
        code, out, err = run(*wrong)
        expect(f"{wrong}: exit code {code}: {err}", code == 2 and word in err)
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
