// SPDX-License-Identifier: Apache-2.0
// The cores that run the host kernel. The shim parks all but the first, so the set is one core; what must happen on
// every core goes through here and not through the caller's assumption.
#include "kernel.h"

#define CPU_COUNT 1

void on_each_cpu(void (*function)(void)) {
  for (uint32_t cpu = 0; cpu < CPU_COUNT; cpu++) {
    function();
  }
}
