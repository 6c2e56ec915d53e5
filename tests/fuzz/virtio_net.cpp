// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/virtio/net.h"

#include "tests/fuzz/virtio.h"

namespace {

using namespace hypsim;

/// A network that sends back what it is sent, and more than fits.
class Echo final : public virtio::Network {
 public:
  void send(const u8* frame, std::size_t size, u64) override {
    fuzz::check(size <= virtio::Net::kMaxFrame, "a frame that is longer than an Ethernet frame");
    last_.assign(frame, frame + size);
    receiver_(frame, size);
  }
  void poll(u64) override {
    constexpr unsigned kMore = 3;
    for (unsigned n = 0; n < kMore; ++n) receiver_(last_.data(), last_.size());
  }

 private:
  std::vector<u8> last_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  fuzz::Input input(data, size);
  fuzz::VirtioDriver driver(std::make_unique<virtio::Net>(1'700'000'000, std::make_unique<Echo>()), input);
  driver.run();
  return 0;
}
