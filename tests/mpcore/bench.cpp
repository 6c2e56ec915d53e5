// SPDX-License-Identifier: Apache-2.0
#include "tests/mpcore/bench.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <tlm_utils/simple_target_socket.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "sim/cpu/pipeline/timing_config.h"
#include "sim/loader/image.h"
#include "sim/mem/ram_module.h"
#include "sim/mem/router.h"
#include "sim/mpcore/semihosting.h"

namespace hypsim {

namespace {

/// Offset 0: raises the line as many ns after the write as its value says. Offset 8 reads 0x5A after 1 us.
class Device : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Device> socket{"socket"};
  sc_core::sc_out<bool> irq{"irq"};
  explicit Device(sc_core::sc_module_name name) : sc_module(name) {
    socket.register_b_transport(this, &Device::b_transport);
    SC_HAS_PROCESS(Device);
    SC_METHOD(raise);
    sensitive << due_;
    dont_initialize();
  }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    u32 value = 0x5A;
    if (payload.is_write()) {
      std::memcpy(&value, payload.get_data_ptr(), 4);
      due_.notify(delay + sc_core::sc_time(value, sc_core::SC_NS));
    } else {
      std::memcpy(payload.get_data_ptr(), &value, 4);
      delay += sc_core::sc_time(1, sc_core::SC_US);
    }
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  void raise() { irq.write(true); }
  sc_core::sc_event due_;
};

/// Memory of two banks; any write to the register goes to the other one.
class Banks : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Banks> window{"window"}, control{"control"};
  Banks(sc_core::sc_module_name name, bool grants) : sc_module(name), grants_(grants) {
    for (auto& bank : banks_) bank.resize(kBytes);
    window.register_b_transport(this, &Banks::access);
    window.register_get_direct_mem_ptr(this, &Banks::grant);
    control.register_b_transport(this, &Banks::select);
  }
  u8* bank(unsigned n) { return banks_[n].data(); }
  static constexpr u64 kBytes = 0x10000;

 private:
  void access(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    u8* at = banks_[selected_].data() + payload.get_address();
    if (payload.is_read())
      std::memcpy(payload.get_data_ptr(), at, payload.get_data_length());
    else
      std::memcpy(at, payload.get_data_ptr(), payload.get_data_length());
    payload.set_dmi_allowed(grants_);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  bool grant(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
    dmi.set_start_address(0);
    dmi.set_end_address(kBytes - 1);
    dmi.set_dmi_ptr(banks_[selected_].data());
    dmi.allow_read_write();
    return grants_;
  }
  void select(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    selected_ ^= 1;
    if (grants_) window->invalidate_direct_mem_ptr(0, kBytes - 1);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  std::array<std::vector<u8>, 2> banks_;
  unsigned selected_ = 0;
  bool grants_;
};

struct Bench : sc_core::sc_module {
  MpCore mpcore;
  Router router{"router"};
  RamModule ram{"ram", {kRamSize}};
  Device device{"device"};
  Banks banks;
  sc_core::sc_signal<bool> line{"line"};

  Bench(sc_core::sc_module_name name, const MpCoreConfig& config, bool banks_grant)
      : sc_module(name), mpcore("mpcore", config), banks("banks", banks_grant) {
    mpcore.socket.bind(router.target);
    router.map(kRamBase, kRamSize, ram.socket, "ram");
    router.map(kDeviceBase, 0x1000, device.socket, "device");
    router.map(kBanksBase, Banks::kBytes, banks.window, "banks");
    router.map(kBankRegister, 0x1000, banks.control, "bank register");
    device.irq.bind(line);
    mpcore.spi[kDeviceSpi].bind(line);
  }
};

Outcome run_here(const RunSetup& setup) {
  static TimingConfig timing;
  MpCoreConfig config;
  config.cores = setup.cores;
  config.clock_hz = 1'000'000'000;
  config.counter_hz = 50'000'000;
  config.periphbase = 0x2C000000;
  config.frames = GicFrames::from_periphbase(0x2C000000);
  config.spis = 32;
  config.window = Cycles(setup.window);
  config.generate_code = setup.generate_code;
  if (setup.timed) {
    timing = load_timing_config(HYPSIM_TIMING_FILE, 1000);
    config.timing = &timing;
  }
  Bench bench("bench", config, setup.banks_grant);
  for (std::size_t n = 0; n < setup.banks.size(); ++n)
    std::memcpy(bench.banks.bank(n) + kPageSize - 2, setup.banks[n].data(), 2 * setup.banks[n].size());
  const Image image = load_elf(HYPSIM_PROGRAMS);
  for (const Segment& s : image.segments)
    std::memcpy(bench.ram.ram().data() + (s.base.value - kRamBase), s.bytes.data(), s.bytes.size());
  BufferBackend console;
  SemihostingConfig semihosting_config;
  semihosting_config.console = &console;
  semihosting_config.command_line = setup.arguments;
  Semihosting semihosting(semihosting_config);
  for (unsigned i = 0; i < setup.cores; ++i) {
    bench.mpcore.core(i).set_pc(program_address(setup.program));
    if (setup.semihosting) bench.mpcore.core(i).set_semihosting(&semihosting);
  }
  bench.mpcore.set_limits(setup.max_insns, setup.max_cycles);
  if (setup.before) setup.before(bench.mpcore);
  sc_core::sc_start();

  Outcome o;
  o.started = true;
  o.reason = bench.mpcore.end_reason();
  std::memcpy(o.results.data(), bench.ram.ram().data() + (kResults - kRamBase), sizeof o.results);
  for (unsigned i = 0; i < setup.cores; ++i) {
    o.insns[i] = bench.mpcore.core(i).retired();
    o.cycles[i] = bench.mpcore.core(i).now().value;
    o.pc[i] = bench.mpcore.core(i).state().pc();
  }
  o.exit_code = semihosting.exit_code();
  console.output().copy(o.console, sizeof o.console - 1);
  return o;
}

}  // namespace

u32 program_address(const std::string& symbol) {
  const auto address = load_elf(HYPSIM_PROGRAMS).symbols.address_of(symbol);
  EXPECT_TRUE(address) << symbol;
  return address.value_or(0);
}

Outcome run_program(const RunSetup& setup) {
  static_assert(std::is_trivially_copyable_v<Outcome>);
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    try {
      const Outcome o = run_here(setup);
      _exit(write(ends[1], &o, sizeof o) == sizeof o ? 0 : 1);
    } catch (const std::exception& e) {
      std::fprintf(stderr, "%s: %s\n", setup.program.c_str(), e.what());
      _exit(1);
    }
  }
  close(ends[1]);
  Outcome o;
  EXPECT_EQ(read(ends[0], &o, sizeof o), static_cast<ssize_t>(sizeof o)) << setup.program << ": the run died";
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  return o;
}

}  // namespace hypsim
