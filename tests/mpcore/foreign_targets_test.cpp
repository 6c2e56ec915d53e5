// SPDX-License-Identifier: Apache-2.0
// MPCores in platforms of somebody else: what other targets grant, and other MPCores beside one.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <tlm_utils/simple_target_socket.h>
#include <unistd.h>

#include <cstring>
#include <functional>
#include <memory>
#include <vector>

#include "sim/mem/ram_module.h"
#include "sim/mem/router.h"
#include "tests/mpcore/bench.h"

namespace hypsim {
namespace {

/// What `simulation` returns; SystemC elaborates once a process.
template <class Result>
Result in_child(const std::function<Result()>& simulation) {
  static_assert(std::is_trivially_copyable_v<Result>);
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    const Result result = simulation();
    _exit(write(ends[1], &result, sizeof result) == sizeof result ? 0 : 1);
  }
  close(ends[1]);
  Result result{};
  EXPECT_EQ(read(ends[0], &result, sizeof result), static_cast<ssize_t>(sizeof result)) << "the simulation died";
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return result;
}

MpCoreConfig config() {
  MpCoreConfig c;
  c.clock_hz = 1'000'000'000;
  c.periphbase = 0x2C000000;
  c.frames = GicFrames::from_periphbase(c.periphbase);
  c.spis = 32;
  return c;
}

/// 1 MB of memory from 0 that grants what it is told to; the rest of what it grants does not exist.
struct Memory : sc_core::sc_module {
  tlm_utils::simple_target_socket<Memory> socket{"socket"};
  std::vector<u8> bytes = std::vector<u8>(1 << 20);
  u64 first, last;
  u32 grants = 0, transactions = 0;

