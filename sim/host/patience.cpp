// SPDX-License-Identifier: Apache-2.0
#include "sim/host/patience.h"

#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

#include "sim/host/io.h"

namespace hypsim::host {

namespace {

constexpr int kSliceMs = 100;

const std::function<bool()>* question = nullptr;

/// Whether a write may have to wait for whoever is at the other end.
bool has_other_end(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISBLK(status.st_mode);
}

}  // namespace

bool giving_up() { return question != nullptr && (*question)(); }

GiveUpWhen::GiveUpWhen(std::function<bool()> when) : when_(std::move(when)) { question = &when_; }
GiveUpWhen::~GiveUpWhen() { question = nullptr; }

bool wait_ready(int fd, short events) {
  for (;;) {
    const bool last = giving_up();
    pollfd ready{fd, events, 0};
    const int n = ::poll(&ready, 1, last ? 0 : kSliceMs);
    if (n > 0) return true;
    if (n < 0 && errno != EINTR) return false;
    if (!last) continue;
    errno = ECANCELED;
    return false;
  }
}

ssize_t write_patiently(int fd, const void* data, std::size_t size) {
  if (has_other_end(fd)) {
    if (!wait_ready(fd, POLLOUT)) return -1;
    size = std::min<std::size_t>(size, PIPE_BUF);
  }
  return calls().write(fd, data, size);
}

}  // namespace hypsim::host
