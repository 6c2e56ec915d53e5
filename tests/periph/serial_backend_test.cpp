// SPDX-License-Identifier: Apache-2.0
#include "sim/periph/serial_backend.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "sim/base/error.h"

namespace hypsim {
namespace {

using Ownership = FdBackend::Ownership;

void send(SerialBackend& backend, const std::string& text) {
  backend.write(reinterpret_cast<const u8*>(text.data()), text.size());
}

class Backend : public testing::Test {
 protected:
  Backend() {
    std::string pattern = (std::filesystem::temp_directory_path() / "hypsim-serial-XXXXXX").string();
    folder = mkdtemp(pattern.data());
  }
  ~Backend() override { std::filesystem::remove_all(folder); }
  static std::string contents(const std::filesystem::path& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  std::filesystem::path folder;
};

TEST_F(Backend, FileTakesTheOutput) {
  const auto path = folder / "console.txt";
  {
    const auto backend = make_serial_backend("file:" + path.string());
    send(*backend, "one\ntw");
    EXPECT_EQ(contents(path), "one\n") << "sent at the newline";
    backend->flush();
    EXPECT_EQ(contents(path), "one\ntw");
    send(*backend, "o");
    u8 byte = 0;
    EXPECT_EQ(backend->read(&byte, 1), 0u);
  }
  EXPECT_EQ(contents(path), "one\ntwo") << "sent at the end";
}

TEST_F(Backend, BadSpecsNameTheRemedy) {
  EXPECT_THROW(make_serial_backend("modem"), InputError);
  EXPECT_THROW(make_serial_backend("file:"), InputError);
  EXPECT_THROW(make_serial_backend("pipe:" + (folder / "absent").string()), InputError);
  try {
    make_serial_backend("file:" + (folder / "no" / "such").string());
    FAIL();
  } catch (const InputError& error) {
    const std::string line = error.what();
    EXPECT_NE(line.find("no/such"), std::string::npos);
    EXPECT_NE(line.find("give a path"), std::string::npos);
    EXPECT_EQ(line.find('\n'), std::string::npos);
  }
  std::ofstream(folder / "plain.in") << "text";
  EXPECT_THROW(make_serial_backend("pipe:" + (folder / "plain").string()), InputError) << "not a FIFO";
}

TEST_F(Backend, FifosCarryBothDirections) {
  const std::string base = (folder / "uart").string();
  ASSERT_EQ(mkfifo((base + ".in").c_str(), 0600), 0);
  ASSERT_EQ(mkfifo((base + ".out").c_str(), 0600), 0);
  EXPECT_THROW(make_serial_backend("pipe:" + base), InputError) << "nobody reads";
  const int reader = open((base + ".out").c_str(), O_RDONLY | O_NONBLOCK);
  const auto backend = make_serial_backend("pipe:" + base);
  const int writer = open((base + ".in").c_str(), O_WRONLY);
  ASSERT_EQ(write(writer, "in", 2), 2);
  u8 data[4] = {};
  EXPECT_EQ(backend->read(data, 4), 2u);
  EXPECT_EQ(data[0], 'i');
  EXPECT_EQ(backend->read(data, 4), 0u) << "does not block";
  send(*backend, "out\n");
  EXPECT_EQ(read(reader, data, 4), 4);
  EXPECT_EQ(data[3], '\n');
  close(writer);
  EXPECT_EQ(backend->read(data, 4), 0u) << "nor at the end of the input";
  close(reader);
}

TEST_F(Backend, AReaderThatLeavesIsNoFailure) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  FdBackend backend("'the pipe'", ends[1], -1, Ownership::Close);
  close(ends[0]);
  testing::internal::CaptureStderr();
  send(backend, "lost\n");
  send(backend, "lost too\n");
  backend.finish();
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(backend.failure(), "");
}

TEST_F(Backend, FullDiskIsOneLine) {
  const int full = open("/dev/full", O_WRONLY);
  ASSERT_GE(full, 0) << "no /dev/full";
  FdBackend backend("'/dev/full'", full, -1, Ownership::Close);
  testing::internal::CaptureStderr();
  send(backend, "x\n");
  send(backend, "y\n");
  backend.finish();
  const std::string report = testing::internal::GetCapturedStderr();
  EXPECT_EQ(report,
            "serial: writing to '/dev/full' failed: No space left on device: further output of this port is dropped\n");
  EXPECT_EQ(backend.failure() + "\n", report);
}

TEST_F(Backend, LongLinesAreSentInPieces) {
  const auto path = folder / "long.txt";
  const auto backend = make_serial_backend("file:" + path.string());
  send(*backend, std::string(5000, 'x'));
  EXPECT_EQ(contents(path).size(), 4096u);
}

TEST_F(Backend, NoneDropsEverything) {
  const auto backend = make_serial_backend("none");
  send(*backend, "x\n");
  u8 byte = 0;
  EXPECT_EQ(backend->read(&byte, 1), 0u);
  EXPECT_EQ(backend->failure(), "");
}

TEST_F(Backend, TerminalIsRawUntilTheEnd) {
  const int keyboard = posix_openpt(O_RDWR | O_NOCTTY);
  ASSERT_GE(keyboard, 0);
  ASSERT_EQ(grantpt(keyboard), 0);
  ASSERT_EQ(unlockpt(keyboard), 0);
  const int terminal = open(ptsname(keyboard), O_RDWR | O_NOCTTY);
  const int saved_stdin = dup(STDIN_FILENO);
  dup2(terminal, STDIN_FILENO);
  const auto local_flags = [] {
    termios settings{};
    EXPECT_EQ(tcgetattr(STDIN_FILENO, &settings), 0);
    return settings.c_lflag & (ICANON | ECHO | ISIG);
  };
  {
    const auto backend = make_serial_backend("terminal");
    EXPECT_EQ(local_flags(), static_cast<tcflag_t>(ISIG)) << "Ctrl-C still works";
    ASSERT_EQ(write(keyboard, "k\r", 2), 2);
    u8 data[4] = {};
    EXPECT_EQ(backend->read(data, 4), 2u) << "no line editing";
    EXPECT_EQ(data[1], '\r');
    EXPECT_EQ(backend->read(data, 4), 0u) << "does not block";
  }
  EXPECT_EQ(local_flags(), static_cast<tcflag_t>(ICANON | ECHO | ISIG));
  {
    const auto backend = make_serial_backend("terminal");
    restore_terminal();
    EXPECT_EQ(local_flags(), static_cast<tcflag_t>(ICANON | ECHO | ISIG)) << "as a signal handler would";
  }
  dup2(saved_stdin, STDIN_FILENO);
  for (int fd : {saved_stdin, terminal, keyboard}) close(fd);
}

TEST_F(Backend, BufferFeedsInPieces) {
  BufferBackend backend;
  backend.feed("abc");
  u8 data[2];
  EXPECT_EQ(backend.read(data, 2), 2u);
  EXPECT_EQ(data[1], 'b');
  EXPECT_EQ(backend.read(data, 2), 1u);
  EXPECT_EQ(data[0], 'c');
}

}  // namespace
}  // namespace hypsim
