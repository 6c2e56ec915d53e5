// SPDX-License-Identifier: Apache-2.0
// The four frames of the GIC by any core in either security state, and its input lines. What peek() says is what the
// state says, and a look changes nothing.
#include "sim/gic/gic.h"

#include "tests/fuzz/input.h"

namespace {

using namespace hypsim;
using Frame = Gic::Frame;

struct At {
  Frame frame;
  u32 offset;
  unsigned size, core;
  Security security;
};

/// Offsets that hold registers, more often than not.
u32 offset_in(fuzz::Input& input, Frame frame) {
  const u32 any = input.half() % (Gic::frame_size(frame) + 4);
  if ((any & 0x1000) != 0 && frame != Frame::HypControl) return any & 0xFFF;
  if (frame == Frame::Distributor) return any;
  return any & 0x800 ? any : any & 0x1FF;
}

At place(fuzz::Input& input, unsigned cores) {
  const u8 how = input.byte();
  const Frame frame = static_cast<Frame>(how & 3);
  static constexpr unsigned kSizes[] = {4, 4, 4, 1, 4, 2, 4, 4};
  u32 offset = offset_in(input, frame);
  const unsigned size = kSizes[how >> 2 & 7];
  if (size == 4 && (how & 0x80) == 0) offset &= ~3u;
  return {frame, offset, size, (how >> 5 & 3u) % cores, (how & 0x10) != 0 ? Security::Secure : Security::NonSecure};
}

/// Two controllers in the same state answer the same.
void check_look(Gic& gic, const At& at) {
  u32 before = 0, after = 0;
  const Gic::CpuLines lines = gic.lines(at.core);
  const bool can = gic.peek(at.frame, at.offset, at.size, at.core, at.security, before);
  fuzz::check(gic.peek(at.frame, at.offset, at.size, at.core, at.security, after) == can && before == after,
              "a look changed what it looked at");
  fuzz::check(gic.lines(at.core) == lines, "a look moved a line");
  Gic copy = gic;
  u32 value = 0;
  fuzz::check(copy.read(at.frame, at.offset, at.size, at.core, at.security, value) == can, "read and peek disagree");
  fuzz::check(!can || value == before, "read and peek differ in value");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  fuzz::Input input(data, size);
  const u8 shape = input.byte();
  const GicConfig config{.cores = 1 + (shape & 3u),
                         .spis = (shape & 4) != 0 ? 224u : 64u,
                         .list_registers = (shape & 8) != 0 ? 4u : 1 + (shape >> 4 & 3u) * 21};
  Gic gic(config);
  constexpr unsigned kMostSteps = 512;
  for (unsigned step = 0; step < kMostSteps && !input.empty(); ++step) {
    const u8 action = input.byte();
    const unsigned core = (action >> 4) % config.cores;
    switch (action & 7) {
      case 0:
      case 1:
      case 2: {
        const At at = place(input, config.cores);
        gic.write(at.frame, at.offset, at.size, at.core, at.security, input.word());
        break;
      }
      case 3: {
        const At at = place(input, config.cores);
        u32 value = 0;
        gic.read(at.frame, at.offset, at.size, at.core, at.security, value);
        break;
      }
      case 4: check_look(gic, place(input, config.cores)); break;
      case 5: gic.set_spi(input.half() % 300, (action & 8) != 0); break;
      case 6: gic.set_ppi(core, input.byte() % 40, (action & 8) != 0); break;
      case 7:
        if ((input.byte() & 1) != 0)
          gic.set_legacy_nirq(core, (action & 8) != 0);
        else
          gic.set_legacy_nfiq(core, (action & 8) != 0);
        break;
    }
    gic.take_lines_changed();
  }
  return 0;
}
