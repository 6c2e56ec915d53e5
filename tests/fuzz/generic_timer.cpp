// SPDX-License-Identifier: Apache-2.0
// The timers of one core: no output moves between a write and the next event, and it moves there.
#include "sim/periph/generic_timer.h"

#include "tests/fuzz/input.h"

namespace {

using namespace hypsim;

/// `skips`: the counter is faster than the core and does not show every value.
void check_events(const GenericTimer& timer, Cycles now, u64 pick, bool skips) {
  const TimerLines lines = timer.update(now);
  const Cycles next = timer.next_event(now);
  fuzz::check(next > now, "an event that is not in the future");
  const u64 span = next == kNever ? u64{1} << 50 : next.value - now.value - 1;
  if (now.value > ~u64{0} - span) return;
  fuzz::check(timer.update(Cycles(now.value + (span == 0 ? 0 : pick % (span + 1)))) == lines,
              "a line moved on its own");
  fuzz::check(timer.update(Cycles(now.value + span)) == lines, "a line moved before its event");
  if (next != kNever && !skips) fuzz::check(!(timer.update(next) == lines), "no line moved at the event");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  fuzz::Input input(data, size);
  static constexpr u64 kFrequencies[] = {62'500'000, 24'000'000, 1, 1'700'000'000, 3'000'000'000, 1'000'003};
  const u64 hz = kFrequencies[input.below(6)], core_hz = kFrequencies[input.below(6)];
  const SystemCounter counter(hz, core_hz, input.doubleword());
  GenericTimer timer(counter);
  Cycles now(0);
  constexpr unsigned kMostSteps = 256;
  for (unsigned step = 0; step < kMostSteps && !input.empty(); ++step) {
    const u8 action = input.byte();
    const TimerId id = static_cast<TimerId>(action & 3);
    // Near the count, where timers fire, or anywhere.
    const u64 near = (action & 0x80) != 0 ? input.doubleword() : timer.cntpct(now) + input.byte() - 64;
    switch (action >> 2 & 7) {
      case 0: timer.set_cval(id, near, now); break;
      case 1: timer.set_tval(id, static_cast<u32>(near), now); break;
      case 2: timer.set_ctl(id, input.byte(), now); break;
      case 3: timer.set_cntvoff(near, now); break;
      case 4: {
        const u64 step_size = u64{input.half()} << (action >> 5 & 3) * 12;
        now = Cycles(std::min(now.value + step_size, u64{1} << 60));
        break;
      }
      case 5: {
        const Cycles next = timer.next_event(now);
        if (next != kNever) now = next;
        break;
      }
      case 6: {
        const unsigned bit = input.byte() & 63;
        const Cycles next = counter.next_transition(now, bit, (action & 0x40) != 0, timer.cntvoff());
        fuzz::check(next > now, "a transition that is not in the future");
        if (next != kNever && hz <= core_hz)
          fuzz::check(bool((timer.cntvct(next) >> bit & 1) != 0) == ((action & 0x40) != 0), "no transition there");
        break;
      }
      case 7:
        timer.ctl(id, now);
        timer.tval(id, now);
        break;
    }
    check_events(timer, now, near, hz > core_hz);
  }
  return 0;
}
