#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench/host-cost passes what is as dear as known, names the row that became dearer, and says what became cheaper.

Usage: host_cost_test.py HOST_COST. A stand-in for valgrind counts what the test wants."""
import os
import pathlib
import subprocess
import sys
import tempfile

HOST_COST = sys.argv[1]
# 1000 guest instructions a turn, and FACTOR host instructions for each behind a start-up of 5000; timed sieve: FACTOR of its own.
VALGRIND = """#!/usr/bin/env python3
import os, sys
out = next(word.split("=", 1)[1] for word in sys.argv if word.startswith("--callgrind-out-file="))
turns = int(sys.argv[sys.argv.index("--args") + 1].split()[1])
mine = "sieve" in sys.argv[-1] and "--functional" not in sys.argv
factor = float(os.environ["SIEVE" if mine else "FACTOR"])
open(out, "w").write("events: Ir\\ntotals: %d\\n" % (5000 + turns * 1000 * factor))
print('{"instructions": %d}' % (turns * 1000))
print("test: 00000000, ok", file=sys.stderr)
"""


def main():
    failures = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "valgrind").write_text(VALGRIND)
        (folder / "valgrind").chmod(0o755)
        (folder / "hypsim").touch()
        limits = folder / "limits.json"

        def run(factor, sieve, *options):
            environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "FACTOR": str(factor), "SIEVE": str(sieve)}
            done = subprocess.run([HOST_COST, "--build", folder, "--limits", limits, *options], capture_output=True, text=True, env=environment, check=False)
            return done.returncode, done.stdout + done.stderr

        def expect(what, result, code, *texts):
            if result[0] != code or any(text not in result[1] for text in texts):
                failures.append(f"{what}: exit code {result[0]}, expected {code} and {texts}:\n{result[1]}")

        expect("without limits", run(4, 4), 2, "--renew")
        expect("renewal", run(4, 4, "--renew"), 0, "wrote")
        expect("as known", run(4, 4), 0)
        expect("within the margin", run(4.5, 3.6), 0)
        expect("one dearer", run(4, 5), 1, "over the limit: compute/sieve-thumb, timed.", "OVER: +25%", "--renew")
        expect("one cheaper", run(4, 2), 0, "-50%", "cheaper than known", "compute/sieve-thumb, timed")
        limits.write_text(limits.read_text().replace("sieve", "sift"))
        expect("other rows", run(4, 4), 2, "make it anew with --renew")
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
