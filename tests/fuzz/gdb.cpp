// SPDX-License-Identifier: Apache-2.0
// A client at the GDB server, and two cores behind it. A line of the input is the body of a packet; one that begins
// with '!' goes out as it is, one that begins with '%' is a monitor command.
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "sim/debug/gdb_server.h"
#include "tests/fuzz/guest_machine.h"
#include "tests/support/temporary_folder.h"

namespace {

using namespace hypsim;
using namespace hypsim::fuzz;

class Target final : public DebugTarget {
 public:
  Target(const Header& header, std::string_view code) : machine(header, code, false) {}
  unsigned core_count() const override { return static_cast<unsigned>(machine.cores.size()); }
  Core& core(unsigned index) override { return machine.cores.at(index)->core; }
  bool debug_read(PhysAddr pa, void* data, u32 size, unsigned, Security) override {
    const u8* from = machine.ram(pa.value, size);
    if (from != nullptr) std::memcpy(data, from, size);
    return from != nullptr;
  }
  bool debug_write(PhysAddr pa, const void* data, u32 size, unsigned, Security) override {
    u8* to = machine.ram(pa.value, size);
    if (to == nullptr) return false;
    std::memcpy(to, data, size);
    for (auto& each : machine.cores) each->core.invalidate_code(pa, size);
    return true;
  }
  void reconsider(unsigned index) override { check(index < core_count(), "a core that is not there"); }
  void request_end() override { ended = true; }

  GuestMachine machine;
  bool ended = false;
};

/// Sends a packet whenever the server waits for one, and reads what came back.
class Client {
 public:
  Client(const std::string& path, std::string_view lines) : lines_(lines), socket_(socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    check(connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "no connection");
  }
  ~Client() { close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  bool finished() const { return lines_.empty(); }
  void send_next() {
    read_answers();
    const std::size_t end = std::min(lines_.find('\n'), lines_.size());
    const std::string_view line = lines_.substr(0, end);
    lines_.remove_prefix(std::min(end + 1, lines_.size()));
    if (line.starts_with('!'))
      transmit(std::string(line.substr(1)));
    else
      transmit(debug::frame(line.starts_with('%') ? "qRcmd," + debug::to_hex(line.substr(1)) : std::string(line)));
  }
  void interrupt() { transmit("\x03"); }

 private:
  void transmit(const std::string& bytes) {
    if (!bytes.empty()) (void)!send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  void read_answers() {
    char buffer[16384];
    for (ssize_t n; (n = recv(socket_, buffer, sizeof buffer, MSG_DONTWAIT)) > 0;) {
      answers_.feed({buffer, static_cast<std::size_t>(n)});
      while (const auto event = answers_.next())
        check(event->kind != debug::PacketEvent::Kind::Corrupt, "the server sent a corrupt packet");
    }
  }

  std::string_view lines_;
  int socket_;
  debug::PacketReader answers_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, std::size_t size) {
  static const test::TemporaryFolder folder;
  static const std::string path = (folder / "gdb").string();
  static const SymbolTable symbols = [] {
    SymbolTable table;
    table.add({.address = place::kCode, .size = 16, .function = true, .global = true, .name = "start"});
    table.finish();
    return table;
  }();
  // A loop that counts, stores and calls, with the MMU as the first bytes say.
  Input input(data, size);
  Header header(input);
  header.run = Header::kTwoCores, header.state &= 0xCF, header.code_at = 0;
  static constexpr u32 kLoop[] = {0xE2800001, 0xE5810000, 0xE5912004, 0xEF000000, 0xEAFFFFFA};
  Target target(header, {reinterpret_cast<const char*>(kLoop), sizeof kLoop});

  Client* peer = nullptr;
  debug::GdbServer server(target, symbols, {.where = "unix:" + path, .interrupted = [&] {
                                              if (peer == nullptr || peer->finished()) return true;
                                              peer->send_next();
                                              return false;
                                            }});
  Client client(path, input.rest());
  peer = &client;
  if (!client.finished()) client.send_next();
  server.poll();
  constexpr unsigned kMostRuns = 4, kSlicesOfRun = 4;
  for (unsigned run = 0; run < kMostRuns && !client.finished() && !target.ended; ++run) {
    for (unsigned n = 0; n < kSlicesOfRun; ++n) target.machine.run_slice(n);
    if (client.finished()) break;
    client.interrupt();
    usleep(1100);  // the server looks at its socket once a millisecond
    server.poll();
  }
  server.before_end(EndReason::Deadlock, 0);
  server.finish(0);
  return 0;
}
