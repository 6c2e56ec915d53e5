// SPDX-License-Identifier: Apache-2.0
// The simulator's side of the user network.
#include "sim/periph/virtio/user_network.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "sim/base/error.h"
#include "sim/host/io.h"
#include "sim/periph/virtio/user_network_child.h"

namespace hypsim::virtio {

namespace {

using std::chrono::milliseconds;

constexpr unsigned kMaxAnswer = 1024;  // messages that are taken at a time

}  // namespace

UserNetwork::UserNetwork(UserNetworkOptions options)
    : UserNetwork(options, [loopback = options.loopback, wait_ms = options.host_wait_ms](int socket) {
        return serve_user_network(socket, loopback, wait_ms);
      }) {}

UserNetwork::UserNetwork(UserNetworkOptions options, const std::function<int(int socket)>& process)
    : options_(std::move(options)) {
  try {
    child_ = std::make_unique<host::Child>(process);
  } catch (const std::system_error& error) {
    throw InputError(fmt::format("--net user: {}; use --net none", error.what()));
  }
}

void UserNetwork::send(const u8* frame, std::size_t size, u64 now_ns) {
  if (size > Net::kMaxFrame) return;
  // The library knows the time of its last poll.
  if (quiet_) {
    quiet_ = false;
    poll(skipped_ns_);
    quiet_ = false;
  }
  wire::Message question;
  question.header = {wire::Kind::Frame, 0, now_ns, {}};
  std::memcpy(question.frame, frame, size);
  ask(question, size);
}

void UserNetwork::poll(u64 now_ns) {
  skipped_ns_ = now_ns;
  if (quiet_) return;
  wire::Message question;
  question.header = {wire::Kind::Poll, 0, now_ns, {}};
  ask(question, 0);
}

/// One question at a time: while the last one has no answer, nobody waits for it, and frames are lost.
void UserNetwork::ask(const wire::Message& question, std::size_t frame_size) {
  if (asked_) collect(milliseconds(0));
  if (!child_) return;
  const ssize_t size = static_cast<ssize_t>(sizeof question.header + frame_size);
  if (asked_ || host::calls().send(child_->socket(), &question, static_cast<std::size_t>(size),
                                   MSG_DONTWAIT | MSG_NOSIGNAL) != size) {
    if (question.header.kind == wire::Kind::Frame) ++lost_;
    // A socket that takes nothing has an unanswered question in it, or nobody at its other end.
    if (!asked_) collect(milliseconds(0));
    return;
  }
  asked_ = true;
  asked_at_ = Clock::now();
  collect(options_.patience);
}

/// Takes answers until the last one, for a while.
void UserNetwork::collect(milliseconds patience) {
  const Clock::time_point until = Clock::now() + patience;
  for (unsigned n = 0; n < kMaxAnswer; ++n) {
    wire::Message answer;
    const ssize_t size = host::calls().recv(child_->socket(), &answer, sizeof answer, MSG_DONTWAIT);
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) return bury("ended");
    if (size > 0) {
      if (!take(answer, static_cast<std::size_t>(size))) return bury("answers nonsense and was ended");
      if (!asked_) return;
      continue;
    }
    const auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now());
    if (left.count() <= 0) break;
    pollfd ready{child_->socket(), POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(left.count())) < 0) break;  // a signal, which may mean the end of the run
  }
  if (asked_ && Clock::now() - asked_at_ > options_.lifetime) bury("does not answer and was ended");
}

/// False if the other side breaks the rules: whatever it has become, it is no network.
bool UserNetwork::take(const wire::Message& answer, std::size_t size) {
  if (size < sizeof answer.header || !asked_) return false;
  switch (answer.header.kind) {
    case wire::Kind::Frame:
      if (receiver_) receiver_(answer.frame, size - sizeof answer.header);
      return true;
    case wire::Kind::Done:
      asked_ = false;
      quiet_ = answer.header.quiet != 0;
      dropped_ = answer.header.dropped;
      return true;
    case wire::Kind::Poll: break;
  }
  return false;
}

void UserNetwork::bury(const char* why) {
  const std::string how = child_->end();
  child_.reset();
  asked_ = false;
  if (options_.died) options_.died(fmt::format("the process of the network {} ({})", why, how));
}

std::string UserNetwork::losses() const {
  std::string text;
  const auto add = [&](u64 count, const char* what) {
    if (count) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  };
  add(dropped_.fragments, "IPv4 fragments");
  add(dropped_.malformed, "malformed");
  add(dropped_.refused, options_.loopback ? "to addresses that are out of its reach"
                                          : "to the host itself, which --net user,loopback allows, or its own link");
  add(lost_, "while the network did not answer");
  return text;
}

}  // namespace hypsim::virtio
