// SPDX-License-Identifier: Apache-2.0
// Memory as the debugger names it: by virtual, intermediate physical or physical address; and translations, step by
// step.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/mpcore/debug_target.h"

namespace hypsim::debug {

enum class Space : u8 {
  Current,      ///< virtual, as the core sees it now: TLB contents first
  Hyp,          ///< virtual, Hyp's tables
  Pl1,          ///< virtual, Non-secure PL1&0 as its controls stand
  Guest,        ///< virtual, Non-secure PL1&0 with stage 2 by VTTBR, whatever HCR says now
  Secure,       ///< virtual, Secure PL1&0
  Ipa,          ///< intermediate physical, by VTTBR
  Pa,           ///< physical, by accesses of the core's security state
  PaSecure,     ///< physical, by Secure accesses
  PaNonSecure,  ///< physical, by Non-secure accesses
};
constexpr bool is_physical(Space space) {
  return space == Space::Pa || space == Space::PaSecure || space == Space::PaNonSecure;
}
std::optional<Space> parse_space(std::string_view name);
const char* space_name(Space space);

class AddressSpaces {
 public:
  explicit AddressSpaces(DebugTarget& cluster) : cluster_(cluster) {}

  /// Reads or writes through `space`, page by page; returns how many bytes went. Devices are not touched.
  u32 read(Core& core, Space space, u64 address, void* data, u32 size);
  u32 write(Core& core, Space space, u64 address, const void* data, u32 size);

  /// A walk in words, descriptor by descriptor, and what the TLBs hold; one line a step.
  std::string explain(Core& core, Space space, u64 address);

 private:
  struct Physical {
    PhysAddr pa{};
    Security security = Security::NonSecure;
  };
  std::optional<Physical> resolve(Core& core, Space space, u64 address);
  std::optional<Physical> resolve_ipa(Core& core, u64 ipa, std::string* steps);
  std::string explain_tlb(Core& core, Regime regime, u32 va, const Translation& walked);
  bool read_physical(Core& core, const Physical& at, void* data, u32 size);

  DebugTarget& cluster_;
};

}  // namespace hypsim::debug
