// SPDX-License-Identifier: Apache-2.0
// Which frames of a guest may reach the library that is its network. It takes much on trust: this is what it may trust.
#pragma once

#include <span>

#include "sim/base/types.h"

namespace hypsim::virtio {

/// The network of 10.0.2.0/24. Addresses are numbers: 10.0.2.2 is 0x0A000202.
constexpr u32 kUserNetwork = 0x0A000200, kUserNetmask = 0xFFFFFF00;
constexpr u32 kUserGateway = kUserNetwork + 2, kUserNameServer = kUserNetwork + 3, kUserGuest = kUserNetwork + 15;

struct FrameJudgement {
  enum class Verdict : u8 {
    Pass,
    Ignore,     ///< nobody listens: IPv6, multicast, protocols that there are none of
    Fragment,   ///< a part of an IPv4 datagram
    Malformed,  ///< lengths or addresses that no sound driver sends
    Refused,    ///< meant for what is out of the guest's reach
  } verdict = Verdict::Pass;
  /// With Pass: where the frame asks the host to send something; 0: nowhere new.
  u32 destination = 0;
};

/// Judges an Ethernet frame by its bytes alone.
FrameJudgement judge_frame(std::span<const u8> frame);

}  // namespace hypsim::virtio
