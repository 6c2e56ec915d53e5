// SPDX-License-Identifier: Apache-2.0
#include "sim/debug/registers.h"

#include <algorithm>
#include <string_view>

namespace hypsim::debug {

namespace {

using sysreg::Row;

struct BankedMode {
  Mode mode;
  const char* suffix;
};
constexpr BankedMode kModes[] = {{Mode::User, "usr"},       {Mode::Fiq, "fiq"},   {Mode::Irq, "irq"},
                                 {Mode::Supervisor, "svc"}, {Mode::Abort, "abt"}, {Mode::Undefined, "und"},
                                 {Mode::Monitor, "mon"},    {Mode::Hyp, "hyp"}};

/// A register that both security states have a copy of. The physical timers' copies live in the timer device.
bool has_two_copies(const Row& row) {
  return std::holds_alternative<Banked<u32> SystemRegisters::*>(row.storage) ||
         std::holds_alternative<Banked<u64> SystemRegisters::*>(row.storage) ||
         std::string_view(row.name).starts_with("CNTP_");
}

/// The names of wide views of a register end so.
constexpr std::string_view kWideSuffix = "(64-bit)";

/// Data transfer registers change state when they are read.
bool is_shown(const Row& row) {
  return row.read != sysreg::kNobody && !std::string_view(row.name).starts_with("DBGDTR");
}

Security bank_of(const Core& core, Register::Copy copy) {
  switch (copy) {
    case Register::Copy::NonSecure: return Security::NonSecure;
    case Register::Copy::Secure: return Security::Secure;
    // SCR.NS selects, in Monitor mode too. ARM DDI 0406C B3.15.3
    default: return core.state().sys.scr_ns() ? Security::NonSecure : Security::Secure;
  }
}

/// Sets the CPSR if such a mode exists here. Modes of the other security state would need more than a CPSR.
bool write_cpsr(Core& core, u32 value) {
  const u32 mode = value & psr::M;
  if (!is_valid_mode(mode)) return false;
  const bool non_secure = core.state().sys.scr_ns();
  if (static_cast<Mode>(mode) == Mode::Hyp && !non_secure) return false;
  if (static_cast<Mode>(mode) == Mode::Monitor && core.state().security() == Security::NonSecure) return false;
  core.state().set_cpsr(value & ~psr::J);
  core.debugger_changed_state(false);
  return true;
}

}  // namespace

const char* mode_name(Mode mode) {
  switch (mode) {
    case Mode::User: return "User";
    case Mode::Fiq: return "FIQ";
    case Mode::Irq: return "IRQ";
    case Mode::Supervisor: return "Supervisor";
    case Mode::Monitor: return "Monitor";
    case Mode::Abort: return "Abort";
    case Mode::Hyp: return "Hyp";
    case Mode::Undefined: return "Undefined";
    case Mode::System: return "System";
  }
  return "?";
}

Registers::Registers() {
  using Kind = Register::Kind;
  for (u8 n = 0; n < 15; ++n)
    registers_.push_back({.name = n == 13   ? "sp"
                                  : n == 14 ? "lr"
                                            : "r" + std::to_string(n),
                          .kind = Kind::General,
                          .index = n});
  registers_.push_back({.name = "pc", .kind = Kind::Pc});
  registers_.push_back({.name = "cpsr", .kind = Kind::Cpsr});
  for (u8 n = 0; n < 32; ++n)
    registers_.push_back({.name = "d" + std::to_string(n), .bytes = 8, .kind = Kind::Vfp, .index = n});
  registers_.push_back({.name = "fpscr", .kind = Kind::Fpscr});
  add_banked();
  add_system();
}

void Registers::add_banked() {
  using Kind = Register::Kind;
  for (const auto& [mode, suffix] : kModes) {
    const std::string tail = std::string("_") + suffix;
    if (mode == Mode::User || mode == Mode::Fiq)
      for (u8 n = 8; n < 13; ++n)
        registers_.push_back({.name = "r" + std::to_string(n) + tail, .kind = Kind::Banked, .index = n, .mode = mode});
    registers_.push_back({.name = "sp" + tail, .kind = Kind::Banked, .index = 13, .mode = mode});
    if (mode != Mode::Hyp) registers_.push_back({.name = "lr" + tail, .kind = Kind::Banked, .index = 14, .mode = mode});
    if (mode == Mode::Hyp) registers_.push_back({.name = "elr" + tail, .kind = Kind::ElrHyp});
    if (mode != Mode::User) registers_.push_back({.name = "spsr" + tail, .kind = Kind::Spsr, .mode = mode});
  }
}

void Registers::add_system() {
  std::vector<Register> found;
  for (const Row* row : sysreg::all_rows()) {
    if (!is_shown(*row)) continue;
    Register r{.name = row->name, .bytes = row->at.wide ? 8u : 4u, .kind = Register::Kind::System, .row = row};
    if (r.name.ends_with(kWideSuffix)) {
      // The wide view shows all that the narrow one does.
      r.name.resize(r.name.size() - kWideSuffix.size());
      std::erase_if(found, [&](const Register& other) { return other.name == r.name; });
    } else if (row->alias_of != nullptr || r.name.find('(') != std::string::npos) {
      continue;
    }
    found.push_back(std::move(r));
  }
  std::sort(found.begin(), found.end(), [](const Register& a, const Register& b) { return a.name < b.name; });
  for (Register& r : found) {
    registers_.push_back(r);
    if (!has_two_copies(*r.row)) continue;
    for (const auto& [copy, suffix] :
         {std::pair{Register::Copy::NonSecure, "_ns"}, std::pair{Register::Copy::Secure, "_s"}}) {
      Register banked = r;
      banked.name += suffix;
      banked.copy = copy;
      registers_.push_back(banked);
    }
  }
}

u64 Registers::read(Core& core, unsigned number) const {
  const Register& r = registers_.at(number);
  const CpuState& s = core.state();
  switch (r.kind) {
    case Register::Kind::General: return s.slot[r.index];
    case Register::Kind::Pc: return s.pc();
    case Register::Kind::Cpsr: return s.cpsr();
    case Register::Kind::Vfp: return s.d[r.index];
    case Register::Kind::Fpscr: return s.sys.fpscr;
    case Register::Kind::Banked: return s.reg(r.index, r.mode);
    case Register::Kind::Spsr: return s.spsr[static_cast<unsigned>(hypsim::bank_of(r.mode))];
    case Register::Kind::ElrHyp: return s.elr_hyp;
    case Register::Kind::System: return sysreg::peek(core.services(), *r.row, bank_of(core, r.copy));
  }
  return 0;
}

bool Registers::write(Core& core, unsigned number, u64 value) const {
  const Register& r = registers_.at(number);
  CpuState& s = core.state();
  const u32 word = static_cast<u32>(value);
  switch (r.kind) {
    case Register::Kind::General: s.slot[r.index] = word; return true;
    case Register::Kind::Pc:
      s.pc() = word & (s.thumb ? ~1u : ~3u);
      s.itstate = 0;
      core.debugger_changed_state(true);
      return true;
    case Register::Kind::Cpsr: return write_cpsr(core, word);
    case Register::Kind::Vfp: s.d[r.index] = value; return true;
    case Register::Kind::Fpscr:
      s.sys.fpscr = word;
      core.debugger_changed_state(false);
      return true;
    case Register::Kind::Banked: s.set_reg(r.index, r.mode, word); return true;
    case Register::Kind::Spsr: s.spsr[static_cast<unsigned>(hypsim::bank_of(r.mode))] = word; return true;
    case Register::Kind::ElrHyp: s.elr_hyp = word; return true;
    case Register::Kind::System:
      if (r.row->write == sysreg::kNobody) return false;
      sysreg::poke(core.services(), *r.row, bank_of(core, r.copy), value);
      core.debugger_changed_state(false);
      return true;
  }
  return false;
}

}  // namespace hypsim::debug
