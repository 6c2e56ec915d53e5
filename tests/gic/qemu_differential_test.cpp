// SPDX-License-Identifier: Apache-2.0
// Random register traffic is replayed on QEMU's GICv2 and on this one; every read must agree. QEMU's `virt` machine
// without Security Extensions gives all accesses the full view, which is the Secure view here.
//
// The traffic stays where both models are bound by the architecture. Left out: two list registers with one virtual ID
// (UNPREDICTABLE), priorities with more than five bits (QEMU's distributor keeps eight), GICC_APR (QEMU has eight bits
// of preemption there), and what QEMU does not have (the aliased registers of Group 1, the legacy bypass, SGIR.NSATT)
// or reads otherwise: HPPIR behind the priority mask.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "sim/gic/gic.h"
#include "sim/gic/gic_fields.h"
#include "tests/support/temporary_folder.h"

namespace hypsim {
namespace {

using Frame = Gic::Frame;

struct Operation {
  u32 kind;  // 1 reads, 2 writes
  u32 address;
  u32 value;
};
constexpr u32 kRead = 1, kWrite = 2;
constexpr u32 kGicd = 0x08000000, kGicc = 0x08010000, kGich = 0x08030000, kGicv = 0x08040000;

class Traffic {
 public:
  explicit Traffic(u64 seed) : state_(seed * 2 + 1) {}

  u32 random(u32 n) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<u32>(state_ >> 33) % n;
  }
  void read(u32 address) { list.push_back({kRead, address, 0}); }
  void write(u32 address, u32 value) { list.push_back({kWrite, address, value}); }

  /// Everything a hypervisor can see of the virtual interface without changing it.
  void observe_virtual() {
    for (u32 offset : {gich::HCR, gich::VMCR, gich::MISR, gich::EISR0, gich::ELRSR0, gich::APR, gich::LR0,
                       gich::LR0 + 4, gich::LR0 + 8, gich::LR0 + 12})
      read(kGich + offset);
    for (u32 offset : {gicc::CTLR, gicc::PMR, gicc::BPR, gicc::ABPR, gicc::RPR}) read(kGicv + offset);
    read(kGicd + gicd::ISACTIVER + 4);
  }
  void observe_physical() {
    for (u32 offset : {gicc::CTLR, gicc::PMR, gicc::RPR}) read(kGicc + offset);
    for (u32 i : {0u, 4u}) {
      read(kGicd + gicd::ISPENDR + i);
      read(kGicd + gicd::ISACTIVER + i);
      read(kGicd + gicd::ISENABLER + i);
    }
  }

  std::vector<Operation> list;

 private:
  u64 state_;
};

/// List register n carries virtual ID 40 + n, or SGI n with a source, and PPI 28 + n as physical ID.
u32 random_list_register(Traffic& t, unsigned n) {
  const bool hw = t.random(3) == 0;
  const u32 state = hw ? t.random(3) : t.random(4);
  u32 lr = state << 28 | t.random(2) << 30 | t.random(32) << 23;
  if (hw) return lr | 1u << gich::kLrHw | (28 + n) << 10 | (40 + n);
  if (t.random(3) == 0) return lr | (n & 3) << 10 | n | t.random(2) << gich::kLrEoi;
  return lr | (40 + n) | t.random(2) << gich::kLrEoi;
}

u32 random_virtual_id(Traffic& t) {
  const u32 n = t.random(4);
  switch (t.random(8)) {
    case 0: return n | n << 10;
    case 1: return 60 + t.random(3);
    case 2: return 1020 + t.random(4);
    default: return 40 + n;
  }
}

void virtual_step(Traffic& t) {
  const unsigned n = t.random(4);
  switch (t.random(16)) {
    case 0:
    case 1:
    case 2:
    case 3: t.write(kGich + gich::LR0 + 4 * n, random_list_register(t, n)); break;
    case 4:
    case 5:
    case 6:
    case 7: t.read(kGicv + gicc::IAR); break;
    case 8:
    case 9:
    case 10: t.write(kGicv + gicc::EOIR, random_virtual_id(t)); break;
    case 11: t.write(kGicv + gicc::DIR, random_virtual_id(t)); break;
    case 12: t.write(kGich + gich::HCR, 1 | t.random(256) | t.random(3) << 27); break;
    case 13: {
      const u32 control = t.random(8) << 2 | t.random(2) << 9;
      t.write(kGicv + gicc::CTLR, control | t.random(4));
      t.observe_virtual();
      // QEMU's IAR does not look at the group enables, and answers 1022 without asking for sufficient priority.
      t.write(kGicv + gicc::CTLR, control | 7);
      break;
    }
    case 14: {
      // QEMU compares with the running priority as it was recorded, not with its group bits under today's binary point:
      // both groups use one split, and it moves only while nothing runs.
      const u32 split = 2 + t.random(5);
      t.write(kGich + gich::APR, 0);
      t.write(kGicv + gicc::BPR, split);
      t.write(kGicv + gicc::ABPR, split + 1);
      break;
    }
    default: t.write(kGicv + gicc::PMR, 0xF8 - 8 * (t.random(4) * t.random(4))); break;
  }
  t.observe_virtual();
}

/// Software that ends what it has acknowledged, last first; the model here tells what it got.
class PhysicalTraffic : public Traffic {
 public:
  using Traffic::Traffic;

