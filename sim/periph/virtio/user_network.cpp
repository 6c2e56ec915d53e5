// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/virtio/user_network.h"

#include <arpa/inet.h>
#include <poll.h>
#include <slirp/libslirp.h>

#include "sim/base/error.h"

namespace hypsim::virtio {

namespace {

class UserNetwork final : public Network {
 public:
  explicit UserNetwork(unsigned host_wait_ms) : host_wait_ms_(static_cast<int>(host_wait_ms)) {
    SlirpConfig config{};
    config.version = 4;
    config.in_enabled = true;
    config.vnetwork.s_addr = inet_addr("10.0.2.0");
    config.vnetmask.s_addr = inet_addr("255.255.255.0");
    config.vhost.s_addr = inet_addr("10.0.2.2");
    config.vdhcp_start.s_addr = inet_addr("10.0.2.15");
    config.vnameserver.s_addr = inet_addr("10.0.2.3");
    slirp_ = slirp_new(&config, &callbacks(), this);
    if (!slirp_) throw InputError("--net user: the network cannot be made; use --net none");
  }
  ~UserNetwork() override { slirp_cleanup(slirp_); }
  UserNetwork(const UserNetwork&) = delete;
  UserNetwork& operator=(const UserNetwork&) = delete;

  void send(const u8* frame, std::size_t size, u64 now_ns) override {
    now_ns_ = now_ns;
    slirp_input(slirp_, frame, static_cast<int>(size));
  }

  void poll(u64 now_ns) override {
    now_ns_ = now_ns;
    sockets_.clear();
    u32 timeout_ms = ~u32{0};
    slirp_pollfds_fill(slirp_, &timeout_ms, add_socket, this);
    int ready = 0;
    if (!sockets_.empty()) ready = ::poll(sockets_.data(), sockets_.size(), host_wait_ms_);
    slirp_pollfds_poll(slirp_, ready < 0, socket_events, this);
  }

 private:
  static UserNetwork& self(void* opaque) { return *static_cast<UserNetwork*>(opaque); }

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
        if (self(opaque).receiver_) self(opaque).receiver_(static_cast<const u8*>(frame), size);
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

  int host_wait_ms_;
  Slirp* slirp_ = nullptr;
  u64 now_ns_ = 0;
  std::vector<pollfd> sockets_;
};

}  // namespace

std::unique_ptr<Network> make_user_network(unsigned host_wait_ms) {
  return std::make_unique<UserNetwork>(host_wait_ms);
}

}  // namespace hypsim::virtio
