// SPDX-License-Identifier: Apache-2.0
// Runs every line of every table in each of its modes and instruction sets, and prints TAP (version 13).
#include "console.h"
#include "known_models.h"
#include "registers.h"
#include "runner.h"

#ifndef TRAPS_MODEL
#define TRAPS_MODEL none
#endif
#define TEXT_OF(word) #word
#define TEXT(word) TEXT_OF(word)

static const char* model = TEXT(TRAPS_MODEL);
static uint32_t failed, expected_to_fail, skipped;

static bool contains(const char* text, const char* part) {
  for (; *text; text++) {
    const char* t = text;
    const char* p = part;
    while (*p && *p != ' ' && *t == *p) {
      t++;
      p++;
    }
    if (!*p || *p == ' ') {
      return true;
    }
  }
  return false;
}

static void describe(uint32_t number, const char* table, const struct instance* i, bool good) {
  print("%sok %u - %s: %s [%s, %s]", good ? "" : "not ", number, table, i->v->name, mode_name(i->mode),
        i->thumb ? "T32" : "A32");
}

static void run_one(uint32_t number, const char* table, const struct instance* i) {
  const struct vector* v = i->v;
  const bool secure = v->flags & NEEDS_MONITOR || i->mode & SECURE_MODES;
  const struct known* hang = known_hang(model, v, i->mode, i->thumb);
  if ((secure && !have_monitor) || hang) {
    describe(number, table, i, true);
    print(" # SKIP %s\n", hang ? hang->reason : "started in Hyp: no monitor of the suite's own");
    skipped++;
    return;
  }
  const bool good = run_instance(i);
  describe(number, table, i, good);
  if (good) {
    print("\n");
    return;
  }
  const struct known* known = known_difference(model, v, i->mode, i->thumb, run.taken);
  if (known) {
    print(" # TODO %s: %s (%s%s)", known->model, known->reason, known->section[0] == 'I' ? "" : "ARM DDI 0406C ",
          known->section);
    expected_to_fail++;
  } else {
    failed++;
  }
  print("\n");
  complain(i);
}

/// Goes through all instances; returns how many there are. Runs them unless `count_only`.
static uint32_t walk(const char* only, bool count_only) {
  uint32_t number = 0;
  for (uint32_t t = 0; t < table_count; t++) {
    for (uint32_t n = 0; n < tables[t].count; n++) {
      const struct vector* v = &tables[t].vectors[n];
      if (only && !contains(v->name, only) && !contains(tables[t].name, only)) {
        continue;
      }
      for (uint32_t mode = 1; mode < 1u << KINDS_OF_MODE; mode <<= 1) {
        for (uint32_t isa = A32; isa <= T32; isa <<= 1) {
          if (!(v->modes & mode) || !(v->isas & isa)) {
            continue;
          }
          number++;
          if (!count_only) {
            const struct instance i = {v, mode, isa == T32};
            run_one(number, tables[t].name, &i);
          }
        }
      }
    }
  }
  return number;
}

void suite_main(void) {
  console_init();
  if (option("model")) {
    model = option("model");
  }
  const char* only = option("only");
  gic_start();
  pages_build();
  print("TAP version 13\n1..%u\n", walk(only, true));
  print("# started in %s state\n", have_monitor ? "Secure" : "Non-secure");
  const uint32_t count = walk(only, false);
  print("# %u vectors: %u passed, %u failed, %u known differences of this model, %u skipped\n", count,
        count - failed - expected_to_fail - skipped, failed, expected_to_fail, skipped);
  if (!known_summary(model) && !only && have_monitor) {
    print("# a difference in known_models.c was not met: it is out of date\n");
    failed++;
  }
  leave(failed ? 1 : 0);
}
