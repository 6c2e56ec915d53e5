// SPDX-License-Identifier: Apache-2.0
#include "sim/host/io.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "sim/host/interrupt.h"
#include "sim/host/patience.h"

namespace hypsim::host {

namespace {

/// Whether a call that failed is worth repeating: it was interrupted, or the descriptor is ready now.
bool again(int fd, short events) {
  if (errno == EINTR) return true;
  if (errno != EAGAIN && errno != EWOULDBLOCK) return false;
  return wait_ready(fd, events);
}

/// Repeats `call(done)`, which moves some bytes into `done`, until `size` have moved or one call moves none. False with
/// errno if one fails.
template <typename Call>
bool repeat(int fd, short events, std::size_t size, std::size_t& done, Call call) {
  for (done = 0; done < size;) {
    const ssize_t n = call(done);
    if (n == 0) break;
    if (n > 0)
      done += static_cast<std::size_t>(n);
    else if (!again(fd, events))
      return false;
  }
  return true;
}
template <typename Call>
ssize_t repeat(int fd, short events, std::size_t size, Call call) {
  std::size_t done = 0;
  return repeat(fd, events, size, done, call) ? static_cast<ssize_t>(done) : -1;
}

/// Not every write that moves nothing sets errno.
bool whole(ssize_t done, std::size_t size) {
  if (done >= 0 && static_cast<std::size_t>(done) < size) errno = ENOSPC;
  return done >= 0 && static_cast<std::size_t>(done) == size;
}

}  // namespace

Calls& calls() {
  static Calls the_calls = {::read, ::write, ::pread, ::pwrite, ::fdatasync, ::close, ::recv, ::send};
  return the_calls;
}

ssize_t read_all(int fd, void* data, std::size_t size) {
  return repeat(fd, POLLIN, size,
                [&](std::size_t done) { return calls().read(fd, static_cast<char*>(data) + done, size - done); });
}

bool write_all(int fd, const void* data, std::size_t size) {
  return whole(
      repeat(fd, POLLOUT, size,
             [&](std::size_t done) { return write_patiently(fd, static_cast<const char*>(data) + done, size - done); }),
      size);
}

std::size_t read_some(int fd, void* data, std::size_t size) {
  std::size_t done = 0;
  if (repeat(fd, POLLIN, size, done,
             [&](std::size_t at) { return calls().read(fd, static_cast<char*>(data) + at, size - at); }))
    errno = 0;
  return done;
}

std::size_t write_some(int fd, const void* data, std::size_t size) {
  std::size_t done = 0;
  if (repeat(fd, POLLOUT, size, done,
             [&](std::size_t at) { return calls().write(fd, static_cast<const char*>(data) + at, size - at); }))
    errno = ENOSPC;  // not every write that moves nothing sets errno
  return done;
}

ssize_t pread_all(int fd, void* data, std::size_t size, off_t at) {
  return repeat(fd, POLLIN, size, [&](std::size_t done) {
    return calls().pread(fd, static_cast<char*>(data) + done, size - done, at + static_cast<off_t>(done));
  });
}

bool pwrite_all(int fd, const void* data, std::size_t size, off_t at) {
  return whole(repeat(fd, POLLOUT, size,
                      [&](std::size_t done) {
                        return calls().pwrite(fd, static_cast<const char*>(data) + done, size - done,
                                              at + static_cast<off_t>(done));
                      }),
               size);
}

ssize_t read_available(int fd, void* data, std::size_t size) {
  // A signal that comes just before a call that waits would not end it.
  constexpr int kLookRoundMs = 100;
  while (!interrupted.load(std::memory_order_relaxed)) {
    pollfd ready{fd, POLLIN, 0};
    if (::poll(&ready, 1, kLookRoundMs) <= 0) continue;
    const ssize_t n = calls().read(fd, data, size);
    if (n >= 0 || !again(fd, POLLIN)) return n;
  }
  errno = EINTR;
  return -1;
}

bool sync(int fd) {
  int result = 0;
  do result = calls().fdatasync(fd);
  while (result != 0 && errno == EINTR);
  return result == 0;
}

// An interrupted close has closed (Linux), and said nothing of the data.
bool close_file(int fd) { return calls().close(fd) == 0 || errno == EINTR; }

bool settle(int fd) {
  const int copy = dup(fd);
  return copy < 0 || close_file(copy);
}

}  // namespace hypsim::host
