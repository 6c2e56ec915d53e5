// SPDX-License-Identifier: Apache-2.0
// The GIC's state machine: one interrupt from its cause to its end.
#include <benchmark/benchmark.h>

#include "sim/gic/gic.h"

namespace hypsim::bench {
namespace {

constexpr u32 kGicdCtlr = 0x000, kGicdSgir = 0xF00;
constexpr u32 kGiccCtlr = 0x00, kGiccPmr = 0x04, kGiccIar = 0x0C, kGiccEoir = 0x10;

/// A software-generated interrupt to the core itself, GICC_IAR, GICC_EOIR.
void acknowledge_and_end(benchmark::State& state) {
  constexpr u32 kToSelf = 2u << 24, kId = 5;
  Gic gic(GicConfig{});
  const auto write = [&](Gic::Frame frame, u32 offset, u32 value) {
    gic.write(frame, offset, 4, 0, Security::Secure, value);
  };
  write(Gic::Frame::Distributor, kGicdCtlr, 1);
  write(Gic::Frame::CpuInterface, kGiccCtlr, 1);
  write(Gic::Frame::CpuInterface, kGiccPmr, 0xFF);
  for (auto _ : state) {
    write(Gic::Frame::Distributor, kGicdSgir, kToSelf | kId);
    u32 iar = 0;
    gic.read(Gic::Frame::CpuInterface, kGiccIar, 4, 0, Security::Secure, iar);
    if (iar != kId) state.SkipWithError("the interrupt did not come");
    write(Gic::Frame::CpuInterface, kGiccEoir, iar);
  }
}
BENCHMARK(acknowledge_and_end);

}  // namespace
}  // namespace hypsim::bench
