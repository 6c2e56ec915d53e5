// SPDX-License-Identifier: Apache-2.0
#include "sim/trap/control_bits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <vector>

#include "sim/base/error.h"
#include "sim/cpu/sysreg/table.h"
#include "sim/text/number.h"
#include "sim/text/printable.h"

namespace hypsim::trap {
namespace {

constexpr ControlBit kBits[] = {
    {"HCR", "VM", 0, 1, "B4.1.65", "stage 2 translation of PL1 and PL0"},
    {"HCR", "SWIO", 1, 1, "B4.1.65", "DCISW cleans as well"},
    {"HCR", "PTW", 2, 1, "B4.1.65", "a stage 1 walk that stage 2 maps to Device faults"},
    {"HCR", "FMO", 3, 1, "B1.8.4", "FIQs are taken to Hyp mode, CPSR.F masks the virtual one"},
    {"HCR", "IMO", 4, 1, "B1.8.4", "IRQs are taken to Hyp mode, CPSR.I masks the virtual one"},
    {"HCR", "AMO", 5, 1, "B1.8.4", "asynchronous aborts are taken to Hyp mode, CPSR.A masks the virtual one"},
    {"HCR", "VF", 6, 1, "B1.8.11", "a virtual FIQ is pending"},
    {"HCR", "VI", 7, 1, "B1.8.11", "a virtual IRQ is pending"},
    {"HCR", "VA", 8, 1, "B1.8.11", "a virtual asynchronous abort is pending"},
    {"HCR", "FB", 9, 1, "B4.1.65", "maintenance by PL1 is broadcast"},
    {"HCR", "BSU", 10, 2, "B4.1.65", "least shareability of barriers by PL1 and PL0"},
    {"HCR", "DC", 12, 1, "B4.1.65", "stage 1 off, memory cacheable by default"},
    {"HCR", "TWI", 13, 1, "B1.14.9", "WFI that would suspend traps to Hyp mode"},
    {"HCR", "TWE", 14, 1, "B1.14.9", "WFE that would suspend traps to Hyp mode"},
    {"HCR", "TID0", 15, 1, "B1.14.2", "reads of FPSID and JIDR trap to Hyp mode"},
    {"HCR", "TID1", 16, 1, "B1.14.2", "reads of TCMTR, TLBTR, AIDR and REVIDR trap to Hyp mode"},
    {"HCR", "TID2", 17, 1, "B1.14.2", "CTR, CCSIDR, CLIDR and CSSELR trap to Hyp mode"},
    {"HCR", "TID3", 18, 1, "B1.14.2", "reads of the feature registers ID_* and MVFRn trap to Hyp mode"},
    {"HCR", "TSC", 19, 1, "B1.14.8", "SMC traps to Hyp mode"},
    {"HCR", "TIDCP", 20, 1, "B1.14.3", "IMPLEMENTATION DEFINED registers in c9, c10 and c11 trap to Hyp mode"},
    {"HCR", "TAC", 21, 1, "B1.14.6", "ACTLR traps to Hyp mode"},
    {"HCR", "TSW", 22, 1, "B1.14.4", "cache maintenance by set and way traps to Hyp mode"},
    {"HCR", "TPC", 23, 1, "B1.14.4", "data cache maintenance to the point of coherency traps to Hyp mode"},
    {"HCR", "TPU", 24, 1, "B1.14.4", "cache maintenance to the point of unification traps to Hyp mode"},
    {"HCR", "TTLB", 25, 1, "B1.14.5", "TLB maintenance traps to Hyp mode"},
    {"HCR", "TVM", 26, 1, "B1.14.13", "writes of the virtual memory control registers trap to Hyp mode"},
    {"HCR", "TGE", 27, 1, "B1.8.8", "general exceptions of PL0 are taken to Hyp mode"},

    {"HSTR", "T0", 0, 1, "B1.14.14", "CP15 primary register c0 traps to Hyp mode"},
    {"HSTR", "T1", 1, 1, "B1.14.14", "CP15 primary register c1 traps to Hyp mode"},
    {"HSTR", "T2", 2, 1, "B1.14.14", "CP15 primary register c2 traps to Hyp mode"},
    {"HSTR", "T3", 3, 1, "B1.14.14", "CP15 primary register c3 traps to Hyp mode"},
    {"HSTR", "T5", 5, 1, "B1.14.14", "CP15 primary register c5 traps to Hyp mode"},
    {"HSTR", "T6", 6, 1, "B1.14.14", "CP15 primary register c6 traps to Hyp mode"},
    {"HSTR", "T7", 7, 1, "B1.14.14", "CP15 primary register c7 traps to Hyp mode"},
    {"HSTR", "T8", 8, 1, "B1.14.14", "CP15 primary register c8 traps to Hyp mode"},
    {"HSTR", "T9", 9, 1, "B1.14.14", "CP15 primary register c9 traps to Hyp mode"},
    {"HSTR", "T10", 10, 1, "B1.14.14", "CP15 primary register c10 traps to Hyp mode"},
    {"HSTR", "T11", 11, 1, "B1.14.14", "CP15 primary register c11 traps to Hyp mode"},
    {"HSTR", "T12", 12, 1, "B1.14.14", "CP15 primary register c12 traps to Hyp mode"},
    {"HSTR", "T13", 13, 1, "B1.14.14", "CP15 primary register c13 traps to Hyp mode"},
    {"HSTR", "T15", 15, 1, "B1.14.14", "CP15 primary register c15 traps to Hyp mode"},
    {"HSTR", "TTEE", 16, 1, "B1.14", "TEECR and TEEHBR trap to Hyp mode"},
    {"HSTR", "TJDBX", 17, 1, "B1.14", "Jazelle registers and BXJ trap to Hyp mode"},

    {"HCPTR", "TCP0", 0, 1, "B1.14.12", "coprocessor 0 traps to Hyp mode"},
    {"HCPTR", "TCP1", 1, 1, "B1.14.12", "coprocessor 1 traps to Hyp mode"},
    {"HCPTR", "TCP2", 2, 1, "B1.14.12", "coprocessor 2 traps to Hyp mode"},
    {"HCPTR", "TCP3", 3, 1, "B1.14.12", "coprocessor 3 traps to Hyp mode"},
    {"HCPTR", "TCP4", 4, 1, "B1.14.12", "coprocessor 4 traps to Hyp mode"},
    {"HCPTR", "TCP5", 5, 1, "B1.14.12", "coprocessor 5 traps to Hyp mode"},
    {"HCPTR", "TCP6", 6, 1, "B1.14.12", "coprocessor 6 traps to Hyp mode"},
    {"HCPTR", "TCP7", 7, 1, "B1.14.12", "coprocessor 7 traps to Hyp mode"},
    {"HCPTR", "TCP8", 8, 1, "B1.14.12", "coprocessor 8 traps to Hyp mode"},
    {"HCPTR", "TCP9", 9, 1, "B1.14.12", "coprocessor 9 traps to Hyp mode"},
    {"HCPTR", "TCP10", 10, 1, "B1.14.12", "VFP and Advanced SIMD trap to Hyp mode"},
    {"HCPTR", "TCP11", 11, 1, "B1.14.12", "coprocessor 11 traps to Hyp mode, set together with TCP10"},
    {"HCPTR", "TCP12", 12, 1, "B1.14.12", "coprocessor 12 traps to Hyp mode"},
    {"HCPTR", "TCP13", 13, 1, "B1.14.12", "coprocessor 13 traps to Hyp mode"},
    {"HCPTR", "TASE", 15, 1, "B1.14.12", "Advanced SIMD traps to Hyp mode"},
    {"HCPTR", "TTA", 20, 1, "B1.14.16", "trace registers trap to Hyp mode"},
    {"HCPTR", "TCPAC", 31, 1, "B1.14", "CPACR traps to Hyp mode"},

    {"HDCR", "HPMN", 0, 5, "B1.14.17", "event counters that PL1 and PL0 have"},
    {"HDCR", "TPMCR", 5, 1, "B1.14.17", "PMCR traps to Hyp mode"},
    {"HDCR", "TPM", 6, 1, "B1.14.17", "performance monitor registers trap to Hyp mode"},
    {"HDCR", "HPME", 7, 1, "B1.14.17", "the counters from HPMN on count"},
    {"HDCR", "TDE", 8, 1, "B1.8.9", "debug exceptions are taken to Hyp mode"},
    {"HDCR", "TDA", 9, 1, "B1.14.15", "debug registers trap to Hyp mode"},
    {"HDCR", "TDOSA", 10, 1, "B1.14.15", "OS lock and power debug registers trap to Hyp mode"},
    {"HDCR", "TDRA", 11, 1, "B1.14.15", "DBGDRAR and DBGDSAR trap to Hyp mode"},

    {"CNTHCTL", "PL1PCTEN", 0, 1, "B4.1.21", "CNTPCT is open to PL1 and PL0; clear: it traps to Hyp mode"},
    {"CNTHCTL", "PL1PCEN", 1, 1, "B4.1.21", "CNTP_* is open to PL1 and PL0; clear: it traps to Hyp mode"},
    {"CNTHCTL", "EVNTEN", 2, 1, "B4.1.21", "event stream from the physical counter"},

    {"SCR", "IRQ", 1, 1, "B4.1.129", "IRQs are taken to Monitor mode"},
    {"SCR", "FIQ", 2, 1, "B4.1.129", "FIQs are taken to Monitor mode"},
    {"SCR", "EA", 3, 1, "B4.1.129", "external aborts are taken to Monitor mode"},
    {"SCR", "FW", 4, 1, "B4.1.129", "Non-secure state may write CPSR.F"},
    {"SCR", "AW", 5, 1, "B4.1.129", "Non-secure state may write CPSR.A"},
    {"SCR", "nET", 6, 1, "B4.1.129", "early termination disabled"},
    {"SCR", "SCD", 7, 1, "B4.1.129", "SMC is UNDEFINED in Non-secure state"},
    {"SCR", "HCE", 8, 1, "B4.1.129", "HVC is enabled"},
    {"SCR", "SIF", 9, 1, "B4.1.129", "no Secure fetch from Non-secure memory"},

    {"CPACR", "cp0", 0, 2, "B4.1.40", "access to coprocessor 0: 0 none, 1 PL1 only, 3 all"},
    {"CPACR", "cp1", 2, 2, "B4.1.40", "access to coprocessor 1: 0 none, 1 PL1 only, 3 all"},
    {"CPACR", "cp2", 4, 2, "B4.1.40", "access to coprocessor 2: 0 none, 1 PL1 only, 3 all"},
    {"CPACR", "cp3", 6, 2, "B4.1.40", "access to coprocessor 3: 0 none, 1 PL1 only, 3 all"},
    {"CPACR", "cp4", 8, 2, "B4.1.40", "access to coprocessor 4: 0 none, 1 PL1 only, 3 all"},
    {"CPACR", "cp5", 10, 2, "B4.1.40", "access to coprocessor 5: 0 none, 1 PL1 only, 3 all"},
    {"CPACR", "cp6", 12, 2, "B4.1.40", "access to coprocessor 6: 0 none, 1 PL1 only, 3 all"},
    {"CPACR", "cp7", 14, 2, "B4.1.40", "access to coprocessor 7: 0 none, 1 PL1 only, 3 all"},
    {"CPACR", "cp8", 16, 2, "B4.1.40", "access to coprocessor 8: 0 none, 1 PL1 only, 3 all"},
    {"CPACR", "cp9", 18, 2, "B4.1.40", "access to coprocessor 9: 0 none, 1 PL1 only, 3 all"},
    {"CPACR", "cp10", 20, 2, "B4.1.40", "access to VFP and Advanced SIMD: 0 none, 1 PL1 only, 3 all"},
    {"CPACR", "cp11", 22, 2, "B4.1.40", "the same value as cp10"},
    {"CPACR", "cp12", 24, 2, "B4.1.40", "access to coprocessor 12: 0 none, 1 PL1 only, 3 all"},
    {"CPACR", "cp13", 26, 2, "B4.1.40", "access to coprocessor 13: 0 none, 1 PL1 only, 3 all"},
    {"CPACR", "D32DIS", 30, 1, "B4.1.40", "D16 to D31 are UNDEFINED"},
    {"CPACR", "ASEDIS", 31, 1, "B4.1.40", "Advanced SIMD is UNDEFINED"},

    {"NSACR", "cp0", 0, 1, "B4.1.111", "Non-secure state may use coprocessor 0"},
    {"NSACR", "cp1", 1, 1, "B4.1.111", "Non-secure state may use coprocessor 1"},
    {"NSACR", "cp2", 2, 1, "B4.1.111", "Non-secure state may use coprocessor 2"},
    {"NSACR", "cp3", 3, 1, "B4.1.111", "Non-secure state may use coprocessor 3"},
    {"NSACR", "cp4", 4, 1, "B4.1.111", "Non-secure state may use coprocessor 4"},
    {"NSACR", "cp5", 5, 1, "B4.1.111", "Non-secure state may use coprocessor 5"},
    {"NSACR", "cp6", 6, 1, "B4.1.111", "Non-secure state may use coprocessor 6"},
    {"NSACR", "cp7", 7, 1, "B4.1.111", "Non-secure state may use coprocessor 7"},
    {"NSACR", "cp8", 8, 1, "B4.1.111", "Non-secure state may use coprocessor 8"},
    {"NSACR", "cp9", 9, 1, "B4.1.111", "Non-secure state may use coprocessor 9"},
    {"NSACR", "cp10", 10, 1, "B4.1.111", "Non-secure state may use VFP and Advanced SIMD"},
    {"NSACR", "cp11", 11, 1, "B4.1.111", "the same value as cp10"},
    {"NSACR", "cp12", 12, 1, "B4.1.111", "Non-secure state may use coprocessor 12"},
    {"NSACR", "cp13", 13, 1, "B4.1.111", "Non-secure state may use coprocessor 13"},
    {"NSACR", "NSD32DIS", 14, 1, "B4.1.111", "CPACR.D32DIS is fixed at one in Non-secure state"},
    {"NSACR", "NSASEDIS", 15, 1, "B4.1.111", "CPACR.ASEDIS and HCPTR.TASE are fixed at one in Non-secure state"},

    {"FPEXC", "EN", 30, 1, "B6.1.39", "VFP and Advanced SIMD are enabled"},

    {"CNTKCTL", "PL0PCTEN", 0, 1, "B4.1.26", "CNTPCT and CNTFRQ are open to PL0"},
    {"CNTKCTL", "PL0VCTEN", 1, 1, "B4.1.26", "CNTVCT and CNTFRQ are open to PL0"},
    {"CNTKCTL", "PL0VTEN", 8, 1, "B4.1.26", "the virtual timer is open to PL0"},
    {"CNTKCTL", "PL0PTEN", 9, 1, "B4.1.26", "the physical timer is open to PL0"},
    {"PMUSERENR", "EN", 0, 1, "B4.1.124", "the performance monitors are open to PL0"},
    {"TEECR", "XED", 0, 1, "B6.1.62", "TEEHBR is closed to PL0"},
    {"DBGDSCR", "UDCCdis", 12, 1, "C11.11.20", "the debug communications channel is closed to PL0"},

    {"SCTLR", "M", 0, 1, "B4.1.130", "stage 1 translation of PL1 and PL0"},
    {"SCTLR", "A", 1, 1, "B4.1.130", "alignment faults"},
    {"SCTLR", "C", 2, 1, "B4.1.130", "data caches"},
    {"SCTLR", "CP15BEN", 5, 1, "B4.1.130", "CP15 barrier operations are enabled"},
    {"SCTLR", "Z", 11, 1, "B4.1.130", "branch prediction"},
    {"SCTLR", "I", 12, 1, "B4.1.130", "instruction caches"},
    {"SCTLR", "V", 13, 1, "B4.1.130", "high exception vectors"},
    {"SCTLR", "WXN", 19, 1, "B4.1.130", "writable memory is never executable"},
    {"SCTLR", "UWXN", 20, 1, "B4.1.130", "memory that PL0 may write is not executable at PL1"},
    {"SCTLR", "EE", 25, 1, "B4.1.130", "exceptions are entered big-endian"},
    {"SCTLR", "TRE", 28, 1, "B4.1.130", "TEX remap"},
    {"SCTLR", "AFE", 29, 1, "B4.1.130", "AP[0] is the access flag"},
    {"SCTLR", "TE", 30, 1, "B4.1.130", "exceptions are entered in Thumb state"},
    {"HSCTLR", "M", 0, 1, "B4.1.77", "translation in Hyp mode"},
    {"HSCTLR", "A", 1, 1, "B4.1.77", "alignment faults in Hyp mode"},
    {"HSCTLR", "C", 2, 1, "B4.1.77", "data caches in Hyp mode"},
    {"HSCTLR", "CP15BEN", 5, 1, "B4.1.77", "CP15 barrier operations are enabled in Hyp mode"},
    {"HSCTLR", "I", 12, 1, "B4.1.77", "instruction caches in Hyp mode"},
    {"HSCTLR", "WXN", 19, 1, "B4.1.77", "writable memory is never executable in Hyp mode"},
    {"HSCTLR", "EE", 25, 1, "B4.1.77", "Hyp mode is entered big-endian"},
    {"HSCTLR", "TE", 30, 1, "B4.1.77", "Hyp mode is entered in Thumb state"},
};

bool same(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::toupper(x) == std::toupper(y); });
}

