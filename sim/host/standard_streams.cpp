// SPDX-License-Identifier: Apache-2.0
#include "sim/host/standard_streams.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "sim/base/error.h"
#include "sim/host/io.h"

namespace hypsim::host {

namespace {
std::array<bool, 3> closed{};
}

void hold_standard_streams() {
  for (int fd = 0; fd < 3; ++fd) {
    if (fcntl(fd, F_GETFD) != -1) continue;
    closed[static_cast<unsigned>(fd)] = true;
    if (open("/dev/null", O_RDWR) != fd) _exit(2);  // the lowest one that is free
  }
}

bool was_closed(int fd) { return fd >= 0 && fd < 3 && closed[static_cast<unsigned>(fd)]; }

std::optional<int> named_descriptor(const std::string& path) {
  if (path == "/dev/stdin") return STDIN_FILENO;
  if (path == "/dev/stdout") return STDOUT_FILENO;
  if (path == "/dev/stderr") return STDERR_FILENO;
  for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(folder)) continue;
    int fd = -1;
    const char* const end = path.data() + path.size();
    const auto [rest, error] = std::from_chars(path.data() + folder.size(), end, fd);
    if (error == std::errc() && rest == end && fd >= 0) return fd;
  }
  return std::nullopt;
}

bool reader_left(int error) { return error == EPIPE || error == ECONNRESET; }

void print_out(std::string_view text) {
  const auto refuse = [](const char* why) {
    throw InputError(fmt::format("standard output: {}; free some space or redirect it elsewhere", why));
  };
  if (was_closed(STDOUT_FILENO)) throw InputError("standard output: is closed; redirect it to a file");
  if ((!write_all(STDOUT_FILENO, text.data(), text.size()) || !settle(STDOUT_FILENO)) && !reader_left(errno))
    refuse(std::strerror(errno));
}

void print_error(std::string_view text) { write_all(STDERR_FILENO, text.data(), text.size()); }

}  // namespace hypsim::host
