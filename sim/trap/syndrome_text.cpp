// SPDX-License-Identifier: Apache-2.0
#include "sim/trap/syndrome_text.h"

#include <fmt/format.h>

#include <span>
#include <string_view>

namespace hypsim::trap {
namespace {

struct Layout {
  const char* name;
  u8 msb, lsb;
};

constexpr Layout kMoves[] = {{"CV", 24, 24},  {"COND", 23, 20}, {"Opc2", 19, 17}, {"Opc1", 16, 14},
                             {"CRn", 13, 10}, {"Rt", 8, 5},     {"CRm", 4, 1},    {"Direction", 0, 0}};
constexpr Layout kDoubleMoves[] = {{"CV", 24, 24}, {"COND", 23, 20}, {"Opc1", 19, 16},   {"Rt2", 13, 10},
                                   {"Rt", 8, 5},   {"CRm", 4, 1},    {"Direction", 0, 0}};
constexpr Layout kTransfers[] = {{"CV", 24, 24},   {"COND", 23, 20}, {"imm8", 19, 12},   {"Rn", 8, 5},
                                 {"Offset", 4, 4}, {"AM", 3, 1},     {"Direction", 0, 0}};
constexpr Layout kWaits[] = {{"CV", 24, 24}, {"COND", 23, 20}, {"TI", 0, 0}};
constexpr Layout kCoprocessor[] = {{"CV", 24, 24}, {"COND", 23, 20}, {"TA", 5, 5}, {"coproc", 3, 0}};
constexpr Layout kBxj[] = {{"CV", 24, 24}, {"COND", 23, 20}, {"Rm", 3, 0}};
constexpr Layout kCalls[] = {{"imm16", 15, 0}};
constexpr Layout kFetches[] = {{"EA", 9, 9}, {"S1PTW", 7, 7}, {"IFSC", 5, 0}};
constexpr Layout kData[] = {{"ISV", 24, 24}, {"SAS", 23, 22}, {"SSE", 21, 21}, {"SRT", 19, 16}, {"EA", 9, 9},
                            {"CM", 8, 8},    {"S1PTW", 7, 7}, {"WnR", 6, 6},   {"DFSC", 5, 0}};
constexpr Layout kRest[] = {{"ISS", 24, 0}};

std::span<const Layout> layout_of(u32 ec) {
  switch (static_cast<HsrEc>(ec)) {
    case HsrEc::WfiWfe: return kWaits;
    case HsrEc::Cp15Mcr:
    case HsrEc::Cp14Mcr:
    case HsrEc::Cp10Vmrs: return kMoves;
    case HsrEc::Cp15Mcrr:
    case HsrEc::Cp14Mrrc: return kDoubleMoves;
    case HsrEc::Cp14Ldc: return kTransfers;
    case HsrEc::Hcptr: return kCoprocessor;
    case HsrEc::Bxj: return kBxj;
    case HsrEc::Svc:
    case HsrEc::Hvc: return kCalls;
    case HsrEc::PrefetchAbortGuest:
    case HsrEc::PrefetchAbortHyp: return kFetches;
    case HsrEc::DataAbortGuest:
    case HsrEc::DataAbortHyp: return kData;
    default: return kRest;
  }
}

/// Fault status codes in the long-descriptor encoding. ARM DDI 0406C B3.13.3
std::string fault_status_text(u32 status) {
  const u32 level = status & 3;
  switch (status >> 2) {
    case 0: return fmt::format("address size fault, level {}", level);
    case 1: return fmt::format("translation fault, level {}", level);
    case 2: return fmt::format("access flag fault, level {}", level);
    case 3: return fmt::format("permission fault, level {}", level);
    case 5: return fmt::format("external abort on a walk, level {}", level);
    default: break;
  }
  switch (status) {
    case 0x10: return "synchronous external abort";
    case 0x11: return "asynchronous external abort";
    case 0x21: return "alignment fault";
    case 0x22: return "debug event";
    case 0x30: return "TLB conflict";
    default: return "reserved";
  }
}

std::string meaning_of(u32 ec, const std::string_view name, u32 value) {
  constexpr const char* conditions[] = {"EQ", "NE", "CS", "CC", "MI", "PL", "VS", "VC",
                                        "HI", "LS", "GE", "LT", "GT", "LE", "AL", "-"};
  if (name == "COND") return conditions[value];
  if (name == "CV") return value ? "COND is valid" : "COND is not valid";
  if (name == "Direction") return value ? "read" : "write";
  if (name == "TI") return value ? "WFE" : "WFI";
  if (name == "TA") return value ? "Advanced SIMD" : "a coprocessor, or VFP";
  if (name == "CRn" && ec == static_cast<u32>(HsrEc::Cp10Vmrs)) return "register of VMRS";
  if (name == "CRn" || name == "CRm") return fmt::format("c{}", value);
  if (name == "Rt" || name == "Rt2" || name == "Rn" || name == "Rm" || name == "SRT") return fmt::format("r{}", value);
  if (name == "IFSC" || name == "DFSC") return fault_status_text(value);
  if (name == "ISV") return value ? "bits 23 to 16 describe the access" : "no description of the access";
  if (name == "SAS") return value == 0 ? "byte" : value == 1 ? "halfword" : value == 2 ? "word" : "reserved";
  if (name == "WnR") return value ? "write" : "read";
  if (name == "S1PTW" && value) return "stage 2 fault of a stage 1 walk";
  if (name == "CM" && value) return "cache maintenance";
  return {};
}

}  // namespace

const char* exception_class_text(u32 ec) {
  switch (static_cast<HsrEc>(ec)) {
    case HsrEc::Unknown: return "unknown reason";
    case HsrEc::WfiWfe: return "WFI or WFE";
    case HsrEc::Cp15Mcr: return "MCR or MRC to CP15";
    case HsrEc::Cp15Mcrr: return "MCRR or MRRC to CP15";
    case HsrEc::Cp14Mcr: return "MCR or MRC to CP14";
    case HsrEc::Cp14Ldc: return "LDC or STC to CP14";
    case HsrEc::Hcptr: return "coprocessor access that HCPTR traps";
    case HsrEc::Cp10Vmrs: return "VMRS of an ID register";
    case HsrEc::Jazelle: return "Jazelle instruction";
    case HsrEc::Bxj: return "BXJ";
    case HsrEc::Cp14Mrrc: return "MCRR or MRRC to CP14";
    case HsrEc::Svc: return "SVC";
    case HsrEc::Hvc: return "HVC";
    case HsrEc::Smc: return "SMC";
    case HsrEc::PrefetchAbortGuest: return "Prefetch Abort from PL1 or PL0";
    case HsrEc::PrefetchAbortHyp: return "Prefetch Abort in Hyp mode";
    case HsrEc::DataAbortGuest: return "Data Abort from PL1 or PL0";
    case HsrEc::DataAbortHyp: return "Data Abort in Hyp mode";
  }
  return "reserved";
}

std::vector<SyndromeField> syndrome_fields(u32 hsr) {
  const u32 ec = bits(hsr, 31, 26);
  std::vector<SyndromeField> fields;
  fields.push_back({"EC", 31, 26, ec, exception_class_text(ec)});
  fields.push_back(
      {"IL", 25, 25, bits(hsr, 25, 25), bit(hsr, 25) ? "32-bit instruction" : "16-bit instruction, or not valid"});
  const bool described = bit(hsr, 24);
  for (const Layout& l : layout_of(ec)) {
    const bool access_field =
        std::string_view(l.name) == "SAS" || std::string_view(l.name) == "SSE" || std::string_view(l.name) == "SRT";
    if (access_field && !described) continue;
    const u32 value = bits(hsr, l.msb, l.lsb);
    fields.push_back({l.name, l.msb, l.lsb, value, meaning_of(ec, l.name, value)});
  }
  return fields;
}

}  // namespace hypsim::trap
