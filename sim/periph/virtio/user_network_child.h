// SPDX-License-Identifier: Apache-2.0
// The process of the user network.
#pragma once

namespace hypsim::virtio {

/// Answers on `socket` (user_network_wire.h) until the other side is gone. Before the first answer it gives up what it
/// does not need. Returns the exit code.
int serve_user_network(int socket, bool loopback, unsigned host_wait_ms);

/// Gives up everything but sockets of the Internet: the system calls that libslirp makes remain, a bounded memory, and
/// of all files /etc/resolv.conf as it is now.
void confine_user_network();

}  // namespace hypsim::virtio
