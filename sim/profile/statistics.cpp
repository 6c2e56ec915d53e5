// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/statistics.h"

#include <algorithm>
#include <bit>

namespace hypsim::profile {

namespace {

/// By how much a value must be shifted so that `steps` bits below its highest one remain.
unsigned shift_of(u64 value, unsigned steps) {
  const unsigned magnitude = static_cast<unsigned>(std::bit_width(value));
  return magnitude > steps + 1 ? magnitude - steps - 1 : 0;
}

}  // namespace

void Samples::add(u64 value) {
  min_ = count_ == 0 ? value : std::min(min_, value);
  max_ = std::max(max_, value);
  ++count_;
  total_ += value;
  if (!exact()) return put(value, 1);
  const auto at =
      std::lower_bound(values_.begin(), values_.end(), value, [](const auto& entry, u64 v) { return entry.first < v; });
  if (at != values_.end() && at->first == value) {
    ++at->second;
  } else if (values_.size() < kMostExact) {
    values_.insert(at, {value, 1});
  } else {
    fold();
    put(value, 1);
  }
}

void Samples::add(const Samples& other) {
  if (other.count_ == 0) return;
  min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  count_ += other.count_;
  total_ += other.total_;
  if (!exact() || !other.exact()) {
    if (exact()) fold();
    other.for_each([this](u64 value, u64 times) { put(value, times); });
    return;
  }
  std::vector<std::pair<u64, u64>> both;
  both.reserve(values_.size() + other.values_.size());
  std::merge(values_.begin(), values_.end(), other.values_.begin(), other.values_.end(), std::back_inserter(both));
  values_.clear();
  for (const auto& [value, times] : both) {
    if (!values_.empty() && values_.back().first == value)
      values_.back().second += times;
    else
      values_.emplace_back(value, times);
  }
}

void Samples::fold() {
  std::vector<std::pair<u64, u64>> values;
  values.swap(values_);
  bins_.resize(64 - kSteps);
  for (const auto& [value, times] : values) put(value, times);
}

void Samples::put(u64 value, u64 times) {
  const unsigned shift = shift_of(value, kSteps);
  std::vector<u32>& bins = bins_[shift];
  if (bins.empty()) bins.resize(shift == 0 ? 2u << kSteps : 1u << kSteps);
  const unsigned i = static_cast<unsigned>((value >> shift) - (shift == 0 ? 0 : 1u << kSteps));
  const u64 sum = bins[i] + times;
  bins[i] = static_cast<u32>(sum);
  for (u64 wrapped = sum >> 32; wrapped != 0; --wrapped)
    overflowed_.emplace_back(static_cast<u8>(shift), static_cast<u8>(i));
}

u64 Samples::times_in(unsigned shift, unsigned i) const {
  const std::pair<u8, u8> bin{static_cast<u8>(shift), static_cast<u8>(i)};
  return bins_[shift][i] + (static_cast<u64>(std::count(overflowed_.begin(), overflowed_.end(), bin)) << 32);
}

u64 Samples::at_rank(u64 rank) const {
  u64 seen = 0, found = max_;
  for_each([&](u64 value, u64 times) {
    if (seen < rank && seen + times >= rank)
      found = exact() ? value : std::clamp(value + ((u64{1} << shift_of(value, kSteps)) - 1) / 2, min_, max_);
    seen += times;
  });
  return found;
}

Summary summarise(const Samples& samples) {
  Summary s;
  s.count = samples.count();
  s.exact = samples.exact();
  if (s.count == 0) return s;
  // count * percent / 100, rounded up, without overflow.
  const auto rank = [&](u64 percent) { return s.count / 100 * percent + (s.count % 100 * percent + 99) / 100; };
  s.min = samples.min();
  s.median = samples.at_rank(rank(50));
  s.p99 = samples.at_rank(rank(99));
  s.max = samples.max();
  s.total = samples.total();
  return s;
}

std::vector<HistogramBin> histogram(const Samples& samples) {
  constexpr unsigned kSteps = 3;  // log2 of the bins in a power of two
  std::vector<HistogramBin> list;
  samples.for_each([&](u64 value, u64 times) {
    const unsigned shift = shift_of(value, kSteps);
    const u64 from = value >> shift << shift;
    if (list.empty() || list.back().from != from) list.push_back({from, from + (u64{1} << shift), 0});
    list.back().count += times;
  });
  return list;
}

}  // namespace hypsim::profile
