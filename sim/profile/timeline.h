// SPDX-License-Identifier: Apache-2.0
// When the switches happened, in bounded memory: bins of equal width over the whole run, a sample of single round
// trips, and the longest ones. Deterministic, whatever the length of the run.
#pragma once

#include <array>
#include <map>
#include <vector>

#include "sim/profile/cause.h"

namespace hypsim::profile {

/// Who had a core.
enum class World : u8 { Guest, Host, Hyp, Secure, Idle, Count };
constexpr unsigned kWorlds = static_cast<unsigned>(World::Count);

/// One round trip. Cycles of its core's clock.
struct Trip {
  u64 start = 0, end = 0;
  u64 exit_leg = 0, host = 0;
  Cause cause;
  u8 core = 0, vmid = 0, vmid_after = 0;
};

class Timeline {
 public:
  static constexpr std::size_t kBins = 1024;        ///< per core
  static constexpr std::size_t kMostTrips = 12288;  ///< single round trips that are kept
  static constexpr std::size_t kSlowest = 40;
  static constexpr std::size_t kMostShares = 1u << 18;  ///< causes of all bins; beyond, a bin sums up the new ones

  struct CauseShare {
    u64 trips = 0, cycles = 0;
  };
  struct Bin {
    std::array<u64, kWorlds> cycles{};
    std::map<Cause, CauseShare> trips;  ///< those that began in it, whole
  };

  /// `cycles` of `core` up to `now` were spent in `world`.
  void spend(u8 core, u64 now, World world, u64 cycles);
  void add(const Trip& trip);

  u64 bin_width() const { return u64{1} << shift_; }
  /// By core, then by time.
  const std::vector<std::vector<Bin>>& bins() const { return bins_; }
  /// Every stride()-th round trip, in the order in which they ended.
  const std::vector<Trip>& trips() const { return trips_; }
  u64 stride() const { return stride_; }
  /// The longest, longest first; of equals the earlier.
  std::vector<Trip> slowest() const;

 private:
  Bin& bin_at(u8 core, u64 when);
  void fold();
  CauseShare& share(Bin& bin, Cause cause);

  unsigned shift_ = 8;  // log2 of the bins' width
  u64 stride_ = 1, seen_ = 0;
  std::size_t shares_ = 0;  // of all bins
  std::vector<std::vector<Bin>> bins_;
  std::vector<Trip> trips_;
  std::vector<Trip> slowest_;  // a heap, the shortest on top
};

}  // namespace hypsim::profile
