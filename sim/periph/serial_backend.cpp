// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/serial_backend.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "sim/base/error.h"
#include "sim/host/io.h"
#include "sim/host/output_file.h"
#include "sim/host/standard_streams.h"
#include "sim/periph/socket_backend.h"
#include "sim/text/printable.h"

namespace hypsim {

namespace {

constexpr std::size_t kBufferSize = 4096;

termios saved_terminal;
volatile std::sig_atomic_t terminal_is_raw = 0;

void make_terminal_raw() {
  if (terminal_is_raw || !isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, &saved_terminal) != 0) return;
  termios raw = saved_terminal;
  raw.c_iflag &= ~static_cast<tcflag_t>(ICRNL | INLCR | IXON);
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | IEXTEN);
  raw.c_cc[VMIN] = 0;
  raw.c_cc[VTIME] = 0;
  if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) != 0) return;
  terminal_is_raw = 1;
  std::atexit(restore_terminal);
}

int open_or_throw(int fd, const std::string& path, const char* remedy) {
  if (fd < 0) throw InputError("serial: cannot open '" + path + "': " + std::strerror(errno) + ": " + remedy);
  return fd;
}

// A FIFO opens without blocking: a run that silently waits for its other end is worse than a message.
int open_fifo(const std::string& path, int flags, const char* remedy) {
  const int fd = open_or_throw(open(path.c_str(), flags | O_NONBLOCK | O_CLOEXEC), path, remedy);
  struct stat status {};
  if (fstat(fd, &status) != 0 || !S_ISFIFO(status.st_mode)) {
    close(fd);
    throw InputError("serial: '" + path + "' is not a FIFO: make it with mkfifo");
  }
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
  return fd;
}

class NullBackend final : public SerialBackend {
 public:
  void write(const u8*, std::size_t) override {}
  std::size_t read(u8*, std::size_t) override { return 0; }
};

// Standard output and input, raw while it lives.
class TerminalBackend final : public FdBackend {
 public:
  TerminalBackend() : FdBackend("standard output", STDOUT_FILENO, STDIN_FILENO, Ownership::Borrow) {
    make_terminal_raw();
  }
  ~TerminalBackend() override {
    flush();
    restore_terminal();
  }
};

}  // namespace

void restore_terminal() {
  if (!terminal_is_raw) return;
  tcsetattr(STDIN_FILENO, TCSANOW, &saved_terminal);
  terminal_is_raw = 0;
}

void SerialBackend::fail(const std::string& line) {
  if (!failure_.empty()) return;
  failure_ = text::printable(line);
  host::print_error(failure_ + "\n");
}

std::size_t BufferBackend::read(u8* data, std::size_t max) {
  const std::size_t n = std::min(max, input_.size());
  std::copy_n(input_.begin(), n, data);
  input_.erase(0, n);
  return n;
}

FdBackend::FdBackend(std::string name, int output, int input, Ownership ownership)
    : name_(std::move(name)), output_(output), input_(input), ownership_(ownership) {
  buffer_.reserve(kBufferSize);
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is an error of write(), not the end of the process
}

FdBackend::~FdBackend() {
  finish();
  if (ownership_ == Ownership::Close && input_ >= 0) close(input_);
}

void FdBackend::write(const u8* data, std::size_t size) {
  if (output_ < 0 || !failure().empty()) return;
  for (std::size_t i = 0; i < size; ++i) {
    buffer_.push_back(data[i]);
    if (data[i] == '\n' || buffer_.size() >= kBufferSize) flush();
  }
}

void FdBackend::flush() {
  const bool done = output_ < 0 || !failure().empty() || host::write_all(output_, buffer_.data(), buffer_.size());
  buffer_.clear();
  // A run that ends while a reader takes nothing has not failed for it.
  if (!done && errno != ECANCELED) lose(errno);
}

void FdBackend::finish() {
  flush();
  if (output_ < 0) return;
  const int output = std::exchange(output_, -1);
  if (!(ownership_ == Ownership::Close ? host::close_file(output) : host::settle(output))) lose(errno);
}

void FdBackend::lose(int error) {
  if (host::reader_left(error)) {
    // The guest goes on and its results stay the same, whenever the reader left.
    if (ownership_ == Ownership::Close && output_ >= 0) close(output_);
    output_ = -1;
    return;
  }
  fail("serial: writing to " + name_ + " failed: " + std::strerror(error) + ": further output of this port is dropped");
}

std::size_t FdBackend::read(u8* data, std::size_t max) {
  flush();  // a prompt without a newline must be on the screen before its answer
  if (input_ < 0 || max == 0) return 0;
  pollfd ready{input_, POLLIN, 0};
  if (poll(&ready, 1, 0) <= 0 || (ready.revents & POLLIN) == 0) return 0;
  // An error is the end of the input, as far as the guest can see.
  const ssize_t n = host::calls().read(input_, data, max);
  return n > 0 ? static_cast<std::size_t>(n) : 0;
}

std::unique_ptr<SerialBackend> make_serial_backend(const std::string& spec) {
  using Ownership = FdBackend::Ownership;
  const auto path_of = [&spec](const char* prefix) {
    std::string path = spec.substr(std::strlen(prefix));
    if (path.empty()) throw InputError("serial: '" + spec + "' lacks a path: write it after the colon");
    return path;
  };
  if (spec == "none") return std::make_unique<NullBackend>();
  if (spec == "stdout") return std::make_unique<FdBackend>("standard output", STDOUT_FILENO, -1, Ownership::Borrow);
  if (spec == "terminal") return std::make_unique<TerminalBackend>();
  if (spec.starts_with("file:")) {
    const std::string path = path_of("file:");
    const int fd = open_or_throw(host::open_in_place(path), path, "give a path that can be written");
    return std::make_unique<FdBackend>("'" + path + "'", fd, -1, Ownership::Close);
  }
  if (spec.starts_with("pipe:")) {
    const std::string path = path_of("pipe:");
    const int input = open_fifo(path + ".in", O_RDONLY, "make it with mkfifo");
    try {
      const int output = open_fifo(path + ".out", O_WRONLY, "make it with mkfifo and start its reader first");
      return std::make_unique<FdBackend>("'" + path + ".out'", output, input, Ownership::Close);
    } catch (...) {
      close(input);
      throw;
    }
  }
  if (spec.starts_with("unix:")) return std::make_unique<SocketBackend>(spec.substr(std::strlen("unix:")));
  throw InputError("serial: unknown backend '" + spec +
                   "': use none, stdout, terminal, file:PATH, pipe:PATH or unix:PATH");
}

}  // namespace hypsim
