// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <utility>
#include <vector>

#include "sim/base/bits.h"

namespace hypsim::profile {

/// Order statistics of a list of cycle counts. Percentiles are by nearest rank, so each is a value that occurred, or
/// within kSamplesError of one.
struct Summary {
  u64 count = 0, min = 0, median = 0, p99 = 0, max = 0, total = 0;
  bool exact = true;  ///< false: median and p99 may be off by kSamplesError
  double mean() const { return count == 0 ? 0 : static_cast<double>(total) / static_cast<double>(count); }
};

/// Samples from `from` up to but not including `to`.
struct HistogramBin {
  u64 from = 0, to = 0, count = 0;
  bool operator==(const HistogramBin&) const = default;
};

/// How far a percentile of samples that are kept in bins may lie from the value that it stands for, relative to that.
constexpr double kSamplesError = 1.0 / 128;

/// Numbers of cycles or instructions, of as many events as the guest makes, in at most some 16 KB: up to kMostExact
/// different values as they are, more in bins of a 64th of a power of two (single values below 128). Number, sum,
/// smallest and largest are always exact.
class Samples {
 public:
  static constexpr std::size_t kMostExact = 1024;

  Samples() = default;
  Samples(std::initializer_list<u64> values) {
    for (const u64 value : values) add(value);
  }
  void add(u64 value);
  /// Exact if both are.
  void add(const Samples& other);

  u64 count() const { return count_; }
  u64 total() const { return total_; }
  bool exact() const { return bins_.empty(); }
  /// The smallest value, or the middle of the bin, that has at least `rank` samples up to it; `rank` from 1 to count().
  u64 at_rank(u64 rank) const;
  u64 min() const { return min_; }
  u64 max() const { return max_; }
  bool operator==(const Samples&) const = default;

  /// Calls f(value, times) by size; value is a bin's lower end.
  template <class F>
  void for_each(F f) const {
    for (const auto& [value, times] : values_) f(value, times);
    for (unsigned shift = 0; shift < bins_.size(); ++shift)
      for (unsigned i = 0; i < bins_[shift].size(); ++i)
        if (const u64 times = times_in(shift, i); times != 0) f(lower_end(shift, i), times);
  }

 private:
  static constexpr unsigned kSteps = 6;  // log2 of the bins in a power of two
  // Bins of values that are shifted by 0 hold two powers of two, those of each further shift the upper one alone.
  static u64 lower_end(unsigned shift, unsigned i) { return u64{i + (shift == 0 ? 0u : 1u << kSteps)} << shift; }
  u64 times_in(unsigned shift, unsigned i) const;
  void fold();
  void put(u64 value, u64 times);

  u64 count_ = 0, total_ = 0, min_ = 0, max_ = 0;
  std::vector<std::pair<u64, u64>> values_;    // by value, how often; empty once there are bins
  std::vector<std::vector<u32>> bins_;         // by shift, each empty until used
  std::vector<std::pair<u8, u8>> overflowed_;  // bins that wrapped, once each time
};

Summary summarise(const Samples& samples);

/// Bins of an eighth of a power of two (single values below 16), by size; only those with a sample.
std::vector<HistogramBin> histogram(const Samples& samples);

}  // namespace hypsim::profile
