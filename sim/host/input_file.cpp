// SPDX-License-Identifier: Apache-2.0
#include "sim/host/input_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sim/base/error.h"
#include "sim/host/interrupt.h"
#include "sim/host/io.h"
#include "sim/host/standard_streams.h"

namespace hypsim::host {

namespace {

constexpr std::size_t kPiece = 65536;

/// What is no file, in words; null for what can be read to its end.
const char* no_file(mode_t mode) {
  if (S_ISDIR(mode)) return "is a directory";
  return S_ISCHR(mode) || S_ISBLK(mode) ? "is a device" : nullptr;
}

/// A FIFO's writer is waited for by the first read, not here.
int open_to_read(const std::string& path) {
  if (const auto fd = named_descriptor(path)) {
    if (!was_closed(*fd)) return fcntl(*fd, F_DUPFD_CLOEXEC, 3);
    errno = EBADF;
    return -1;
  }
  return open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

}  // namespace

InputFile::InputFile(std::string path) : path_(std::move(path)) {
  const auto refuse = [this](const char* what, const char* remedy) {
    if (fd_ >= 0) ::close(fd_);
    throw InputError(fmt::format("{}: {}; {}", path_, what, remedy));
  };
  struct stat info {};
  // Opening a device may do something to it.
  if (stat(path_.c_str(), &info) != 0) refuse(std::strerror(errno), "check the path");
  if (const char* what = no_file(info.st_mode)) refuse(what, "name a file");
  fd_ = open_to_read(path_);
  if (fd_ < 0 || fstat(fd_, &info) != 0) refuse(std::strerror(errno), "check its permissions");
  if (const char* what = no_file(info.st_mode)) refuse(what, "name a file");
  if (S_ISREG(info.st_mode)) size_ = static_cast<u64>(info.st_size);
}

InputFile::~InputFile() { calls().close(fd_); }

void InputFile::read(std::vector<u8>& bytes, std::size_t size) {
  std::size_t have = bytes.size();
  if (have >= size) return;
  bytes.resize(size);
  while (have < size) {
    const ssize_t n = read_available(fd_, bytes.data() + have, size - have);
    if (n == 0) break;
    if (n < 0 && errno == EINTR) throw Interrupted();
    if (n < 0) throw InputError(fmt::format("{}: cannot be read: {}; check the disk", path_, std::strerror(errno)));
    have += static_cast<std::size_t>(n);
  }
  bytes.resize(have);
}

void InputFile::read_rest(std::vector<u8>& bytes, u64 limit) {
  const auto check = [&](u64 size) {
    if (size > limit)
      throw InputError(fmt::format("{}: larger than the {} bytes that are taken; name a smaller file", path_, limit));
  };
  check(size_);
  // A file of /proc has more than its size says, and any may grow.
  for (u64 next = std::max<u64>(size_, bytes.size()) + 1;; next += kPiece) {
    next = std::min(next, limit + 1);  // what is beyond is not waited for
    read(bytes, next);
    check(bytes.size());
    if (bytes.size() < next) return;
  }
}

std::vector<u8> read_file(const std::string& path, u64 limit) {
  InputFile file(path);
  std::vector<u8> bytes;
  file.read_rest(bytes, limit);
  return bytes;
}

std::string read_text(const std::string& path, u64 limit) {
  const std::vector<u8> bytes = read_file(path, limit);
  return {bytes.begin(), bytes.end()};
}

}  // namespace hypsim::host