  void step() {
    const u32 id = 32 + random(12);
    const u32 mask = 1u << (id % 32);
    switch (random(16)) {
      case 0:
      case 1:
      case 2: apply(kGicd + gicd::ISPENDR + 4, mask); break;
      case 3: apply(kGicd + gicd::ICPENDR + 4, mask); break;
      case 4: apply(kGicd + (random(3) ? gicd::ISENABLER : gicd::ICENABLER) + 4, mask); break;
      case 5: apply(kGicd + gicd::SGIR, 2u << 24 | random(4)); break;
      case 6:
      case 7:
      case 8: acknowledge(); break;
      case 9:
      case 10:
      case 11: end(); break;
      case 12: apply(kGicc + gicc::PMR, 0xF8 - 8 * (random(4) * random(4))); break;
      case 13: apply(kGicc + gicc::CTLR, 7 | random(2) << 3 | random(2) << 4); break;
      case 14: apply(kGicd + gicd::IPRIORITYR + (id & ~3u), 0x01010101u * (8 * random(31))); break;
      default: apply(kGicd + gicd::ISENABLER + 4, 0xFFF); break;
    }
    observe_physical();
  }
  void apply(u32 address, u32 value) {
    write(address, value);
    const Frame frame = address < kGicc ? Frame::Distributor : Frame::CpuInterface;
    EXPECT_TRUE(gic_.write(frame, address & 0xFFFF, 4, 0, Security::Secure, value));
  }

 private:
  void acknowledge() {
    read(kGicc + gicc::IAR);
    u32 id = kSpurious;
    EXPECT_TRUE(gic_.read(Frame::CpuInterface, gicc::IAR, 4, 0, Security::Secure, id));
    if (id < gic::kFirstReservedId) acknowledged_.push_back(id);
  }
  void end() {
    if (acknowledged_.empty()) return;
    apply(kGicc + gicc::EOIR, acknowledged_.back());
    acknowledged_.pop_back();
  }

