// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/socket_backend.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "sim/host/io.h"

namespace hypsim {

namespace {
constexpr std::size_t kSent = 4096;  // is sent without a newline
}

SocketBackend::SocketBackend(const std::string& path) : listener_(path, "serial: unix:" + path, 1) {
  std::signal(SIGPIPE, SIG_IGN);  // who leaves is an error of write(), not the end of the process
}

SocketBackend::~SocketBackend() { finish(); }

bool SocketBackend::has_client() {
  if (client_ < 0) client_ = accept4(listener_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC);
  return client_ >= 0;
}

/// What the client said before it left is still the guest's.
void SocketBackend::drop_client() {
  if (client_ < 0) return;
  std::array<char, 4096> piece;
  for (bool told = false; said_.size() < kKept;) {
    const ssize_t n = host::calls().recv(client_, piece.data(), piece.size(), MSG_DONTWAIT);
    if (n > 0) {
      said_.append(piece.data(), static_cast<std::size_t>(n));
    } else if (n == 0 || errno != ECONNRESET || std::exchange(told, true)) {
      break;  // one that left without reading all is told of once, before what it said
    }
  }
  host::calls().close(client_);
  client_ = -1;
}

void SocketBackend::write(const u8* data, std::size_t size) {
  output_.append(reinterpret_cast<const char*>(data), size);
  if (output_.size() >= kSent || std::memchr(data, '\n', size) != nullptr) flush();
  // Twice as much before it is cut, so that a byte does not cost a copy of all.
  if (output_.size() > 2 * kKept) output_.erase(0, output_.size() - kKept);
}

void SocketBackend::flush() {
  if (output_.empty() || !has_client()) return;
  if (output_.size() > kKept) output_.erase(0, output_.size() - kKept);
  if (!host::write_all(client_, output_.data(), output_.size())) drop_client();
  output_.clear();
}

std::size_t SocketBackend::read(u8* data, std::size_t max) {
  flush();  // a prompt without a newline must be there before its answer
  if (said_.empty() && max != 0 && has_client()) {
    pollfd ready{client_, POLLIN, 0};
    if (poll(&ready, 1, 0) <= 0) return 0;
    const ssize_t n = host::calls().recv(client_, data, max, 0);
    if (n > 0) return static_cast<std::size_t>(n);
    drop_client();
  }
  const std::size_t n = std::min(max, said_.size());
  std::copy_n(said_.begin(), n, data);
  said_.erase(0, n);
  return n;
}

void SocketBackend::finish() {
  flush();
  drop_client();
}

}  // namespace hypsim
