// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/statistics.h"

#include <algorithm>
#include <numeric>

namespace hypsim::profile {

Summary summarise(Samples samples) {
  Summary s;
  s.count = samples.size();
  if (samples.empty()) return s;
  std::sort(samples.begin(), samples.end());
  const auto rank = [&](u64 percent) { return samples[(percent * samples.size() + 99) / 100 - 1]; };
  s.min = samples.front();
  s.median = rank(50);
  s.p99 = rank(99);
  s.max = samples.back();
  s.total = std::accumulate(samples.begin(), samples.end(), u64{0});
  return s;
}

}  // namespace hypsim::profile
