// SPDX-License-Identifier: Apache-2.0
// Failures: made small, and printed.
#pragma once

#include <span>
#include <string>

#include "tests/differential/machines.h"
#include "tests/differential/sequence.h"

namespace hypsim::fuzz {

/// As the command line has it.
const char* name_of(Kind kind);

/// Runs both machines; `qemu` and `runtime` outlive it.
struct Bench {
  Kind kind;
  u64 seed;
  Qemu& qemu;
  std::span<const u8> runtime;
};

/// The sequence with as many instructions made NOPs as still give different records.
Sequence minimise(const Bench& bench, Sequence sequence);
/// The instructions with address, code and table line, and the initial state.
std::string listing(const Sequence& sequence);
/// Disassembly, initial state and what differs, as lines. The records are those of the batch: a test may differ only
/// there.
std::string describe(const Bench& bench, const Sequence& original, const Sequence& small, const Record& batch_ours,
                     const Record& batch_theirs);

}  // namespace hypsim::fuzz
