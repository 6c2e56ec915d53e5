// SPDX-License-Identifier: Apache-2.0
#include "tests/differential/machines.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/support/end_port.h"
#include "tests/support/flat_machine.h"

namespace hypsim::fuzz {

namespace {

void slice_results(const u8* records, u32 count, std::vector<Record>& out) {
  out.resize(count);
  for (u32 i = 0; i < count; ++i) std::memcpy(out[i].words.data(), records + i * FUZZ_RECORD_SIZE, FUZZ_RECORD_SIZE);
}

}  // namespace

Outcome run_on_hypsim(const Image& image) {
  test::FlatBus bus(FUZZ_RAM, FUZZ_RAM_SIZE);
  std::memcpy(bus.at(FUZZ_RAM, 1), image.bytes.data(), image.bytes.size());
  SystemCounter counter(62'500'000, 1'000'000'000);
  GenericTimer timer(counter);
  test::NoCluster cluster;
  Core core({}, bus, timer, cluster);
  test::EndPort end;
  core.set_semihosting(&end);
  core.state().switch_mode(Mode::Supervisor);
  core.set_pc(FUZZ_RAM);

  Outcome outcome;
  constexpr u64 kSlice = 50'000;  // several times what a test takes with its runtime
  u32 last_index = ~0u;
  u64 limit = 10 * kSlice;  // the start-up
  while (true) {
    core.set_step_limit(limit);
    const StopReason stop = core.run(Cycles(~u64{0}));
    if (stop == StopReason::Semihosting) break;
    const u32 index = bus.word(FUZZ_PARAMETERS + PARAM_INDEX);
    if (stop != StopReason::InsnLimit || index == last_index) {
      outcome.endless = index;
      return outcome;
    }
    last_index = index;
    limit = core.steps() + kSlice;
  }
  outcome.retired = core.retired();
  slice_results(bus.at(FUZZ_RESULTS, 1), image.count, outcome.records);
  outcome.scratch.assign(bus.at(FUZZ_SCRATCH, 1), bus.at(FUZZ_SCRATCH, 1) + 0x1000);
  outcome.region.assign(bus.at(FUZZ_REGION, 1), bus.at(FUZZ_REGION, 1) + 0x1000);
  return outcome;
}

Outcome Qemu::run(const Image& image, unsigned timeout) {
  const auto file = folder_ / "image.bin";
  const auto result = folder_ / kResultFile;
  std::filesystem::remove(result);
  {
    std::ofstream out(file, std::ios::binary);
    out.write(reinterpret_cast<const char*>(image.bytes.data()), static_cast<std::streamsize>(image.bytes.size()));
    if (!out) throw std::runtime_error("cannot write " + file.string());
  }
  const std::string loader = "loader,file=image.bin,force-raw=on,cpu-num=0,addr=" + std::to_string(FUZZ_RAM);
  const char* const arguments[] = {program_.c_str(),
                                   "-M",
                                   image.layered ? "virt,virtualization=on,secure=on,gic-version=2" : "virt",
                                   "-cpu",
                                   "cortex-a15",
                                   "-m",
                                   "128",
                                   "-nodefaults",
                                   "-display",
                                   "none",
                                   "-semihosting-config",
                                   "enable=on,target=native",
                                   "-device",
                                   loader.c_str(),
                                   nullptr};
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child == 0) {
    if (chdir(folder_.name().c_str()) == 0) execvp(arguments[0], const_cast<char* const*>(arguments));
    _exit(127);
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(timeout);
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (std::chrono::steady_clock::now() > deadline) {
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
      return {};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw std::runtime_error(program_ + " failed (wait status " + std::to_string(status) + ")");

  std::ifstream in(result, std::ios::binary);
  const std::vector<u8> bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const std::size_t records = std::size_t{image.count} * FUZZ_RECORD_SIZE;
  if (bytes.size() != records + 0x2000) throw std::runtime_error(program_ + " wrote no complete results");
  Outcome outcome;
  slice_results(bytes.data(), image.count, outcome.records);
  outcome.scratch.assign(bytes.begin() + static_cast<std::ptrdiff_t>(records), bytes.end() - 0x1000);
  outcome.region.assign(bytes.end() - 0x1000, bytes.end());
  return outcome;
}

}  // namespace hypsim::fuzz
