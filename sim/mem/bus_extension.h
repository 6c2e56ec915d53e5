// SPDX-License-Identifier: Apache-2.0
// The one TLM payload extension: what a bus access carries besides address and data.
#pragma once

#include <tlm>

#include "sim/base/bus.h"

namespace hypsim {

/// Carries hypsim::BusAttr on a tlm_generic_payload. The initiator owns it; targets only read it. A payload without it
/// counts as a Non-secure privileged data access of core 0.
struct BusExtension : tlm::tlm_extension<BusExtension> {
  BusAttr attr;

  BusExtension() = default;
  explicit BusExtension(const BusAttr& a) : attr(a) {}

  tlm::tlm_extension_base* clone() const override { return new BusExtension(attr); }
  void copy_from(const tlm::tlm_extension_base& other) override { attr = static_cast<const BusExtension&>(other).attr; }

  /// The attributes of `payload`, or the default ones if it carries none.
  static BusAttr of(const tlm::tlm_generic_payload& payload) {
    const auto* extension = payload.get_extension<BusExtension>();
    return extension ? extension->attr : BusAttr{};
  }
};

}  // namespace hypsim
