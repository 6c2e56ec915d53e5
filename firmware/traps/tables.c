// SPDX-License-Identifier: Apache-2.0
#include "vector.h"

// What the others use comes first, each a block of its own, whose order clang-format leaves alone.
#include "vectors/cp15.inc"

#include "vectors/cp14_fp.inc"

#include "vectors/aborts.inc"
#include "vectors/calls.inc"
#include "vectors/conditions.inc"
#include "vectors/gic.inc"

#define TABLE(name) \
  { #name, vectors_##name, sizeof vectors_##name / sizeof vectors_##name[0] }
const struct table tables[] = {
    TABLE(id),    TABLE(hcr),    TABLE(hstr),         TABLE(pmu_timer), TABLE(cp14),
    TABLE(fp),    TABLE(calls),  TABLE(conditions),   TABLE(returns),   TABLE(banked),
    TABLE(async), TABLE(aborts), TABLE(translations), TABLE(gic),
};
const uint32_t table_count = sizeof tables / sizeof tables[0];
