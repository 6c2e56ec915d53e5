// SPDX-License-Identifier: Apache-2.0
#include "sim/host/unix_listener.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "sim/base/error.h"
#include "sim/host/io.h"

namespace hypsim::host {

namespace {

InputError refused(const std::string& what, const std::string& why, const char* remedy) {
  return InputError(what + ": " + why + "; " + remedy);
}

sockaddr_un address_of(const std::string& path, const std::string& what) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty()) throw refused(what, "no path", "write for example unix:/tmp/hypsim.sock");
  if (path.size() >= sizeof address.sun_path)
    throw refused(what, "the path is too long for a socket", "use a shorter one");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

/// A socket file that a dead process left behind must not be in the way; anything else stays.
void remove_stale_socket(const sockaddr_un& address) {
  struct stat info {};
  if (lstat(address.sun_path, &info) != 0 || !S_ISSOCK(info.st_mode)) return;
  // One whose queue of clients is full does not hold us up.
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const bool alive =
      connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 || errno != ECONNREFUSED;
  calls().close(probe);
  if (!alive) unlink(address.sun_path);
}

}  // namespace

UnixListener::UnixListener(const std::string& path, const std::string& what, int backlog) : path_(path) {
  const sockaddr_un address = address_of(path, what);
  remove_stale_socket(address);
  descriptor_ = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const mode_t mask = umask(0177);
  const bool bound = bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  int error = errno;
  umask(mask);
  if (bound && listen(descriptor_, backlog) == 0) return;
  if (bound) {
    error = errno;
    unlink(path_.c_str());
  }
  calls().close(descriptor_);
  throw refused(what, std::strerror(error), "use another path");
}

UnixListener::~UnixListener() {
  calls().close(descriptor_);
  unlink(path_.c_str());
}

}  // namespace hypsim::host
