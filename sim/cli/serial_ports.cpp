// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/serial_ports.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>

#include "sim/base/error.h"
#include "sim/host/output_file.h"

namespace hypsim {

namespace {

constexpr std::string_view kUnix = "unix:";

/// "uart1" of "uart1=FILE"; empty if it names no port.
std::string port_name(const std::string& text) {
  const std::string name = text.substr(0, text.find('='));
  const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
  });
  return name.size() < text.size() && plain ? name : std::string();
}

std::string uarts(const PlatformDescription& platform) {
  std::string all;
  for (const DeviceDescription& d : platform.devices)
    if (d.type == "pl011") all += (all.empty() ? "" : ", ") + d.name;
  return all;
}

// stdio takes input from a terminal alone: what a pipe has ready depends on the host, and a run must not.
std::unique_ptr<SerialBackend> open_port(const std::string& spec, bool json) {
  if (spec == "stdio") {
    if (json) return std::make_unique<FdBackend>("standard error", STDERR_FILENO, -1, FdBackend::Ownership::Borrow);
    return make_serial_backend(isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? "terminal" : "stdout");
  }
  const bool known =
      spec == "none" || spec.starts_with("file:") || spec.starts_with("pipe:") || spec.starts_with(kUnix);
  return make_serial_backend(known ? spec : "file:" + spec);
}

}  // namespace

SerialPorts::SerialPorts(const RunOptions& options, const PlatformDescription& platform) {
  const DeviceDescription* console = platform.console();
  ports_.push_back({Place::Console, console ? console->name : "", "--serial", "stdio", nullptr});
  for (const std::string& text : options.serials) add_uart(text, platform);
  if (!options.virtio_console.empty())
    ports_.push_back({Place::Virtio, "", "--virtio-console", options.virtio_console, nullptr});
  const Port* stdio = nullptr;
  for (const Port& port : ports_) {
    if (port.spec != "stdio") continue;
    if (stdio != nullptr)
      throw InputError(fmt::format("{} stdio: {}", port.option,
                                   stdio->place == Place::Console
                                       ? "the UART has it; add --serial none"
                                       : fmt::format("{} has it; give one of them a file or a socket", stdio->option)));
    stdio = &port;
  }
}

void SerialPorts::add_uart(const std::string& text, const PlatformDescription& platform) {
  const std::string name = port_name(text);
  Port& console = ports_.front();
  if (name.empty() || name == console.name) {
    if (console_named_)
      throw InputError(fmt::format("--serial {}: the console stands more than once; give it once", text));
    console_named_ = true;
    console.spec = name.empty() ? text : text.substr(name.size() + 1);
  } else {
    const std::string all = uarts(platform);
    if (std::none_of(platform.devices.begin(), platform.devices.end(),
                     [&](const DeviceDescription& d) { return d.type == "pl011" && d.name == name; }))
      throw InputError(
          fmt::format("--serial {}: {} has no UART \"{}\"; {}", text, platform.name, name,
                      all.empty() ? "leave it out" : "it has " + all + " (a file of that name is ./" + text + ")"));
    if (std::any_of(ports_.begin(), ports_.end(), [&](const Port& p) { return p.name == name; }))
      throw InputError(fmt::format("--serial {}: {} stands more than once; give it once", text, name));
    ports_.push_back({Place::Uart, name, "--serial " + name + "=", text.substr(name.size() + 1), nullptr});
  }
  if (text.ends_with('=') && !name.empty())
    throw InputError(fmt::format("--serial {}: names no file; write for example {}=stdio", text, name));
}

void SerialPorts::name_files(host::FileRoles& files) const {
  for (const Port& p : ports_)
    if (p.spec != "stdio" && p.spec != "none" && !p.spec.starts_with("pipe:") && !p.spec.starts_with(kUnix))
      files.output(p.option, p.spec.starts_with("file:") ? p.spec.substr(5) : p.spec);
}

void SerialPorts::open(bool json) {
  for (Port& p : ports_) p.backend = open_port(p.spec, json);
}

void SerialPorts::connect(PlatformOptions& options) const {
  for (const Port& p : ports_) {
    const SerialLine line{p.backend.get(), p.backend->waits_on() >= 0};
    if (p.place == Place::Virtio)
      options.virtio_console = line;
    else if (!p.name.empty())
      options.serial[p.name] = line;
  }
}

bool SerialPorts::failed() const {
  return std::any_of(ports_.begin(), ports_.end(), [](const Port& p) { return !p.backend->failure().empty(); });
}
void SerialPorts::flush() {
  for (const Port& p : ports_) p.backend->flush();
}
void SerialPorts::finish() {
  for (const Port& p : ports_) p.backend->finish();
}
bool SerialPorts::input() const {
  return std::any_of(ports_.begin(), ports_.end(), [](const Port& p) { return p.backend->waits_on() >= 0; });
}

void SerialPorts::wait_for_input() {
  flush();
  std::vector<pollfd> inputs;
  for (const Port& p : ports_)
    if (const int fd = p.backend->waits_on(); fd >= 0) inputs.push_back({fd, POLLIN, 0});
  ::poll(inputs.data(), inputs.size(), 1);
}

std::vector<std::string> SerialPorts::removed() const {
  std::vector<std::string> folders;
  for (const Port& p : ports_)
    if (p.spec.starts_with(kUnix)) folders.push_back(host::folder_of(p.spec.substr(kUnix.size())));
  return folders;
}

}  // namespace hypsim
