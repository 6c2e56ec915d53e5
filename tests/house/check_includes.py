# SPDX-License-Identifier: Apache-2.0
"""Checks that includes run one way (docs/design.md, "The rooms"): each room may include itself and the rooms listed for it.

Usage: check_includes.py ROOT. Prints one line a violation; exit 1 if there is any."""
import pathlib
import re
import sys

BASE = {"sim/base"}
LOW = BASE | {"sim/mmu", "sim/hyp"}
MEM = {"sim/mem"}
HOST = BASE | {"sim/host"}
TEXT = HOST | {"sim/text"}
MIDDLE = LOW | TEXT | {"sim/cpu", "sim/gic", "sim/periph"} | MEM
UPPER = MIDDLE | {"sim/mpcore", "sim/disasm"}
# room -> rooms it may include. The arrows: cli -> {platforms, debug, profile, trace, loader} -> mpcore ->
# {cpu, gic, periph, mem} -> {mmu, hyp} -> base. Module shells of gic and periph see the bus extension in mem.
ALLOWED = {
    "sim/base": set(),
    "sim/host": BASE,
    "sim/text": HOST,
    "sim/mmu": BASE,
    "sim/hyp": BASE,
    "sim/mem": BASE,
    "sim/cpu": LOW | TEXT,
    "sim/gic": BASE | MEM,
    "sim/periph": TEXT | MEM,
    "sim/disasm": BASE,
    "sim/mpcore": MIDDLE,
    "sim/loader": TEXT,
    "sim/profile": TEXT | {"sim/disasm"},
    "sim/trace": HOST | {"sim/disasm"},
    "sim/debug": UPPER | {"sim/loader"},
    "sim/trap": LOW | TEXT | {"sim/cpu", "sim/periph"},
    "platforms": UPPER | {"sim/loader"},
    "sim/cli": UPPER | {"platforms", "sim/loader", "sim/profile", "sim/trace", "sim/debug", "sim/trap"},
}
# Inside the core: folder -> folders of sim/cpu it may include.
CPU_ALLOWED = {
    "fp": set(),
    "ir": set(),
    "state": {"ir"},
    "sysreg": {"ir", "state"},
    "translate": {"ir", "isa", "sysreg", "state"},
    "isa": {"ir", "translate"},
    "pipeline": {"ir", "translate"},
    "exec": {"fp", "ir", "state", "sysreg", "translate", "isa", "pipeline", "core.h"},
    "jit": {"ir", "translate", "pipeline", "exec", "core.h"},
    "core.h": {"jit", "ir", "state", "sysreg", "translate", "isa", "pipeline", "exec"},
    "core.cpp": {"jit", "ir", "state", "sysreg", "translate", "isa", "pipeline", "exec", "core.h"},
}
SYSTEMC_FREE = ("sim/base", "sim/host", "sim/text", "sim/mmu", "sim/hyp", "sim/cpu", "sim/loader", "sim/profile", "sim/trace", "sim/disasm", "sim/trap", "sim/debug")
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]', re.MULTILINE)


def room_of(path: str):
    parts = path.split("/")
    if parts[0] == "platforms":
        return "platforms"
    return "/".join(parts[:2]) if parts[0] == "sim" and len(parts) > 2 else None


def violations(root: pathlib.Path):
    found = []
    files = [f for top in ("sim", "platforms") for f in (root / top).rglob("*") if f.suffix in (".h", ".cpp", ".inc")]
    for file in sorted(files):
        name = file.relative_to(root).as_posix()
        room = room_of(name)
        if room is None:
            continue
        if room not in ALLOWED:
            found.append(f"{name}: room {room} is not in the plan; add it to tests/house/check_includes.py and docs/design.md")
            continue
        for target in INCLUDE.findall(file.read_text(encoding="utf-8")):
            if target.split("/")[0] in ("systemc", "systemc.h", "tlm", "tlm.h", "sysc", "tlm_utils") and room in SYSTEMC_FREE:
                found.append(f"{name}: includes {target}; {room} knows no SystemC")
            other = room_of(target)
            if other is None or other == room:
                if other == "sim/cpu":
                    here, there = name.split("/")[2], target.split("/")[2]
                    if here != there and there not in CPU_ALLOWED.get(here, set()):
                        found.append(f"{name}: includes {target}; sim/cpu/{here} must not see sim/cpu/{there}")
                continue
            if other not in ALLOWED[room]:
                found.append(f"{name}: includes {target}; {room} must not see {other}")
    return found


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: check_includes.py ROOT")
    problems = violations(pathlib.Path(sys.argv[1]))
    print("\n".join(problems) if problems else "all includes run the right way")
    sys.exit(1 if problems else 0)
