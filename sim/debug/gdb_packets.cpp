// SPDX-License-Identifier: Apache-2.0
// What each packet does. Whatever a client sends is answered; what is not understood is answered by the empty packet,
// as the protocol has it, and what is wrong by an error. GDB manual, "Packets"
#include <fmt/format.h>

#include <algorithm>

#include "sim/debug/gdb_server.h"

namespace hypsim::debug {

namespace {

constexpr u64 kNoAddress = ~u64{0};                  // beyond any the protocol can mean
constexpr u32 kMaxTransfer = (kMaxPacket - 16) / 2;  // bytes of memory in one packet

}  // namespace

GdbServer::Next GdbServer::ok() {
  reply("OK");
  return Next::Serve;
}

GdbServer::Next GdbServer::error() {
  reply("E01");
  return Next::Serve;
}

GdbServer::Next GdbServer::handle(const std::string& body) {
  const std::string_view rest = body.empty() ? std::string_view() : std::string_view(body).substr(1);
  switch (body.empty() ? '\0' : body[0]) {
    case '?': reply(stop_reply()); return Next::Serve;
    case 'g': return read_registers();
    case 'G': return write_registers(rest);
    case 'p': return read_register(rest);
    case 'P': return write_register(rest);
    case 'm': return read_memory(rest);
    case 'M': return write_memory(rest, false);
    case 'X': return write_memory(rest, true);
    case 'Z': return change_point(rest, true);
    case 'z': return change_point(rest, false);
    case 'H': return select(rest);
    case 'T': return core_of(rest) ? ok() : error();
    case 'c':
    case 's': return legacy_resume(body[0], rest);
    case 'C':
    case 'S': {
      Fields fields(rest);
      if (!fields.number()) return error();
      return legacy_resume(body[0] == 'C' ? 'c' : 's', fields.skip(";") ? fields.rest() : std::string_view());
    }
    case 'D': return detach();
    case 'k': return kill();
    case 'q':
    case 'Q': return query(body);
    case 'v': return v_packet(body);
    default: reply(""); return Next::Serve;
  }
}

std::optional<unsigned> GdbServer::core_of(std::string_view thread) const {
  if (thread == "-1" || thread == "0") return selected_;
  Fields fields(thread);
  const std::optional<u64> id = fields.number();
  if (!id || !fields.empty() || *id == 0 || *id > cluster_.core_count()) return std::nullopt;
  return static_cast<unsigned>(*id - 1);
}

GdbServer::Next GdbServer::select(std::string_view body) {
  if (body.empty()) return error();
  const std::optional<unsigned> core = core_of(body.substr(1));
  if (!core) return error();
  if (body[0] == 'g') selected_ = *core;
  return ok();
}

// --- running ---------------------------------------------------------------------------------------------------------

GdbServer::Next GdbServer::legacy_resume(char action, std::string_view argument) {
  if (!argument.empty()) {
    Fields fields(argument);
    const std::optional<u64> pc = fields.number();
    if (!pc || !fields.empty()) return error();
    write_one(Registers::kPc, *pc);
  }
  return resume(fmt::format("{}:{:x};c", action, selected_ + 1));
}

/// `actions`: "s:1;c" and the like. The first action that names a core, or no core, is its own. Cores without one run
/// too.
GdbServer::Next GdbServer::resume(std::string_view actions) {
  std::array<char, kMaxCores> chosen{};
  for (Fields fields(actions); !fields.empty();) {
    Fields action(fields.until(';'));
    const std::string_view verb = action.until(':');
    if (verb.empty() || std::string_view("csCS").find(verb[0]) == std::string_view::npos) return error();
    const std::string_view thread = action.rest();
    const bool every = thread.empty() || thread == "-1" || thread == "0";
    const std::optional<unsigned> core = every ? std::nullopt : core_of(thread);
    if (!every && !core) return error();
    for (unsigned i = 0; i < cluster_.core_count(); ++i)
      if (chosen[i] == 0 && (every || i == *core)) chosen[i] = verb[0];
  }
  for (unsigned i = 0; i < cluster_.core_count(); ++i) {
    const bool step = chosen[i] == 's' || chosen[i] == 'S';
    // The core that stopped inside a block goes on with the very instruction it stands at, without being asked again.
    const bool goes_on = inside_instruction_ && i == stopped_core_ && !moved_;
    steps_[i] = {step, step && !goes_on, cluster_.core(i).state().pc()};
  }
  install();
  client_waits_ = true;
  return Next::Resume;
}

GdbServer::Next GdbServer::kill() {
  client_waits_ = false;
  cluster_.request_end();
  let_go();
  return Next::Resume;
}

GdbServer::Next GdbServer::detach() {
  ok();
  let_go();
  return Next::Resume;
}

GdbServer::Next GdbServer::v_packet(std::string_view body) {
  Fields fields(body);
  if (body == "vCont?") {
    reply("vCont;c;C;s;S");
    return Next::Serve;
  }
  if (fields.skip("vCont;")) return resume(fields.rest());
  if (fields.skip("vKill")) {
    reply("OK");
    return kill();
  }
  reply("");
  return Next::Serve;
}

// --- registers -------------------------------------------------------------------------------------------------------

bool GdbServer::write_one(unsigned number, u64 value) {
  if (!registers_.write(selected(), number, value)) return false;
  const Register::Kind kind = registers_.all()[number].kind;
  if (selected_ == stopped_core_ && kind >= Register::Kind::Pc && kind != Register::Kind::Vfp &&
      kind != Register::Kind::Banked)
    moved_ = true;
  cluster_.reconsider(selected_);
  return true;
}

GdbServer::Next GdbServer::read_registers() {
  std::string text;
  for (unsigned n = 0; n < registers_.in_g_packet(); ++n)
    text += value_to_hex(registers_.read(selected(), n), registers_.all()[n].bytes);
  reply(text);
  return Next::Serve;
}

GdbServer::Next GdbServer::write_registers(std::string_view digits) {
  std::size_t at = 0;
  std::vector<u64> values;
  for (unsigned n = 0; n < registers_.in_g_packet(); ++n) {
    const unsigned bytes = registers_.all()[n].bytes;
    if (at + bytes * 2 > digits.size()) return error();
    const std::optional<u64> value = value_from_hex(digits.substr(at, bytes * 2), bytes);
    if (!value) return error();
    values.push_back(*value);
    at += bytes * 2;
  }
  bool done = true;
  // The CPSR first: it selects the banks and the alignment of the PC.
  if (values[Registers::kCpsr] != registers_.read(selected(), Registers::kCpsr))
    done = write_one(Registers::kCpsr, values[Registers::kCpsr]);
  for (unsigned n = 0; n < values.size(); ++n)
    if (n != Registers::kCpsr && registers_.read(selected(), n) != values[n]) done = write_one(n, values[n]) && done;
  return done ? ok() : error();
}

GdbServer::Next GdbServer::read_register(std::string_view body) {
  Fields fields(body);
  const std::optional<u64> number = fields.number();
  if (!number || !fields.empty() || *number >= registers_.all().size()) return error();
  const unsigned n = static_cast<unsigned>(*number);
  reply(value_to_hex(registers_.read(selected(), n), registers_.all()[n].bytes));
  return Next::Serve;
}

GdbServer::Next GdbServer::write_register(std::string_view body) {
  Fields fields(body);
  const std::optional<u64> number = fields.number();
  if (!number || !fields.skip("=") || *number >= registers_.all().size()) return error();
  const unsigned n = static_cast<unsigned>(*number);
  const std::optional<u64> value = value_from_hex(fields.rest(), registers_.all()[n].bytes);
  return value && write_one(n, *value) ? ok() : error();
}

// --- memory ----------------------------------------------------------------------------------------------------------

GdbServer::Next GdbServer::read_memory(std::string_view body) {
  Fields fields(body);
  const std::optional<u64> address = fields.number();
  const std::optional<u64> length = fields.number_after(",");
  if (!address || !length || !fields.empty()) return error();
  std::string bytes(std::min<u64>(*length, kMaxTransfer), '\0');
  const u32 got = spaces_.read(selected(), monitor_.space(), *address, bytes.data(), static_cast<u32>(bytes.size()));
  if (got == 0 && *length != 0) return error();
  reply(to_hex(std::string_view(bytes).substr(0, got)));
  return Next::Serve;
}

GdbServer::Next GdbServer::write_memory(std::string_view body, bool binary) {
  Fields fields(body);
  const std::optional<u64> address = fields.number();
  const std::optional<u64> length = fields.number_after(",");
  if (!address || !length || !fields.skip(":")) return error();
  const std::optional<std::string> bytes = binary ? std::string(fields.rest()) : from_hex(fields.rest());
  if (!bytes || bytes->size() != *length) return error();
  const u32 size = static_cast<u32>(bytes->size());
  if (spaces_.write(selected(), monitor_.space(), *address, bytes->data(), size) != size) return error();
  if (size != 0 && inside_instruction_) moved_ = true;
  return ok();
}

GdbServer::Next GdbServer::change_point(std::string_view body, bool add) {
  Fields fields(body);
  const std::optional<u64> kind = fields.number();
  const std::optional<u64> address = fields.number_after(",");
  const std::optional<u64> length = fields.number_after(",");
  if (!kind || !length || address.value_or(kNoAddress) > ~u32{0} || *length > kPageSize) return error();
  if (*kind > static_cast<u64>(PointKind::Access)) {
    reply("");
    return Next::Serve;
  }
  Point point{static_cast<PointKind>(*kind), static_cast<u32>(address.value_or(kNoAddress)),
              static_cast<u32>(std::max<u64>(*length, 1))};
  if (!point.is_watchpoint()) {
    point.address &= ~1u;
    point.length = 0;
  }
  if (add && !breakpoints_.add(point)) return error();
  if (!add) breakpoints_.remove(point);
  if (point.is_watchpoint())
    for (unsigned i = 0; i < cluster_.core_count(); ++i) cluster_.core(i).watches_changed();
  return ok();
}

// --- queries ---------------------------------------------------------------------------------------------------------

GdbServer::Next GdbServer::query(std::string_view body) {
  Fields fields(body);
  if (fields.skip("qSupported")) {
    names_breaks_ = fields.rest().find("swbreak+") != std::string_view::npos;
    reply(fmt::format(
        "PacketSize={:x};QStartNoAckMode+;qXfer:features:read+;qXfer:threads:read+;swbreak+;hwbreak+;vContSupported+",
        kMaxPacket));
    return Next::Serve;
  }
  if (body == "QStartNoAckMode") {
    ok();
    acknowledge_ = false;
    return Next::Serve;
  }
  if (fields.skip("qXfer:")) return transfer(fields.rest());
  if (fields.skip("qRcmd,")) return monitor(fields.rest());
  return query_more(body);
}

GdbServer::Next GdbServer::query_more(std::string_view body) {
  Fields fields(body);
  if (body == "qC") {
    reply(fmt::format("QC{:x}", selected_ + 1));
  } else if (body == "qfThreadInfo") {
    std::string list = "m";
    for (unsigned i = 0; i < cluster_.core_count(); ++i) list += fmt::format("{}{:x}", i == 0 ? "" : ",", i + 1);
    reply(list);
  } else if (body == "qsThreadInfo") {
    reply("l");
  } else if (fields.skip("qThreadExtraInfo,")) {
    const std::optional<unsigned> core = core_of(fields.rest());
    if (!core) return error();
    reply(to_hex(describe_core(cluster_.core(*core))));
  } else if (fields.skip("qAttached")) {
    reply("1");
  } else if (fields.skip("qSymbol")) {
    reply("OK");
  } else {
    reply("");
  }
  return Next::Serve;
}

std::string GdbServer::thread_list() const {
  std::string xml = "<?xml version=\"1.0\"?>\n<threads>\n";
  for (unsigned i = 0; i < cluster_.core_count(); ++i)
    xml += fmt::format("  <thread id=\"{:x}\" core=\"{}\" name=\"core {}\">{}</thread>\n", i + 1, i, i,
                       describe_core(cluster_.core(i)));
  return xml + "</threads>\n";
}

/// qXfer:OBJECT:read:ANNEX:OFFSET,LENGTH
GdbServer::Next GdbServer::transfer(std::string_view body) {
  Fields fields(body);
  const std::string_view object = fields.until(':');
  const std::string_view verb = fields.until(':');
  const std::string_view annex = fields.until(':');
  const std::optional<u64> offset = fields.number();
  const std::optional<u64> length = fields.number_after(",");
  if (verb != "read" || (object != "features" && object != "threads")) {
    reply("");
    return Next::Serve;
  }
  if (!offset || !length) return error();
  if (object == "features" && annex != "target.xml") {
    reply("E00");
    return Next::Serve;
  }
  const std::string text = object == "features" ? registers_.target_xml() : thread_list();
  if (*offset >= text.size()) {
    reply("l");
    return Next::Serve;
  }
  const std::size_t count = static_cast<std::size_t>(std::min<u64>(*length, kMaxTransfer));
  const std::string_view part = std::string_view(text).substr(static_cast<std::size_t>(*offset), count);
  reply((*offset + part.size() < text.size() ? "m" : "l") + std::string(part));
  return Next::Serve;
}

GdbServer::Next GdbServer::monitor(std::string_view digits) {
  const std::optional<std::string> command = from_hex(digits);
  if (!command) return error();
  console(monitor_.run(selected(), *command));
  return ok();
}

}  // namespace hypsim::debug
