// SPDX-License-Identifier: Apache-2.0
#include "sim/mpcore/semihosting.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "sim/host/io.h"

#include "sim/host/patience.h"

namespace hypsim {

namespace {

enum Op : u32 {
  kOpen = 0x01,
  kClose = 0x02,
  kWriteC = 0x03,
  kWrite0 = 0x04,
  kWrite = 0x05,
  kRead = 0x06,
  kReadC = 0x07,
  kIsError = 0x08,
  kIsTty = 0x09,
  kSeek = 0x0A,
  kFlen = 0x0C,
  kClock = 0x10,
  kTime = 0x11,
  kErrno = 0x13,
  kGetCmdline = 0x15,
  kHeapInfo = 0x16,
  kExit = 0x18,
  kExitExtended = 0x20,
  kElapsed = 0x30,
  kTickFreq = 0x31,
};
constexpr u32 kApplicationExit = 0x20026;  // ADP_Stopped_ApplicationExit
constexpr u32 kMinusOne = ~u32{0};
constexpr u32 kMaxString = 64 * 1024;  // a guest string without an end must not keep the simulator busy
constexpr u32 kMaxName = 4096;         // as the host's
constexpr std::size_t kMaxFiles = 256;
constexpr std::size_t kMostRefusals = 16;  // that are named
// ":semihosting-features": magic, then SH_EXT_EXIT_EXTENDED and SH_EXT_STDOUT_STDERR.
constexpr u8 kFeatures[] = {0x53, 0x48, 0x46, 0x42, 0x03};
// ISO C fopen() by the number of the mode: r, rb, r+, r+b, w, wb, w+, w+b, a, ab, a+, a+b.
constexpr int kModes[] = {
    O_RDONLY,
    O_RDONLY,
    O_RDWR,
    O_RDWR,
    O_WRONLY | O_CREAT | O_TRUNC,
    O_WRONLY | O_CREAT | O_TRUNC,
    O_RDWR | O_CREAT | O_TRUNC,
    O_RDWR | O_CREAT | O_TRUNC,
    O_WRONLY | O_CREAT | O_APPEND,
    O_WRONLY | O_CREAT | O_APPEND,
    O_RDWR | O_CREAT | O_APPEND,
    O_RDWR | O_CREAT | O_APPEND,
};

/// An error of the host in the numbers of newlib, which agree with Linux's up to 34.
u32 guest_errno(int host) {
  constexpr int kCommon = 34;
  switch (host) {
    case ENOSYS: return 88;
    case ENAMETOOLONG: return 91;
    case ELOOP: return 92;
    case EDQUOT: return 132;
    case EOVERFLOW: return 139;
    default: return host > 0 && host <= kCommon ? static_cast<u32>(host) : EIO;
  }
}

/// A call may be long, and thousands of them follow each other before anybody else looks round.
bool may_go_on(u32 done) { return done % 256 != 0 || !host::giving_up(); }

}  // namespace

struct Semihosting::File {
  enum class Kind { Console, Features, Host } kind = Kind::Console;
  int host = -1;
  u32 position = 0;  // in the features file
  File() = default;
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { close(); }
  /// False with errno: what was written may not be there.
  bool close() {
    const int fd = std::exchange(host, -1);
    return fd < 0 || host::calls().close(fd) == 0;
  }
};

/// Guest memory as the calling code sees it. Every method reports an address that does not translate.
struct Semihosting::Guest {
  Core& core;

