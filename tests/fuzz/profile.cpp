// SPDX-License-Identifier: Apache-2.0
// A profile that comes from somewhere: compared with a good one both ways, and shown.
#include "sim/profile/compare.h"

#include <nlohmann/json.hpp>

#include "sim/profile/profile_file.h"
#include "tests/fuzz/input.h"

extern "C" int LLVMFuzzerTestOneInput(const hypsim::u8* data, std::size_t size) {
  using namespace hypsim;
  static const nlohmann::ordered_json good = profile::read_profile(HYPSIM_FUZZ_PROFILE);
  const fuzz::MemoryFile file({reinterpret_cast<const char*>(data), size});
  fuzz::accepts([&] {
    const nlohmann::ordered_json report = profile::read_profile(file.path());
    profile::comparison_text(profile::compare(good, report));
    profile::compare(report, good).dump();
  });
  return 0;
}
