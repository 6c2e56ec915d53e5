// SPDX-License-Identifier: Apache-2.0
// Memory that changes without a store of the core that looks: what every core holds of it, code and reservations, goes
// when it must, whoever changed it. ARM DDI 0406C A3.4, A3.5.4, B2.2.9
#include <gtest/gtest.h>

#include <cstring>

#include "sim/mem/ram_module.h"
#include "tests/mpcore/bench.h"

namespace hypsim {
namespace {

u8* ram_at(u64 address) {
  auto* ram = dynamic_cast<RamModule*>(sc_core::sc_find_object("bench.ram"));
  return ram->ram().data() + (address - kRamBase);
}
u32& flag(unsigned n) { return *reinterpret_cast<u32*>(ram_at(kResults + 0x80 + 4 * n)); }

// --- reservations

constexpr u64 kWord = 0x80030010;
void withdraw_grant(u64 first, u64 last) {
  auto* ram = dynamic_cast<RamModule*>(sc_core::sc_find_object("bench.ram"));
  ram->socket->invalidate_direct_mem_ptr(first - kRamBase, last - kRamBase);
}
constexpr u32 kValue = 5;

struct Change {
  const char* name;
  u32 status;  ///< of the STREX
  void (*make)(MpCore&);
};
constexpr Change kChanges[] = {
    {"nothing", 0, [](MpCore&) {}},
    {"a device", 1, [](MpCore& m) { m.memory_written(PhysAddr(kWord), 4); }},
    {"a device, the granule's last byte", 1, [](MpCore& m) { m.memory_written(PhysAddr(0x8003003F), 1); }},
    {"a device, pages round it", 1, [](MpCore& m) { m.memory_written(PhysAddr(0x80020000), 0x20000); }},
    {"a device, the granule behind", 0, [](MpCore& m) { m.memory_written(PhysAddr(0x80030040), 64); }},
    {"a debugger", 1, [](MpCore& m) { m.debug_write(PhysAddr(kWord), &kValue, 4); }},
    {"a debugger, the granule before", 0, [](MpCore& m) { m.debug_write(PhysAddr(0x8002FFFC), &kValue, 4); }},
    {"semihosting", 1, [](MpCore& m) { m.core(0).debug_write(kWord, &kValue, 4); }},
    {"semihosting of another core", 1, [](MpCore& m) { m.core(m.core_count() - 1).debug_write(kWord, &kValue, 4); }},
    {"memory that is switched", 1, [](MpCore&) { withdraw_grant(0x80030000, 0x8003FFFF); }},
    {"all memory is switched", 1, [](MpCore&) { withdraw_grant(kRamBase, ~u64{0}); }},
    {"other memory is switched", 0, [](MpCore&) { withdraw_grant(0x80040000, 0x8004FFFF); }},
};

TEST(Stale, AReservationEndsWhoeverWrites) {
  for (const unsigned cores : {1u, 2u, 4u})
    for (const bool timed : {false, true})
      for (const bool generated : {false, true})
        for (const Change& change : kChanges) {
          SCOPED_TRACE(testing::Message() << change.name << ", cores " << cores << ", timed " << timed
                                          << ", generated code " << generated);
          const auto watch = [&](MpCore& m) {
            m.core(0).state().slot[10] = static_cast<u32>(kWord);
            m.set_poll([&m, &change] {
              if (flag(0) != 1 || flag(1) == 1) return;
              change.make(m);
              flag(1) = 1;
            });
          };
          const Outcome o = run_program({.program = "reserve_and_wait",
                                         .cores = cores,
                                         .window = 100,
                                         .timed = timed,
                                         .generate_code = generated,
                                         .before = watch});
          EXPECT_EQ(o.reason, EndReason::Deadlock);
          EXPECT_EQ(o.results[0], change.status);
        }
}

// --- code

constexpr u64 kFunction = 0x80020FFE;  // T32, so that its first instruction ends in the next page
// movw r0, #value; bx lr
constexpr u16 kOld[] = {0xF240, 0x0001, 0x4770}, kNew[] = {0xF240, 0x0002, 0x4770};

enum class Writer { Core, Device, Debugger, Semihosting, SemihostingOfTheLast };
constexpr std::pair<Writer, const char*> kWriters[] = {{Writer::Core, "core 0"},
                                                       {Writer::Device, "a device"},
                                                       {Writer::Debugger, "a debugger"},
                                                       {Writer::Semihosting, "semihosting"},
                                                       {Writer::SemihostingOfTheLast, "semihosting, last core"}};

void write_second_half(MpCore& m, Writer writer) {
  constexpr u64 kSecond = kFunction + 2;
  switch (writer) {
    case Writer::Core: break;
    case Writer::Device:
      std::memcpy(ram_at(kSecond), &kNew[1], 2);
      m.memory_written(PhysAddr(kSecond), 2);
      break;
    case Writer::Debugger: m.debug_write(PhysAddr(kSecond), &kNew[1], 2); break;
    case Writer::Semihosting: m.core(0).debug_write(kSecond, &kNew[1], 2); break;
    case Writer::SemihostingOfTheLast: m.core(m.core_count() - 1).debug_write(kSecond, &kNew[1], 2); break;
  }
}

/// Registers of call_changed; when all cores have called, `change` and go on.
std::function<void(MpCore&)> when_all_have_called(u32 function, u32 store_to, std::function<void(MpCore&)> change) {
  return [=](MpCore& m) {
    for (unsigned i = 0; i < m.core_count(); ++i) {
      u32* const r = m.core(i).state().slot;
      r[5] = kNew[1];
      r[7] = m.core_count();
      r[8] = store_to;
      r[10] = function;
    }
    m.set_poll([&m, change] {
      if (flag(8) == 1) return;
      for (unsigned i = 0; i < m.core_count(); ++i)
        if (flag(i) != 1) return;
      change(m);
      flag(8) = 1;
    });
  };
}

/// `between`: what comes after the change and before maintenance.
void expect_values(const Outcome& o, unsigned cores, u32 between) {
  EXPECT_EQ(o.reason, EndReason::Deadlock);
  for (unsigned core = 0; core < cores; ++core) {
    EXPECT_EQ(o.results[4 * core], 1u) << "core " << core;
    EXPECT_EQ(o.results[4 * core + 1], between) << "core " << core << " before maintenance";
    EXPECT_EQ(o.results[4 * core + 2], 2u) << "core " << core << " after maintenance";
  }
}

TEST(Stale, CodeAcrossAPageEndIsSeenByAllCoresWhoeverWrites) {
  for (const unsigned cores : {1u, 2u, 4u})
    for (const bool timed : {false, true})
      for (const bool generated : {false, true})
        for (const auto& [writer, who] : kWriters) {
          SCOPED_TRACE(testing::Message()
                       << who << ", cores " << cores << ", timed " << timed << ", generated code " << generated);
          const bool at_once = writer != Writer::Core && writer != Writer::Device;
          const auto set_up = when_all_have_called(static_cast<u32>(kFunction) | 1,
                                                   writer == Writer::Core ? static_cast<u32>(kFunction) + 2 : 0,
                                                   [w = writer](MpCore& m) { write_second_half(m, w); });
          const Outcome o = run_program({.program = "call_changed",
                                         .cores = cores,
                                         .window = 100,
                                         .timed = timed,
                                         .generate_code = generated,
                                         .before = [&](MpCore& m) {
                                           std::memcpy(ram_at(kFunction), kOld, sizeof kOld);
                                           set_up(m);
                                         }});
          expect_values(o, cores, at_once ? 2 : 1);
        }
}

TEST(Stale, MemoryThatATargetSwitchesIsSeenAfterMaintenance) {
  constexpr u32 kAcross = kBanksBase + kPageSize - 2, kWithin = kBanksBase + kPageSize;
  for (const unsigned cores : {1u, 2u})
    for (const bool timed : {false, true})
      for (const bool generated : {false, true})
        for (const bool grants : {false, true})
          for (const u32 function : {kAcross, kWithin}) {
            SCOPED_TRACE(testing::Message() << "cores " << cores << ", timed " << timed << ", generated code "
                                            << generated << ", grants " << grants << ", at " << function);
            std::vector<u16> banks[2];
            for (unsigned n = 0; n < 2; ++n) {
              const u16* const code = n == 0 ? kOld : kNew;
              if (function == kWithin) banks[n].push_back(0);
              banks[n].insert(banks[n].end(), code, code + std::size(kOld));
            }
            const Outcome o = run_program({.program = "call_changed",
                                           .cores = cores,
                                           .window = 100,
                                           .timed = timed,
                                           .generate_code = generated,
                                           .banks_grant = grants,
                                           .before = when_all_have_called(function | 1, kBankRegister, [](MpCore&) {}),
                                           .banks = {banks[0], banks[1]}});
            expect_values(o, cores, 1);
          }
}

TEST(Stale, ABranchToItselfThatADebuggerOverwritesGoesOn) {
  for (const bool semihosting : {false, true})
    for (const unsigned cores : {1u, 2u}) {
      SCOPED_TRACE(testing::Message() << "semihosting " << semihosting << ", cores " << cores);
      bool done = false;
      const auto overwrite = [&](MpCore& m) {
        m.set_idle_hook([&m, &done, semihosting] {
          if (done) return false;
          done = true;
          const u32 store = 0xE58B0000, again = 0xEAFFFFFE;  // str r0, [r11]; b .
          const u32 at = m.core(0).state().pc();
          for (unsigned i = 0; i < m.core_count(); ++i) m.core(i).state().slot[0] = 0x77;
          if (!semihosting) return m.debug_write(PhysAddr(at), &store, 4) && m.debug_write(PhysAddr(at + 4), &again, 4);
          Core& other = m.core(m.core_count() - 1);
          return other.debug_write(at, &store, 4) && other.debug_write(at + 4, &again, 4);
        });
      };
      const Outcome o = run_program({.program = "store_word", .cores = cores, .before = overwrite});
      EXPECT_EQ(o.reason, EndReason::Deadlock);
      EXPECT_EQ(o.results[0], 0x77u);
    }
}

}  // namespace
}  // namespace hypsim
