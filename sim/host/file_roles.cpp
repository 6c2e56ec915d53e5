// SPDX-License-Identifier: Apache-2.0
#include "sim/host/file_roles.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/host/output_file.h"
#include "sim/host/standard_streams.h"

namespace hypsim::host {

FileRoles::FileRoles() {
  for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat info {};
    if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode))
      roles_.push_back(
          {fd == STDOUT_FILENO ? "standard output" : "standard error", info.st_dev, info.st_ino, {}, true, true});
  }
}

void FileRoles::add(const std::string& option, const std::string& path, bool output) {
  if (path.empty()) return;
  struct stat info {};
  Role role{option == path ? path : option + " " + path, 0, 0, {}, output, named_descriptor(path).has_value()};
  if (stat(path.c_str(), &info) == 0) {
    if (!S_ISREG(info.st_mode) && !S_ISBLK(info.st_mode)) return;
    role.device = S_ISBLK(info.st_mode) ? info.st_rdev : info.st_dev;
    role.inode = S_ISBLK(info.st_mode) ? 0 : info.st_ino;  // no file has that number
  } else {
    const std::string target = follow_links(path);
    if (target.empty() || stat(folder_of(target).c_str(), &info) != 0) return;  // said where it is opened
    role.device = info.st_dev;
    role.inode = info.st_ino;
    role.name = target.substr(target.rfind('/') + 1);
  }
  roles_.push_back(std::move(role));
}

void FileRoles::check() const {
  for (const Role& a : roles_) {
    if (!a.output) continue;
    for (const Role& b : roles_) {
      // What goes through one descriptor stands one after the other.
      if (&a == &b || (a.descriptor && b.descriptor && b.output)) continue;
      if (a.device != b.device || a.inode != b.inode || a.name != b.name) continue;
      const Role &from = a.descriptor && b.output ? b : a, &to = a.descriptor && b.output ? a : b;
      throw InputError(fmt::format("{}: would overwrite {}; name another file", from.what, to.what));
    }
  }
}

}  // namespace hypsim::host
