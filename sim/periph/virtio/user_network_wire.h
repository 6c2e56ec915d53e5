// SPDX-License-Identifier: Apache-2.0
// What the simulator and the process of its user network say to each other: one packet of a socket a message, a header
// and then what its kind says. The simulator asks, the other answers with any number of frames and then Done.
#pragma once

#include "sim/periph/virtio/net.h"

namespace hypsim::virtio::wire {

enum class Kind : u32 {
  Frame,  ///< to either side: an Ethernet frame
  Poll,   ///< asks for what the outside world has
  Done,   ///< the answer is complete
};

/// Frames that the network did not take from the guest, by reason. FrameJudgement says which.
struct Dropped {
  u64 fragments = 0, malformed = 0, refused = 0;
};

struct Header {
  Kind kind = Kind::Frame;
  u32 quiet = 0;    ///< Done: until the next frame there is nothing to poll for
  u64 now_ns = 0;   ///< Frame from the guest, Poll: the simulated time
  Dropped dropped;  ///< Done: since the beginning
};

struct Message {
  Header header;
  u8 frame[Net::kMaxFrame];
};

}  // namespace hypsim::virtio::wire
