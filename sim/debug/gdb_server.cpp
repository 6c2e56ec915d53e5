// SPDX-License-Identifier: Apache-2.0
// When guests run and when they stand: clients coming and going, stops, steps. What the packets say is in
// gdb_packets.cpp.
#include "sim/debug/gdb_server.h"

#include <fmt/format.h>

#include <algorithm>

namespace hypsim::debug {

namespace {

constexpr std::chrono::milliseconds kPollInterval{1};
constexpr int kWaitMs = 200;  // between looks at whether the user wants to end

constexpr const char* kSigInt = "02";
constexpr const char* kSigTrap = "05";
constexpr const char* kSigSegv = "0b";

}  // namespace

GdbServer::GdbServer(DebugTarget& cluster, const SymbolTable& symbols, Options options)
    : cluster_(cluster),
      options_(std::move(options)),
      connection_(options_.where, options_.interrupted),
      spaces_(cluster),
      monitor_(cluster, symbols, registers_, spaces_, breakpoints_),
      waiting_to_start_(options_.wait) {}

GdbServer::~GdbServer() { let_go(); }

// --- clients ---------------------------------------------------------------------------------------------------------

void GdbServer::poll() {
  const auto now = std::chrono::steady_clock::now();
  if (!waiting_to_start_ && now - last_poll_ < kPollInterval) return;
  last_poll_ = now;
  if (attached_) {
    reader_.feed(connection_.receive(0));
    if (!connection_.has_client()) return let_go();
    while (const std::optional<PacketEvent> event = reader_.next())
      if (event->kind == PacketEvent::Kind::Interrupt) return serve(kSigInt, selected_);
    return;
  }
  while (waiting_to_start_ && !options_.interrupted())
    if (connection_.accept(kWaitMs)) return greet();
  waiting_to_start_ = false;
  if (connection_.accept(0)) greet();
}

/// The guests stop for a client, and for nobody who has only connected.
void GdbServer::greet() {
  waiting_to_start_ = false;
  attached_ = true;
  acknowledge_ = true;
  client_waits_ = names_breaks_ = false;
  selected_ = 0;
  monitor_.reset();
  reader_.clear();
  serve(kSigTrap, 0);
}

/// The client has gone: no trace of it remains, and the guests run.
void GdbServer::let_go() {
  if (!attached_) return;
  attached_ = false;
  connection_.drop_client();
  breakpoints_.clear();
  steps_ = {};
  install();
}

/// Cores ask the server only while there is something to ask for.
void GdbServer::install() {
  bool needed = attached_ && !breakpoints_.empty();
  for (const Step& step : steps_) needed |= attached_ && step.active;
  for (unsigned i = 0; i < cluster_.core_count(); ++i) cluster_.core(i).set_debugger(needed ? this : nullptr);
}

void GdbServer::before_end(EndReason reason, unsigned core) {
  if (!attached_) return;
  if (reason == EndReason::VectorAbort) {
    console("the vector of an exception could not be fetched; the run ends when you continue\n");
    serve(kSigSegv, core);
  } else if (reason == EndReason::Deadlock) {
    console("every core waits or loops on the spot, and no event will end it; the run ends when you continue\n");
    serve(kSigInt, core);
  }
}

void GdbServer::finish(int exit_code) {
  if (!attached_) return;
  reply(fmt::format("W{:02x}", exit_code & 0xFF));
  let_go();
}

// --- stops -----------------------------------------------------------------------------------------------------------

bool GdbServer::traces(const Core& core, u32 va, u32 bytes) {
  return steps_[core.index()].active || breakpoints_.any_breakpoint_in(va, bytes);
}

bool GdbServer::stops_before(const Core& core, u32 pc) {
  Step& step = steps_[core.index()];
  if (step.active) {
    const bool pass = step.pass && pc == step.from;
    step.pass = false;
    if (pass) return false;
    pending_reason_ = kSigTrap;
    return true;
  }
  const Point* point = breakpoints_.breakpoint_at(core, pc);
  if (point == nullptr) return false;
  pending_reason_ = kSigTrap;
  if (names_breaks_) pending_reason_ += point->kind == PointKind::Software ? "swbreak:;" : "hwbreak:;";
  return true;
}

bool GdbServer::stops_at_access(const Core& core, u32 pc, u32 va, unsigned size, bool write) {
  const Point* point = breakpoints_.watchpoint_at(core, va, size, write);
  if (point == nullptr) return false;
  LastAccess& last = last_access_[core.index()];
  if (last.pc == pc && last.retired == core.retired()) return false;
  last = {pc, core.retired()};
  const char* name = point->kind == PointKind::Write ? "watch" : point->kind == PointKind::Read ? "rwatch" : "awatch";
  // The address lies inside the watchpoint, where GDB looks for it.
  const u32 hit = va - point->address < point->length ? va : point->address;
  pending_reason_ = fmt::format("{}{}:{:x};", kSigTrap, name, hit);
  return true;
}

void GdbServer::stop(Core& core) {
  inside_instruction_ = true;
  moved_ = false;
  serve(pending_reason_, core.index());
  inside_instruction_ = false;
}

/// Answers packets until the client lets the guests run, or has gone.
void GdbServer::serve(std::string reason, unsigned core) {
  reason_ = std::move(reason);
  stopped_core_ = selected_ = core;
  steps_ = {};
  if (client_waits_) reply(stop_reply());
  client_waits_ = false;
  Next next = Next::Serve;
  while (next == Next::Serve && attached_) {
    const std::optional<PacketEvent> event = reader_.next();
    if (!event) {
      if (options_.interrupted()) {
        let_go();
        break;
      }
      reader_.feed(connection_.receive(kWaitMs));
      if (!connection_.has_client()) let_go();
      continue;
    }
    switch (event->kind) {
      case PacketEvent::Kind::Corrupt:
        if (acknowledge_) connection_.send("-");
        break;
      case PacketEvent::Kind::Nak:
        if (acknowledge_) connection_.send(last_sent_);
        break;
      case PacketEvent::Kind::Packet:
        if (acknowledge_) connection_.send("+");
        next = handle(event->body);
        break;
      case PacketEvent::Kind::Ack:
      case PacketEvent::Kind::Interrupt: break;
    }
    if (!connection_.has_client()) let_go();
  }
}

void GdbServer::reply(std::string_view body) {
  last_sent_ = frame(body);
  connection_.send(last_sent_);
}

/// Text for the user's terminal.
void GdbServer::console(std::string_view text) {
  constexpr std::size_t kChunk = (kMaxPacket - 8) / 2;
  for (; !text.empty(); text.remove_prefix(std::min(kChunk, text.size()))) reply("O" + to_hex(text.substr(0, kChunk)));
}

std::string GdbServer::stop_reply() const {
  std::string text = fmt::format("T{}", reason_.substr(0, 2));
  Core& core = cluster_.core(stopped_core_);
  for (const unsigned number : {Registers::kSp, Registers::kPc, Registers::kCpsr})
    text +=
        fmt::format("{:02x}:{};", number, value_to_hex(registers_.read(core, number), registers_.all()[number].bytes));
  return text + fmt::format("thread:{:x};core:{:x};{}", stopped_core_ + 1, stopped_core_, reason_.substr(2));
}

}  // namespace hypsim::debug
