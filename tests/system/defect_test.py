#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a world-switch image with a defect on hypsim, functional and timed: its last line must match, exit code 1 of the
guest. Without --fails-with the model does not show the defect, and the image must pass."""
import argparse
import re

import support


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hypsim")
    parser.add_argument("image")
    parser.add_argument("--fails-with", metavar="REGEX")
    arguments = parser.parse_args()

    for mode in (["--functional"], []):
        options = ["run", *mode, "--semihosting", "--exit-code", "guest"]
        result = support.run(arguments.hypsim, *options, arguments.image)
        last = result.stdout.splitlines()[-1] if result.stdout else ""
        if arguments.fails_with:
            good = result.returncode == 1 and re.fullmatch(arguments.fails_with, last)
        else:
            good = result.returncode == 0 and last.endswith(": done")
        if not good:
            support.fail(f"{arguments.image} {mode}: exit code {result.returncode}, or the last line is not as expected", result)
    # Without --exit-code, any failure of the guest is 3, and the code is printed.
    if arguments.fails_with:
        result = support.run(arguments.hypsim, "run", "--functional", "--semihosting", arguments.image)
        if result.returncode != 3 or "code 1" not in result.stderr:
            support.fail(f"{arguments.image}: exit code {result.returncode} instead of 3, or no code on standard error", result)


if __name__ == "__main__":
    main()
