// SPDX-License-Identifier: Apache-2.0
// What instructions occupy between dispatch and a later time: places in an issue queue, in the load queue or in the
// store queue. Dispatch stands still while none is free.
#pragma once

#include <algorithm>
#include <array>

#include "sim/base/types.h"

namespace hypsim {

class Places {
 public:
  static constexpr unsigned kMost = 32;
  /// Cycles from some time on until each place is free, in ascending order. The window bounds them (core.window).
  using State = std::array<u8, kMost>;

  Places(unsigned count, const State& state) : count_(std::min(count, kMost)) {
    std::copy_n(state.begin(), count_, free_at_.begin());
  }

  /// When there is a free one.
  u32 first_free() const { return free_at_[0]; }
  /// Takes the one that is free first.
  void take(u32 until) {
    unsigned i = 1;
    for (; i < count_ && free_at_[i] < until; ++i) free_at_[i - 1] = free_at_[i];
    free_at_[i - 1] = until;
  }

  /// As it is at `now`. States that no instruction could tell from each other are one: at `width` a cycle, the i-th
  /// from now on comes when i / width cycles have gone by, so a place that is free by then is as good as the one before
  /// it.
  State state(u32 now, u32 width) const {
    State s{};
    for (unsigned i = 0; i < count_; ++i) {
      const u32 left = free_at_[i] > now ? free_at_[i] - now : 0;
      s[i] = left > i / width ? static_cast<u8>(std::min<u32>(left, 0xFF)) : i == 0 ? u8{0} : s[i - 1];
    }
    return s;
  }

 private:
  unsigned count_;
  std::array<u32, kMost> free_at_{};
};

}  // namespace hypsim
