// SPDX-License-Identifier: Apache-2.0
#include "tests/traps/entry.h"

#include <stdexcept>

#include "sim/trap/layout.h"

namespace hypsim::traps {
namespace {

// CPSR fields, as ARM DDI 0406C B1.3.3 places them
constexpr u32 kCpsrA = 1u << 8, kCpsrI = 1u << 7, kCpsrF = 1u << 6, kCpsrT = 1u << 5, kCpsrE = 1u << 9;

u32 it_bits(u32 it) { return (it >> 2) << 10 | (it & 3) << 25; }
u32 it_after(u32 it) { return (it & 7) == 0 ? 0 : (it & 0xE0) | ((it << 1) & 0x1F); }

int offset(const std::string& word) { return word == "-" ? -1 : std::stoi(word, nullptr, 16); }

}  // namespace

ExceptionRules::ExceptionRules(const std::string& path) {
  for (const Line& line : read_lines(path)) {
    const auto& w = line.words;
    if (w[0] == "exception") {
      Entry e;
      e.vector = offset(w.at(2));
      e.hyp = offset(w.at(3));
      e.hyp_from_below = offset(w.at(4));
      e.lr_a32 = static_cast<u32>(std::stoi(w.at(5)));
      e.lr_t32 = static_cast<u32>(std::stoi(w.at(6)));
      e.next = w.at(7) == "next";
      for (const char c : w.at(8)) e.masks |= c == 'A' ? kCpsrA : c == 'I' ? kCpsrI : c == 'F' ? kCpsrF : 0;
      entries_[w.at(1)] = e;
    } else if (w[0] == "mode") {
      const auto mode = trap::mode_by_name(w.at(2));
      if (!mode) reject(line, "no such mode");
      entries_.at(w.at(1)).mode = *mode;
    } else {
      reject(line, "unknown rule " + w[0]);
    }
  }
}

u32 ExceptionRules::cpsr_before(const trap::Situation& s, const trap::Instruction& i) {
  return s.nzcv | it_bits(s.itstate) | (s.big_endian ? kCpsrE : 0) | (s.mask_a ? kCpsrA : 0) | (s.mask_i ? kCpsrI : 0) |
         (s.mask_f ? kCpsrF : 0) | (i.isa != trap::Isa::A32 ? kCpsrT : 0) | static_cast<u32>(s.mode);
}

std::string ExceptionRules::compare(const trap::Situation& s, const trap::Instruction& i, const Expected& e,
                                    const trap::Outcome& got) const {
  std::string text;
  const auto differs = [&text](const char* what, u32 expected, u32 actual) {
    if (expected == actual) return;
    char line[120];
    std::snprintf(line, sizeof line, " %s %#x, expected %#x;", what, actual, expected);
    text += line;
  };
  const u32 pc = trap::layout::instruction_address(i.length());
  if (e.exception.empty() || e.exception == "WAITS") {
    const trap::Result expected = e.exception.empty() ? trap::Result::Executes : trap::Result::Waits;
    if (got.result != expected) {
      text += std::string(" ") + trap::result_name(got.result) + ", expected " + trap::result_name(expected) + ";";
      if (got.taken()) differs("vector", 0, got.vector);
      if (got.hsr_valid) differs("HSR", 0, got.hsr);
      return text;
    }
    differs("PC", pc + i.length(), got.pc);
    return text;
  }
  if (!got.taken()) return std::string(" ") + trap::result_name(got.result) + ", expected " + e.exception + ";";

  const Entry& entry = entries_.at(e.exception);
  const bool from_hyp = s.mode == Mode::Hyp;
  const bool secure = s.mode == Mode::Monitor || s.security == Security::Secure;
  const Mode target = e.to_hyp ? Mode::Hyp : e.to_monitor ? Mode::Monitor : entry.mode;
  const int vector = e.to_hyp ? (from_hyp ? entry.hyp : entry.hyp_from_below) : entry.vector;
  differs("mode", static_cast<u32>(target), static_cast<u32>(got.mode_after));
  differs("vector offset", static_cast<u32>(vector), got.vector);
  const Security bank = secure || e.to_monitor ? Security::Secure : Security::NonSecure;
  differs("Secure", bank == Security::Secure, got.security_after == Security::Secure);
  const u32 control = e.to_hyp ? s.regs.hsctlr : s.regs.sctlr[bank];
  const bool high = target != Mode::Hyp && target != Mode::Monitor && bit(control, 13);
  const u32 base = e.to_hyp ? s.regs.hvbar : e.to_monitor ? s.regs.mvbar : high ? 0xFFFF0000 : s.regs.vbar[bank];
  differs("PC", base + static_cast<u32>(vector), got.pc);

  const bool call = e.exception == "SVC" || e.exception == "HVC" || e.exception == "SMC";
  const u32 before = cpsr_before(s, i);
  const u32 spsr = call ? (before & ~it_bits(0xFF)) | it_bits(it_after(s.itstate)) : before;
  differs("SPSR", spsr, got.spsr);
  // Interrupts come before the instruction, which has not been executed: "next" is its own address.
  const u32 preferred = call && entry.next ? pc + i.length() : pc;
  differs("preferred return", preferred, got.return_address);
  const u32 lr = i.isa == trap::Isa::A32 ? entry.lr_a32 : entry.lr_t32;
  differs(e.to_hyp ? "ELR_hyp" : "LR", preferred + (e.to_hyp ? 0 : lr), got.link);

  u32 masks = before & (kCpsrA | kCpsrI | kCpsrF);
  if (e.to_hyp) {
    masks |= (bit(s.regs.scr, 3) ? 0 : kCpsrA) | (bit(s.regs.scr, 1) ? 0 : kCpsrI) | (bit(s.regs.scr, 2) ? 0 : kCpsrF);
  } else {
    masks |= e.to_monitor ? kCpsrA | kCpsrI | kCpsrF : entry.masks;
  }
  const u32 after =
      s.nzcv | masks | (bit(control, 30) ? kCpsrT : 0) | (bit(control, 25) ? kCpsrE : 0) | static_cast<u32>(target);
  differs("CPSR", after, got.cpsr_after);
  if (e.to_hyp && e.has_hsr) {
    if (!got.hsr_valid) text += " HSR not written;";
    differs("HSR", e.hsr & e.hsr_mask, got.hsr & e.hsr_mask);
  }
  return text;
}

std::string describe(const trap::Situation& s) {
  char text[160];
  std::snprintf(text, sizeof text, "%s %s, SCR %#x HCR %#x", s.security == Security::Secure ? "secure" : "non-secure",
                trap::mode_name(s.mode), s.regs.scr, s.regs.hcr);
  return text;
}

}  // namespace hypsim::traps
