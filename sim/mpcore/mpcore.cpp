// SPDX-License-Identifier: Apache-2.0
#include "sim/mpcore/mpcore.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/error.h"
#include "sim/cpu/pipeline/shared_memory.h"
#include "sim/mpcore/shell.h"
#include "sim/mpcore/turns.h"

namespace hypsim {

namespace {

constexpr std::size_t kMostDmi = 64;  // regions; more are asked for again
constexpr u64 kLastAddress = (u64{1} << 40) - 1;
constexpr Cycles kLongestWindow{1'000'000};    // between two of them the run can be ended
constexpr std::size_t kStackBytes = 1u << 20;  // observers and devices run on this process's stack

const MpCoreConfig& checked(const MpCoreConfig& config) {
  if (config.cores < 1 || config.cores > kMaxCores)
    throw InputError(fmt::format("cores is {}: a Cortex-A15 MPCore has 1 to {}", config.cores, kMaxCores));
  if (config.window.value == 0 || config.window > kLongestWindow)
    throw InputError(fmt::format("window-cycles is {}: give 1 to {}", config.window.value, kLongestWindow.value));
  return config;
}

GicConfig gic_config(const MpCoreConfig& config) {
  GicConfig gic;
  gic.cores = config.cores;
  gic.spis = config.spis;
  return gic;
}

/// Of what is granted, the pages round `pa` that are granted whole, since cores look at memory by pages, and that are
/// no frames of the GIC.
DmiRegion usable(const tlm::tlm_dmi& dmi, PhysAddr pa, const GicFrames& frames) {
  constexpr u64 kOffset = kPageMask;
  const u64 start = dmi.get_start_address(), end = std::min<u64>(dmi.get_end_address(), kLastAddress) + 1;
  u64 first = (start + kOffset) & ~kOffset, last = end & ~kOffset;
  for (const auto& [base, frame] : frames_and_bases(frames)) {
    if (base > pa.value) {
      last = std::min(last, base & ~kOffset);
    } else {
      first = std::max(first, (base + Gic::frame_size(frame) + kOffset) & ~kOffset);
    }
  }
  if (pa.value < first || pa.value >= last) return {};
  return {PhysAddr(first), last - first, dmi.get_dmi_ptr() + (first - start), dmi.is_write_allowed()};
}

}  // namespace

MpCore::MpCore(sc_core::sc_module_name name, const MpCoreConfig& config)
    : sc_module(name),
      socket("socket"),
      spi("spi", config.spis),
      config_(checked(config)),
      clock_(config.clock_hz),
      gic_(gic_config(config)),
      counter_(config.counter_hz, config.clock_hz),
      turns_(Turns::of_simulation()) {
  socket.register_invalidate_direct_mem_ptr(this, &MpCore::invalidate_direct_mem_ptr);
  if (config_.timing) shared_memory_ = std::make_unique<SharedMemoryTiming>(*config_.timing);
  for (unsigned i = 0; i < config_.cores; ++i) shells_.push_back(std::make_unique<Shell>(*this, i));
  SC_HAS_PROCESS(MpCore);
  SC_THREAD(run);
  set_stack_size(kStackBytes);
  turns_->join();
}

MpCore::~MpCore() = default;

Core& MpCore::core(unsigned index) { return shells_.at(index)->core(); }
const Core& MpCore::core(unsigned index) const { return shells_.at(index)->core(); }
GenericTimer& MpCore::timer(unsigned core) { return shells_.at(core)->generic_timer(); }

u64 MpCore::retired() const {
  u64 sum = 0;
  for (const auto& shell : shells_) sum += shell->core().retired();
  return sum;
}

u64 MpCore::steps() const {
  u64 sum = 0;
  for (const auto& shell : shells_) sum += shell->core().steps();
  return sum;
}

Cycles MpCore::now() const {
  Cycles latest{};
  for (const auto& shell : shells_) latest = std::max(latest, shell->core().now());
  return latest;
}

bool MpCore::loops_on_the_spot(unsigned core) const { return shells_.at(core)->idle && shells_.at(core)->looping; }

void MpCore::reconsider(unsigned core) { shells_.at(core)->idle = false; }

void MpCore::set_limits(u64 steps, u64 cycles) {
  step_limit_ = steps;
  cycle_limit_ = cycles ? Cycles(cycles) : kNever;
  for (auto& shell : shells_) shell->core().set_cycle_stop(cycle_limit_);
}

// --- Interrupt inputs -----------------------------------------------------------------------------------------------

void MpCore::end_of_elaboration() {
  sc_core::sc_spawn_options options;
  options.spawn_method();
  bool bound = false;
  for (unsigned n = 0; n < spi.size(); ++n) {
    if (spi[n].size() == 0) continue;
    options.set_sensitivity(&spi[n]->value_changed_event());
    bound = true;
  }
  if (bound) sc_core::sc_spawn([this] { sample_inputs(); }, "interrupt_inputs", &options);
}

void MpCore::sample_inputs() {
  for (unsigned n = 0; n < spi.size(); ++n)
    if (spi[n].size() != 0) gic_.set_spi(32 + n, spi[n]->read());
}

void MpCore::set_spi(unsigned n, bool level) { gic_.set_spi(32 + n, level); }

/// After anything was done to the GIC in the name of core `cause`: its own lines act at once, the others' at the end of
/// the window, which therefore comes now.
void MpCore::note_line_changes(unsigned cause) {
  const u32 changed = gic_.take_lines_changed();
  if (!changed) return;
  Shell& own = *shells_[cause];
  if (bit(changed, cause)) own.sample_lines();
  const u32 others = changed & ~(1u << cause);
  lines_dirty_ |= others;
  if (others && own.running) end_window_at(own.core().now());
}

// --- Memory ---------------------------------------------------------------------------------------------------------

DmiRegion MpCore::find_dmi(PhysAddr pa, Security security) {
  auto& known = dmi_[static_cast<unsigned>(security)];
  for (const DmiRegion& region : known)
    if (pa.value - region.base.value < region.size) return region;
  Gic::Frame frame;
  u32 offset;
  if (decode_gic_frame(config_.frames, pa.value, frame, offset)) return {};
  BusExtension extension;
  extension.attr.security = security;
  tlm::tlm_generic_payload payload;
  payload.set_extension(&extension);
  payload.set_command(tlm::TLM_READ_COMMAND);
  payload.set_address(pa.value);
  tlm::tlm_dmi dmi;
  const bool granted = socket->get_direct_mem_ptr(payload, dmi) && dmi.is_read_allowed();
  payload.clear_extension(&extension);
  if (!granted) return {};
  const DmiRegion region = usable(dmi, pa, config_.frames);
  if (region.size == 0) return {};
  if (known.size() == kMostDmi) known.clear();
  known.push_back(region);
  return region;
}

void MpCore::invalidate_direct_mem_ptr(sc_dt::uint64 start, sc_dt::uint64 end) {
  for (auto& known : dmi_)
    std::erase_if(known,
                  [&](const DmiRegion& r) { return r.base.value <= end && start <= r.base.value + (r.size - 1); });
  for (auto& shell : shells_) shell->core().invalidate_dmi();
  end = std::min<u64>(end, kLastAddress);
  if (start <= end) memory_written(PhysAddr(start), end - start + 1);
}

void MpCore::memory_written(PhysAddr pa, u64 size) {
  if (size == 0) return;
  exclusive_.store(kMaxCores, pa, size);
  for (auto& shell : shells_) shell->core().receive_change(pa, size);
}

/// A debugger, or semihosting, which is one: what it writes is seen at once.
void MpCore::debug_written(PhysAddr pa, u64 size) {
  if (size == 0) return;
  exclusive_.store(kMaxCores, pa, size);
  for (auto& shell : shells_) {
    if (!shell->core().holds_code(pa, size)) continue;
    shell->core().invalidate_code(pa, size);
    shell->idle = false;  // the code of a branch to itself may be another now
  }
}

bool MpCore::debug_read(PhysAddr pa, void* data, u32 size, unsigned core, Security security) {
  Gic::Frame frame;
  u32 offset;
  if (decode_gic_frame(config_.frames, pa.value, frame, offset)) {
    u32 value = 0;
    if (size > 4 || !gic_.peek(frame, offset, size, core, security, value)) return false;
    std::copy_n(reinterpret_cast<const u8*>(&value), size, static_cast<u8*>(data));
    return true;
  }
  BusExtension extension;
  extension.attr.security = security;
  extension.attr.core = static_cast<u8>(core);
  tlm::tlm_generic_payload payload;
  payload.set_extension(&extension);
  payload.set_command(tlm::TLM_READ_COMMAND);
  payload.set_address(pa.value);
  payload.set_data_ptr(static_cast<u8*>(data));
  payload.set_data_length(size);
  payload.set_streaming_width(size);
  const unsigned done = socket->transport_dbg(payload);
  payload.clear_extension(&extension);
  return done == size;
}

bool MpCore::debug_write(PhysAddr pa, const void* data, u32 size, unsigned core, Security security) {
  Gic::Frame frame;
  u32 offset;
  if (decode_gic_frame(config_.frames, pa.value, frame, offset)) return false;
  BusExtension extension;
  extension.attr.security = security;
  extension.attr.core = static_cast<u8>(core);
  tlm::tlm_generic_payload payload;
  payload.set_extension(&extension);
  payload.set_command(tlm::TLM_WRITE_COMMAND);
  payload.set_address(pa.value);
  payload.set_data_ptr(static_cast<u8*>(const_cast<void*>(data)));
  payload.set_data_length(size);
  payload.set_streaming_width(size);
  const unsigned done = socket->transport_dbg(payload);
  payload.clear_extension(&extension);
  debug_written(pa, done);
  return done == size;
}

}  // namespace hypsim
