// SPDX-License-Identifier: Apache-2.0
#include "sim/cpu/ir/helper.h"

namespace hypsim {

const HelperFunction kHelpers[] = {
#define HELPER(name) &helper_##name,
#include "sim/cpu/ir/helpers_alu.inc"
#include "sim/cpu/ir/helpers_fp.inc"
#include "sim/cpu/ir/helpers_system.inc"
#undef HELPER
};

const char* helper_name(Helper h) {
  static constexpr const char* names[] = {
#define HELPER(name) #name,
#include "sim/cpu/ir/helpers_alu.inc"
#include "sim/cpu/ir/helpers_fp.inc"
#include "sim/cpu/ir/helpers_system.inc"
#undef HELPER
  };
  return names[static_cast<u32>(h)];
}

}  // namespace hypsim
