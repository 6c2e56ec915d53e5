// SPDX-License-Identifier: Apache-2.0
// What every fuzz target needs: the bytes of an input, files made of them, and what may become of an input.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

#include "sim/base/bits.h"
#include "sim/base/error.h"

namespace hypsim::fuzz {

/// Ends the process as a crash that libFuzzer keeps, unless `holds`.
inline void check(bool holds, const std::string& what) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: %s\n", what.c_str());
  std::abort();
}

/// The bytes of one input, from the front. Beyond the end there are zeros.
class Input {
 public:
  Input(const u8* data, std::size_t size) : data_(data), left_(size) {}

  bool empty() const { return left_ == 0; }
  std::size_t left() const { return left_; }
  u8 byte() { return take<u8>(); }
  u16 half() { return take<u16>(); }
  u32 word() { return take<u32>(); }
  u64 doubleword() { return take<u64>(); }
  /// A number below `n`, 1 to 65536.
  u32 below(u32 n) { return (n <= 256 ? byte() : half()) % n; }
  /// At most `most` bytes, fewer at the end.
  std::string_view bytes(std::size_t most) {
    const std::size_t size = std::min(most, left_);
    const std::string_view text(reinterpret_cast<const char*>(data_), size);
    data_ += size;
    left_ -= size;
    return text;
  }
  std::string_view rest() { return bytes(left_); }

 private:
  template <class T>
  T take() {
    T value = 0;
    const std::size_t size = std::min(sizeof value, left_);
    if (size != 0) std::memcpy(&value, data_, size);
    data_ += size;
    left_ -= size;
    return value;
  }

  const u8* data_;
  std::size_t left_;
};

/// A file in memory that has a path.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view contents) : fd_(memfd_create("fuzz", MFD_CLOEXEC)) {
    check(fd_ >= 0, "no memfd");
    check(write(fd_, contents.data(), contents.size()) == static_cast<ssize_t>(contents.size()), "short memfd");
    path_ = "/proc/thread-self/fd/" + std::to_string(fd_);  // opened anew, unlike /dev/fd/N
  }
  ~MemoryFile() { close(fd_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  int fd_;
  std::string path_;
};

/// Text for a line of a report or a terminal.
inline void check_text(const std::string& text) {
  for (const char c : text) check(static_cast<u8>(c) >= 0x20 && c != 0x7F, "a control character in: " + text);
}

/// The message of bad input: one line that a terminal shows as it is.
inline void check_message(const std::string& message, std::size_t longest) {
  check(!message.empty(), "an empty message");
  check(message.size() <= longest, "a message of " + std::to_string(message.size()) + " bytes: " + message);
  check_text(message);
}

/// Runs `what`. It may end by InputError with a message of one line; anything else that it throws is a crash. True if
/// it came to its end.
template <class What>
bool accepts(What&& what, std::size_t longest_message = 300) {
  try {
    what();
    return true;
  } catch (const InputError& error) {
    check_message(error.what(), longest_message);
    return false;
  }
}

}  // namespace hypsim::fuzz