/// The bank suffix of a situation's register name means nothing to the table of bits.
std::string_view without_bank(std::string_view reg) {
  for (const std::string_view suffix : {"_NS", "_S"})
    if (reg.ends_with(suffix)) return reg.substr(0, reg.size() - suffix.size());
  return reg;
}

const sysreg::Row* row_of(std::string_view reg) {
  for (const sysreg::Row* row : sysreg::all_rows())
    if (row->alias_of == nullptr && reg == row->name) return row;
  return nullptr;
}

std::string names_of(std::string_view reg) {
  std::string names;
  for (const ControlBit& b : kBits)
    if (same(b.reg, reg)) names += (names.empty() ? "" : ", ") + std::string(b.name);
  return names;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t start = text.find_first_not_of(", |\t", at);
    if (start == std::string_view::npos) break;
    const std::size_t end = std::min(text.find_first_of(", |\t", start), text.size());
    words.push_back(text.substr(start, end - start));
    at = end;
  }
  return words;
}

}  // namespace

std::span<const ControlBit> control_bits() { return kBits; }

const ControlBit* find_control_bit(std::string_view reg, std::string_view name) {
  for (const ControlBit& b : kBits)
    if (same(b.reg, without_bank(reg)) && same(b.name, name)) return &b;
  return nullptr;
}

