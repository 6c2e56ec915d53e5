// SPDX-License-Identifier: Apache-2.0
// The target description: which registers there are, how wide, and the names of the bits that trap. GDB manual, "Target
// Descriptions", "ARM Features"
#include <fmt/format.h>

#include "sim/debug/registers.h"

namespace hypsim::debug {

namespace {

struct Field {
  const char* name;
  unsigned first, last;
};
struct FlagType {
  const char* id;
  std::vector<Field> fields;
};

/// Types of registers whose bits are worth reading by name.
const std::vector<FlagType>& flag_types() {
  static const std::vector<FlagType> types = {
      {"psr_type",
       {{"M", 0, 4},
        {"T", 5, 5},
        {"F", 6, 6},
        {"I", 7, 7},
        {"A", 8, 8},
        {"E", 9, 9},
        {"GE", 16, 19},
        {"J", 24, 24},
        {"Q", 27, 27},
        {"V", 28, 28},
        {"C", 29, 29},
        {"Z", 30, 30},
        {"N", 31, 31}}},
      {"hcr_type",
       {{"VM", hcr::VM, hcr::VM},
        {"SWIO", hcr::SWIO, hcr::SWIO},
        {"PTW", hcr::PTW, hcr::PTW},
        {"FMO", hcr::FMO, hcr::FMO},
        {"IMO", hcr::IMO, hcr::IMO},
        {"AMO", hcr::AMO, hcr::AMO},
        {"VF", hcr::VF, hcr::VF},
        {"VI", hcr::VI, hcr::VI},
        {"VA", hcr::VA, hcr::VA},
        {"FB", hcr::FB, hcr::FB},
        {"BSU", hcr::BSU_LO, hcr::BSU_LO + 1},
        {"DC", hcr::DC, hcr::DC},
        {"TWI", hcr::TWI, hcr::TWI},
        {"TWE", hcr::TWE, hcr::TWE},
        {"TID0", hcr::TID0, hcr::TID0},
        {"TID1", hcr::TID1, hcr::TID1},
        {"TID2", hcr::TID2, hcr::TID2},
        {"TID3", hcr::TID3, hcr::TID3},
        {"TSC", hcr::TSC, hcr::TSC},
        {"TIDCP", hcr::TIDCP, hcr::TIDCP},
        {"TAC", hcr::TAC, hcr::TAC},
        {"TSW", hcr::TSW, hcr::TSW},
        {"TPC", hcr::TPC, hcr::TPC},
        {"TPU", hcr::TPU, hcr::TPU},
        {"TTLB", hcr::TTLB, hcr::TTLB},
        {"TVM", hcr::TVM, hcr::TVM},
        {"TGE", hcr::TGE, hcr::TGE}}},
      {"hsr_type", {{"ISS", 0, 24}, {"IL", 25, 25}, {"EC", 26, 31}}},
      {"scr_type",
       {{"NS", scr::NS, scr::NS},
        {"IRQ", scr::IRQ, scr::IRQ},
        {"FIQ", scr::FIQ, scr::FIQ},
        {"EA", scr::EA, scr::EA},
        {"FW", scr::FW, scr::FW},
        {"AW", scr::AW, scr::AW},
        {"nET", scr::NET, scr::NET},
        {"SCD", scr::SCD, scr::SCD},
        {"HCE", scr::HCE, scr::HCE},
        {"SIF", scr::SIF, scr::SIF}}},
      {"sctlr_type",
       {{"M", sctlr::M, sctlr::M},
        {"A", sctlr::A, sctlr::A},
        {"C", sctlr::C, sctlr::C},
        {"CP15BEN", sctlr::CP15BEN, sctlr::CP15BEN},
        {"Z", sctlr::Z, sctlr::Z},
        {"I", sctlr::I, sctlr::I},
        {"V", sctlr::V, sctlr::V},
        {"WXN", sctlr::WXN, sctlr::WXN},
        {"UWXN", sctlr::UWXN, sctlr::UWXN},
        {"FI", sctlr::FI, sctlr::FI},
        {"VE", sctlr::VE, sctlr::VE},
        {"EE", sctlr::EE, sctlr::EE},
        {"TRE", sctlr::TRE, sctlr::TRE},
        {"AFE", sctlr::AFE, sctlr::AFE},
        {"TE", sctlr::TE, sctlr::TE}}},
  };
  return types;
}

std::string define_types() {
  std::string xml;
  for (const FlagType& type : flag_types()) {
    xml += fmt::format("    <flags id=\"{}\" size=\"4\">\n", type.id);
    for (const Field& f : type.fields) {
      const char* kind = f.first == f.last ? "bool" : "uint32";
      xml += fmt::format("      <field name=\"{}\" start=\"{}\" end=\"{}\" type=\"{}\"/>\n", f.name, f.first, f.last,
                         kind);
    }
    xml += "    </flags>\n";
  }
  return xml;
}

const char* type_of(const Register& r) {
  using Kind = Register::Kind;
  if (r.name == "sp" || r.kind == Kind::Banked)
    return r.index == 13 ? "data_ptr" : r.index == 14 ? "code_ptr" : "uint32";
  switch (r.kind) {
    case Kind::Pc:
    case Kind::ElrHyp: return "code_ptr";
    case Kind::Vfp: return "ieee_double";
    case Kind::Cpsr:
    case Kind::Spsr: return "psr_type";
    default: break;
  }
  if (r.name == "HCR") return "hcr_type";
  if (r.name == "HSR") return "hsr_type";
  if (r.name == "SCR") return "scr_type";
  if (r.name.starts_with("SCTLR") || r.name == "HSCTLR") return "sctlr_type";
  return r.bytes == 8 ? "uint64" : "uint32";
}

}  // namespace

std::string Registers::target_xml() const {
  std::string xml =
      "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target version=\"1.0\">\n"
      "  <architecture>arm</architecture>\n";
  const auto feature = [&](const char* name, unsigned first, unsigned last, const char* group, bool types) {
    xml += fmt::format("  <feature name=\"{}\">\n", name);
    if (types) xml += define_types();
    for (unsigned n = first; n < last; ++n) {
      const Register& r = registers_[n];
      xml += fmt::format("    <reg name=\"{}\" bitsize=\"{}\" regnum=\"{}\" type=\"{}\"", r.name, r.bytes * 8, n,
                         type_of(r));
      if (group != nullptr) xml += fmt::format(" group=\"{}\" save-restore=\"no\"", group);
      xml += "/>\n";
    }
    xml += "  </feature>\n";
  };
  unsigned system = kGeneralCount + kVfpCount;
  while (registers_[system].kind != Register::Kind::System) ++system;
  feature("org.gnu.gdb.arm.core", 0, kGeneralCount, nullptr, true);
  feature("org.gnu.gdb.arm.vfp", kGeneralCount, kGeneralCount + kVfpCount, nullptr, false);
  xml += "  <feature name=\"org.gnu.gdb.arm.neon\"/>\n";
  feature("org.hypsim.arm.banked", kGeneralCount + kVfpCount, system, "banked", true);
  feature("org.hypsim.arm.system", system, static_cast<unsigned>(registers_.size()), "system", true);
  return xml + "</target>\n";
}

}  // namespace hypsim::debug
