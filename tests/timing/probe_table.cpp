// SPDX-License-Identifier: Apache-2.0
// Prints the error table of docs/timing.md.
#include <cstdio>

#include "tests/timing/probes.h"

int main() {
  std::fputs(hypsim::test::probe_table(hypsim::test::run_probes(HYPSIM_PROBES)).c_str(), stdout);
  return 0;
}
