// SPDX-License-Identifier: Apache-2.0
// List registers through their lives: every state by every access as a table, and long random sequences of a
// hypervisor's and a guest's accesses against an independent model, every register and line compared after each.
#include <random>

#include "tests/gic/gic_fixture.h"
#include "tests/gic/virtual_model.h"

namespace hypsim {
namespace {

using test::ListRegister;
using test::VirtualModel;

class VirtualLifecycle : public GicFixture {
 protected:
  static constexpr u32 kFirstLinked = 48;  ///< physical interrupts of hardware links: one for each list register

  VirtualLifecycle() { start_non_secure(); }

  /// Brings the GIC into the state of the model.
  void load(const VirtualModel& m) {
    set_gich(gich::VMCR, m.vmcr());
    set_gich(gich::APR, m.apr());
    for (unsigned i = 0; i < 4; ++i) set_gich(gich::LR0 + 4 * i, m.lr[i].word());
    set_gich(gich::HCR, m.hcr());
    for (u32 id = kFirstLinked; id < kFirstLinked + 4; ++id)
      set_gicd(bitmap(m.physical_active.contains(id) ? gicd::ISACTIVER : gicd::ICACTIVER, id), 1u << (id % 32));
  }

  /// What differs, or "". `viewer` reads core 0's interface through its alias.
  std::string compare(const VirtualModel& m) {
    std::string text;
    const auto check = [&text](const char* what, u32 expected, u32 actual) {
      if (expected == actual) return;
      char line[80];
      std::snprintf(line, sizeof line, " %s %#x, expected %#x;", what, actual, expected);
      text += line;
    };
    for (unsigned viewer = 0; viewer < 2; ++viewer) {
      const u32 base = viewer == 0 ? 0 : gich::kAliasBase;
      const auto hyp = [&](u32 offset) { return gich(base + offset, viewer); };
      check("HCR", m.hcr(), hyp(gich::HCR));
      check("VMCR", m.vmcr(), hyp(gich::VMCR));
      check("MISR", m.misr(), hyp(gich::MISR));
      check("EISR0", m.eisr(), hyp(gich::EISR0));
      check("ELRSR0", m.elrsr(), hyp(gich::ELRSR0));
      check("APR", m.apr(), hyp(gich::APR));
      for (unsigned i = 0; i < 4; ++i) check("LR", m.lr[i].word(), hyp(gich::LR0 + 4 * i));
    }
    check("GICV_CTLR", m.ctlr(), gicv(gicc::CTLR));
    check("GICV_PMR", m.mask_level << 3, gicv(gicc::PMR));
    check("GICV_BPR", m.bpr, gicv(gicc::BPR));
    check("GICV_ABPR", m.abpr, gicv(gicc::ABPR));
    check("GICV_RPR", m.rpr(), gicv(gicc::RPR));
    check("GICV_HPPIR", m.hppir(false), gicv(gicc::HPPIR));
    check("GICV_AHPPIR", m.hppir(true), gicv(gicc::AHPPIR));
    check("virtual IRQ", m.virq(), gic.lines(0).virq);
    check("virtual FIQ", m.vfiq(), gic.lines(0).vfiq);
    check("maintenance interrupt", m.maintenance(), bit(gicd(gicd::PPISR), 9));
    for (u32 id = kFirstLinked; id < kFirstLinked + 4; ++id)
      check("physical active", m.physical_active.contains(id), active(id));
    check("the other core's ELRSR0", 0xF, gich(gich::ELRSR0, 1));
    check("the other core's lines", 0, gic.lines(1).virq || gic.lines(1).vfiq);
    return text;
  }
};

enum class Op : u8 { Iar, Aiar, Eoir, Aeoir, Dir, DirOther, Hppir };
constexpr Op kOps[] = {Op::Iar, Op::Aiar, Op::Eoir, Op::Aeoir, Op::Dir, Op::DirOther, Op::Hppir};

/// Performs `op` on both; false and a text if a read differs.
template <class Read, class Write>
std::string perform(Op op, u32 operand, VirtualModel& m, Read read, Write write) {
  const auto reads = [&](const char* what, u32 offset, u32 expected) -> std::string {
    const u32 value = read(offset);
    if (value == expected) return "";
    char line[80];
    std::snprintf(line, sizeof line, " %s returned %#x, expected %#x;", what, value, expected);
    return line;
  };
  switch (op) {
    case Op::Iar: return reads("IAR", gicc::IAR, m.acknowledge(false));
    case Op::Aiar: return reads("AIAR", gicc::AIAR, m.acknowledge(true));
    case Op::Eoir:
      write(gicc::EOIR, operand);
      m.end(operand);
      return "";
    case Op::Aeoir:
      write(gicc::AEOIR, operand);
      m.end(operand);
      return "";
    case Op::Dir:
      write(gicc::DIR, operand);
      m.deactivate(operand);
      return "";
    case Op::DirOther:
      write(gicc::DIR, operand ^ 0x200);
      m.deactivate(operand ^ 0x200);
      return "";
    default: return reads("HPPIR", gicc::HPPIR, m.hppir(false));
  }
}

// Each state of a list register (free, pending, active, both) × HW or EOI request × group × SGI or not × EOImode,
// AckCtl, FIQEn, CBPR × running priority or none × group enables × each access: IHI 0048B 5.2.
TEST_F(VirtualLifecycle, EveryStateByEveryAccess) {
  unsigned long long tried = 0, failed = 0;
  for (u32 n = 0; n < 1u << 14; ++n) {
    for (const Op op : kOps) {
      VirtualModel m;
      ListRegister& r = m.lr[1];
      r.pending = bit(n, 0);
      r.active = bit(n, 1);
      r.hw = bit(n, 2);
      if (r.hw && r.pending && r.active) continue;  // not a state of a linked register
      r.eoi = !r.hw && bit(n, 3);
      r.group1 = bit(n, 4);
      r.id = bit(n, 5) ? 5 : 40;
      r.physical = r.hw ? kFirstLinked + 1 : 3;
      r.level = 12;
      m.eoi_mode = bit(n, 6);
      m.ack_ctl = bit(n, 7);
      m.fiq_en = bit(n, 8);
      m.cbpr = bit(n, 9);
      if (bit(n, 10)) m.running.insert(r.active ? 12 : 20);
      m.enable0 = bit(n, 11);
      m.enable1 = bit(n, 12);
      m.en = bit(n, 13);
      m.mask_level = 31;
      m.enables = 0x7F;
      m.physical_active.insert(kFirstLinked + 1);
      load(m);
      const u32 operand = r.id | (r.id < 16 && !r.hw ? 3u << 10 : 0);
      std::string text = perform(
          op, operand, m, [&](u32 offset) { return gicv(offset); }, [&](u32 offset, u32 v) { set_gicv(offset, v); });
      text += compare(m);
      ++tried;
      if (text.empty()) continue;
      if (++failed <= 10) ADD_FAILURE() << "case " << n << ", access " << static_cast<int>(op) << ":" << text;
    }
  }
  EXPECT_EQ(failed, 0u);
  EXPECT_GT(tried, 90'000u);
  std::printf("list register states by accesses: %llu tried\n", tried);
}

// Every maintenance cause: each pattern of its enables against each number of valid, pending and ended list registers.
TEST_F(VirtualLifecycle, EveryMaintenanceCause) {
  unsigned long long failed = 0, tried = 0;
  for (u32 enables = 0; enables < 128; ++enables) {
    for (u32 state = 0; state < 256; ++state) {  // two bits a list register: free, ended with EOI, pending, active
      for (u32 rest = 0; rest < 16; ++rest) {
        VirtualModel m;
        m.enables = enables;
        m.en = bit(rest, 0);
        m.eoi_count = bit(rest, 1) ? 7 : 0;
        m.enable0 = bit(rest, 2);
        m.enable1 = bit(rest, 3);
        for (unsigned i = 0; i < 4; ++i) {
          const u32 s = bits(state, 2 * i + 1, 2 * i);
          m.lr[i].id = 32 + i;
          m.lr[i].eoi = s == 1;
          m.lr[i].pending = s == 2;
          m.lr[i].active = s == 3;
        }
        load(m);
        ++tried;
        const bool same = gich(gich::MISR) == m.misr() && bit(gicd(gicd::PPISR), 9) == m.maintenance();
        if (!same && ++failed <= 10)
          ADD_FAILURE() << "enables " << enables << " state " << state << " rest " << rest << compare(m);
      }
    }
  }
  EXPECT_EQ(failed, 0u);
  EXPECT_EQ(tried, 128u * 256 * 16);
}

// Priorities and pre-emption: each running priority against each pending one under each binary point, mask and group.
TEST_F(VirtualLifecycle, EveryPreemption) {
  unsigned long long failed = 0, tried = 0;
  for (u32 point = 2; point < 8; ++point) {
    for (u32 alias = 3; alias < 8; ++alias) {
      for (u32 running = 0; running <= 32; ++running) {
        for (u32 level = 0; level < 32; ++level) {
          for (u32 rest = 0; rest < 8; ++rest) {
            VirtualModel m;
            m.en = m.enable0 = m.enable1 = m.ack_ctl = true;
            m.bpr = point;
            m.abpr = alias;
            m.cbpr = bit(rest, 0);
            m.mask_level = bit(rest, 1) ? 31 : 15;
            if (running < 32) m.running.insert(running);
            m.lr[2].pending = true;
            m.lr[2].id = 60;
            m.lr[2].level = level;
            m.lr[2].group1 = bit(rest, 2);
            load(m);
            const bool line = gic.lines(0).virq;
            const bool expected = m.virq();
            const u32 id = gicv(gicc::IAR);
            ++tried;
            const bool same = line == expected && id == m.acknowledge(false) && gich(gich::APR) == m.apr();
            if (!same && ++failed <= 10) {
              ADD_FAILURE() << "BPR " << point << " ABPR " << alias << " running " << running << " pending " << level
                            << " rest " << rest << ": IAR " << id << compare(m);
            }
          }
        }
      }
    }
  }
  EXPECT_EQ(failed, 0u);
  EXPECT_EQ(tried, 6u * 5 * 33 * 32 * 8);
}

// A hypervisor that fills list registers and a guest that takes what it gets, at random.
TEST_F(VirtualLifecycle, RandomSequences) {
  std::mt19937 random(5);
  const auto below = [&random](u32 n) { return static_cast<u32>(random() % n); };
  unsigned failed = 0;
  u32 taken = 0, ended = 0, links = 0;
  constexpr unsigned kSequences = 3000, kSteps = 150;
  for (unsigned sequence = 0; sequence < kSequences && failed < 10; ++sequence) {
    VirtualModel m;
    m.en = true;
    m.enable0 = m.enable1 = true;
    m.mask_level = 31;
    m.eoi_mode = below(2) != 0;
    m.enables = below(128);
    load(m);
    std::vector<u32> acknowledged;
    for (unsigned step = 0; step < kSteps && failed < 10; ++step) {
      const u32 action = below(20);
      std::string text;
      if (action < 6) {  // the hypervisor fills a list register; each has IDs of its own
        const unsigned i = below(4);
        ListRegister r;
        r.hw = below(3) == 0;
        r.id = below(3) == 0 && !r.hw ? i : 32 + 4 * below(2) + i;
        r.physical = r.hw ? kFirstLinked + i : below(8);
        r.level = below(32);
        const u32 state = below(r.hw ? 3 : 4);
        r.pending = bit(state, 0);
        r.active = bit(state, 1);
        r.group1 = below(2) != 0;
        r.eoi = !r.hw && below(2) != 0;
        m.lr[i] = r;
        set_gich(gich::LR0 + 4 * i, r.word());
        if (r.hw) {
          m.physical_active.insert(r.physical);
          set_gicd(bitmap(gicd::ISACTIVER, r.physical), 1u << (r.physical % 32));
        }
      } else if (action < 11) {
        const bool alias = below(2) != 0;
        const u32 expected = m.acknowledge(alias);
        const u32 id = gicv(alias ? gicc::AIAR : gicc::IAR);
        if (id != expected) text = " IAR " + std::to_string(id) + ", expected " + std::to_string(expected) + ";";
        if (id < 1020 || id > 1023) {
          acknowledged.push_back(id);
          ++taken;
        }
      } else if (action < 16) {  // mostly the last one, as a guest nests; sometimes any ID
        u32 operand = below(1024);
        if (!acknowledged.empty() && below(8) != 0) {
          operand = acknowledged.back();
          if (action == 15 || !m.eoi_mode) acknowledged.pop_back();
        }
        const std::size_t before = m.physical_active.size();
        const Op op = action == 15 ? Op::Dir : below(2) != 0 ? Op::Eoir : Op::Aeoir;
        text = perform(
            op, operand, m, [&](u32 offset) { return gicv(offset); }, [&](u32 offset, u32 v) { set_gicv(offset, v); });
        links += static_cast<u32>(before - m.physical_active.size());
        ++ended;
      } else if (action == 16) {
        m.mask_level = below(4) == 0 ? below(32) : 31;
        set_gicv(gicc::PMR, m.mask_level << 3);
      } else if (action == 17) {
        const u32 point = below(8);
        if (below(2) != 0) {
          m.bpr = std::max(point, 2u);
          set_gicv(gicc::BPR, point);
        } else {
          m.abpr = std::max(point, 3u);
          set_gicv(gicc::ABPR, point);
        }
      } else if (action == 18) {
        m.enable0 = below(4) != 0;
        m.enable1 = below(4) != 0;
        m.ack_ctl = below(2) != 0;
        m.fiq_en = below(2) != 0;
        m.cbpr = below(4) == 0;
        m.eoi_mode = below(8) == 0 ? !m.eoi_mode : m.eoi_mode;
        set_gicv(gicc::CTLR, m.ctlr());
      } else {  // a world switch: everything out and in again
        m.en = below(8) != 0;
        m.enables = below(128);
        if (below(2) != 0) m.eoi_count = 0;
        load(m);
      }
      text += compare(m);
      if (!text.empty()) {
        ++failed;
        ADD_FAILURE() << "sequence " << sequence << " step " << step << " action " << action << ":" << text;
      }
    }
  }
  EXPECT_EQ(failed, 0u);
  EXPECT_GT(taken, 10'000u);
  EXPECT_GT(ended, 10'000u);
  EXPECT_GT(links, 1'000u);
  std::printf("random sequences: %u accesses, %u interrupts taken, %u ended, %u hardware links\n", kSequences * kSteps,
              taken, ended, links);
}

}  // namespace
}  // namespace hypsim
