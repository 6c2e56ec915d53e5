// SPDX-License-Identifier: Apache-2.0
#include "sim/trap/situation.h"

#include <algorithm>
#include <cctype>

#include "sim/trap/layout.h"
#include "sim/trap/runner.h"

namespace hypsim::trap {

const char* isa_name(Isa isa) {
  constexpr const char* names[] = {"a32", "t16", "t32"};
  return names[static_cast<unsigned>(isa)];
}

Instruction thumb_instruction(u32 word) { return {word, word >> 16 != 0 ? Isa::T32 : Isa::T16}; }

Situation::Situation() {
  for (unsigned n = 0; n < r.size(); ++n) r[n] = layout::kData + 0x100 * n;
  sp = layout::kData + 0x1000;
  lr = layout::kReturn;
  spsr = psr::A | psr::I | psr::F | static_cast<u32>(Mode::Supervisor);
  elr_hyp = layout::kReturn;

  regs = reset_registers();
  regs.scr = 1u << scr::NS | 1u << scr::HCE;
  regs.nsacr = 0xC00;
  regs.cpacr = 0x00F00000;
  regs.fpexc = 1u << 30;
  regs.cnthctl = 3;
  regs.dacr.bank[0] = regs.dacr.bank[1] = 0x55555555;
  regs.vbar[Security::NonSecure] = layout::kVbarNs;
  regs.vbar[Security::Secure] = layout::kVbarS;
  regs.hvbar = layout::kHvbar;
  regs.mvbar = layout::kMvbar;
}

bool set_condition(Situation& situation, Instruction& instruction, Cond cond, bool passes) {
  // For each pair of conditions the flags that make the even one hold: EQ, CS, MI, VS, HI, GE, GT.
  constexpr u32 kHolds[] = {psr::Z, psr::C, psr::N, psr::V, psr::C, 0, 0};
  constexpr u32 kFails[] = {0, 0, 0, 0, 0, psr::N, psr::Z};
  const unsigned number = static_cast<unsigned>(cond);
  if (number >= 14) {
    if (!passes) return false;
  } else {
    situation.nzcv = ((number & 1) == 0) == passes ? kHolds[number / 2] : kFails[number / 2];
  }
  const unsigned field = number >= 14 ? 14 : number;
  if (instruction.isa == Isa::A32) {
    if (instruction.word >> 28 == 0xF) return false;
    instruction.word = (instruction.word & 0x0FFFFFFF) | field << 28;
    situation.itstate = 0;
  } else {
    // The last instruction of an IT block.
    situation.itstate = field == 14 ? 0 : static_cast<u8>(field << 4 | 8);
  }
  return true;
}

namespace {

constexpr Security kNs = Security::NonSecure, kS = Security::Secure;

template <auto Member>
constexpr RegisterField plain(const char* name) {
  using T = std::remove_reference_t<decltype(std::declval<Situation&>().regs.*Member)>;
  return {name, sizeof(T) * 8, [](const Situation& s) -> u64 { return s.regs.*Member; },
          [](Situation& s, u64 v) { s.regs.*Member = static_cast<T>(v); }};
}
template <auto Member, Security Bank>
constexpr RegisterField bank(const char* name) {
  using T = std::remove_reference_t<decltype((std::declval<Situation&>().regs.*Member)[Bank])>;
  return {name, sizeof(T) * 8, [](const Situation& s) -> u64 { return (s.regs.*Member)[Bank]; },
          [](Situation& s, u64 v) { (s.regs.*Member)[Bank] = static_cast<T>(v); }};
}
template <auto Member>
constexpr RegisterField current(const char* name) {
  using T = std::remove_reference_t<decltype((std::declval<Situation&>().regs.*Member)[kNs])>;
  return {name, sizeof(T) * 8, [](const Situation& s) -> u64 { return (s.regs.*Member)[s.security]; },
          [](Situation& s, u64 v) { (s.regs.*Member)[s.security] = static_cast<T>(v); }};
}
template <auto Member>
constexpr RegisterField outside(const char* name) {
  return {name, 32, [](const Situation& s) -> u64 { return s.*Member; },
          [](Situation& s, u64 v) { s.*Member = static_cast<u32>(v); }};
}

using R = SystemRegisters;
#define PLAIN(name, member) plain<&R::member>(name)
#define BANKED(name, member) \
  current<&R::member>(name), bank<&R::member, kNs>(name "_NS"), bank<&R::member, kS>(name "_S")

constexpr RegisterField kFields[] = {PLAIN("SCR", scr),
                                     BANKED("SCTLR", sctlr),
                                     PLAIN("HSCTLR", hsctlr),
                                     PLAIN("ACTLR", actlr),
                                     PLAIN("NSACR", nsacr),
                                     PLAIN("CPACR", cpacr),
                                     PLAIN("SDER", sder),
                                     PLAIN("HCR", hcr),
                                     PLAIN("HSTR", hstr),
                                     PLAIN("HCPTR", hcptr),
                                     PLAIN("HDCR", hdcr),
                                     PLAIN("CNTHCTL", cnthctl),
                                     PLAIN("CNTKCTL", cntkctl),
                                     outside<&Situation::pmuserenr>("PMUSERENR"),
                                     outside<&Situation::pmcr>("PMCR"),
                                     outside<&Situation::pmselr>("PMSELR"),
                                     outside<&Situation::dbgdscr>("DBGDSCR"),
                                     PLAIN("TEECR", teecr),
                                     PLAIN("TEEHBR", teehbr),
                                     PLAIN("FPEXC", fpexc),
                                     PLAIN("FPSCR", fpscr),
                                     PLAIN("HSR", hsr),
                                     BANKED("VBAR", vbar),
                                     PLAIN("HVBAR", hvbar),
                                     PLAIN("MVBAR", mvbar),
                                     BANKED("TTBR0", ttbr0),
                                     BANKED("TTBR1", ttbr1),
                                     BANKED("TTBCR", ttbcr),
                                     BANKED("DACR", dacr),
                                     BANKED("MAIR0", mair0),
                                     BANKED("MAIR1", mair1),
                                     PLAIN("HTTBR", httbr),
                                     PLAIN("HTCR", htcr),
                                     PLAIN("VTTBR", vttbr),
                                     PLAIN("VTCR", vtcr),
                                     PLAIN("HMAIR0", hmair0),
                                     PLAIN("HMAIR1", hmair1),
                                     BANKED("DFSR", dfsr),
                                     BANKED("IFSR", ifsr),
                                     BANKED("DFAR", dfar),
                                     BANKED("IFAR", ifar),
                                     bank<&R::dfar, kS>("HDFAR"),
                                     bank<&R::ifar, kS>("HIFAR"),
                                     PLAIN("HPFAR", hpfar),
                                     BANKED("CONTEXTIDR", contextidr),
                                     PLAIN("VPIDR", vpidr),
                                     PLAIN("VMPIDR", vmpidr),
                                     BANKED("CSSELR", csselr),
                                     BANKED("PAR", par)};
#undef PLAIN
#undef BANKED

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::toupper(x) == std::toupper(y); });
}

struct ModeName {
  Mode mode;
  const char* name;
};
constexpr ModeName kModes[] = {{Mode::User, "usr"},       {Mode::Fiq, "fiq"},       {Mode::Irq, "irq"},
                               {Mode::Supervisor, "svc"}, {Mode::Monitor, "mon"},   {Mode::Abort, "abt"},
                               {Mode::Hyp, "hyp"},        {Mode::Undefined, "und"}, {Mode::System, "sys"}};

}  // namespace

std::span<const RegisterField> register_fields() { return kFields; }

const RegisterField* find_register(std::string_view name) {
  const auto it = std::ranges::find_if(kFields, [&](const RegisterField& f) { return same_name(f.name, name); });
  return it == std::end(kFields) ? nullptr : &*it;
}

const char* mode_name(Mode mode) {
  for (const ModeName& m : kModes)
    if (m.mode == mode) return m.name;
  return "?";
}

std::optional<Mode> mode_by_name(std::string_view name) {
  for (const ModeName& m : kModes)
    if (same_name(m.name, name)) return m.mode;
  return std::nullopt;
}

}  // namespace hypsim::trap
