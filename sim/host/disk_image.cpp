// SPDX-License-Identifier: Apache-2.0
#include "sim/host/disk_image.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "sim/base/error.h"
#include "sim/host/io.h"

namespace hypsim::host {

DiskImage::DiskImage(const std::string& option, const std::string& path, bool read_only) : read_only_(read_only) {
  const auto refuse = [&](const std::string& what) {
    if (file_ >= 0) close(file_);
    throw InputError(option + " " + path + ": " + what);
  };
  struct stat status {};
  if (stat(path.c_str(), &status) != 0)
    refuse(std::string(std::strerror(errno)) + "; give the path of a raw image file");
  if (!S_ISREG(status.st_mode))
    refuse(std::string(S_ISDIR(status.st_mode) ? "a directory" : "not a regular file") +
           "; give the path of a raw image file");
  file_ = open(path.c_str(), (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
  if (file_ < 0)
    refuse(std::string(std::strerror(errno)) +
           (read_only ? "; check its permissions" : "; check its permissions, or add ,ro to only read it"));
  if (fstat(file_, &status) != 0) refuse(std::strerror(errno));
  const u64 size = static_cast<u64>(status.st_size);
  if (size == 0 || size % kSector != 0)
    refuse(std::to_string(size) + " bytes are no whole sectors of 512; give a raw image (truncate -s %512 pads one)");
  if (flock(file_, (read_only ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0)
    refuse("in use by another run; end that one, or copy the image");
  sectors_ = size / kSector;
}

DiskImage::~DiskImage() {
  // What the guest was told is on the disk has been flushed.
  if (file_ >= 0) calls().close(file_);
}

bool DiskImage::read(u64 at, void* data, u64 size) {
  return pread_all(file_, data, size, static_cast<off_t>(at)) == static_cast<ssize_t>(size);
}

bool DiskImage::write(u64 at, const void* data, u64 size) {
  return pwrite_all(file_, data, size, static_cast<off_t>(at));
}

bool DiskImage::flush() { return read_only_ || sync(file_); }

}  // namespace hypsim::host
