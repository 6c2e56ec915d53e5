// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/pl011.h"

#include "tests/fuzz/device.h"

namespace {

using namespace hypsim;

/// The UART with a host that types: every poll() finds a few characters.
class TypedPl011 : public Pl011 {
 public:
  TypedPl011(const Pl011Config& config, BufferBackend& host) : Pl011(config, host), host_(&host) {}
  bool write(u32 offset, unsigned size, u32 value, Cycles now) {
    const bool done = Pl011::write(offset, size, value, now);
    if ((value & 3) == 3) host_->feed(std::string(value % 7, static_cast<char>(value)));
    poll(now);
    return done;
  }

 private:
  BufferBackend* host_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  fuzz::Input input(data, size);
  BufferBackend host;
  TypedPl011 device(Pl011Config{.enabled_at_reset = (input.byte() & 1) != 0}, host);
  fuzz::drive_device(device, input);
  return 0;
}
