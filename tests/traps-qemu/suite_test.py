#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs firmware/traps and reads its TAP. Usage: suite_test.py [options] -- command...

The command must end with exit code 0 and print as many lines as its plan says, none of them `not ok` without TODO. What may be
left over is counted exactly: --todo vectors that fail as known_models.c says, --skipped vectors that were not run. With --failed
so many vectors must fail and the exit code be 1: that the suite can tell.
"""
import argparse
import re
import subprocess
import sys

LINE = re.compile(r"(not )?ok (\d+) - (.*?)(?: # (TODO|SKIP) (.*))?$")


def complaints(output, code, arguments):
    lines = output.replace("\r", "").splitlines()
    plan = next((int(line[3:]) for line in lines if re.fullmatch(r"1\.\.\d+", line)), None)
    if plan is None:
        return ["no plan"]
    results = [match for match in map(LINE.match, lines) if match]
    todo = sum(1 for match in results if match[1] and match[4] == "TODO")
    skipped = sum(1 for match in results if not match[1] and match[4] == "SKIP")
    failed = [match[0] for match in results if match[1] and match[4] != "TODO"]
    wrong = [] if len(failed) == arguments.failed else failed + [f"{len(failed)} failed, not {arguments.failed}"]
    wrong += [line for line in lines if line.startswith("Bail out!")]
    if [int(match[2]) for match in results] != list(range(1, plan + 1)):
        wrong.append(f"{len(results)} results, the plan says {plan}")
    if plan < arguments.at_least:
        wrong.append(f"{plan} vectors, not {arguments.at_least}")
    if (todo, skipped) != (arguments.todo, arguments.skipped):
        wrong.append(f"{todo} known differences and {skipped} skipped, not {arguments.todo} and {arguments.skipped}")
    if code != (1 if arguments.failed else 0):
        wrong.append(f"exit code {code}")
    print(f"{plan} vectors, {plan - todo - skipped - len(failed)} passed, {len(failed)} failed, {todo} known differences, "
          f"{skipped} skipped")
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--todo", type=int, default=0)
    parser.add_argument("--skipped", type=int, default=0)
    parser.add_argument("--failed", type=int, default=0)
    parser.add_argument("--at-least", type=int, default=3700)
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    # QEMU's semihosting console is its standard error.
    run = subprocess.run(arguments.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         timeout=240, check=False)
    wrong = complaints(run.stdout.decode("ascii", "replace"), run.returncode, arguments)
    if wrong:
        sys.exit("\n".join(wrong[:40]))


if __name__ == "__main__":
    main()
