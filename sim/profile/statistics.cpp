// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/statistics.h"

#include <algorithm>
#include <bit>
#include <map>
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

std::vector<HistogramBin> histogram(const Samples& samples) {
  constexpr unsigned kSteps = 3;  // log2 of the bins in a power of two
  std::map<u64, HistogramBin> bins;
  for (const u64 sample : samples) {
    const unsigned magnitude = static_cast<unsigned>(std::bit_width(sample));
    const unsigned shift = magnitude > kSteps + 1 ? magnitude - kSteps - 1 : 0;
    const u64 from = sample >> shift << shift;
    HistogramBin& bin = bins[from];
    bin.from = from;
    bin.to = from + (u64{1} << shift);
    ++bin.count;
  }
  std::vector<HistogramBin> list;
  for (const auto& [from, bin] : bins) list.push_back(bin);
  return list;
}

}  // namespace hypsim::profile
