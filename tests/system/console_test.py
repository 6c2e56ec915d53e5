#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs a world-switch image on hypsim; its console must be QEMU's, byte for byte, and its exit code 0."""
import argparse
import pathlib
import sys

import support


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("hypsim")
    parser.add_argument("image")
    parser.add_argument("--console", required=True, metavar="FILE", help="the console that QEMU printed")
    parser.add_argument("options", nargs="*", help="options of hypsim run, behind --")
    arguments = parser.parse_args()

    theirs = pathlib.Path(arguments.console).read_bytes().decode("ascii")
    if not theirs.endswith(": done\n"):
        sys.exit(f"{arguments.console}: not the console of a complete run; run the tests firmware.qemu first")
    result = support.run(arguments.hypsim, "run", "--semihosting", *arguments.options, arguments.image)
    if result.returncode != 0:
        support.fail(f"{arguments.image}: exit code {result.returncode}", result)
    if result.stderr:
        support.fail(f"{arguments.image}: standard error is not empty", result)
    ours = result.stdout.replace("\r", "")
    if ours != theirs:
        support.fail(support.first_difference(ours, theirs), result)


if __name__ == "__main__":
    main()
