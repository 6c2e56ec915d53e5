// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "sim/base/bits.h"

namespace hypsim::profile {

using Samples = std::vector<u64>;

/// Order statistics of a list of cycle counts. Percentiles are by nearest rank, so each is a value that occurred.
struct Summary {
  u64 count = 0, min = 0, median = 0, p99 = 0, max = 0, total = 0;
  double mean() const { return count == 0 ? 0 : static_cast<double>(total) / static_cast<double>(count); }
};

Summary summarise(Samples samples);

/// Samples from `from` up to but not including `to`.
struct HistogramBin {
  u64 from = 0, to = 0, count = 0;
  bool operator==(const HistogramBin&) const = default;
};

/// Bins of an eighth of a power of two (single values below 16), by size; only those with a sample.
std::vector<HistogramBin> histogram(const Samples& samples);

}  // namespace hypsim::profile
