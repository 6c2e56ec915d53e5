// SPDX-License-Identifier: Apache-2.0
#include "sim/host/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "sim/base/error.h"
#include "sim/host/interrupt.h"
#include "sim/host/io.h"
#include "sim/host/standard_streams.h"

namespace hypsim::host {

namespace {

constexpr int kMostLinks = 40;  // as many as the kernel follows

// The one file that is being written beside its target; a signal handler reads it.
char unfinished[PATH_MAX];
volatile std::sig_atomic_t is_unfinished = 0;

InputError failure(const std::string& option, const std::string& name, int error, const char* remedy) {
  return InputError(fmt::format("{} {}: {}; {}", option, name, std::strerror(error), remedy));
}

/// A FIFO without a reader is waited for.
int open_to_write(const std::string& path, int flags) {
  constexpr int kLookRoundMs = 50;
  flags |= O_WRONLY | O_CLOEXEC | O_NOCTTY;
  struct stat info {};
  if (stat(path.c_str(), &info) != 0 || !S_ISFIFO(info.st_mode)) return open(path.c_str(), flags, 0666);
  int fd = -1;
  while ((fd = open(path.c_str(), flags | O_NONBLOCK, 0666)) < 0 && errno == ENXIO) {
    if (interrupted.load(std::memory_order_relaxed)) throw Interrupted();
    poll(nullptr, 0, kLookRoundMs);
  }
  if (fd >= 0) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
  return fd;
}

int open_descriptor(int fd) {
  if (!was_closed(fd)) return fcntl(fd, F_DUPFD_CLOEXEC, 3);
  errno = EBADF;
  return -1;
}

/// A rename or a file beside the target that is refused for where it would be, not for want of room.
bool refused_here(int error) {
  return error == EACCES || error == EPERM || error == EROFS || error == EBUSY || error == EXDEV;
}

/// Writes a file that nobody else has yet, and closes it. False with errno.
bool fill(int fd, std::string_view text, const struct stat* model) {
  bool ok = write_all(fd, text.data(), text.size());
  if (ok && model != nullptr) {
    // Another owner's file becomes ours where we may not give it away; then it loses what goes with an owner.
    const bool owner = fchown(fd, model->st_uid, model->st_gid) == 0;
    ok = fchmod(fd, model->st_mode & (owner ? 07777 : 0777)) == 0;
  }
  const int error = errno;
  if (!close_file(fd)) return false;
  errno = error;
  return ok;
}

}  // namespace

void remove_unfinished() {
  if (is_unfinished) unlink(unfinished);
}

std::string follow_links(const std::string& path) {
  std::string at = path;
  for (int i = 0; i < kMostLinks; ++i) {
    char link[PATH_MAX];
    const ssize_t n = readlink(at.c_str(), link, sizeof link);
    if (n < 0 || n == sizeof link) return at;  // no link, or nothing there
    const std::string to(link, static_cast<std::size_t>(n));
    at = to.starts_with('/') ? to : folder_of(at) + "/" + to;
  }
  errno = ELOOP;
  return {};
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

int open_in_place(const std::string& path) {
  if (const auto fd = named_descriptor(path)) return open_descriptor(*fd);
  return open_to_write(path, O_CREAT | O_TRUNC);
}

OutputStream::OutputStream(std::string name, const char* option) : name_(std::move(name)), option_(option) {
  if (name_.empty()) return;
  fd_ = open_in_place(name_);
  if (fd_ < 0) throw failure(option_, name_, errno, "name a file that can be written");
}

OutputStream::~OutputStream() {
  if (fd_ >= 0) calls().close(fd_);
}

void OutputStream::fail(int error) const { throw failure(option_, name_, error, "free some space or write elsewhere"); }

bool OutputStream::write(std::string_view text) {
  if (write_all(fd_, text.data(), text.size())) return true;
  if (!reader_left(errno)) fail(errno);
  return false;
}

void OutputStream::finish() {
  const int fd = fd_;
  fd_ = -1;
  if (fd >= 0 && !close_file(fd)) fail(errno);
}

OutputFile::OutputFile(std::string name, const char* option) : name_(std::move(name)), option_(option) {
  if (name_.empty()) return;
  const auto refuse = [this](int error) { throw failure(option_, name_, error, "name a file that can be written"); };
  if (const auto fd = named_descriptor(name_)) {
    fd_ = open_descriptor(*fd);
    if (fd_ < 0) refuse(errno);
    return;
  }
  target_ = follow_links(name_);
  if (target_.empty()) refuse(errno);
  struct stat info {};
  if (stat(target_.c_str(), &info) != 0) {
    if (errno != ENOENT) refuse(errno);
    if (target_.ends_with('/')) refuse(EISDIR);
    if (access(folder_of(target_).c_str(), W_OK | X_OK) != 0) refuse(errno);
    return;
  }
  fd_ = open_to_write(target_, 0);
  if (fd_ < 0) refuse(errno);
  if (S_ISREG(info.st_mode)) {
    ::close(fd_);
    fd_ = -1;
  } else {
    target_.clear();
  }
}

OutputFile::~OutputFile() {
  if (fd_ >= 0) calls().close(fd_);
}

std::string OutputFile::folder() const { return target_.empty() ? std::string() : folder_of(target_); }

void OutputFile::fail(int error) const { throw failure(option_, name_, error, "free some space or write elsewhere"); }

void OutputFile::write(std::string_view text) {
  if (target_.empty() || !write_beside(text)) write_in_place(text);
}

/// False if the place takes no other file, so that the one which is there has to be written itself.
bool OutputFile::write_beside(std::string_view text) {
  struct stat model {};
  const bool replaces = stat(target_.c_str(), &model) == 0;
  const auto elsewhere = [&](int error) {
    if (!replaces || !refused_here(error)) fail(error);
    return false;
  };
  int fd = -1;
  for (unsigned i = 0; fd < 0; ++i) {
    const std::string name = fmt::format("{}/.hypsim-{}-{}", folder_of(target_), getpid(), i);
    if (name.size() >= sizeof unfinished) fail(ENAMETOOLONG);
    is_unfinished = 0;
    std::memcpy(unfinished, name.c_str(), name.size() + 1);
    std::atomic_signal_fence(std::memory_order_seq_cst);
    is_unfinished = 1;  // what has this process's name is ours, if only from an earlier one that died
    fd = open_to_write(name, O_CREAT | O_EXCL);
    if (fd >= 0 || errno == EEXIST) continue;
    is_unfinished = 0;
    return elsewhere(errno);
  }
  const bool whole = fill(fd, text, replaces ? &model : nullptr);
  const bool done = whole && std::rename(unfinished, target_.c_str()) == 0;
  const int error = errno;
  if (!done) unlink(unfinished);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  is_unfinished = 0;
  if (done) return true;
  if (!whole) fail(error);
  return elsewhere(error);
}

void OutputFile::write_in_place(std::string_view text) {
  if (fd_ < 0) fd_ = open_to_write(target_, O_TRUNC);
  if (fd_ < 0) fail(errno);
  const int fd = fd_;
  fd_ = -1;
  const bool ok = write_all(fd, text.data(), text.size());
  const int error = errno;
  if (!close_file(fd)) fail(errno);
  if (!ok && !reader_left(error)) fail(error);
}

}  // namespace hypsim::host
