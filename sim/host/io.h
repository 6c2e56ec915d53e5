// SPDX-License-Identifier: Apache-2.0
// The one seam between hypsim and the host's files, pipes and sockets: every read and write goes through these calls,
// so that a test can make each of them short, interrupted or failing.
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace hypsim::host {

/// The system calls in use, errno and all; the host's own unless a test has put others in their place.
struct Calls {
  ssize_t (*read)(int fd, void* data, std::size_t size);
  ssize_t (*write)(int fd, const void* data, std::size_t size);
  ssize_t (*pread)(int fd, void* data, std::size_t size, off_t at);
  ssize_t (*pwrite)(int fd, const void* data, std::size_t size, off_t at);
  int (*fdatasync)(int fd);
  int (*close)(int fd);
  ssize_t (*recv)(int fd, void* data, std::size_t size, int flags);
  ssize_t (*send)(int fd, const void* data, std::size_t size, int flags);
};
Calls& calls();

/// Reads until `size` bytes are there or the file ends; interrupted calls are repeated, a non-blocking descriptor is
/// waited for. The number of bytes read, or -1 with errno.
ssize_t read_all(int fd, void* data, std::size_t size);
/// Writes all of `size` bytes. False with errno; some of them may have been written. ECANCELED: the other end took
/// nothing until giving_up() (patience.h).
bool write_all(int fd, const void* data, std::size_t size);
/// As read_all and write_all for those who tell how far they came: the number of bytes, with errno if it is not `size`.
/// errno is 0 where a file ended.
std::size_t read_some(int fd, void* data, std::size_t size);
std::size_t write_some(int fd, const void* data, std::size_t size);
/// As read_all and write_all, at an offset of a file.
ssize_t pread_all(int fd, void* data, std::size_t size, off_t at);
bool pwrite_all(int fd, const void* data, std::size_t size, off_t at);
/// As read(2): what is there, at most `size` bytes; 0 at the end. Waits, but not on when somebody wants the command to
/// end (interrupt.h): -1 with EINTR.
ssize_t read_available(int fd, void* data, std::size_t size);
/// fdatasync and close, which may bring the error of an earlier write. False with errno; `fd` is closed all the same.
bool sync(int fd);
bool close_file(int fd);
/// Brings the errors that closing `fd` would bring, and leaves it open.
bool settle(int fd);

}  // namespace hypsim::host
