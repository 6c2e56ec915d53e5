// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/virtio/mmio.h"

#include <bit>
#include <stdexcept>

namespace hypsim {

using virtio::Queue;

namespace {

constexpr u32 kMagic = 0x74726976;   // "virt"
constexpr u32 kVendor = 0x53505948;  // "HYPS"
constexpr u32 kConfigSpace = 0x100;
// Device status. Virtio 1.1, 2.1
constexpr u32 kDriverOk = 4, kFeaturesOk = 8, kNeedsReset = 64;
// InterruptStatus
constexpr u32 kUsedBuffer = 1, kConfigChange = 2;
constexpr u64 kTurnBudget = 4u << 20;

}  // namespace

std::span<const DeviceRegister<VirtioMmio>> VirtioMmio::registers() {
  using D = VirtioMmio;
  using S = QueueSetup;
  static constexpr DeviceRegister<D> table[] = {
      {0x000, "MagicValue", "\"virt\"", &D::read_magic, nullptr},
      {0x004, "Version", "2, legacy 1", &D::read_version, nullptr},
      {0x008, "DeviceID", "kind of device; 0: an empty slot", &D::read_device_id, nullptr},
      {0x00C, "VendorID", "\"HYPS\"", &D::read_vendor_id, nullptr},
      {0x010, "DeviceFeatures", "the selected word of what the device offers", &D::read_device_features, nullptr},
      {0x014, "DeviceFeaturesSel", "word of DeviceFeatures", nullptr, &D::write_device_features_select},
      {0x020, "DriverFeatures", "the selected word of what the driver accepts", nullptr, &D::write_driver_features},
      {0x024, "DriverFeaturesSel", "word of DriverFeatures", nullptr, &D::write_driver_features_select},
      {0x028, "GuestPageSize", "legacy: unit of QueuePFN", nullptr, &D::write_page_size},
      {0x030, "QueueSel", "the queue that the following registers are about", nullptr, &D::write_queue_select},
      {0x034, "QueueNumMax", "largest size of the queue; 0: no such queue", &D::read_queue_max, nullptr},
      {0x038, "QueueNum", "size of the queue", nullptr, &D::write_queue_size},
      {0x03C, "QueueAlign", "legacy: alignment of the used ring", nullptr, &D::write_queue_align},
      {0x040, "QueuePFN", "legacy: page of the rings; 0: no queue", &D::read_queue_page, &D::write_queue_page},
      {0x044, "QueueReady", "1 starts the queue", &D::read_queue_ready, &D::write_queue_ready},
      {0x050, "QueueNotify", "this queue has new buffers", nullptr, &D::write_queue_notify},
      {0x060, "InterruptStatus", "1: used buffers, 2: the configuration changed", &D::read_interrupt_status, nullptr},
      {0x064, "InterruptACK", "a 1 clears that interrupt", nullptr, &D::write_interrupt_ack},
      {0x070, "Status", "device status; 0 resets", &D::read_status, &D::write_status},
      {0x080, "QueueDescLow", "descriptor table", nullptr, &D::write_queue_address<&S::descriptors, 0>},
      {0x084, "QueueDescHigh", "descriptor table", nullptr, &D::write_queue_address<&S::descriptors, 1>},
      {0x090, "QueueDriverLow", "available ring", nullptr, &D::write_queue_address<&S::driver, 0>},
      {0x094, "QueueDriverHigh", "available ring", nullptr, &D::write_queue_address<&S::driver, 1>},
      {0x0A0, "QueueDeviceLow", "used ring", nullptr, &D::write_queue_address<&S::device, 0>},
      {0x0A4, "QueueDeviceHigh", "used ring", nullptr, &D::write_queue_address<&S::device, 1>},
      {0x0B0, "SHMLenLow", "all ones: no shared memory", &D::read_no_shared_memory, nullptr},
      {0x0B4, "SHMLenHigh", "all ones: no shared memory", &D::read_no_shared_memory, nullptr},
      {0x0FC, "ConfigGeneration", "counts changes of the configuration", &D::read_generation, nullptr},
  };
  return table;
}

VirtioMmio::VirtioMmio(const VirtioMmioConfig& config, virtio::DmaPort& dma, std::unique_ptr<virtio::Device> device)
    : config_(config), dma_(dma), device_(std::move(device)), queues_(device_ ? device_->queue_count() : 0) {
  if (queues_.size() > kMaxQueues) throw std::logic_error("virtio: a device with more queues than the transport has");
}

void VirtioMmio::reset() {
  for (Queue& queue : queues_) queue.disable();
  setups_ = {};
  status_ = interrupt_status_ = 0;
  device_features_select_ = driver_features_select_ = queue_select_ = 0;
  page_size_ = 4096;
  accepted_ = 0;
  pending_ = 0;
  due_ = kNever;
  if (device_) device_->reset();
}

bool VirtioMmio::read(u32 offset, unsigned size, u32& value, Cycles now) {
  if (offset < kConfigSpace) return read_register(*this, registers(), offset, size, value, now);
  if ((size != 1 && size != 2 && size != 4) || !is_aligned(offset, size)) return false;
  value = read_config(offset - kConfigSpace, size);
  return true;
}

bool VirtioMmio::write(u32 offset, unsigned size, u32 value, Cycles now) {
  if (offset < kConfigSpace) return write_register(*this, registers(), offset, size, value, now);
  if ((size != 1 && size != 2 && size != 4) || !is_aligned(offset, size)) return false;
  if (device_) device_->write_config(offset - kConfigSpace, size, bits(value, size * 8 - 1, 0));
  return true;
}

u32 VirtioMmio::read_config(u32 offset, unsigned size) const {
  u32 value = 0;
  if (!device_) return value;
  const std::span<const u8> space = device_->config();
  for (unsigned i = 0; i < size && offset + i < space.size(); ++i) value |= u32{space[offset + i]} << (8 * i);
  return value;
}

// Before DRIVER_OK a queue holds buffers and no work, except for legacy drivers. Virtio 1.1, 3.1
bool VirtioMmio::running() const {
  constexpr u32 kReady = kFeaturesOk | kDriverOk;
  return (status_ & kNeedsReset) == 0 && (legacy() || (status_ & kReady) == kReady);
}

void VirtioMmio::update(Cycles now) {
  if (now < due_) return;
  due_ = kNever;
  u32 left = 0;
  for (unsigned n = 0; n < queues_.size(); ++n) {
    if (!bit(pending_, n) || !running()) continue;
    virtio::Driver turn = driver(kTurnBudget);
    device_->serve(n, turn, now);
    if (turn.budget == 0) left |= 1u << n;
    after_service();
  }
  pending_ = running() ? left : 0;
  if (pending_) due_ = now + Cycles(config_.service.value + 1);
}

Cycles VirtioMmio::next_event(Cycles) const { return due_; }

void VirtioMmio::poll(Cycles now) {
  if (!device_ || !running()) return;
  virtio::Driver turn = driver(kTurnBudget);
  device_->poll(turn, now);
  after_service();
}

void VirtioMmio::after_service() {
  bool broken = false;
  for (Queue& queue : queues_) {
    if (queue.take_interrupt(dma_)) interrupt_status_ |= kUsedBuffer;
    broken = broken || queue.broken();
  }
  if (device_->take_config_change()) {
    ++generation_;
    interrupt_status_ |= kConfigChange;
  }
  if (broken) fail();
}

/// The driver gave nonsense. It learns so by DEVICE_NEEDS_RESET, which a legacy driver does not know: there the broken
/// queue just stands still. Virtio 1.1, 2.1.2
void VirtioMmio::fail() {
  if (legacy() || (status_ & kNeedsReset)) return;
  status_ |= kNeedsReset;
  if (status_ & kDriverOk) interrupt_status_ |= kConfigChange;
}

u64 VirtioMmio::offered() const {
  if (!device_) return 0;
  return device_->features() | virtio::kFeatureIndirect | virtio::kFeatureEventIndex |
         (legacy() ? virtio::kFeatureAnyLayout : virtio::kFeatureVersion1);
}

VirtioMmio::QueueSetup* VirtioMmio::selected() {
  return queue_select_ < queues_.size() ? &setups_[queue_select_] : nullptr;
}

/// False if the driver's sizes or places cannot be a queue.
bool VirtioMmio::enable(const QueueSetup& setup) {
  if (setup.size > Queue::kMaxSize || !std::has_single_bit(setup.size)) return false;
  Queue::Layout layout{setup.size, setup.descriptors, setup.driver, setup.device};
  if (legacy()) {  // one after another. Virtio 1.1, 2.6.2
    layout.descriptors = u64{setup.page} * page_size_;
    layout.driver = layout.descriptors + 16 * u64{setup.size};
    const u64 end = layout.driver + 4 + 2 * u64{setup.size} + 2;
    layout.device = (end + setup.align - 1) & ~u64{setup.align - 1};
  }
  queues_[queue_select_].enable(layout, accepted_);
  return true;
}

u32 VirtioMmio::read_magic(Cycles) { return kMagic; }
u32 VirtioMmio::read_version(Cycles) { return config_.version; }
u32 VirtioMmio::read_device_id(Cycles) { return device_ ? device_->id() : 0; }
u32 VirtioMmio::read_vendor_id(Cycles) { return kVendor; }

u32 VirtioMmio::read_device_features(Cycles) {
  return device_features_select_ < 2 ? static_cast<u32>(offered() >> (32 * device_features_select_)) : 0;
}
void VirtioMmio::write_device_features_select(u32 value, Cycles) { device_features_select_ = value; }
void VirtioMmio::write_driver_features_select(u32 value, Cycles) { driver_features_select_ = value; }
void VirtioMmio::write_driver_features(u32 value, Cycles) {
  if (status_ & (kFeaturesOk | kDriverOk)) return;
  if (driver_features_select_ >= 2) return;
  const unsigned low = 32 * driver_features_select_;
  accepted_ = with_bits64(accepted_, low + 31, low, value);
  if (legacy()) accepted_ &= offered();
}

// Legacy values that no layout can be made of are ignored.
void VirtioMmio::write_page_size(u32 value, Cycles) {
  if (legacy() && std::has_single_bit(value)) page_size_ = value;
}
void VirtioMmio::write_queue_align(u32 value, Cycles) {
  if (QueueSetup* setup = selected(); setup && legacy() && std::has_single_bit(value)) setup->align = value;
}
u32 VirtioMmio::read_queue_page(Cycles) {
  const QueueSetup* setup = selected();
  return setup && legacy() ? setup->page : 0;
}
void VirtioMmio::write_queue_page(u32 value, Cycles) {
  QueueSetup* setup = selected();
  if (!setup || !legacy()) return;
  setup->page = value;
  if (value == 0)
    queues_[queue_select_].disable();
  else if (!enable(*setup))
    setup->page = 0;
}

void VirtioMmio::write_queue_select(u32 value, Cycles) { queue_select_ = value; }
u32 VirtioMmio::read_queue_max(Cycles) { return selected() ? Queue::kMaxSize : 0; }
void VirtioMmio::write_queue_size(u32 value, Cycles) {
  if (QueueSetup* setup = selected()) setup->size = value;
}
u32 VirtioMmio::read_queue_ready(Cycles) { return selected() && !legacy() && queues_[queue_select_].enabled(); }
void VirtioMmio::write_queue_ready(u32 value, Cycles) {
  QueueSetup* setup = selected();
  if (!setup || legacy()) return;
  if ((value & 1) == 0)
    queues_[queue_select_].disable();
  else if (!queues_[queue_select_].enabled() && !enable(*setup))
    fail();
}
template <u64 VirtioMmio::QueueSetup::*Address, unsigned Word>
void VirtioMmio::write_queue_address(u32 value, Cycles) {
  if (QueueSetup* setup = selected(); setup && !legacy())
    setup->*Address = with_bits64(setup->*Address, Word * 32 + 31, Word * 32, value);
}

void VirtioMmio::write_queue_notify(u32 value, Cycles now) {
  if (value >= queues_.size() || !running()) return;
  pending_ |= 1u << value;
  if (due_ == kNever) due_ = now + config_.service;
}

u32 VirtioMmio::read_interrupt_status(Cycles) { return interrupt_status_; }
void VirtioMmio::write_interrupt_ack(u32 value, Cycles) { interrupt_status_ &= ~value; }

u32 VirtioMmio::read_status(Cycles) { return status_; }
void VirtioMmio::write_status(u32 value, Cycles) {
  if (!device_) return;
  if ((value & 0xFF) == 0) return reset();
  const u32 needs_reset = status_ & kNeedsReset;
  u32 next = value & 0xFF & ~kNeedsReset;
  // FEATURES_OK does not stick if the driver accepts what was not offered, or not the standard. Virtio 1.1, 2.2.2, 6.2
  const bool acceptable = (accepted_ & ~offered()) == 0 && (legacy() || (accepted_ & virtio::kFeatureVersion1) != 0);
  if (!acceptable) next &= ~kFeaturesOk;
  status_ = next | needs_reset;
}

u32 VirtioMmio::read_no_shared_memory(Cycles) { return device_ ? ~0u : 0; }
u32 VirtioMmio::read_generation(Cycles) { return generation_; }

}  // namespace hypsim
