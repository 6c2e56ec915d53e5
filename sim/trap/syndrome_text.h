// SPDX-License-Identifier: Apache-2.0
// HSR taken apart, field by field. ARM DDI 0406C B3.13.6
#pragma once

#include <string>
#include <vector>

#include "sim/base/arch.h"

namespace hypsim::trap {

struct SyndromeField {
  const char* name;  ///< the manual's
  u8 msb, lsb;
  u32 value;
  std::string meaning;  ///< empty where the number says all
};

/// EC, IL and the fields of the ISS that the EC has, most significant first.
std::vector<SyndromeField> syndrome_fields(u32 hsr);
/// "an MCR or MRC access to CP15" and the like; "reserved" if the EC is none of ARMv7.
const char* exception_class_text(u32 ec);

}  // namespace hypsim::trap
