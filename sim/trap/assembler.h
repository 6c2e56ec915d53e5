// SPDX-License-Identifier: Apache-2.0
// Instructions from text: an encoding in hexadecimal, or assembler text by the cross assembler.
#pragma once

#include <string>
#include <vector>

#include "sim/trap/situation.h"

namespace hypsim::trap {

/// A line to assemble, and where it comes from, for messages.
struct Source {
  std::string text;
  Isa isa = Isa::A32;
  std::string where;
};

/// One instruction for each source. Encodings ("0xe320f003", for T32 the first halfword in front) need no assembler;
/// all the others go through one run of arm-none-eabi-as (or what HYPSIM_AS names). Throws InputError that names the
/// source.
std::vector<Instruction> assemble(const std::vector<Source>& sources);
Instruction assemble(const Source& source);

}  // namespace hypsim::trap
