// SPDX-License-Identifier: Apache-2.0
#include "sim/debug/connection.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "sim/base/error.h"
#include "sim/debug/packet.h"
#include "sim/host/io.h"
#include "sim/host/patience.h"
#include "sim/text/number.h"

namespace hypsim::debug {

namespace {

constexpr std::string_view kUnix = "unix:";
constexpr int kSliceMs = 100;  // between looks at whether the user wants to end

InputError refused(const std::string& spec, const std::string& what, const char* remedy) {
  return InputError(fmt::format("--gdb {}: {}; {}", spec, what, remedy));
}

bool ready(int fd, short events, int milliseconds) {
  pollfd p{fd, events, 0};
  return ::poll(&p, 1, milliseconds) > 0;
}

}  // namespace

Connection::Connection(const std::string& spec, std::function<bool()> interrupted)
    : interrupted_(std::move(interrupted)) {
  listen_at(spec);
}

void Connection::listen_at(const std::string& spec) {
  if (spec.starts_with(kUnix)) {
    unix_.emplace(spec.substr(kUnix.size()), "--gdb " + spec, static_cast<int>(kMaxCallers));
    listener_ = unix_->descriptor();
    address_ = unix_->path();
  } else {
    if (spec.find_first_not_of("0123456789") != spec.npos || spec.empty())
      throw refused(spec, "neither a port nor unix:PATH", "write for example --gdb 1234");
    const u16 port = static_cast<u16>(text::number(spec, "--gdb", text::bits(16)));
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      const int bind_error = errno;
      host::calls().close(listener_);
      throw refused(spec, std::strerror(bind_error), "use another port, or 0 for any free one");
    }
    socklen_t length = sizeof address;
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
    address_ = fmt::format("127.0.0.1:{}", ntohs(address.sin_port));
    if (listen(listener_, static_cast<int>(kMaxCallers)) != 0) {
      const int error = errno;
      host::calls().close(listener_);
      throw refused(spec, std::strerror(error), "use another port");
    }
  }
}

Connection::~Connection() {
  drop_client();
  for (const Caller& caller : callers_) host::calls().close(caller.fd);
  if (!unix_) host::calls().close(listener_);
}

bool Connection::accept(int milliseconds) {
  if (client_ >= 0) return true;
  std::vector<pollfd> events{{listener_, POLLIN, 0}};
  for (const Caller& caller : callers_) events.push_back({caller.fd, POLLIN, 0});
  if (::poll(events.data(), events.size(), milliseconds) > 0 && events[0].revents) take_callers();
  const auto now = std::chrono::steady_clock::now();
  std::erase_if(callers_, [&](Caller& caller) {
    if (client_ >= 0) return false;
    if (hear(caller) && now - caller.since < kOpeningTime) return false;
    if (client_ != caller.fd) host::calls().close(caller.fd);
    return true;
  });
  return client_ >= 0;
}

void Connection::take_callers() {
  for (std::size_t n = 0; n < kMaxCallers; ++n) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // refused by a Unix socket, which needs none
    if (callers_.size() == kMaxCallers) {
      host::calls().close(callers_.front().fd);
      callers_.erase(callers_.begin());
    }
    callers_.push_back({fd, std::chrono::steady_clock::now(), {}});
  }
}

/// False if the caller waits no longer: it has left, is none of ours, or has become the client.
bool Connection::hear(Caller& caller) {
  char buffer[4096];
  const ssize_t n = host::calls().recv(caller.fd, buffer, sizeof buffer, 0);
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  caller.said.append(buffer, static_cast<std::size_t>(n));
  const Opening opening = judge_opening(caller.said);
  if (opening == Opening::Debugger) {
    client_ = caller.fd;
    first_ = std::move(caller.said);
  }
  return n > 0 && opening == Opening::Incomplete;
}

std::string Connection::receive(int milliseconds) {
  if (!first_.empty()) return std::exchange(first_, {});
  if (client_ < 0 || !ready(client_, POLLIN, milliseconds)) return {};
  char buffer[4096];
  const ssize_t n = host::calls().recv(client_, buffer, sizeof buffer, 0);
  if (n > 0) return {buffer, static_cast<std::size_t>(n)};
  if (n == 0 || (errno != EAGAIN && errno != EINTR)) drop_client();
  return {};
}

void Connection::send(std::string_view bytes) {
  const auto until = std::chrono::steady_clock::now() + kSendTime;
  while (client_ >= 0 && !bytes.empty()) {
    const ssize_t n = host::calls().send(client_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(n));
    } else if (n < 0 && errno == EINTR) {
      continue;
    } else if (n >= 0 || errno != EAGAIN || host::giving_up() || (interrupted_ && interrupted_()) ||
               std::chrono::steady_clock::now() >= until) {
      drop_client();
    } else {
      ready(client_, POLLOUT, kSliceMs);
    }
  }
}

void Connection::drop_client() {
  if (client_ >= 0) host::calls().close(client_);
  client_ = -1;
  first_.clear();
}

}  // namespace hypsim::debug
