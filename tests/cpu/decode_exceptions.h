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
    if (theirs.size() == ours.size() + suffix.size() && theirs.starts_with(ours) && theirs.ends_with(suffix))
      return true;
  }
  // Names of variants that a field of the line selects: VCMPE, VCVTT, VTBX, VMOVL (VSHLL by 0), FLDMX and FSTMX (odd
  // numbers of words).
  static constexpr std::string_view kVariants[][2] = {
      {"vcmp", "vcmpe"},   {"vcvtb", "vcvtt"},  {"vtbl", "vtbx"},    {"vshll", "vmovl"},  {"vldm", "fldmdbx"},
      {"vldm", "fldmiax"}, {"vpop", "fldmiax"}, {"vstm", "fstmdbx"}, {"vstm", "fstmiax"}, {"vpush", "fstmdbx"}};
  for (const auto& [line, variant] : kVariants) {
    if (ours == line && theirs == variant) return true;
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
  // CP10, CP11, CP14 and CP15 have no CDP2, MCR2, MRC2, MCRR2, MRRC2, LDC2 or STC2: UNDEFINED on ARMv7. ARMv8 has put
  // VSEL, VMAXNM, VRINT and the directed VCVT there.
  if (ours.ends_with("2") && (bits(v.word, 11, 9) == 7 || bits(v.word, 11, 9) == 5))
    return v.outcome == Outcome::Undefined;
  // ARMv8: VRINTR, VRINTZ, VRINTX, and half precision from and to double precision.
  if (ours == "(VFP data processing or transfer)")
    return theirs.starts_with("vrint") || theirs == "vcvtb" || theirs == "vcvtt";
  // The A15 has no FPINST, FPINST2 and MVFR2.
  if (ours == "VMRS" || ours == "VMSR") return theirs == "vmrs" || theirs == "vmsr";
  // FLDMX and FSTMX beyond D15: Capstone knows VFPv2 alone.
  if (ours == "VLDM" || ours == "VSTM" || ours == "VPUSH" || ours == "VPOP")
    return theirs.empty() && bits(v.word, 11, 8) == 11 && bit(v.word, 0);
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
