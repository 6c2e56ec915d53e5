// SPDX-License-Identifier: Apache-2.0
// The GDB server: one client at a time debugs all cores of an MPCore.
//
// It has no process and no thread. While guests run, poll() looks for a client or its ^C between windows; when one
// stops them, the server sits inside the core that stopped (DebugPort::stop) and answers packets until the client goes
// on. So simulated time does not depend on it. All cores stop together and run together: a stopped core would change
// what the others see, and the cycles of the run with it.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <string>

#include "sim/debug/address_space.h"
#include "sim/debug/breakpoints.h"
#include "sim/debug/connection.h"
#include "sim/debug/monitor.h"
#include "sim/debug/packet.h"
#include "sim/debug/registers.h"

namespace hypsim::debug {

class GdbServer final : public DebugPort {
 public:
  struct Options {
    std::string where;                  ///< as Connection takes it
    bool wait = false;                  ///< no instruction runs before a client has come
    std::function<bool()> interrupted;  ///< the user wants hypsim to end: stop waiting for the client
  };

  /// Listens from here on. Throws InputError if that fails.
  GdbServer(DebugTarget& cluster, const SymbolTable& symbols, Options options);
  ~GdbServer() override;

  const std::string& address() const { return connection_.address(); }
  /// Between windows: lets a client in, and stops the guests if one asks for it.
  void poll();
  /// The run is about to end: a client may look at a crash first.
  void before_end(EndReason reason, unsigned core);
  /// Tells the client how the run ended.
  void finish(int exit_code);

  // DebugPort
  bool traces(const Core& core, u32 va, u32 bytes) override;
  bool stops_before(const Core& core, u32 pc) override;
  bool watches_page(const Core& core, u32 va) override {
    (void)core;
    return breakpoints_.any_watchpoint_in_page(va);
  }
  bool stops_at_access(const Core& core, u32 pc, u32 va, unsigned size, bool write) override;
  void stop(Core& core) override;

 private:
  enum class Next : u8 { Serve, Resume };

  /// A core that executes one instruction. It is asked for at `from` first and passes there once, unless it goes on
  /// inside the instruction that stands at its stop.
  struct Step {
    bool active = false, pass = false;
    u32 from = 0;
  };
  /// The access that stopped a core last: an instruction stops once, however many words it moves.
  struct LastAccess {
    u32 pc = 0;
    u64 retired = ~u64{0};
  };

  // gdb_server.cpp
  void greet();
  void serve(std::string reason, unsigned core);
  void resume_all();
  void let_go();
  void install();
  bool attached() const { return attached_; }
  Core& selected() { return cluster_.core(selected_); }
  void reply(std::string_view body);
  void console(std::string_view text);
  std::string stop_reply() const;

  // gdb_packets.cpp
  Next handle(const std::string& body);
  Next query(std::string_view body);
  Next query_more(std::string_view body);
  Next v_packet(std::string_view body);
  Next resume(std::string_view actions);
  Next legacy_resume(char action, std::string_view argument);
  Next read_registers();
  Next write_registers(std::string_view digits);
  Next read_register(std::string_view body);
  Next write_register(std::string_view body);
  Next read_memory(std::string_view body);
  Next write_memory(std::string_view body, bool binary);
  Next change_point(std::string_view body, bool add);
  Next transfer(std::string_view body);
  Next monitor(std::string_view digits);
  Next select(std::string_view body);
  Next kill();
  Next detach();
  Next error();
  Next ok();
  bool write_one(unsigned number, u64 value);
  std::string thread_list() const;
  /// A thread of the protocol is a core: number + 1. nullopt for one that is not there.
  std::optional<unsigned> core_of(std::string_view thread) const;

  DebugTarget& cluster_;
  Options options_;
  Connection connection_;
  PacketReader reader_;
  Registers registers_;
  Breakpoints breakpoints_;
  AddressSpaces spaces_;
  Monitor monitor_;

  bool attached_ = false;
  bool acknowledge_ = true;    // until QStartNoAckMode
  bool client_waits_ = false;  // for a stop reply
  bool names_breaks_ = false;  // the client knows swbreak and hwbreak
  bool waiting_to_start_ = false;
  unsigned selected_ = 0;  // core of registers and memory
  unsigned stopped_core_ = 0;
  bool inside_instruction_ = false;  // the stop was reported from within a core, before an instruction
  bool moved_ = false;               // the client changed the stopped core's PC
  std::string reason_;               // of the stop: signal and what else a T packet says
  std::string pending_reason_;       // found by stops_before or stops_at_access, used by stop
  std::string last_sent_;
  std::array<Step, kMaxCores> steps_{};
  std::array<LastAccess, kMaxCores> last_access_{};
  std::chrono::steady_clock::time_point last_poll_{};
};

}  // namespace hypsim::debug
