// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>

#include "sim/base/error.h"

namespace hypsim {

/// An output file, opened before the run so that a bad name costs no time. Throws InputError.
class OutputFile {
 public:
  OutputFile(std::string name, const char* option) : name_(std::move(name)) {
    if (name_.empty()) return;
    out_.open(name_, std::ios::binary | std::ios::trunc);
    if (!out_)
      throw InputError(fmt::format("{} {}: {}; name a file that can be written", option, name_, std::strerror(errno)));
  }
  bool wanted() const { return !name_.empty(); }
  void write(const std::string& text) {
    if (!(out_ << text) || !out_.flush())
      throw InputError(fmt::format("{}: {}; free some space or write elsewhere", name_, std::strerror(errno)));
  }

 private:
  std::string name_;
  std::ofstream out_;
};

}  // namespace hypsim
