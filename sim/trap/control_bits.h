// SPDX-License-Identifier: Apache-2.0
// The control bits by name, for people: what a setting says, which bit decided, which one would have changed the
// answer.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "sim/trap/situation.h"

namespace hypsim::trap {

/// A bit or field of a control register. The rules in sim/hyp test them; here is how to name and explain them.
struct ControlBit {
  const char* reg;   ///< as in register_fields()
  const char* name;  ///< the manual's
  u8 lsb, width;
  const char* section;  ///< of ARM DDI 0406C
  const char* meaning;  ///< what happens while it is set (fields: what it holds)
};
std::span<const ControlBit> control_bits();
/// Null if there is none. "HCR.TWI", or register and name apart.
const ControlBit* find_control_bit(std::string_view dotted);
const ControlBit* find_control_bit(std::string_view reg, std::string_view name);

u32 control_value(const Situation& situation, const ControlBit& bit);
void set_control_value(Situation& situation, const ControlBit& bit, u32 value);

/// Sets a register as a write would: bits that the register does not have stay as they are out of reset.
void set_register(Situation& situation, const RegisterField& field, u64 value);

/// The value that `text` describes: a number ("0x80000", "12"); names of bits and fields ("TWI,TSC,BSU=1"), all others
/// zero; or, when every name has a sign, changes to `current` ("+TVM,-TWE"). `,`, `|` and blanks part the names.
/// Throws InputError with `where` in front.
u64 parse_register_value(const RegisterField& field, std::string_view text, u64 current, const std::string& where);

/// "TSC TWI BSU=1" for the bits that are set; empty if none has a name.
std::string set_bits_text(std::string_view reg, u64 value);

}  // namespace hypsim::trap
