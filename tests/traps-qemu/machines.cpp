// SPDX-License-Identifier: Apache-2.0
#include "tests/traps-qemu/machines.h"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>

#include "tests/support/end_port.h"
#include "tests/support/flat_machine.h"
#include "tests/support/temporary_folder.h"

namespace hypsim::cross {

namespace {

constexpr const char* kResultFile = "results.bin";
constexpr u64 kInsnsPerCase = 4000;  // several times what one takes

std::vector<u8> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

CrossHeader header_of(const Cases& cases) {
  if (cases.list.size() > CROSS_MAX_CASES) throw std::runtime_error("more cases than fit into memory");
  CrossHeader header{};
  header.count = static_cast<u32>(cases.list.size());
  std::strcpy(header.file, kResultFile);
  return header;
}
std::vector<CrossSetting> settings_of(const Cases& cases) {
  std::vector<CrossSetting> words;
  for (const Setting& s : cases.settings) words.push_back(s.words);
  return words;
}
std::vector<CrossCase> words_of(const Cases& cases) {
  std::vector<CrossCase> words;
  for (const Case& c : cases.list) words.push_back(c.words);
  return words;
}

template <class T>
void write_file(const std::filesystem::path& path, std::span<const T> data) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size_bytes()));
  if (!out) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace

std::vector<CrossResult> run_on_hypsim(const Cases& cases, const std::string& image) {
  test::FlatBus bus(CROSS_RAM, CROSS_RAM_SIZE);
  const auto put = [&](u32 address, const void* data, std::size_t size) {
    std::memcpy(bus.at(address, static_cast<u32>(size)), data, size);
  };
  const auto code = read_file(image);
  const auto header = header_of(cases);
  const auto settings = settings_of(cases);
  const auto words = words_of(cases);
  put(CROSS_IMAGE, code.data(), code.size());
  put(CROSS_HEADER, &header, sizeof header);
  put(CROSS_SETTINGS, settings.data(), settings.size() * sizeof settings[0]);
  put(CROSS_CASES, words.data(), words.size() * sizeof words[0]);

  SystemCounter counter(62'500'000, 1'000'000'000);
  GenericTimer timer(counter);
  test::NoCluster cluster;
  Core core({}, bus, timer, cluster);
  test::EndPort end;
  core.set_semihosting(&end);
  core.state().switch_mode(Mode::Supervisor);
  core.set_pc(CROSS_IMAGE);
  core.set_step_limit(kInsnsPerCase * (words.size() + 100));
  const StopReason stop = core.run(Cycles(~u64{0}));
  std::vector<CrossResult> results(words.size());
  std::memcpy(results.data(), bus.at(CROSS_RESULTS, 4), results.size() * sizeof results[0]);
  if (stop != StopReason::Semihosting || core.state().slot[0] != 1) {  // SYS_OPEN
    std::size_t done = 0;
    while (done < results.size() && results[done].vector != 0) ++done;
    throw std::runtime_error(fmt::format("hypsim does not get past case {} of {}", done, results.size()));
  }
  return results;
}

std::vector<CrossResult> run_on_qemu(const Cases& cases, const std::string& image, const std::string& qemu) {
  const test::TemporaryFolder folder;
  const auto header = header_of(cases);
  const auto settings = settings_of(cases);
  const auto words = words_of(cases);
  write_file<u8>(folder / "image.bin", read_file(image));
  write_file(folder / "header.bin", std::span(&header, 1));
  write_file<CrossSetting>(folder / "settings.bin", settings);
  write_file<CrossCase>(folder / "cases.bin", words);
  std::string command = fmt::format(
      "cd {} && timeout 400 {} -M virt,virtualization=on,secure=on,gic-version=2 -cpu cortex-a15 -m 128 -nodefaults "
      "-display none"
      " -audiodev none,id=none -semihosting-config enable=on,target=native",
      folder.name(), qemu);
  const auto load = [&](const char* file, u32 address, const char* more) {
    command += fmt::format(" -device loader,file={},force-raw=on,addr={:#x}{}", file, address, more);
  };
  load("image.bin", CROSS_IMAGE, ",cpu-num=0");
  load("header.bin", CROSS_HEADER, "");
  load("settings.bin", CROSS_SETTINGS, "");
  load("cases.bin", CROSS_CASES, "");
  const int status = std::system(command.c_str());
  if (status != 0) throw std::runtime_error(fmt::format("QEMU ended with wait status {:#x}", status));
  const auto bytes = read_file(folder / kResultFile);
  std::vector<CrossResult> results(words.size());
  if (bytes.size() != results.size() * sizeof results[0]) throw std::runtime_error("QEMU wrote no complete results");
  std::memcpy(results.data(), bytes.data(), bytes.size());
  return results;
}

}  // namespace hypsim::cross
