// SPDX-License-Identifier: Apache-2.0
// A folder in which somebody who is not trusted may name files.
#pragma once

#include <string>

namespace hypsim::host {

/// Opened once; whatever happens to its path afterwards, names lead to what is in it and nowhere else.
class Folder {
 public:
  /// Who follows a name: the kernel by openat2(), or where it refuses that call Folder, a component at a time, without
  /// symbolic links and "..".
  enum class Walk { Kernel, Components };

  /// Throws InputError that names `option` and `path` if there is no such folder.
  Folder(const std::string& path, const char* option, Walk walk = Walk::Kernel);
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  /// A descriptor of the regular file `name`, or -1 with errno: EXDEV if the name leads out of the folder, EISDIR and
  /// EACCES for what is no regular file. `flags` as of open(); slashes in front of the name mean nothing.
  int open(const std::string& name, int flags) const;

 private:
  int resolve(const std::string& name, int flags) const;
  int walk_components(const std::string& name, int flags) const;

  int fd_;
  Walk walk_;
};

}  // namespace hypsim::host
