// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <systemc>

namespace hypsim {

/// The next moment at which a device has something to do, in the SystemC kernel's queue. There, a notification that was
/// replaced stays until its time comes: a guest that names ever earlier moments would fill it. So of kMostReplaced that
/// are still to come none more is replaced for a later one, and an earlier one is approached in steps, each twice as
/// long as the last: the process then wakes early now and then, and as many are left behind as steps were made.
class Alarm {
 public:
  static constexpr unsigned kMostReplaced = 4096;

  const sc_core::sc_event& event() const { return event_; }
  /// Whether it goes off by `when`.
  bool comes_by(const sc_core::sc_time& when) const { return pending_ && at_ <= when; }

  /// The process runs: sets the alarm for `when`, not before now.
  void set(const sc_core::sc_time& when) {
    const sc_core::sc_time now = settle();
    if (pending_ && (at_ == when || (patient(now) && at_ < when))) return;
    replace(now);
    at_ = patient(now) && when - now > step_ ? now + step_ : when;
    pending_ = true;
    event_.notify(at_ - now);
  }
  /// The process runs, and there is nothing to wait for.
  void clear() {
    const sc_core::sc_time now = settle();
    if (pending_ && !patient(now)) replace(now);
  }

 private:
  bool patient(const sc_core::sc_time& now) const { return replaced_ >= kMostReplaced && now < last_replaced_; }

  /// Whether it went off by now.
  sc_core::sc_time settle() {
    const sc_core::sc_time& now = sc_core::sc_time_stamp();
    if (pending_ && at_ <= now) {
      pending_ = false;
      step_ = patient(now) ? std::min(step_ + step_, kLastStep) : kFirstStep;
    }
    return now;
  }
  void replace(const sc_core::sc_time& now) {
    if (!pending_) return;
    event_.cancel();
    pending_ = false;
    if (now >= last_replaced_) replaced_ = 0;
    ++replaced_;
    last_replaced_ = std::max(last_replaced_, at_);
    step_ = kFirstStep;
  }

  const sc_core::sc_time kFirstStep{1, sc_core::SC_US}, kLastStep{1000, sc_core::SC_SEC};
  sc_core::sc_event event_;
  bool pending_ = false;
  sc_core::sc_time at_, step_ = kFirstStep;
  unsigned replaced_ = 0;
  sc_core::sc_time last_replaced_;  // when the last of those comes
};

}  // namespace hypsim
