// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "sim/periph/virtio/net.h"

namespace hypsim::virtio {

/// A network of the host's user, by libslirp: 10.0.2.0/24 with a gateway that is also the host (10.0.2.2), DHCP and DNS
/// (10.0.2.3), and connections out of it. IPv4 alone.
///
/// Its clock is the simulated one, so whatever stays inside (DHCP, ARP, echo to the gateway) is the same in every run.
/// While it has sockets of the host open, each poll() waits up to `host_wait_ms` for them: simulated time then runs no
/// faster than the host's, and an idle guest does not give up on a server that is about to answer.
std::unique_ptr<Network> make_user_network(unsigned host_wait_ms);

}  // namespace hypsim::virtio
