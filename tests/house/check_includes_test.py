# SPDX-License-Identifier: Apache-2.0
"""Shows that check_includes.py does find an include that runs the wrong way."""
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from check_includes import violations  # noqa: E402


def tree(files):
    root = pathlib.Path(tempfile.mkdtemp())
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


good = tree({"sim/mmu/a.h": '#include "sim/base/b.h"\n#include <vector>\n', "sim/cpu/exec/x.cpp": '#include "sim/cpu/ir/y.h"\n'})
upwards = tree({"sim/base/a.h": '#include "sim/mmu/mmu.h"\n'})
systemc = tree({"sim/cpu/exec/x.cpp": "#include <systemc>\n"})
inside = tree({"sim/cpu/ir/x.h": '#include "sim/cpu/exec/y.h"\n'})
unknown = tree({"sim/attic/a.h": "\n"})
assert violations(good) == [], violations(good)
for bad in (upwards, systemc, inside, unknown):
    assert len(violations(bad)) == 1, violations(bad)
print("ok")
