// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/simulation.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <tuple>

#include "firmware/shim/shim_params.h"
#include "platforms/device_tree.h"
#include "sim/base/error.h"
#include "sim/host/input_file.h"
#include "sim/host/interrupt.h"
#include "sim/host/out_of_memory.h"
#include "sim/host/output_file.h"
#include "sim/host/patience.h"
#include "sim/host/sandbox.h"
#include "sim/host/standard_streams.h"
#include "sim/loader/boot_shim.h"
#include "sim/text/number.h"
#include "sim/text/printable.h"

namespace hypsim {

namespace {

constexpr u32 kMachineFromDeviceTree = ~u32{0};  // r1 of the Linux boot protocol when a DTB is given
constexpr text::Range kAddresses = text::bits(40);
constexpr u32 kHeapRoom = 1u << 20;  // semihosting: stack above the heap at the end of memory

constexpr u64 kTreeAlignment = 8;
constexpr u64 kTreeLimit = u64{16} << 20;  // bytes of a device tree

std::atomic<bool> g_has_run{false};

/// The first one ends a run in good order; where there is none, the command.
void on_signal(int) {
  if (host::interrupted.exchange(true) || !g_has_run.load()) {
    restore_terminal();
    host::remove_unfinished();
    _exit(kExitAtOnce);
  }
}

/// FILE[,ro] as the file, and whether it may only be read.
std::pair<std::string, bool> image_and_lock(const std::string& text) {
  const bool locked = text.ends_with(",ro");
  return {text.substr(0, text.size() - (locked ? 3 : 0)), locked};
}

/// Fills the virtio slots and that of the card.
void plug_in_devices(const RunOptions& o, PlatformDescription& p) {
  using Kind = VirtioSlot::Kind;
  for (const std::string& disk : o.disks) {
    VirtioSlot& slot = p.plug_in(Kind::Block, "--disk " + disk);
    std::tie(slot.file, slot.read_only) = image_and_lock(disk);
  }
  if (!o.sd.empty()) {
    const auto [file, locked] = image_and_lock(o.sd);
    p.insert_card(file, locked, "--sd " + o.sd);
  }
  if (o.net != "none") p.plug_in(Kind::Net, "--net " + o.net);
  if (!o.virtio_console.empty()) p.plug_in(Kind::Console, "--virtio-console");
  if (!o.entropy_seed) return;
  bool found = false;
  for (DeviceDescription& d : p.devices) {
    if (d.virtio.kind != Kind::Entropy) continue;
    d.virtio.seed = *o.entropy_seed;
    found = true;
  }
  if (!found) throw InputError(fmt::format("--entropy-seed: {} has no entropy device; leave it out", p.file));
}

PlatformDescription describe(const RunOptions& o) {
  PlatformDescription p = load_platform(o.platform);
  if (o.cores) p.cores = o.cores;
  if (o.memory) p.main_memory().size = o.memory;
  plug_in_devices(o, p);
  check_platform(p);
  return p;
}

/// --set timing.KEY=VALUE
std::vector<TimingChange> timing_changes(const RunOptions& o) {
  std::vector<TimingChange> changes;
  constexpr std::string_view kPrefix = "timing.";
  for (const std::string& setting : o.settings) {
    const std::size_t equals = setting.find('=');
    if (!setting.starts_with(kPrefix) || equals == std::string::npos)
      throw InputError(
          fmt::format("--set {}: is not timing.KEY=VALUE; write for example --set timing.l2.load_to_use=25", setting));
    if (o.functional)
      throw InputError(fmt::format("--set {}: there is no timing with --functional; leave one of them out", setting));
    changes.push_back({setting.substr(kPrefix.size(), equals - kPrefix.size()), setting.substr(equals + 1)});
  }
  return changes;
}

MemoryRange range_of(const DeviceDescription& d) { return {d.base, d.size, d.name}; }

/// What lies in an alias lies where the memory is, so that overlaps show.
void bring_home(Image& image, const PlatformDescription& p) {
  for (Segment& s : image.segments) s.base = PhysAddr(p.home(s.base.value));
}

/// What a flash at address 0 holds.
Image load_flash(const std::string& file, const PlatformDescription& p) {
  const auto flash = std::find_if(p.devices.begin(), p.devices.end(),
                                  [](const DeviceDescription& d) { return is_memory(d) && d.base == 0; });
  if (flash == p.devices.end())
    throw InputError(fmt::format("--bios {}: {} has no memory at address 0; use another platform", file, p.name));
  return make_raw(file, host::read_file(file, flash->size), 0);
}

/// Where a file goes that does not say it itself.
void tell_of_raw_bytes(const RunOptions& o, const Image& image) {
  if (image.kind != ImageKind::Raw || o.at || !o.bios.empty()) return;
  host::print_error(
      fmt::format("hypsim: {}: neither ELF nor zImage: raw bytes, loaded and started at {:#x}; --at ADDR puts them "
                  "elsewhere\n",
                  text::printable(o.image), image.entry));
}

/// What the device tree says of PSCI: the shim answers it, if it has memory to keep its cores' states in.
std::string psci_method(const RunOptions& o, const PlatformDescription& p) {
  const bool there = o.entry != Entry::Secure && p.of_type("sram") != nullptr;
  if (o.psci.empty()) return there ? "smc" : "";
  if (o.psci == "none") return "";
  if (!there)
    throw InputError(fmt::format("--psci {}: {}", o.psci,
                                 o.entry == Entry::Secure
                                     ? "nothing answers it with --entry secure; leave it out"
                                     : "the platform has no device of type sram for the firmware; add one"));
  if (o.psci == "hvc" && o.entry != Entry::Svc)
    throw InputError("--psci hvc: Hyp mode belongs to the image; add --entry svc or use smc");
  return o.psci;
}

/// Options that nothing would use, or not so.
void check_uses(const RunOptions& o) {
  if (o.at && *o.at % 4 != 0) throw InputError(fmt::format("--at {:#x}: is no multiple of 4; align it", *o.at));
  std::error_code error;
  if (!o.file_root.empty() && !std::filesystem::is_directory(o.file_root, error))
    throw InputError(fmt::format("--files {}: is no folder; name one", o.file_root));
  if (!o.bios.empty() && o.entry != Entry::Secure)
    throw InputError(fmt::format("--bios {}: a flash is entered at reset, in Secure SVC; leave --entry out", o.bios));
  if (!o.bios.empty() && o.at)
    throw InputError(fmt::format("--at {:#x}: a flash of --bios is at 0; leave one of them out", *o.at));
  if (o.dtb_at && *o.dtb_at % kTreeAlignment != 0)
    throw InputError(fmt::format("--dtb-at {:#x}: a device tree is 8-byte aligned; align it", *o.dtb_at));
  if (o.dtb_at && o.entry != Entry::Secure && *o.dtb_at >> 32 != 0)
    throw InputError(fmt::format("--dtb-at {:#x}: the image is told in r2; give an address below 4 GB", *o.dtb_at));
  if (!o.dtb.empty() && !o.psci.empty())
    throw InputError(fmt::format("--psci {}: with --dtb that device tree says it; leave one of them out", o.psci));
}

void check_xen(const RunOptions& o) {
  const auto needs = [](const char* option, const std::string& value, const char* kernel) {
    if (!value.empty())
      throw InputError(fmt::format("{}: there is no kernel for it; name one with {}", option, kernel));
  };
  if (o.dom0.empty()) {
    needs("--dom0-initrd", o.dom0_initrd, "--dom0");
    needs("--dom0-append", o.dom0_append, "--dom0");
    needs("--domu", o.domu, "--dom0 too");
  } else {
    if (!o.initrd.empty()) throw InputError(fmt::format("--initrd {}: Xen takes none; use --dom0-initrd", o.initrd));
    if (o.entry != Entry::Hyp) throw InputError("--dom0: Xen starts in Hyp mode; leave --entry out");
  }
  if (o.domu.empty()) {
    needs("--domu-initrd", o.domu_initrd, "--domu");
    needs("--domu-append", o.domu_append, "--domu");
  }
}

/// The part of "FILE@ADDR" in front.
std::string load_file(const std::string& text) { return text.substr(0, text.rfind('@')); }

/// Everything that the run reads and writes.
void name_files(const RunOptions& o, const PlatformDescription& p, host::FileRoles& files) {
  files.input("the platform", p.file);
  files.input("the timing data", p.timing_file);
  files.input(o.bios.empty() ? "IMAGE" : "--bios", o.image);
  files.input("--symbols", o.symbols);
  for (const std::string& text : o.loads) files.input("--load", load_file(text));
  files.input("--dtb", o.dtb);
  files.input("--initrd", o.initrd);
  files.input("--dom0", o.dom0);
  files.input("--dom0-initrd", o.dom0_initrd);
  files.input("--domu", o.domu);
  files.input("--domu-initrd", o.domu_initrd);
  for (const DeviceDescription& d : p.devices) {
    files.input("--disk", d.virtio.file);
    files.input("--sd", d.card);
  }
  files.output("--write-dtb", o.write_dtb);
}

const char* power_reason(PowerRequest request) {
  switch (request) {
    case PowerRequest::Reboot: return "reboot";
    case PowerRequest::Watchdog: return "watchdog";
    default: return "power-off";
  }
}

}  // namespace

void install_signal_handlers() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file over the user's limit (ulimit -f) is an error of write()
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

Simulation::Simulation(const RunOptions& options, host::FileRoles files) : options_(options) {
  g_has_run = true;
  check_uses(options_);
  check_xen(options_);
  const PlatformDescription description = describe(options_);
  name_files(options_, description, files);
  serial_.emplace(options_, description);
  serial_->name_files(files);
  files.check();
  open_network();
  images_.push_back(options_.bios.empty() ? load_image(options_.image, range_of(description.main_memory()),
                                                       description.image_base, options_.at)
                                          : load_flash(options_.bios, description));
  if (!options_.symbols.empty()) load_names(options_.symbols, images_.front());
  serial_->open(options_.json);
  show_progress_ = at_a_terminal() && !isatty(1);
  PlatformOptions platform_options;
  platform_options.timing_changes = timing_changes(options_);
  platform_options.functional = options_.functional;
  platform_options.generate_code = options_.engine == "jit";
  platform_options.code_cache = options_.code_cache;
  serial_->connect(platform_options);
  platform_options.network = network_;
  platform_options.power_key = options_.power_key;
  platform_ = std::make_unique<Platform>("platform", description, platform_options);
  if (options_.semihosting) {
    SemihostingConfig config;
    config.command_line = options_.arguments;
    config.console = serial_->console();
    config.file_root = options_.file_root;
    config.core_hz = description.clock_hz;
    semihosting_ = std::make_unique<Semihosting>(config);
  }
  load();
  start_cores(description);
  platform_->mpcore().set_limits(options_.max_insns, options_.max_cycles);
  platform_->mpcore().set_poll([this] { poll(); });
  if (!options_.gdb.empty()) open_debugger();
}

Simulation::~Simulation() = default;

/// Before there is anything that its process should not have: files, memory of the guest, terminals.
void Simulation::open_network() {
  if (options_.net == "none") return;
  virtio::UserNetworkOptions options;
  options.loopback = options_.net == "user,loopback";
  options.host_wait_ms = Platform::kNetworkStepMs;
  options.died = [this](const std::string& how) {
    host::print_error(fmt::format("{}hypsim: --net user: {}; the guest goes on with a dead link\n",
                                  progress_shown_ ? "\r\033[K" : "", how));
  };
  network_ = std::make_shared<virtio::UserNetwork>(options);
}

void Simulation::open_debugger() {
  MpCore& mpcore = platform_->mpcore();
  gdb_ = std::make_unique<debug::GdbServer>(
      mpcore, image().symbols,
      debug::GdbServer::Options{options_.gdb, options_.gdb_wait, [] { return host::giving_up(); }});
  mpcore.set_end_hook([this](EndReason reason, unsigned core) { gdb_->before_end(reason, core); });
  host::print_error(fmt::format("hypsim: {} GDB: target remote {}\n",
                                options_.gdb_wait ? "waiting for" : "listening for", text::printable(gdb_->address())));
}

void Simulation::load() {
  const PlatformDescription& p = platform_->description();
  std::vector<MemoryRange> memories;
  for (const DeviceDescription* d : platform_->memories(true)) memories.push_back(range_of(*d));
  u64 largest = 0;
  for (const MemoryRange& m : memories) largest = std::max(largest, m.size);
  for (const std::string& text : options_.loads) {
    const auto at = text.rfind('@');
    if (at == std::string::npos || at == 0)
      throw InputError(fmt::format("--load {}: needs FILE@ADDR, for example guest.bin@0x44000000", text));
    const u64 address = text::number(text.substr(at + 1), "--load " + text, kAddresses);
    images_.push_back(make_raw(load_file(text), host::read_file(load_file(text), largest), address));
  }
  leave_out_devices(images_.front(), memories);
  for (Image& image : images_) bring_home(image, p);
  place_boot_files(p);
  for (Image& image : images_) bring_home(image, p);
  std::vector<const Image*> placed;
  for (const Image& image : images_) placed.push_back(&image);
  check_placement(placed, memories);
  // The rest of a segment is zero because all memory is.
  for (const Image& image : images_)
    for (const Segment& s : image.segments) platform_->write_memory(s.base.value, s.bytes.data(), s.bytes.size());
}

// The initrd or Xen's modules, the device tree, and the shim that hands the device tree over.
void Simulation::place_boot_files(const PlatformDescription& p) {
  const MemoryRange ram = range_of(p.main_memory());
  // Files by what the device tree says of them.
  enum class Role : u8 { Initrd, Dom0, Domu };
  struct File {
    const std::string* name;
    Role role;
    BootModule module;
  };
  std::vector<File> files;
  std::vector<u64> sizes;
  std::vector<std::vector<u8>> contents;
  using Kind = BootModule::Kind;
  for (File file : {File{&options_.initrd, Role::Initrd, {}},
                    File{&options_.dom0, Role::Dom0, {Kind::Kernel, 0, 0, options_.dom0_append}},
                    File{&options_.dom0_initrd, Role::Dom0, {Kind::Ramdisk, 0, 0, {}}},
                    File{&options_.domu, Role::Domu, {Kind::Kernel, 0, 0, options_.domu_append}},
                    File{&options_.domu_initrd, Role::Domu, {Kind::Ramdisk, 0, 0, {}}}}) {
    if (file.name->empty()) continue;
    contents.push_back(host::read_file(*file.name, ram.size));
    sizes.push_back(contents.back().size());
    file.module.size = contents.back().size();
    files.push_back(std::move(file));
  }
  const std::vector<u8> user_tree =
      options_.dtb.empty() ? std::vector<u8>() : host::read_file(options_.dtb, kTreeLimit);
  DeviceTreeOptions tree_options;
  tree_options.bootargs = options_.append;
  tree_options.psci_method = psci_method(options_, p);
  const auto make_tree = [&] {
    return options_.dtb.empty() ? make_device_tree(p, tree_options)
                                : patch_device_tree(user_tree, p, tree_options, options_.dtb);
  };
  std::vector<u8> tree = make_tree();
  const u64 tree_room = tree.size() + 4096 + options_.dom0_append.size() + options_.domu_append.size();
  BootLayout layout = hypsim::place_boot_files(images_.front(), sizes, tree_room, ram);
  if (!options_.bios.empty()) layout.dtb = ram.base;
  if (options_.dtb_at) layout.dtb = *options_.dtb_at;
  for (std::size_t i = 0; i < files.size(); ++i) {
    BootModule& module = files[i].module;
    module.start = layout.files[i];
    if (files[i].role == Role::Initrd) {
      tree_options.initrd_start = module.start;
      tree_options.initrd_end = module.start + module.size;
    } else if (files[i].role == Role::Dom0) {
      tree_options.modules.push_back(module);
    } else {
      if (tree_options.guests.empty()) tree_options.guests.push_back({options_.domu_memory, 1, {}});
      tree_options.guests.back().modules.push_back(module);
    }
  }
  if (!files.empty()) tree = make_tree();
  if (host::OutputFile file(options_.write_dtb, "--write-dtb"); file.wanted())
    file.write({reinterpret_cast<const char*>(tree.data()), tree.size()});
  for (std::size_t i = 0; i < files.size(); ++i)
    images_.push_back(make_raw(*files[i].name, std::move(contents[i]), layout.files[i]));
  images_.push_back(
      make_raw(options_.dtb.empty() ? "generated device tree" : options_.dtb, std::move(tree), layout.dtb));
  if (options_.entry != Entry::Secure) place_boot_shim(p, layout.dtb);
}

void Simulation::place_boot_shim(const PlatformDescription& p, u64 device_tree) {
  BootShimParameters shim;
  shim.entry = images_.front().entry | (images_.front().thumb ? 1u : 0u);
  shim.enter_svc = options_.entry == Entry::Svc;
  shim.r1 = kMachineFromDeviceTree;
  shim.r2 = static_cast<u32>(device_tree);
  shim.gicd = static_cast<u32>(p.gicd);
  shim.gicc = static_cast<u32>(p.gicc);
  shim.counter_hz = static_cast<u32>(p.counter_hz);
  if (const DeviceDescription* sram = p.of_type("sram")) shim.sram = static_cast<u32>(sram->base);
  const auto store = [](const BoardStore& s) {
    return BootShimParameters::Store{static_cast<u32>(s.address), s.value};
  };
  shim.off = store(p.shutdown_store());
  shim.reset = store(p.reboot_store());
  shim.flags = static_cast<u32>(p.boot_flags());
  images_.push_back(make_boot_shim(p.shim_base, shim));
  // Where the image is linked to the shim's place the shim, which runs from anywhere, gives way: into what a guest
  // cannot write, or takes for the firmware's.
  std::vector<const Image*> others;
  for (const Image& image : images_)
    if (&image != &images_.back()) others.push_back(&image);
  std::vector<MemoryRange> places;
  for (const char* type : {"rom", "flash", "sram"})
    for (const DeviceDescription& d : p.devices)
      if (d.type == type && !d.secure && d.base + d.size <= u64{1} << 32)
        places.push_back(d.base == shim.sram ? MemoryRange{d.base + SHIM_SRAM_SIZE,
                                                           d.size - std::min<u64>(d.size, SHIM_SRAM_SIZE), d.name}
                                             : range_of(d));
  const u64 wanted = p.home(p.shim_base);
  const auto place = free_place(others, places, wanted, images_.back().segments.front().memory_size);
  if (place && *place != wanted) images_.back() = make_boot_shim(*place, shim);
  shim_ = images_.back().entry;
}

void Simulation::start_cores(const PlatformDescription& p) {
  const Image& image = images_.front();
  const bool secure = options_.entry == Entry::Secure;
  MpCore& mpcore = platform_->mpcore();
  for (unsigned i = 0; i < mpcore.core_count(); ++i) {
    Core& core = mpcore.core(i);
    if (secure) {
      core.state().thumb = image.thumb;
      core.set_pc(image.entry);
    } else {
      core.set_pc(shim_);
    }
    if (semihosting_) core.set_semihosting(semihosting_.get());
  }
  if (!semihosting_) return;
  const DeviceDescription& ram = p.main_memory();
  const u32 end = static_cast<u32>(std::min<u64>(ram.base + ram.size, 0xFFFFF000u));
  const u64 image_end = image.end_address();
  const bool in_ram = image.first_address() >= ram.base && image_end < end;
  semihosting_->set_memory(in_ram ? (static_cast<u32>(image_end) + 0xFFF) & ~0xFFFu : static_cast<u32>(ram.base),
                           end - kHeapRoom, end, end - kHeapRoom);
}

void Simulation::attach(Observer& observer) {
  for (unsigned i = 0; i < platform_->mpcore().core_count(); ++i) attach(i, observer);
}
void Simulation::attach(unsigned core, Observer& observer) { platform_->mpcore().core(core).set_observer(&observer); }

bool Simulation::at_a_terminal() const { return isatty(STDERR_FILENO) && !options_.json; }

bool Simulation::output_failed() const { return output_lost_ || serial_->failed(); }

void Simulation::lose_output() {
  output_lost_ = true;
  platform_->mpcore().request_end();
}

bool Simulation::out_of_time() const {
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - started_;
  return options_.timeout > 0 && passed.count() >= options_.timeout;
}

/// Between windows: everything that ends a run from outside.
void Simulation::poll() {
  MpCore& mpcore = platform_->mpcore();
  if (gdb_) gdb_->poll();
  if (host::interrupted.load(std::memory_order_relaxed) || output_failed() ||
      platform_->power_request() != PowerRequest::None)
    return mpcore.request_end();
  if (out_of_time()) {
    timed_out_ = true;
    return mpcore.request_end();
  }
  const auto now = std::chrono::steady_clock::now();
  if (serial_->input()) {
    // While the guest waits for someone to type there is no hurry.
    const u64 steps = mpcore.steps();
    if (steps == last_steps_) serial_->wait_for_input();
    last_steps_ = steps;
  }
  if (show_progress_ && now - last_progress_ > std::chrono::milliseconds(500)) {
    last_progress_ = now;
    progress();
  }
}

void Simulation::progress() {
  const u64 insns = platform_->mpcore().retired();
  const double seconds = std::chrono::duration<double>(last_progress_ - started_).count();
  host::print_error(fmt::format("\r{:.1f} million instructions, {:.1f} a second ", static_cast<double>(insns) / 1e6,
                                static_cast<double>(insns) / 1e6 / seconds));
  progress_shown_ = true;
}

/// Everything is open, and generated code has its memory.
void Simulation::confine(std::vector<std::string> reports) {
#if !defined(__SANITIZE_ADDRESS__)  // whose leak check starts a thread that traces this one
  if (!options_.sandbox) return;
  host::Sandbox sandbox;
  if (semihosting_) sandbox.files = options_.file_root;
  sandbox.reports = std::move(reports);
  if (options_.gdb.starts_with("unix:")) sandbox.removed.push_back(host::folder_of(gdb_->address()));
  for (std::string& folder : serial_->removed()) sandbox.removed.push_back(std::move(folder));
  if (network_) sandbox.child = network_->pid();
  host::enter(sandbox);
#else
  (void)reports;
#endif
}

RunResult Simulation::run(std::vector<std::string> reports) {
  tell_of_raw_bytes(options_, image());
  confine(std::move(reports));
  started_ = last_progress_ = std::chrono::steady_clock::now();
  host::end_when_out_of_memory(
      kExitGuest, "hypsim: the host ran out of memory while the guest ran; use a smaller --memory\n", restore_terminal);
  std::optional<host::GiveUpWhen> patience(
      std::in_place, [this] { return host::interrupted.load(std::memory_order_relaxed) || out_of_time(); });
  sc_core::sc_start();
  host_seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  if (progress_shown_) host::print_error("\r\033[K");
  serial_->finish();
  RunResult result = collect();
  if (gdb_) gdb_->finish(exit_code(result));
  patience.reset();  // from here on it is the results that wait for their reader
  if (semihosting_ && !semihosting_->close_files())
    host::print_error(fmt::format("hypsim: a file that the guest left open under --files could not be closed: {}\n",
                                  std::strerror(errno)));
  if (semihosting_)
    for (const std::string& what : semihosting_->refusals())
      host::print_error(fmt::format("hypsim: the guest asked for {}: refused\n", what));
  if (network_ && !network_->losses().empty())
    host::print_error(fmt::format("hypsim: --net user: dropped frames of the guest: {}\n", network_->losses()));
  return result;
}

RunResult Simulation::collect() {
  MpCore& mpcore = platform_->mpcore();
  RunResult r;
  switch (mpcore.end_reason()) {
    case EndReason::Semihosting:
      r.reason = "exit";
      r.guest_ended = true;
      r.guest_code = semihosting_ ? semihosting_->exit_code() : 0;
      break;
    case EndReason::VectorAbort: r.reason = "vector-abort"; break;
    case EndReason::Deadlock: r.reason = "deadlock"; break;
    case EndReason::InsnLimit: r.reason = "max-insns"; break;
    case EndReason::CycleLimit: r.reason = "max-cycles"; break;
    case EndReason::TimeEnd: r.reason = "end-of-time"; break;
    case EndReason::Requested:
    case EndReason::None:
      if (timed_out_)
        r.reason = "timeout";
      else if (platform_->power_request() != PowerRequest::None) {
        r.guest_ended = platform_->power_request() != PowerRequest::Watchdog;
        r.reason = power_reason(platform_->power_request());
      } else
        r.reason = "interrupted";
      break;
  }
  if (output_failed()) r.reason = kOutputError;
  r.insns = mpcore.retired();
  r.steps = mpcore.steps();
  r.cycles = mpcore.now();
  for (unsigned i = 0; i < mpcore.core_count(); ++i) {
    const Core& core = mpcore.core(i);
    const RefillTail* refills = core.refill_tail();
    r.cores.push_back({core.retired(), core.now(), core.state().pc(), core.state().mode,
                       core.state().security() == Security::Secure, core.waiting(), core.cycle_stack(),
                       refills ? std::optional(*refills) : std::nullopt});
  }
  return r;
}

int Simulation::exit_code(const RunResult& result) const {
  if (result.reason == kOutputError) return kExitInput;
  if (result.reason == "power-off") return kExitOk;
  if (!result.guest_ended || result.reason != "exit") return kExitGuest;
  if (options_.guest_exit_code) return static_cast<int>(result.guest_code & 0xFF);
  return result.guest_code == 0 ? kExitOk : kExitGuest;
}

}  // namespace hypsim
