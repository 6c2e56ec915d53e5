// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "sim/host/child.h"
#include "sim/periph/virtio/net.h"
#include "sim/periph/virtio/user_network_wire.h"

namespace hypsim::virtio {

struct UserNetworkOptions {
  bool loopback = false;      ///< the guest reaches the host itself: its loopback as 10.0.2.2, and its own addresses
  unsigned host_wait_ms = 0;  ///< see below
  std::function<void(const std::string& how)> died;  ///< told once, if the network's process ends before the run
  std::chrono::milliseconds patience{800};           ///< for an answer, before the guest goes on without it
  std::chrono::milliseconds lifetime{30'000};        ///< of a process that gives none
};

/// A network of the host's user, by libslirp: 10.0.2.0/24 with a gateway (10.0.2.2), DHCP and DNS (10.0.2.3), and
/// connections out of it. IPv4 alone.
///
/// The library runs in a process of its own, which can do little more than open sockets of the Internet; only frames
/// that judge_frame() passes reach it. Each frame and each poll is a question that waits for its answer, so that what
/// stays inside (DHCP, ARP, echo to the gateway) is the same in every run. The wait is bounded: a process that does not
/// answer loses frames, then its life, and one that is gone is a dead link.
///
/// Its clock is the simulated one. While it has sockets of the host open, each poll() waits up to `host_wait_ms` for
/// them: simulated time then runs no faster than the host's, and an idle guest does not give up on a server that is
/// about to answer.
class UserNetwork final : public Network {
 public:
  /// Forks: as early as can be, see host::Child. Throws InputError.
  explicit UserNetwork(UserNetworkOptions options);
  /// With something else at the other end of the socket.
  UserNetwork(UserNetworkOptions options, const std::function<int(int socket)>& process);

  void send(const u8* frame, std::size_t size, u64 now_ns) override;
  void poll(u64 now_ns) override;
  bool link_up() const override { return child_ != nullptr; }

  /// What the guest sent and the network did not take, in words; empty if there is nothing to tell.
  std::string losses() const;
  /// The network's process; -1 if it is gone.
  pid_t pid() const { return child_ ? child_->pid() : -1; }

 private:
  using Clock = std::chrono::steady_clock;

  void ask(const wire::Message& question, std::size_t frame_size);
  void collect(std::chrono::milliseconds patience);
  bool take(const wire::Message& answer, std::size_t size);
  void bury(const char* why);

  UserNetworkOptions options_;
  std::unique_ptr<host::Child> child_;  // null: gone
  bool asked_ = false;                  // and not all of the answer is there
  Clock::time_point asked_at_;
  bool quiet_ = false;
  u64 skipped_ns_ = 0;  // the last poll that was left out because of it
  wire::Dropped dropped_;
  u64 lost_ = 0;  // the process did not keep up
};

}  // namespace hypsim::virtio