const ControlBit* find_control_bit(std::string_view dotted) {
  const std::size_t dot = dotted.find('.');
  return dot == std::string_view::npos ? nullptr : find_control_bit(dotted.substr(0, dot), dotted.substr(dot + 1));
}

u32 control_value(const Situation& situation, const ControlBit& b) {
  return static_cast<u32>(find_register(b.reg)->get(situation)) >> b.lsb & ((1u << b.width) - 1);
}

void set_control_value(Situation& situation, const ControlBit& b, u32 value) {
  const RegisterField* field = find_register(b.reg);
  const u32 mask = ((1u << b.width) - 1) << b.lsb;
  field->set(situation, (field->get(situation) & ~u64{mask}) | (value << b.lsb & mask));
}

void set_register(Situation& situation, const RegisterField& field, u64 value) {
  static const Situation fresh;
  const sysreg::Row* row = row_of(without_bank(field.name));
  if (row != nullptr && row->on_read == nullptr)
    value = (value & row->mask) | (field.get(fresh) & ~row->mask) | row->ones;
  // The A15 has none of these coprocessors: their trap bits are RAO/WI. Cortex-A15 TRM 4.3.37
  if (field.name == std::string_view("HCPTR")) value |= 0x33FF;
  field.set(situation, value);
}

u64 parse_register_value(const RegisterField& field, std::string_view text, u64 current, const std::string& where) {
  const std::vector<std::string_view> words = words_of(text);
  if (words.empty())
    throw InputError(fmt::format("{}: no value for {}; write a number or names of bits", where, field.name));
  if (words.size() == 1 && std::isdigit(static_cast<unsigned char>(words[0][0])))
    return text::number(words[0], where, text::bits(field.width));

  const bool relative = words[0][0] == '+' || words[0][0] == '-';
  u64 value = relative ? current : 0;
  for (std::string_view word : words) {
    const bool has_sign = word[0] == '+' || word[0] == '-';
    if (has_sign != relative)
      throw InputError(fmt::format("{}: \"{}\": give every name of {} a sign (changes), or none (the whole value)",
                                   where, text::shown(text), field.name));
    const bool clear = word[0] == '-';
    if (has_sign) word.remove_prefix(1);
    const std::size_t equals = word.find('=');
    const ControlBit* b = find_control_bit(field.name, word.substr(0, equals));
    if (b == nullptr) {
      const std::string known = names_of(without_bank(field.name));
      throw InputError(fmt::format("{}: {} has no bit \"{}\"; use {}", where, field.name,
                                   text::shown(word.substr(0, equals)),
                                   known.empty() ? "a number" : "a number, or some of " + known));
    }
    u64 v = (1u << b->width) - 1;
    if (equals != std::string_view::npos) v = text::number(word.substr(equals + 1), where, text::bits(b->width));
    const u64 mask = u64{(1u << b->width) - 1} << b->lsb;
    value = (value & ~mask) | (clear ? 0 : v << b->lsb);
  }
  return value;
}

std::string set_bits_text(std::string_view reg, u64 value) {
  std::string text;
  for (const ControlBit& b : kBits) {
    if (!same(b.reg, without_bank(reg))) continue;
    const u64 v = value >> b.lsb & ((1u << b.width) - 1);
    if (v == 0) continue;
    text += (text.empty() ? "" : " ") + std::string(b.name) + (b.width > 1 ? fmt::format("={}", v) : "");
  }
  return text;
}

}  // namespace hypsim::trap
