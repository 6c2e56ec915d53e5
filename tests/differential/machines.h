// SPDX-License-Identifier: Apache-2.0
// The two machines that run an image.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/differential/image.h"
#include "tests/differential/record.h"
#include "tests/support/temporary_folder.h"

namespace hypsim::fuzz {

struct Outcome {
  std::vector<Record> records;
  std::vector<u8> scratch;     ///< scratch page after the last test
  std::vector<u8> region;      ///< region page after the last test
  u64 retired = 0;             ///< instructions, those of the runtime included; hypsim alone
  std::optional<u32> endless;  ///< the test that did not end; no records then
};

/// In this process, on a bare Core.
Outcome run_on_hypsim(const Image& image);

/// As a process of its own. An Outcome without records and with no `endless` means that it did not end within
/// `timeout` seconds; anything else that goes wrong throws std::runtime_error.
class Qemu {
 public:
  explicit Qemu(std::string program) : program_(std::move(program)) {}
  Outcome run(const Image& image, unsigned timeout = 120);

 private:
  std::string program_;
  test::TemporaryFolder folder_;
};

}  // namespace hypsim::fuzz
