// SPDX-License-Identifier: Apache-2.0
// Short names for GIC accesses.
#pragma once

#include <gtest/gtest.h>

#include "sim/gic/gic.h"
#include "sim/gic/gic_fields.h"

namespace hypsim {

class GicFixture : public testing::Test {
 protected:
  using Frame = Gic::Frame;
  static constexpr Security S = Security::Secure, NS = Security::NonSecure;

  explicit GicFixture(const GicConfig& config = {.cores = 2, .spis = 64}) : gic(config) {}

  u32 rd(Frame frame, u32 offset, Security security = S, unsigned core = 0, unsigned size = 4) {
    u32 value = 0;
    EXPECT_TRUE(gic.read(frame, offset, size, core, security, value));
    return value;
  }
  void wr(Frame frame, u32 offset, u32 value, Security security = S, unsigned core = 0, unsigned size = 4) {
    EXPECT_TRUE(gic.write(frame, offset, size, core, security, value));
  }
  u32 gicd(u32 offset, Security security = S, unsigned core = 0) {
    return rd(Frame::Distributor, offset, security, core);
  }
  void set_gicd(u32 offset, u32 value, Security security = S, unsigned core = 0) {
    wr(Frame::Distributor, offset, value, security, core);
  }
  u32 gicc(u32 offset, Security security = S, unsigned core = 0) {
    return rd(Frame::CpuInterface, offset, security, core);
  }
  void set_gicc(u32 offset, u32 value, Security security = S, unsigned core = 0) {
    wr(Frame::CpuInterface, offset, value, security, core);
  }
  u32 gich(u32 offset, unsigned core = 0) { return rd(Frame::HypControl, offset, NS, core); }
  void set_gich(u32 offset, u32 value, unsigned core = 0) { wr(Frame::HypControl, offset, value, NS, core); }
  u32 gicv(u32 offset, unsigned core = 0) { return rd(Frame::VirtualCpu, offset, NS, core); }
  void set_gicv(u32 offset, u32 value, unsigned core = 0) { wr(Frame::VirtualCpu, offset, value, NS, core); }

  static constexpr u32 bitmap(u32 base, unsigned intid) { return base + intid / 32 * 4; }
  void enable(unsigned intid, unsigned core = 0) {
    set_gicd(bitmap(gicd::ISENABLER, intid), 1u << (intid % 32), S, core);
  }
  void set_priority(unsigned intid, u8 priority, unsigned core = 0) {
    wr(Frame::Distributor, gicd::IPRIORITYR + intid, priority, S, core, 1);
  }
  void set_target(unsigned intid, u8 cores) { wr(Frame::Distributor, gicd::ITARGETSR + intid, cores, S, 0, 1); }
  void set_group1(unsigned intid, unsigned core = 0) {
    const u32 offset = bitmap(gicd::IGROUPR, intid);
    set_gicd(offset, gicd(offset, S, core) | 1u << (intid % 32), S, core);
  }
  void set_edge(unsigned intid) {
    const u32 offset = gicd::ICFGR + intid / 16 * 4;
    set_gicd(offset, gicd(offset) | 2u << (2 * (intid % 16)));
  }
  bool pending(unsigned intid, unsigned core = 0) {
    return bit(gicd(bitmap(gicd::ISPENDR, intid), S, core), intid % 32);
  }
  bool active(unsigned intid, unsigned core = 0) {
    return bit(gicd(bitmap(gicd::ISACTIVER, intid), S, core), intid % 32);
  }

  /// Everything on, everything in Group 1, as a boot loader leaves it for a Non-secure world.
  void start_non_secure() {
    for (unsigned core = 0; core < gic.config().cores; ++core) {
      set_gicd(gicd::IGROUPR, ~0u, S, core);
      set_gicc(gicc::PMR, 0xF8, S, core);
      set_gicc(gicc::CTLR, 3, S, core);
    }
    for (unsigned i = 1; i <= gic.config().spis / 32; ++i) set_gicd(gicd::IGROUPR + 4 * i, ~0u);
    set_gicd(gicd::CTLR, 3);
  }
  /// Everything on, everything in Group 0.
  void start_secure() {
    for (unsigned core = 0; core < gic.config().cores; ++core) {
      set_gicc(gicc::PMR, 0xF8, S, core);
      set_gicc(gicc::CTLR, 3, S, core);
    }
    set_gicd(gicd::CTLR, 3);
  }

  Gic gic;
};

}  // namespace hypsim
