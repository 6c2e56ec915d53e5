#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""An image of bench/guest does its work, and says the same on hypsim (functional and timed) and on QEMU."""
import argparse
import pathlib
import subprocess
import sys

TURNS = 2


def run(command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hypsim", required=True)
    parser.add_argument("--qemu", required=True)
    parser.add_argument("image", type=pathlib.Path)
    args = parser.parse_args()

    name = args.image.stem.rsplit("-", 1)[0]
    hypsim = [args.hypsim, "run", "--semihosting", "--args", f"bench {TURNS}"]
    functional = run([*hypsim, "--functional", str(args.image)]).stdout
    timed = run([*hypsim, str(args.image)]).stdout
    # QEMU writes what semihosting prints to its standard error.
    qemu = run([args.qemu, "-M", "virt,virtualization=on,gic-version=2", "-cpu", "cortex-a15", "-display", "none", "-serial", "null", "-monitor", "none",
                "-semihosting-config", f"enable=on,target=native,arg=bench,arg={TURNS}", "-kernel", str(args.image)]).stderr

    failures = []
    if not functional.startswith(f"{name}: ") or not functional.endswith(", ok\n"):
        failures.append(f"functional mode printed {functional!r}")
    if timed != functional:
        failures.append(f"timed mode printed {timed!r}, functional {functional!r}")
    if qemu != functional:
        failures.append(f"QEMU printed {qemu!r}, hypsim {functional!r}")
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
