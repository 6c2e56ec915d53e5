// SPDX-License-Identifier: Apache-2.0
// A small system round an MPCore: 16 MB of RAM, a device that interrupts on demand, a hole. Programs come from
// programs.S. Every run has a process of its own, so that one test may compare several.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "sim/mpcore/mpcore.h"

namespace hypsim {

constexpr u64 kRamBase = 0x80000000;
constexpr u64 kRamSize = 16u << 20;
constexpr u64 kResults = 0x80010000;
constexpr u64 kBanksBase = 0x20000000;  // 64 KB whose content a write to the register switches
constexpr u64 kBankRegister = 0x11000000;
constexpr u64 kDeviceBase = 0x10000000;
constexpr unsigned kDeviceSpi = 8;  // interrupt ID 40

struct Outcome {
  EndReason reason = EndReason::None;
  bool started = false;
  std::array<u32, 48> results{};
  std::array<u64, kMaxCores> insns{}, cycles{};
  std::array<u32, kMaxCores> pc{};
  u32 exit_code = 0;
  char console[64] = {};
  bool operator==(const Outcome&) const = default;
};

struct RunSetup {
  std::string program;
  unsigned cores = 1;
  u64 window = 10'000;
  u64 max_insns = 2'000'000, max_cycles = 0;
  bool timed = false;
  bool generate_code = false;  ///< see CoreConfig
  bool semihosting = false;
  bool banks_grant = true;  ///< the banked memory grants DMI, and withdraws it when it is switched
  std::string arguments;
  std::function<void(MpCore&)> before;  ///< called before the simulation starts
  std::vector<std::vector<u16>> banks;  ///< halfwords from the end of the first page of each bank on, two before it
};

Outcome run_program(const RunSetup& setup);
/// The address of a symbol of programs.S.
u32 program_address(const std::string& symbol);

}  // namespace hypsim
