// SPDX-License-Identifier: Apache-2.0
#include "known_models.h"

#include "console.h"

static const struct known differences[] = {
    {"none", 0, 0, 0},
};

static const struct known hangs[] = {
    {"none", 0, 0, 0},
};

const struct known* known_difference(const char* model, const struct vector* v, uint32_t mode, bool thumb,
                                     const struct record* taken) {
  for (uint32_t n = 0; n < sizeof differences / sizeof differences[0]; n++) {
    const struct known* k = &differences[n];
    if (k->applies && same_word(model, k->model) && k->applies(v, mode, thumb, taken)) {
      return k;
    }
  }
  return 0;
}

const struct known* known_hang(const char* model, const struct vector* v, uint32_t mode, bool thumb) {
  for (uint32_t n = 0; n < sizeof hangs / sizeof hangs[0]; n++) {
    const struct known* k = &hangs[n];
    if (k->applies && same_word(model, k->model) && k->applies(v, mode, thumb, 0)) {
      return k;
    }
  }
  return 0;
}
