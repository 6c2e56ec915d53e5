// SPDX-License-Identifier: Apache-2.0
// What is known to be wrong in a model. A vector that fails there as described is printed as `not ok ... # TODO`, which
// a TAP reader does not count as a failure; on any other model it is one.
#ifndef TRAPS_KNOWN_MODELS_H
#define TRAPS_KNOWN_MODELS_H

#include "vector.h"

struct known {
  const char* model;
  /// `taken` is what happened, or null while the question is whether the vector can be run at all.
  bool (*applies)(const struct vector* v, uint32_t mode, bool thumb, const struct record* taken);
  const char* reason;
  const char* section;  ///< of ARM DDI 0406C
};

/// The first that applies on `model`; null if none does.
const struct known* known_difference(const char* model, const struct vector* v, uint32_t mode, bool thumb,
                                     const struct record* taken);
/// True if the model would hang.
const struct known* known_hang(const char* model, const struct vector* v, uint32_t mode, bool thumb);

/// Prints how often each difference of `model` was met. False if one never was: the list is out of date.
bool known_summary(const char* model);

#endif
