// SPDX-License-Identifier: Apache-2.0
#include "sim/host/folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sim/base/error.h"
#include "sim/host/io.h"

namespace hypsim::host {

namespace {

constexpr mode_t kNewFile = 0666;  // less the umask
constexpr int kAttempts = 16;      // a rename on the host makes the kernel give up a look-up with ".."

int fail(int error) {
  errno = error;
  return -1;
}

/// Closes `fd` and leaves errno alone.
void drop(int fd) {
  const int error = errno;
  calls().close(fd);
  errno = error;
}

bool is_regular(int fd) {
  struct stat status {};
  if (fstat(fd, &status) != 0) return false;
  if (S_ISREG(status.st_mode)) return true;
  errno = S_ISDIR(status.st_mode) ? EISDIR : EACCES;
  return false;
}

}  // namespace

Folder::Folder(const std::string& path, const char* option, Walk walk)
    : fd_(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), walk_(walk) {
  if (fd_ < 0) throw InputError(fmt::format("{} {}: {}; name a folder", option, path, std::strerror(errno)));
}

Folder::~Folder() { calls().close(fd_); }

int Folder::open(const std::string& name, int flags) const {
  if (name.find('\0') != std::string::npos) return fail(EINVAL);
  const std::size_t first = name.find_first_not_of('/');
  if (first == std::string::npos) return fail(name.empty() ? ENOENT : EISDIR);
  const std::string inside = name.substr(first);

  // A look first: opening a device or a FIFO may already do something.
  const int seen = resolve(inside, O_PATH);
  if (seen >= 0) {
    const bool regular = is_regular(seen);
    drop(seen);
    if (!regular) return -1;
  } else if (errno != ENOENT || (flags & O_CREAT) == 0) {
    return -1;
  }
  const int fd = resolve(inside, (flags & ~O_TRUNC) | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return -1;
  if (is_regular(fd) && ((flags & O_TRUNC) == 0 || ftruncate(fd, 0) == 0)) return fd;
  drop(fd);
  return -1;
}

int Folder::resolve(const std::string& name, int flags) const {
  if (walk_ == Walk::Components) return walk_components(name, flags);
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.mode = (flags & O_CREAT) != 0 ? kNewFile : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (int i = 0; i < kAttempts; ++i) {
    const long fd = syscall(SYS_openat2, fd_, name.c_str(), &how, sizeof how);
    if (fd >= 0) return static_cast<int>(fd);
    if (errno == ENOSYS || errno == EPERM) return walk_components(name, flags);  // an old kernel, a seccomp filter
    if (errno != EAGAIN && errno != EINTR) return -1;
  }
  return -1;
}

int Folder::walk_components(const std::string& name, int flags) const {
  int folder = fd_;
  for (std::size_t at = 0;;) {
    const std::size_t slash = std::min(name.find('/', at), name.size());
    const std::string component = name.substr(at, slash - at);
    const bool last = slash == name.size();
    int next = -1;
    if (component == "..")
      errno = EXDEV;
    else if (last && (component.empty() || component == "."))
      errno = EISDIR;
    else if (component.empty() || component == ".")
      next = folder;
    else if (last)
      next = openat(folder, component.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, kNewFile);
    else
      next = openat(folder, component.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder != fd_ && folder != next) drop(folder);
    if (next < 0 || last) return next;
    folder = next;
    at = slash + 1;
  }
}

}  // namespace hypsim::host
