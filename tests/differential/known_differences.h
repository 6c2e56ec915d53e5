// SPDX-License-Identifier: Apache-2.0
// What is not compared, and why: instructions whose effect the architecture leaves open, or that belong to other tests,
// and outcomes in which QEMU 7.2 is known to part from the architecture or from hypsim's choice.
#pragma once

#include <span>

#include "tests/differential/record.h"
#include "tests/differential/sequence.h"

namespace hypsim::fuzz {

/// An instruction that the generator thinks of adding to a sequence.
struct Candidate {
  Isa isa;
  const isa::Line& line;
  u32 word;
  unsigned length;
  bool in_it = false;  ///< inside an IT block
  bool last_in_it = false;
  Mode mode = Mode::User;  ///< in which the sequence starts

  /// Name of the translate function behind its prefix: "LDR_imm" of arm_LDR_imm.
  std::string_view operation() const;
  bool is(std::string_view name) const { return operation() == name; }
  bool starts(std::string_view prefix) const { return operation().starts_with(prefix); }
  u32 operator[](char letter) const { return field_of(line, word, letter); }
  bool has(char letter) const { return field_width(line, letter) != 0; }
  bool t16() const { return isa == Isa::Thumb && length == 2; }
  bool t32() const { return isa == Isa::Thumb && length == 4; }
  bool a32() const { return isa == Isa::A32; }
};

struct InstructionRule {
  bool (*applies)(const Candidate&);
  const char* reason;
  const char* section;  ///< of ARM DDI 0406C
};

struct OutcomeRule {
  bool (*applies)(const Sequence&, const Record& ours, const Record& theirs);
  const char* reason;
  const char* section;
};

std::span<const InstructionRule> instruction_rules();
std::span<const OutcomeRule> outcome_rules();

/// The rule that keeps an instruction out of sequences, or null.
const InstructionRule* excluded(const Candidate& candidate);
/// The rule that explains why two records differ, or null.
const OutcomeRule* explained(const Sequence& sequence, const Record& ours, const Record& theirs);

}  // namespace hypsim::fuzz
