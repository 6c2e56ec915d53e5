// SPDX-License-Identifier: Apache-2.0
#include "sim/profile/timeline.h"

#include <algorithm>

namespace hypsim::profile {

namespace {

u64 length(const Trip& trip) { return trip.end - trip.start; }

bool slower(const Trip& a, const Trip& b) {
  if (length(a) != length(b)) return length(a) > length(b);
  return a.start != b.start ? a.start < b.start : a.core < b.core;
}

}  // namespace

/// Twice the width: neighbours become one.
void Timeline::fold() {
  ++shift_;
  shares_ = 0;
  for (std::vector<Bin>& bins : bins_) {
    for (std::size_t i = 0; i < bins.size(); ++i) {
      if (i % 2 == 0) {
        if (i != 0) bins[i / 2] = std::move(bins[i]);
        continue;
      }
      Bin& to = bins[i / 2];
      for (unsigned w = 0; w < kWorlds; ++w) to.cycles[w] += bins[i].cycles[w];
      for (const auto& [cause, share] : bins[i].trips) {
        to.trips[cause].trips += share.trips;
        to.trips[cause].cycles += share.cycles;
      }
    }
    bins.resize((bins.size() + 1) / 2);
    for (const Bin& bin : bins) shares_ += bin.trips.size();
  }
}

Timeline::CauseShare& Timeline::share(Bin& bin, Cause cause) {
  const auto at = bin.trips.find(cause);
  if (at != bin.trips.end()) return at->second;
  if (shares_ >= kMostShares) return bin.trips[kOtherCause];
  ++shares_;
  return bin.trips[cause];
}

Timeline::Bin& Timeline::bin_at(u8 core, u64 when) {
  while ((when >> shift_) >= kBins) fold();
  if (bins_.size() <= core) bins_.resize(core + 1u);
  std::vector<Bin>& bins = bins_[core];
  const std::size_t index = when >> shift_;
  if (bins.size() <= index) bins.resize(index + 1);
  return bins[index];
}

void Timeline::spend(u8 core, u64 now, World world, u64 cycles) {
  u64 at = now - cycles;
  if (cycles != 0) bin_at(core, now - 1);  // widens first, so that the loop is short
  while (at < now) {
    const u64 end = std::min(now, ((at >> shift_) + 1) << shift_);
    bin_at(core, at).cycles[static_cast<unsigned>(world)] += end - at;
    at = end;
  }
}

void Timeline::add(const Trip& trip) {
  CauseShare& sums = share(bin_at(trip.core, trip.start), trip.cause);
  ++sums.trips;
  sums.cycles += length(trip);

  if (slowest_.size() < kSlowest || slower(trip, slowest_.front())) {
    if (slowest_.size() == kSlowest) {
      std::pop_heap(slowest_.begin(), slowest_.end(), slower);
      slowest_.pop_back();
    }
    slowest_.push_back(trip);
    std::push_heap(slowest_.begin(), slowest_.end(), slower);
  }

  if (seen_++ % stride_ != 0) return;
  if (trips_.size() == kMostTrips) {
    for (std::size_t i = 0; i < kMostTrips / 2; ++i) trips_[i] = trips_[2 * i];
    trips_.resize(kMostTrips / 2);
    stride_ *= 2;
    if ((seen_ - 1) % stride_ != 0) return;
  }
  trips_.push_back(trip);
}

std::vector<Trip> Timeline::slowest() const {
  std::vector<Trip> sorted = slowest_;
  std::sort(sorted.begin(), sorted.end(), slower);
  return sorted;
}

}  // namespace hypsim::profile
