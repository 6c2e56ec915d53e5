// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sim/cpu/core.h"

namespace hypsim::test {

/// Ends the run at the guest's first semihosting call.
class EndPort final : public SemihostingPort {
 public:
  bool call(Core&, u32, u32, u32&) override { return false; }
};

}  // namespace hypsim::test
