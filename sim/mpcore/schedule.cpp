// SPDX-License-Identifier: Apache-2.0
// The MPCore's process: windows, the order of the cores, sleep and the end of a run. See mpcore.h for the rules.
#include <algorithm>

#include "sim/mpcore/mpcore.h"
#include "sim/mpcore/shell.h"
#include "sim/mpcore/turns.h"

namespace hypsim {

namespace {
constexpr Cycles kMaxLag{10'000};
}

void MpCore::run() {
  for (auto& shell : shells_) {
    shell->sample_lines();
    shell->update_timers();
  }
  while (settle()) {
    deliver();
    if (poll_) poll_();
    if (end_requested_.load(std::memory_order_relaxed)) return end(EndReason::Requested, 0);
    if (step_limit_ && steps() >= step_limit_) return end(EndReason::InsnLimit, 0);
    if (window_start_ >= clock_.end()) return end(EndReason::TimeEnd, 0);
    if (window_start_ >= cycle_limit_) return end(EndReason::CycleLimit, 0);
    if (!find_window_end(window_end_)) {
      if (idle_hook_ && idle_hook_()) continue;
      if (end_requested_.load(std::memory_order_relaxed)) return end(EndReason::Requested, 0);
      return end(EndReason::Deadlock, 0);
    }
    if (!run_cores()) return;
    window_start_ = window_end_;
  }
}

/// Runs the window. Cores that sleep, or go to sleep, sleep through the rest of it when the others have run: these may
/// yet end the window early, and what wakes a sleeper must not find it in a later time. False at the end of the run.
bool MpCore::run_cores() {
  for (const bool may_sleep : {false, true}) {
    for (auto& shell : shells_) {
      if (may_sleep ? shell->core().now() >= window_end_ : shell->idle) continue;
      run_core(*shell, may_sleep);
      if (config_.cores > 1) shell->publish_reservation();
      if (end_reason_ != EndReason::None) return false;
    }
  }
  return true;
}

/// Lets the kernel catch up with the cores: when it has something to do by now, or has fallen far behind. False if the
/// simulation is being stopped from outside.
bool MpCore::settle() {
  const sc_core::sc_time target = clock_.time(window_start_);
  const sc_core::sc_time lag =
      target > sc_core::sc_time_stamp() ? target - sc_core::sc_time_stamp() : sc_core::SC_ZERO_TIME;
  if (lag > sc_core::SC_ZERO_TIME && (kernel_event() <= window_start_ || clock_.duration(lag) >= kMaxLag)) wait(lag);
  while (kernel_busy()) {
    wait(turns_->wait_for_turn());
    turns_->turn_came();
  }
  // A target that called wait() may have moved time past the window.
  window_start_ = std::max(window_start_, clock_.cycle_at(sc_core::sc_time_stamp()));
  return sc_core::sc_get_status() != sc_core::SC_STOPPED;
}

/// Hands out what was held back for the window's end, in core order.
void MpCore::deliver() {
  lines_dirty_ |= gic_.take_lines_changed();
  for (auto& shell : shells_) {
    if (bit(lines_dirty_, shell->index())) shell->sample_lines();
    if (bit(events_dirty_, shell->index())) {
      shell->core().set_event();
      shell->idle = false;
    }
  }
  lines_dirty_ = 0;
  events_dirty_ = 0;
}

/// Whether anybody has something to do at the current time, but other MPCores that wait for that too.
bool MpCore::kernel_busy() const {
  const Turns::Aside aside(*turns_);
  return sc_core::sc_pending_activity_at_current_time();
}

/// The first cycle at or after the next event that the kernel knows of.
Cycles MpCore::kernel_event() const {
  const Turns::Aside aside(*turns_);
  if (sc_core::sc_pending_activity_at_current_time()) return window_start_;
  if (!sc_core::sc_pending_activity_at_future_time()) return kNever;
  return clock_.cycle_at(sc_core::sc_time_stamp() + sc_core::sc_time_to_pending_activity());
}

/// False when every core sleeps and nothing will happen. A core that is alone awake needs no short windows: nobody sees
/// what it does, and what would wake another one ends the window there.
bool MpCore::find_window_end(Cycles& end) {
  const auto awake = std::count_if(shells_.begin(), shells_.end(), [](const auto& s) { return !s->idle; });
  const auto up_to_timers_of_sleepers = [&] {
    for (auto& shell : shells_)
      if (shell->idle && !shell->halted) end = std::min(end, std::max(shell->next_event(), window_start_ + Cycles(1)));
  };
  end = kernel_event();
  if (awake == 0) {
    const bool wakeable = std::any_of(shells_.begin(), shells_.end(), [](const auto& s) { return s->wakeable(); });
    if (!wakeable && !(watchdog_armed_ && watchdog_armed_())) return false;
    up_to_timers_of_sleepers();
    if (turns_->others_wait()) end = std::min(end, window_start_ + kMaxLag);
    if (end == kNever) return false;
  } else {
    end = std::min(end, window_start_ + (awake == 1 ? std::max(config_.window, kMaxLag) : config_.window));
    if (awake == 1) up_to_timers_of_sleepers();
  }
  end = std::min({end, cycle_limit_, clock_.end()});
  return true;
}

void MpCore::end_window_at(Cycles when) {
  if (when >= window_end_) return;
  window_end_ = when;
  for (auto& shell : shells_)
    if (shell->running) shell->core().limit_run(when);
}

void MpCore::run_core(Shell& shell, bool may_sleep) {
  Core& core = shell.core();
  if (shell.idle && shell.halted) return;
  core.advance_idle(window_start_);  // after a halt
  while (core.now() < window_end_) {
    shell.update_timers();
    const Cycles limit = std::min(window_end_, shell.next_event());
    if (shell.idle && !may_sleep) return;
    if (shell.idle && !shell.looping) {
      core.advance_idle(limit);
      continue;
    }
    if (step_limit_) core.set_step_limit(core.steps() + (step_limit_ - std::min(step_limit_, steps())));
    shell.running = true;
    const StopReason reason = core.run(limit);
    shell.running = false;
    if (finished(shell, reason)) return;
  }
  // An event of its own that came with the last block must not wait for the next window.
  shell.update_timers();
  window_end_ = std::max(window_end_, window_start_);
}

/// What a stop means for the cluster. True: leave the core for this window.
bool MpCore::finished(Shell& shell, StopReason reason) {
  switch (reason) {
    case StopReason::Limit: break;
    case StopReason::Waiting:
    case StopReason::DeadLoop:
      shell.idle = true;
      shell.looping = reason == StopReason::DeadLoop;
      shell.halted = shell.looping && !shell.core().interruptible();
      return shell.halted;
    case StopReason::Semihosting: end(EndReason::Semihosting, shell.index()); break;
    case StopReason::VectorAbort: end(EndReason::VectorAbort, shell.index()); break;
    case StopReason::InsnLimit: end_window_at(shell.core().now()); return true;
  }
  if (end_requested_.load(std::memory_order_relaxed)) {
    end_window_at(shell.core().now());
    return true;
  }
  return end_reason_ != EndReason::None;
}

void MpCore::end(EndReason reason, unsigned core) {
  // A device that ended the run did so at its own time, which a core that had halted has not seen.
  if (reason == EndReason::Requested)
    for (auto& shell : shells_)
      if (shell->halted) shell->core().advance_idle(window_start_);
  if (end_hook_) end_hook_(reason, core);
  end_reason_ = reason;
  end_core_ = core;
  turns_->leave();
  // Another MPCore may have no reason to end.
  if (reason != EndReason::Deadlock || !turns_->others_run()) sc_core::sc_stop();
}

}  // namespace hypsim
