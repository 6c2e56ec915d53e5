// SPDX-License-Identifier: Apache-2.0
// Files that a command writes. A report replaces a regular file when it is complete; what grows during a run (traces,
// consoles) is written in place, and so is everything that is no regular file.
#pragma once

#include <string>
#include <string_view>

namespace hypsim::host {

/// Opens a file for what grows. A regular one is emptied; a descriptor that the path names (/dev/stdout, /dev/fd/3) is
/// used as it is. -1 with errno; throws Interrupted if Ctrl-C ends the wait for a FIFO's reader.
int open_in_place(const std::string& path);

/// A file that grows.
class OutputStream {
 public:
  /// `option` names it in messages. Throws InputError. An empty name: not wanted.
  OutputStream(std::string name, const char* option);
  ~OutputStream();
  OutputStream(const OutputStream&) = delete;
  OutputStream& operator=(const OutputStream&) = delete;

  bool wanted() const { return !name_.empty(); }
  /// Throws InputError if it takes not all. False if nobody reads it any more, which is no error.
  bool write(std::string_view text);
  /// Throws InputError if an earlier write failed after all.
  void finish();

 private:
  [[noreturn]] void fail(int error) const;

  std::string name_, option_;
  int fd_ = -1;
};

/// A report. The file that was there stays until all of the new one is on the host's file system; then that takes its
/// name, with its mode. Symbolic links stay links. Files in folders that cannot be written, and mount points, are
/// written in place.
class OutputFile {
 public:
  /// Finds out before the run whether it can be written, as far as that can be known. Throws InputError. An empty name:
  /// not wanted.
  OutputFile(std::string name, const char* option);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  bool wanted() const { return !name_.empty(); }
  /// Where write() makes and replaces files; empty if it needs no more than what is open.
  std::string folder() const;
  /// Writes all of it, once. Throws InputError; what was there is then as it was, unless it was written in place.
  void write(std::string_view text);

 private:
  [[noreturn]] void fail(int error) const;
  bool write_beside(std::string_view text);
  void write_in_place(std::string_view text);

  std::string name_, option_;
  std::string target_;  // what symbolic links lead to; empty: written in place
  int fd_ = -1;         // of what is no regular file
};

/// Removes what an OutputFile has not finished, at an abrupt end. Async-signal-safe.
void remove_unfinished();

/// Where the symbolic links of `path` lead, which need not exist. Empty with errno if there are too many.
std::string follow_links(const std::string& path);
/// The folder of a path, "." if it names none.
std::string folder_of(const std::string& path);

}  // namespace hypsim::host