  Memory(sc_core::sc_module_name name, u64 from, u64 to) : sc_module(name), first(from), last(to) {
    socket.register_b_transport(this, &Memory::access);
    socket.register_get_direct_mem_ptr(this, &Memory::grant);
  }
  void access(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    ++transactions;
    const u64 at = payload.get_address();
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    if (at + payload.get_data_length() > bytes.size()) return;
    if (payload.is_read())
      std::memcpy(payload.get_data_ptr(), bytes.data() + at, payload.get_data_length());
    else
      std::memcpy(bytes.data() + at, payload.get_data_ptr(), payload.get_data_length());
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  bool grant(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
    ++grants;
    dmi.set_start_address(first);
    dmi.set_end_address(last);
    dmi.set_dmi_ptr(bytes.data() + first);
    dmi.allow_read_write();
    return true;
  }
};

struct Granted {
  u64 retired = 0;
  u32 grants = 0, transactions = 0, counted = 0, typer = 0;
};

/// Counts in the word at 0x8000, and reads GICD_TYPER each turn, for 100 us.
Granted run_with_grant(u64 first, u64 last) {
  return in_child<Granted>([=] {
    MpCore mpcore("mpcore", config());
    Memory memory("memory", first, last);
    mpcore.socket.bind(memory.socket);
    constexpr u32 kProgram[] = {0xE5910000,   // ldr r0, [r1]
                                0xE2800001,   // add r0, r0, #1
                                0xE5810000,   // str r0, [r1]
                                0xE5932004,   // ldr r2, [r3, #4]
                                0xEAFFFFFA};  // b -4
    std::memcpy(memory.bytes.data(), kProgram, sizeof kProgram);
    u32* const r = mpcore.core(0).state().slot;
    r[1] = 0x8000;
    r[3] = static_cast<u32>(config().frames.gicd);
    sc_core::sc_start(100, sc_core::SC_US);
    Granted result{mpcore.retired(), memory.grants, memory.transactions, 0, r[2]};
    std::memcpy(&result.counted, memory.bytes.data() + 0x8000, 4);
    return result;
  });
}

TEST(ForeignTargets, AGrantOfTheWholeAddressSpaceIsAskedForOnce) {
  const Granted usual = run_with_grant(0, 0xFFFFF), whole = run_with_grant(0, ~u64{0});
  EXPECT_GT(usual.counted, 10'000u);
  EXPECT_NE(usual.typer, 0u);
  for (const Granted& g : {usual, whole}) {
    EXPECT_LE(g.grants, 2u);
    EXPECT_EQ(g.transactions, 0u);
    EXPECT_EQ(g.retired, usual.retired);
    EXPECT_EQ(g.counted, usual.counted);
    EXPECT_EQ(g.typer, usual.typer) << "the GIC is not hidden";
  }
}

TEST(ForeignTargets, WhatIsNotGrantedIsAskedOfTheTarget) {
  struct Case {
    u64 first, last;
    bool data_granted;
  };
  // The word counted lies at 0x8000.
  for (const Case& c : {Case{0, 0x7FFF, false}, Case{0, 0x8000, false}, Case{0, 0x8FFE, false}, Case{0, 0x8FFF, true},
                        Case{0x8000, 0xFFFFF, true}, Case{0x8001, 0xFFFFF, false}, Case{0x9000, 0xFFFFF, false}}) {
    SCOPED_TRACE(testing::Message() << std::hex << c.first << " to " << c.last);
    const Granted g = run_with_grant(c.first, c.last);
    EXPECT_GT(g.counted, 10'000u);
    EXPECT_EQ(g.transactions < 1000, c.data_granted);
  }
}

// --- several MPCores

struct Together {
  std::array<u64, 3> retired{};
  std::array<EndReason, 3> reasons{};
  std::array<u32, 8> words{};
  u64 end_ns = 0;
};

/// MPCores on one memory. Each starts at its own of `programs` with its number in R0 and the address of the words in
/// R1.
Together run_together(std::vector<std::vector<u32>> programs, u64 ns) {
  return in_child<Together>([=] {
    Router router("router");
    RamModule ram("ram", {1 << 20});
    router.map(0, 1 << 20, ram.socket, "ram");
    std::vector<std::unique_ptr<MpCore>> all;
    for (u32 i = 0; i < programs.size(); ++i) {
      all.push_back(std::make_unique<MpCore>(("mpcore" + std::to_string(i)).c_str(), config()));
      all[i]->socket.bind(router.target);
      std::memcpy(ram.ram().data() + 0x1000 * i, programs[i].data(), 4 * programs[i].size());
      all[i]->core(0).set_pc(0x1000 * i);
      u32* const r = all[i]->core(0).state().slot;
      r[0] = i;
      r[1] = 0x8000;
    }
    if (ns != 0)
      sc_core::sc_start(static_cast<double>(ns), sc_core::SC_NS);
    else
      sc_core::sc_start();
    Together t;
    for (std::size_t i = 0; i < all.size(); ++i) {
      t.retired[i] = all[i]->retired();
      t.reasons[i] = all[i]->end_reason();
    }
    std::memcpy(t.words.data(), ram.ram().data() + 0x8000, sizeof t.words);
    t.end_ns = static_cast<u64>(sc_core::sc_time_stamp().to_seconds() * 1e9 + 0.5);
    return t;
  });
}

const std::vector<u32> kSpin = {0xE2822001, 0xEAFFFFFD};               // add r2, r2, #1; b -1
const std::vector<u32> kEnd = {0xE5810000, 0xEAFFFFFE};                // str r0, [r1]; b .
const std::vector<u32> kAsk = {0xE3A02001, 0xE5812004,                 // mov r2, #1; str r2, [r1, #4]
                               0xE5913008, 0xE3530001, 0x1AFFFFFC,     // ldr r3, [r1, #8]; cmp r3, #1; bne -2
                               0xE581300C, 0xEAFFFFFE};                // str r3, [r1, #12]; b .
const std::vector<u32> kAnswer = {0xE5913004, 0xE3530001, 0x1AFFFFFC,  // ldr r3, [r1, #4]; cmp r3, #1; bne -2
                                  0xE5813008, 0xEAFFFFFE};             // str r3, [r1, #8]; b .

TEST(SeveralMpCores, AllAdvanceWithTime) {
  for (const std::size_t number : {1u, 2u, 3u}) {
    const Together t = run_together(std::vector<std::vector<u32>>(number, kSpin), 1'000'000);
    EXPECT_EQ(t.end_ns, 1'000'000u);
    for (std::size_t i = 0; i < number; ++i) EXPECT_NEAR(static_cast<double>(t.retired[i]), 1e6, 2e4) << i;
  }
}

TEST(SeveralMpCores, TalkThroughMemoryAndTheLastEndsTheRun) {
  for (const bool swapped : {false, true}) {
    const Together t = run_together(swapped ? std::vector{kAnswer, kEnd, kAsk} : std::vector{kAsk, kAnswer, kEnd}, 0);
    EXPECT_EQ(t.words[1], 1u);
    EXPECT_EQ(t.words[2], 1u);
    EXPECT_EQ(t.words[3], 1u);
    for (const EndReason reason : t.reasons) EXPECT_EQ(reason, EndReason::Deadlock);
    const Together again =
        run_together(swapped ? std::vector{kAnswer, kEnd, kAsk} : std::vector{kAsk, kAnswer, kEnd}, 0);
    EXPECT_EQ(again.retired, t.retired);
  }
}

TEST(SeveralMpCores, OneThatSleepsWaitsForTheOthers) {
  const std::vector<u32> sleep = {0xE320F003, 0xEAFFFFFD};  // wfi; b -1
  const Together t = run_together({sleep, kSpin}, 500'000);
  EXPECT_EQ(t.end_ns, 500'000u);
  EXPECT_LE(t.retired[0], 2u);
  EXPECT_NEAR(static_cast<double>(t.retired[1]), 5e5, 2e4);
  EXPECT_EQ(t.reasons[0], EndReason::None);
}

}  // namespace
}  // namespace hypsim