  Gic gic_{{.cores = 1, .spis = 256}};
  std::vector<u32> acknowledged_;
};

class QemuDifferential : public testing::Test {
 protected:
  std::vector<u32> on_qemu(const std::vector<Operation>& list) {
    const auto table = folder_ / "table.bin", name = folder_ / "name.bin", result = folder_ / "result.bin";
    std::vector<Operation> ended = list;
    ended.push_back({0, 0, 0});
    std::ofstream(table, std::ios::binary)
        .write(reinterpret_cast<const char*>(ended.data()),
               static_cast<std::streamsize>(ended.size() * sizeof(Operation)));
    std::ofstream(name, std::ios::binary)
        .write(result.c_str(), static_cast<std::streamsize>(result.string().size() + 1));
    const std::string command =
        "timeout 120 " HYPSIM_QEMU
        " -M virt,virtualization=on -cpu cortex-a15 -m 256 -nographic -monitor none -serial none"
        " -semihosting-config enable=on,target=native -kernel " HYPSIM_REPLAY
        " -device loader,force-raw=on,addr=0x41000000,file=" +
        table.string() + " -device loader,force-raw=on,addr=0x40ff0000,file=" + name.string();
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    std::vector<u32> values(std::filesystem::exists(result) ? std::filesystem::file_size(result) / 4 : 0);
    std::ifstream(result, std::ios::binary)
        .read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * 4));
    return values;
  }

  static std::vector<u32> on_hypsim(const std::vector<Operation>& list) {
    Gic gic({.cores = 1, .spis = 256});
    std::vector<u32> values;
    for (const Operation& op : list) {
      const Frame frame = op.address < kGicc   ? Frame::Distributor
                          : op.address < kGich ? Frame::CpuInterface
                          : op.address < kGicv ? Frame::HypControl
                                               : Frame::VirtualCpu;
      u32 value = op.value;
      if (op.kind == kRead) {
        EXPECT_TRUE(gic.read(frame, op.address & 0xFFFF, 4, 0, Security::Secure, value));
        values.push_back(value);
      } else {
        EXPECT_TRUE(gic.write(frame, op.address & 0xFFFF, 4, 0, Security::Secure, value));
      }
    }
    return values;
  }

  /// The operations before the disagreement, with what QEMU read.
  static std::string report(const std::vector<Operation>& list, const std::vector<u32>& expected, std::size_t at,
                            std::size_t nth, u32 actual) {
    std::string text;
    char line[64];
    for (std::size_t j = at + 1, n = nth + 1; j-- > 0 && at - j < 50;) {
      const Operation& op = list[j];
      if (op.kind == kRead) --n;
      std::snprintf(line, sizeof line, "%s %08x %08x\n", op.kind == kRead ? "read " : "write", op.address,
                    op.kind == kRead ? expected[n] : op.value);
      text.insert(0, line);
    }
    std::snprintf(line, sizeof line, "here %08x, QEMU %08x at operation %zu", actual, expected[nth], at);
    return text + line;
  }

  void compare(const Traffic& traffic) {
    const std::vector<u32> expected = on_qemu(traffic.list), actual = on_hypsim(traffic.list);
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0, nth = 0; i < traffic.list.size(); ++i) {
      if (traffic.list[i].kind != kRead) continue;
      if (actual[nth] != expected[nth]) FAIL() << report(traffic.list, expected, i, nth, actual[nth]);
      ++nth;
    }
  }

 private:
  test::TemporaryFolder folder_;
};

TEST_F(QemuDifferential, VirtualInterface) {
  Traffic t(1);
  t.write(kGich + gich::HCR, 1);
  t.write(kGich + gich::VMCR, 0xF84C0007);
  t.write(kGicd + gicd::IGROUPR, 0xF0000000);  // the physical IDs of the links
  for (unsigned step = 0; step < 20'000; ++step) {
    if (step % 16 == 0) t.write(kGicd + gicd::ISACTIVER, 0xF0000000);
    if (step % 128 == 0) t.write(kGich + gich::APR, 0);
    virtual_step(t);
  }
  compare(t);
}

TEST_F(QemuDifferential, PhysicalInterface) {
  PhysicalTraffic t(2);
  t.apply(kGicd + gicd::IGROUPR + 4, 0xF0);
  t.apply(kGicd + gicd::CTLR, 3);
  t.apply(kGicc + gicc::BPR, 2);
  t.apply(kGicc + gicc::ABPR, 3);
  t.apply(kGicc + gicc::PMR, 0xF8);
  t.apply(kGicc + gicc::CTLR, 7);
  for (unsigned step = 0; step < 20'000; ++step) t.step();
  compare(t);
}

}  // namespace
}  // namespace hypsim
