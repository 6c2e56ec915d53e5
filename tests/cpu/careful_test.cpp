// SPDX-License-Identifier: Apache-2.0
// Limits and debuggers meet every instruction, those without an effect of their own too.
#include <gtest/gtest.h>

#include <vector>

#include "tests/support/flat_machine.h"

namespace hypsim {
namespace {

constexpr u32 kRam = test::FlatMachine::kRam, kNop = 0xE320F000, kAdd = 0xE2800001, kAgain = 0xEAFFFFF8;

/// Notes where it is asked to stop, and stops at one place.
class Asked final : public DebugPort {
 public:
  bool traces(const Core&, u32, u32) override { return true; }
  bool stops_before(const Core&, u32 pc) override {
    asked.push_back(pc - kRam);
    return pc == stop_at;
  }
  bool watches_page(const Core&, u32) override { return false; }
  bool stops_at_access(const Core&, u32, u32, unsigned, bool) override { return false; }
  void stop(Core& core) override { stopped.push_back(core.state().pc() - kRam); }

  std::vector<u32> asked, stopped;
  u32 stop_at = 0;
};

struct Careful : testing::Test {
  Careful() { machine.code({kNop, kAdd, kNop, kNop, kAdd, kAgain}); }
  test::FlatMachine machine;
};

TEST_F(Careful, EachInstructionIsAStepOfTheLimit) {
  for (u32 step = 1; step <= 5; ++step) {
    EXPECT_EQ(machine.run(1), StopReason::InsnLimit);
    EXPECT_EQ(machine.core.retired(), step);
    EXPECT_EQ(machine.core.state().pc(), kRam + 4 * step);
  }
}

TEST_F(Careful, LimitsBetweenInstructionsWithoutEffect) {
  for (u64 steps = 1; steps <= 5; ++steps) {
    test::FlatMachine fresh;
    fresh.code({kNop, kAdd, kNop, kNop, kAdd, kAgain});
    EXPECT_EQ(fresh.run(steps), StopReason::InsnLimit);
    EXPECT_EQ(fresh.core.retired(), steps);
    EXPECT_EQ(fresh.core.state().pc(), kRam + 4 * steps);
    EXPECT_EQ(fresh.reg(0), (steps > 1) + (steps > 4)) << steps;
  }
}

TEST_F(Careful, ADebuggerIsAskedBeforeEachInstruction) {
  Asked debugger;
  debugger.stop_at = kRam + 12;
  machine.core.set_debugger(&debugger);
  EXPECT_EQ(machine.run(5), StopReason::InsnLimit);
  EXPECT_EQ(debugger.asked, (std::vector<u32>{0, 4, 8, 12, 16}));
  EXPECT_EQ(debugger.stopped, std::vector<u32>{12});
}

}  // namespace
}  // namespace hypsim
