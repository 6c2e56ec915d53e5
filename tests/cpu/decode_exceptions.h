// SPDX-License-Identifier: Apache-2.0
// Where hypsim and Capstone 4 are known to part, each predicate with its reason.
#pragma once

#include <string>
#include <string_view>

#include "sim/cpu/isa/decode.h"

namespace hypsim::decode_test {

enum class Set { A32, T16, T32 };

enum class Outcome { Executes, Unpredictable, Undefined };

struct Verdict {
  Set set;
  u32 word;
  Outcome outcome;        ///< ours
  const isa::Line* line;  ///< ours, or null
  const char* theirs;     ///< Capstone's name, or null if it calls the word invalid
};

/// Words that are not compared at all.
inline bool outside_scope(Set set, u32 word) {
  if (set == Set::T16) return false;
  // VFP and Advanced SIMD: coprocessors 10 and 11, and the SIMD data and element load/store spaces. Their decode has
  // its own test.
  const bool coprocessor_space = set == Set::A32 ? bits(word, 27, 26) == 3 && bits(word, 25, 24) != 3
                                                 : bits(word, 31, 29) == 7 && bits(word, 27, 26) == 3;
  if (coprocessor_space && bits(word, 11, 9) == 5) return true;
  if (set == Set::A32) return bits(word, 31, 25) == 0x79 || (bits(word, 31, 24) == 0xF4 && !bit(word, 20));
  return (bits(word, 31, 29) == 7 && bits(word, 27, 24) == 0xF) || (bits(word, 31, 24) == 0xF9 && !bit(word, 20));
}

/// True if our lower-case name means Capstone's: "smlaxy" stands for "smlabt", "smlad" for "smladx" as well.
inline bool same_name(std::string_view ours, std::string_view theirs) {
  if (ours == theirs) return true;
  if (theirs.size() == ours.size() && ours.substr(0, 2) == "sm") {
    for (std::size_t i = 0; i < ours.size(); ++i) {
      const bool half = (ours[i] == 'x' || ours[i] == 'y') && (theirs[i] == 'b' || theirs[i] == 't');
      if (ours[i] != theirs[i] && !half) return false;
    }
    return true;
  }
  // One line stands for all addressing modes, for LDCL as well as LDC, and for PLDW as well as PLD.
  static constexpr std::string_view kSuffixes[] = {"x", "r", "da", "db", "ia", "ib", "l", "w"};
  for (const auto suffix : kSuffixes) {
    if (theirs.size() == ours.size() + suffix.size() && theirs.starts_with(ours) && theirs.ends_with(suffix)) return true;
  }
  if (ours == "ldm") return theirs == "pop";
  if (ours == "stm" || ours == "stmdb") return theirs == "push";
  if (ours == "subs") return theirs == "sub";  // SUBS PC, LR
  if (ours == "pkh") return theirs == "pkhbt" || theirs == "pkhtb";
  if (ours == "adr") return theirs == "add" || theirs == "sub" || theirs == "addw" || theirs == "subw";
  return false;
}

/// Validity on which we stand against Capstone.
inline bool known_validity(const Verdict& v) {
  const std::string_view ours = v.line != nullptr ? v.line->name : "";
  const std::string_view theirs = v.theirs != nullptr ? v.theirs : "";
  // The permanently UNDEFINED encodings are valid to a disassembler.
  if (ours == "UDF") return theirs == "udf" || theirs == "trap";
  // CP14 and CP15 have no CDP2, MCR2, MRC2, MCRR2, MRRC2, LDC2 or STC2: UNDEFINED on ARMv7.
  if (ours.ends_with("2") && bits(v.word, 11, 9) == 7) return v.outcome == Outcome::Undefined;
  // Unallocated memory hints execute as NOP, ARM DDI 0406C A5.7.1 and A6.3.7 to A6.3.9; they have no name.
  if (ours == "NOP (unallocated memory hint)") return theirs.empty();
  // Capstone knows no ThumbEE. ARM DDI 0406C A9.3
  if (ours == "ENTERX" || ours == "LEAVEX") return theirs.empty();
  return false;
}

/// Names on which we stand against Capstone.
inline bool known_identity(const Verdict& v) {
  // Unallocated hints execute as NOP and have no name in the manual.
  return std::string_view(v.line->name) == "NOP (unallocated hint)" && std::string_view(v.theirs) == "hint";
}

}  // namespace hypsim::decode_test
