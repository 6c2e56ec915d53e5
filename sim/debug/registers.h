// SPDX-License-Identifier: Apache-2.0
// The registers that GDB sees, in the order of their GDB numbers: the core's, VFP, the banked ones of all modes, and
// every readable system register of the table.
#pragma once

#include <string>
#include <vector>

#include "sim/cpu/core.h"
#include "sim/cpu/sysreg/table.h"

namespace hypsim::debug {

struct Register {
  enum class Kind : u8 { General, Pc, Cpsr, Vfp, Fpscr, Banked, Spsr, ElrHyp, System };
  /// Which copy of a banked system register.
  enum class Copy : u8 { Current, NonSecure, Secure };

  std::string name;
  unsigned bytes = 4;
  Kind kind = Kind::General;
  u8 index = 0;            ///< R or D number
  Mode mode = Mode::User;  ///< Banked, Spsr
  const sysreg::Row* row = nullptr;
  Copy copy = Copy::Current;
};

class Registers {
 public:
  Registers();

  const std::vector<Register>& all() const { return registers_; }
  /// How many of them, from the first, a `g` packet carries.
  unsigned in_g_packet() const { return kGeneralCount + kVfpCount; }
  static constexpr unsigned kSp = 13, kPc = 15, kCpsr = 16;

  u64 read(Core& core, unsigned number) const;
  /// False if the register cannot be written, or not with this value.
  bool write(Core& core, unsigned number, u64 value) const;

  /// The target description, as GDB reads it.
  std::string target_xml() const;

 private:
  static constexpr unsigned kGeneralCount = 17, kVfpCount = 33;

  void add_banked();
  void add_system();

  std::vector<Register> registers_;
};

/// "Hyp", "Supervisor"...
const char* mode_name(Mode mode);

}  // namespace hypsim::debug
