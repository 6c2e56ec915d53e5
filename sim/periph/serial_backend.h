// SPDX-License-Identifier: Apache-2.0
// Where the bytes of a serial port go to and come from.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "sim/base/bits.h"

namespace hypsim {

/// The host side of a serial port. Neither call blocks on input; output waits for a slow reader,
/// and is dropped once host::giving_up().
class SerialBackend {
 public:
  virtual ~SerialBackend() = default;
  /// Takes `size` bytes. After a failure it drops them; see failure().
  virtual void write(const u8* data, std::size_t size) = 0;
  /// Hands over at most `max` bytes that are there now; 0 if there are none.
  virtual std::size_t read(u8* data, std::size_t max) = 0;
  /// Sends what is buffered.
  virtual void flush() {}
  /// What becomes readable when there is something to read, or -1: nothing ever comes in.
  virtual int waits_on() const { return -1; }
  /// Sends it, and finds out whether all output has arrived. Nothing goes out any more.
  virtual void finish() {}

  /// Empty, or the one line that says what went wrong (it was printed on stderr when it happened). The run goes on;
  /// whoever started it decides the exit code.
  const std::string& failure() const { return failure_; }

 protected:
  /// Records and prints the first failure.
  void fail(const std::string& line);

 private:
  std::string failure_;
};

/// Output into memory, input from memory.
class BufferBackend final : public SerialBackend {
 public:
  void write(const u8* data, std::size_t size) override { output_.append(reinterpret_cast<const char*>(data), size); }
  std::size_t read(u8* data, std::size_t max) override;

  const std::string& output() const { return output_; }
  void feed(const std::string& text) { input_ += text; }

 private:
  std::string output_, input_;
};

/// File descriptors: standard streams, a terminal, files, pipes. Output is sent at each newline, at 4 KB and on
/// flush(). What a pipe's reader has not taken when it leaves is dropped, and that is no failure.
class FdBackend : public SerialBackend {
 public:
  /// What becomes of the descriptors at the end.
  enum class Ownership { Borrow, Close };

  /// `output` or `input` may be -1: nothing goes out or comes in. `name` appears in messages.
  FdBackend(std::string name, int output, int input, Ownership ownership);
  ~FdBackend() override;
  FdBackend(const FdBackend&) = delete;
  FdBackend& operator=(const FdBackend&) = delete;

  void write(const u8* data, std::size_t size) override;
  std::size_t read(u8* data, std::size_t max) override;
  void flush() final;
  void finish() final;
  int waits_on() const override { return input_; }

 private:
  void lose(int error);

  std::string name_;
  int output_, input_;
  Ownership ownership_;
  std::vector<u8> buffer_;
};

/// Makes the backend that `spec` names:
///   none         no input, output dropped
///   stdout       output on standard output, no input
///   terminal     standard output and standard input; a terminal is switched to raw input until the end (Ctrl-C still
///   ends
///                the run)
///   file:PATH    output into a file
///   pipe:PATH    output into the FIFO PATH.out, input from the FIFO PATH.in
///   unix:PATH    whoever connects to that socket
/// Throws InputError for an unknown spec or a path that cannot be opened.
std::unique_ptr<SerialBackend> make_serial_backend(const std::string& spec);

/// Puts the terminal back as it was before the `terminal` backend. Async-signal-safe; does nothing if there is nothing
/// to do.
void restore_terminal();

}  // namespace hypsim
