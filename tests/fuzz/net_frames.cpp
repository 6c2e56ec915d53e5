// SPDX-License-Identifier: Apache-2.0
// The frames of a guest that reach the user network's library: none of those that hurt it, judged here by other means.
#include "sim/periph/virtio/frame_filter.h"
#include "tests/fuzz/input.h"

namespace {

using namespace hypsim;

u32 big_endian(const u8* at, unsigned bytes) {
  u32 value = 0;
  for (unsigned n = 0; n < bytes; ++n) value = value << 8 | at[n];
  return value;
}

/// What RFC 791 asks of a datagram, and that it is whole.
void check_datagram(const u8* at, std::size_t size) {
  fuzz::check(size >= 20 && at[0] >> 4 == 4, "no IPv4 header");
  const std::size_t header = (at[0] & 15u) * 4, total = big_endian(at + 2, 2);
  fuzz::check(header >= 20 && header <= total && total <= size, "lengths that do not fit");
  fuzz::check((big_endian(at + 6, 2) & 0x3FFF) == 0, "a fragment");
  const u32 to = big_endian(at + 16, 4);
  fuzz::check(to >> 24 != 127, "the host's loopback");
  if (at[9] == 6) fuzz::check(total - header >= 20, "no TCP header");
  if (at[9] == 17) fuzz::check(total - header >= 8, "no UDP header");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  const virtio::FrameJudgement judgement = virtio::judge_frame({data, size});
  if (judgement.verdict != virtio::FrameJudgement::Verdict::Pass) {
    fuzz::check(judgement.destination == 0, "a destination of a frame that stays");
    return 0;
  }
  fuzz::check(size >= 14, "shorter than an Ethernet header");
  const u32 type = big_endian(data + 12, 2);
  fuzz::check(type == 0x0800 || type == 0x0806, "neither IPv4 nor ARP");
  if (type == 0x0800) check_datagram(data + 14, size - 14);
  return 0;
}
