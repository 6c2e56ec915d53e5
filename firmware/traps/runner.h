// SPDX-License-Identifier: Apache-2.0
#ifndef TRAPS_RUNNER_H
#define TRAPS_RUNNER_H

#include "vector.h"

/// One way to run a line.
struct instance {
  const struct vector* v;
  uint32_t mode;  ///< one of USR ... MON
  bool thumb;
};

const char* mode_name(uint32_t mode);
/// Runs it and prints nothing. False if something is not as the line says: `complain` prints what.
bool run_instance(const struct instance* i);
void complain(const struct instance* i);

#endif