  bool bytes(u32 va, void* data, u32 size) {
    return each_page(va, data, size, [&](u32 a, u8* d, u32 n) { return core.debug_read(a, d, n); });
  }
  bool store(u32 va, const void* data, u32 size) {
    return each_page(va, const_cast<void*>(data), size, [&](u32 a, u8* d, u32 n) { return core.debug_write(a, d, n); });
  }
  template <class F>
  static bool each_page(u32 va, void* data, u32 size, F access) {
    u8* at = static_cast<u8*>(data);
    while (size) {
      const u32 n = std::min(size, kPageSize - (va & kPageMask));
      if (!access(va, at, n)) return false;
      va += n;
      at += n;
      size -= n;
    }
    return true;
  }
  bool word(u32 va, u32& value) {
    if (!bytes(va, &value, 4)) return false;
    if (core.state().big_endian) value = __builtin_bswap32(value);
    return true;
  }
  bool store_word(u32 va, u32 value) {
    if (core.state().big_endian) value = __builtin_bswap32(value);
    return store(va, &value, 4);
  }
  /// `count` words of a parameter block.
  bool words(u32 va, u32* values, unsigned count) {
    for (unsigned i = 0; i < count; ++i)
      if (!word(va + 4 * i, values[i])) return false;
    return true;
  }
};

Semihosting::Semihosting(const SemihostingConfig& config) : config_(config) {
  if (!config_.file_root.empty()) folder_.emplace(config_.file_root, "--files");
}
Semihosting::~Semihosting() = default;

void Semihosting::set_memory(u32 heap_base, u32 heap_limit, u32 stack_base, u32 stack_limit) {
  config_.heap_base = heap_base;
  config_.heap_limit = heap_limit;
  config_.stack_base = stack_base;
  config_.stack_limit = stack_limit;
}

u32 Semihosting::fail(u32 error_number) {
  errno_ = error_number;
  return kMinusOne;
}

u32 Semihosting::refuse(const std::string& what) {
  if (std::find(refusals_.begin(), refusals_.end(), what) != refusals_.end()) return fail(EACCES);
  if (refusals_.size() < kMostRefusals)
    refusals_.push_back(what);
  else
    ++more_refusals_;
  return fail(EACCES);
}

std::vector<std::string> Semihosting::refusals() const {
  std::vector<std::string> all = refusals_;
  if (more_refusals_ != 0) all.push_back(fmt::format("other such operations, {} times", more_refusals_));
  return all;
}

Semihosting::File* Semihosting::file(u32 handle) {
  return handle >= 1 && handle <= files_.size() ? files_[handle - 1].get() : nullptr;
}

void Semihosting::emit(const u8* data, std::size_t size) {
  if (config_.console) config_.console->write(data, size);
}

bool Semihosting::call(Core& core, u32 op, u32 parameter, u32& result) {
  Guest guest{core};
  const u64 now = core.now().value;
  u32 block[4] = {};
  switch (op) {
    case kOpen: result = open(guest, parameter); break;
    case kClose: result = guest.word(parameter, block[0]) ? close(block[0]) : fail(EFAULT); break;
    case kWriteC: {
      u8 c;
      if (guest.bytes(parameter, &c, 1)) emit(&c, 1);
      break;  // the operation has no result
    }
    case kWrite0: {
      u8 c;
      for (u32 n = 0; n < kMaxString && guest.bytes(parameter + n, &c, 1) && c != 0 && may_go_on(n); ++n) emit(&c, 1);
      break;
    }
    case kWrite: result = write(guest, parameter); break;
    case kRead: result = read(guest, parameter); break;
    case kReadC: {
      u8 c;
      result = config_.console && config_.console->read(&c, 1) == 1 ? c : kMinusOne;
      break;
    }
    case kIsError: result = guest.word(parameter, block[0]) ? bits(block[0], 31, 31) : 1; break;
    case kIsTty: {
      const File* f = guest.word(parameter, block[0]) ? file(block[0]) : nullptr;
      result = f ? f->kind == File::Kind::Console : fail(EBADF);
      break;
    }
    case kSeek: result = seek(guest, parameter); break;
    case kFlen: result = guest.word(parameter, block[0]) ? length(block[0]) : fail(EFAULT); break;
    case kClock: result = static_cast<u32>(static_cast<unsigned __int128>(now) * 100 / config_.core_hz); break;
    case kTime: result = config_.start_time + static_cast<u32>(now / config_.core_hz); break;
    case kErrno: result = errno_; break;
    case kGetCmdline: result = command_line(guest, parameter); break;
    case kHeapInfo: {
      const u32 info[4] = {config_.heap_base, config_.heap_limit, config_.stack_base, config_.stack_limit};
      u32 target;
      bool ok = guest.word(parameter, target);
      for (u32 i = 0; ok && i < 4; ++i) ok = guest.store_word(target + 4 * i, info[i]);
      result = ok ? 0 : fail(EFAULT);
      break;
    }
    case kExit:
      exited_ = true;
      exit_code_ = parameter == kApplicationExit ? 0 : 1;
      return false;
    case kExitExtended:
      exited_ = true;
      exit_code_ = 1;
      if (guest.words(parameter, block, 2)) exit_code_ = block[0] == kApplicationExit ? block[1] : 1;
      return false;
    case kElapsed:
      result = guest.store_word(parameter, static_cast<u32>(now)) &&
                       guest.store_word(parameter + 4, static_cast<u32>(now >> 32))
                   ? 0
                   : fail(EFAULT);
      break;
    case kTickFreq: result = config_.core_hz <= kMinusOne - 1 ? static_cast<u32>(config_.core_hz) : kMinusOne; break;
    default: result = refuse(fmt::format("semihosting operation {:#04x}", op)); break;
  }
  return true;
}

u32 Semihosting::open(Guest& guest, u32 address) {
  u32 block[3];
  if (!guest.words(address, block, 3)) return fail(EFAULT);
  const u32 mode = block[1], size = block[2];
  if (mode >= std::size(kModes)) return fail(EINVAL);
  if (size >= kMaxName) return fail(guest_errno(ENAMETOOLONG));
  std::string name(size + 1, '\0');
  if (!guest.bytes(block[0], name.data(), size + 1)) return fail(EFAULT);
  if (name.find('\0') != size) return fail(EINVAL);  // the length is that of a string
  name.pop_back();
  if (files_.size() >= kMaxFiles && std::none_of(files_.begin(), files_.end(), [](const auto& f) { return !f; }))
    return fail(EMFILE);

  auto opened = std::make_unique<File>();
  if (name == ":semihosting-features") {
    if (mode > 1) return fail(EACCES);
    opened->kind = File::Kind::Features;
  } else if (name != ":tt") {
    opened->kind = File::Kind::Host;
    if (const u32 error = open_host(name, mode, opened->host); error != 0) return error;
  }
  auto free_slot = std::find(files_.begin(), files_.end(), nullptr);
  if (free_slot == files_.end()) free_slot = files_.insert(files_.end(), nullptr);
  *free_slot = std::move(opened);
  return static_cast<u32>(free_slot - files_.begin()) + 1;
}

// 0, or what the operation answers because there is no such file.
u32 Semihosting::open_host(const std::string& name, u32 mode, int& descriptor) {
  if (!folder_) return refuse("opening a file");
  descriptor = folder_->open(name, kModes[mode]);
  if (descriptor >= 0) return 0;
  if (errno == EXDEV) return refuse("opening a file outside the allowed folder");
  return fail(guest_errno(errno));
}

u32 Semihosting::close(u32 handle) {
  File* f = file(handle);
  if (!f) return fail(EBADF);
  const u32 result = f->close() ? 0 : fail(guest_errno(errno));
  files_[handle - 1].reset();
  return result;
}

bool Semihosting::close_files() {
  int error = 0;
  for (const auto& f : files_)
    if (f && !f->close() && error == 0) error = errno;
  files_.clear();
  errno = error;
  return error == 0;
}

// The result is the number of bytes that were not written.
u32 Semihosting::write(Guest& guest, u32 address) {
  u32 block[3];
  if (!guest.words(address, block, 3)) return fail(EFAULT);
  File* f = file(block[0]);
  u32 va = block[1], left = block[2];
  if (!f || f->kind == File::Kind::Features) {
    errno_ = EBADF;
    return left;
  }
  u8 buffer[kPageSize];
  while (left && !host::giving_up()) {
    const u32 n = std::min(left, kPageSize - (va & kPageMask));
    if (!guest.bytes(va, buffer, n)) {
      errno_ = EFAULT;
      break;
    }
    if (f->kind == File::Kind::Console) {
      emit(buffer, n);
    } else if (const u32 done = static_cast<u32>(host::write_some(f->host, buffer, n)); done != n) {
      errno_ = guest_errno(errno);
      return left - done;
    }
    va += n;
    left -= n;
  }
  return left;
}

// The result is the number of bytes that were not read: all of them at the end of the file.
u32 Semihosting::read(Guest& guest, u32 address) {
  u32 block[3];
  if (!guest.words(address, block, 3)) return fail(EFAULT);
  File* f = file(block[0]);
  u32 va = block[1], left = block[2];
  if (!f) {
    errno_ = EBADF;
    return left;
  }
  u8 buffer[kPageSize];
  while (left && !host::giving_up()) {
    const u32 want = std::min(left, kPageSize - (va & kPageMask));
    std::size_t got = 0;
    switch (f->kind) {
      case File::Kind::Console: got = config_.console ? config_.console->read(buffer, want) : 0; break;
      case File::Kind::Host:
        got = host::read_some(f->host, buffer, want);
        if (got < want && errno != 0) errno_ = guest_errno(errno);
        break;
      case File::Kind::Features:
        got = std::min<std::size_t>(want, sizeof kFeatures - f->position);
        std::memcpy(buffer, kFeatures + f->position, got);
        f->position += static_cast<u32>(got);
        break;
    }
    if (got && !guest.store(va, buffer, static_cast<u32>(got))) {
      if (f->kind == File::Kind::Host) lseek(f->host, -static_cast<off_t>(got), SEEK_CUR);
      errno_ = EFAULT;
      break;
    }
    va += static_cast<u32>(got);
    left -= static_cast<u32>(got);
    if (got < want) break;
  }
  return left;
}

u32 Semihosting::seek(Guest& guest, u32 address) {
  u32 block[2];
  if (!guest.words(address, block, 2)) return fail(EFAULT);
  File* f = file(block[0]);
  if (!f || f->kind == File::Kind::Console) return fail(f ? ESPIPE : EBADF);
  if (f->kind == File::Kind::Features) {
    if (block[1] > sizeof kFeatures) return fail(EINVAL);
    f->position = block[1];
    return 0;
  }
  return lseek(f->host, static_cast<off_t>(block[1]), SEEK_SET) >= 0 ? 0 : fail(guest_errno(errno));
}

u32 Semihosting::length(u32 handle) {
  File* f = file(handle);
  if (!f) return fail(EBADF);
  switch (f->kind) {
    case File::Kind::Console: return 0;
    case File::Kind::Features: return sizeof kFeatures;
    case File::Kind::Host: break;
  }
  struct stat status {};
  if (fstat(f->host, &status) != 0) return fail(guest_errno(errno));
  return status.st_size < off_t{kMinusOne} ? static_cast<u32>(status.st_size) : fail(guest_errno(EOVERFLOW));
}

u32 Semihosting::command_line(Guest& guest, u32 address) {
  u32 block[2];
  if (!guest.words(address, block, 2)) return fail(EFAULT);
  const u32 size = static_cast<u32>(config_.command_line.size());
  if (block[1] < size + 1) return fail(E2BIG);
  if (!guest.store(block[0], config_.command_line.c_str(), size + 1) || !guest.store_word(address + 4, size))
    return fail(EFAULT);
  return 0;
}

}  // namespace hypsim
