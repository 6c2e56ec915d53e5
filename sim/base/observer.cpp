// SPDX-License-Identifier: Apache-2.0
#include "sim/base/observer.h"

namespace hypsim {

const char* resource_name(Resource r) {
  static constexpr std::array<const char*, kResources> names = {
      "base",   "dependency",      "fetch_miss",  "l1d",        "l2",      "dram",
      "tlb_l2", "walk_stage1",     "walk_stage2", "mispredict", "barrier", "sysreg",
      "device", "tlb_maintenance", "exception",   "idle"};
  return names[static_cast<unsigned>(r)];
}

const char* refill_name(Refill r) {
  static constexpr std::array<const char*, kRefills> names = {"tlb_l1", "tlb_l2", "walk_stage1", "walk_stage2",
                                                              "l1i",    "l1d",    "predictor"};
  return names[static_cast<unsigned>(r)];
}

}  // namespace hypsim
