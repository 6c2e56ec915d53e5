// SPDX-License-Identifier: Apache-2.0
// libslirp, in the process of the user network: what it is fed, and what it feeds back.
#include "sim/periph/virtio/user_network_child.h"

#include <netinet/in.h>
#include <poll.h>
#include <slirp/libslirp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <span>
#include <vector>

#include "sim/host/io.h"
#include "sim/periph/virtio/frame_filter.h"
#include "sim/periph/virtio/user_network_wire.h"

namespace hypsim::virtio {

namespace {

using Verdict = FrameJudgement::Verdict;

in_addr address(u32 number) { return {htonl(number)}; }

/// Whether the host has this address, at this moment: a socket can be bound to no other. Without one to try: yes.
bool is_own_address(u32 number) {
  const int probe = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return true;
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr = address(number);
  const bool own = bind(probe, reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0;
  host::calls().close(probe);
  return own;
}

class Stack {
 public:
  Stack(int socket, bool loopback, unsigned host_wait_ms)
      : socket_(socket), loopback_(loopback), host_wait_ms_(static_cast<int>(host_wait_ms)) {
    SlirpConfig config{};
    config.version = 4;
    config.in_enabled = true;
    config.disable_host_loopback = !loopback;
    config.vnetwork = address(kUserNetwork);
    config.vnetmask = address(kUserNetmask);
    config.vhost = address(kUserGateway);
    config.vdhcp_start = address(kUserGuest);
    config.vnameserver = address(kUserNameServer);
    slirp_ = slirp_new(&config, &callbacks(), this);
  }
  // There is no destructor: the library ends with its process.
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  bool works() const { return slirp_ != nullptr; }

  /// One question. False if the other side is gone.
  bool answer(const wire::Message& question, std::size_t frame_size) {
    now_ns_ = question.header.now_ns;
    if (question.header.kind == wire::Kind::Frame)
      input({question.frame, frame_size});
    else
      poll();
    wire::Header done;
    done.kind = wire::Kind::Done;
    done.quiet = quiet_;
    done.dropped = dropped_;
    return !gone_ && host::calls().send(socket_, &done, sizeof done, MSG_NOSIGNAL) == sizeof done;
  }

 private:
  // Whatever the library keeps for later without a socket, such as a frame that waits for ARP, is over after a second.
  static constexpr u64 kLinger = 1'500'000'000;
  static constexpr u32 kSlowTimer = 500;  // milliseconds; a longer time-out than this means no timers

  static Stack& self(void* opaque) { return *static_cast<Stack*>(opaque); }

  void input(std::span<const u8> frame) {
    quiet_ = false;
    last_frame_ns_ = now_ns_;
    const FrameJudgement judgement = judge_frame(frame);
    switch (judgement.verdict) {
      case Verdict::Pass: break;
      case Verdict::Ignore: return;
      case Verdict::Fragment: ++dropped_.fragments; return;
      case Verdict::Malformed: ++dropped_.malformed; return;
      case Verdict::Refused: ++dropped_.refused; return;
    }
    if (judgement.destination && !loopback_ && is_own_address(judgement.destination)) {
      ++dropped_.refused;
      return;
    }
    slirp_input(slirp_, frame.data(), static_cast<int>(frame.size()));
  }

  void poll() {
    sockets_.clear();
    u32 timeout_ms = ~u32{0};
    slirp_pollfds_fill(slirp_, &timeout_ms, add_socket, this);
    int ready = 0;
    if (!sockets_.empty()) ready = ::poll(sockets_.data(), sockets_.size(), host_wait_ms_);
    slirp_pollfds_poll(slirp_, ready < 0, socket_events, this);
    quiet_ = sockets_.empty() && timeout_ms > kSlowTimer && now_ns_ > last_frame_ns_ + kLinger;
  }

  void output(const void* frame, std::size_t size) {
    if (size > Net::kMaxFrame || gone_) return;
    wire::Message message;
    message.header = {};
    std::copy_n(static_cast<const u8*>(frame), size, message.frame);
    const ssize_t whole = static_cast<ssize_t>(sizeof message.header + size);
    gone_ = host::calls().send(socket_, &message, static_cast<std::size_t>(whole), MSG_NOSIGNAL) != whole;
  }

  static int add_socket(int fd, int events, void* opaque) {
    short wanted = 0;
    if (events & SLIRP_POLL_IN) wanted |= POLLIN;
    if (events & SLIRP_POLL_OUT) wanted |= POLLOUT;
    if (events & SLIRP_POLL_PRI) wanted |= POLLPRI;
    self(opaque).sockets_.push_back({fd, wanted, 0});
    return static_cast<int>(self(opaque).sockets_.size()) - 1;
  }

  static int socket_events(int index, void* opaque) {
    const short events = self(opaque).sockets_.at(static_cast<std::size_t>(index)).revents;
    int seen = 0;
    if (events & POLLIN) seen |= SLIRP_POLL_IN;
    if (events & POLLOUT) seen |= SLIRP_POLL_OUT;
    if (events & POLLPRI) seen |= SLIRP_POLL_PRI;
    if (events & POLLERR) seen |= SLIRP_POLL_ERR;
    if (events & POLLHUP) seen |= SLIRP_POLL_HUP;
    return seen;
  }

  static const SlirpCb& callbacks() {
    static const SlirpCb table = [] {
      SlirpCb c{};
      c.send_packet = [](const void* frame, std::size_t size, void* opaque) {
        self(opaque).output(frame, size);
        return static_cast<ssize_t>(size);
      };
      c.guest_error = [](const char*, void*) {};  // the guest's own affair
      c.clock_get_ns = [](void* opaque) { return static_cast<int64_t>(self(opaque).now_ns_); };
      // The one timer is of IPv6 router advertisements, which are off.
      c.timer_new_opaque = [](SlirpTimerId, void*, void* opaque) { return opaque; };
      c.timer_free = [](void*, void*) {};
      c.timer_mod = [](void*, int64_t, void*) {};
      // Sockets are asked for anew at each poll.
      c.register_poll_fd = [](int, void*) {};
      c.unregister_poll_fd = [](int, void*) {};
      c.notify = [](void*) {};
      return c;
    }();
    return table;
  }

  int socket_;
  bool loopback_;
  int host_wait_ms_;
  Slirp* slirp_ = nullptr;
  u64 now_ns_ = 0, last_frame_ns_ = 0;
  bool quiet_ = false;
  bool gone_ = false;  // the simulator
  std::vector<pollfd> sockets_;
  wire::Dropped dropped_;
};

}  // namespace

int serve_user_network(int socket, bool loopback, unsigned host_wait_ms) {
  Stack stack(socket, loopback, host_wait_ms);
  if (!stack.works()) return 1;
  confine_user_network();
  while (true) {
    wire::Message question;
    const ssize_t size = host::calls().recv(socket, &question, sizeof question, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < static_cast<ssize_t>(sizeof question.header)) return 0;
    if (!stack.answer(question, static_cast<std::size_t>(size) - sizeof question.header)) return 0;
  }
}

}  // namespace hypsim::virtio
