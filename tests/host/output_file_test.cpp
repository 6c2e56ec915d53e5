// SPDX-License-Identifier: Apache-2.0
#include "sim/host/output_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "sim/base/error.h"
#include "sim/host/file_roles.h"
#include "sim/host/io.h"
#include "tests/support/temporary_folder.h"

namespace hypsim::host {
namespace {

namespace fs = std::filesystem;

struct Output : testing::Test {
  test::TemporaryFolder folder;
  Calls real = calls();
  Output() { std::signal(SIGPIPE, SIG_IGN); }
  ~Output() override { calls() = real; }

  std::string put(const char* name, const std::string& text) {
    const std::string path = (folder / name).string();
    std::ofstream(path) << text;
    return path;
  }
  static std::string contents(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
  static std::string refusal(const std::function<void()>& work) {
    try {
      work();
    } catch (const InputError& error) {
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
      return error.what();
    }
    ADD_FAILURE() << "was accepted";
    return {};
  }
  long files() const { return std::distance(fs::directory_iterator(folder.name()), fs::directory_iterator()); }
  static void write(const std::string& path, const std::string& text) {
    OutputFile file(path, "--html");
    file.write(text);
  }
};

TEST_F(Output, AReportReplacesTheOldOneAndKeepsItsMode) {
  const std::string path = put("report", "old");
  fs::permissions(path, fs::perms(0640));
  const int before = open(path.c_str(), O_RDONLY);
  write(path, "new");
  EXPECT_EQ(contents(path), "new");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms(0640));
  char old[4] = {};
  EXPECT_EQ(read(before, old, 3), 3) << "who had it open sees the old one whole";
  EXPECT_STREQ(old, "old");
  close(before);
  const mode_t mask = umask(027);
  write((folder / "fresh").string(), "x");
  umask(mask);
  EXPECT_EQ(fs::status((folder / "fresh").string()).permissions(), fs::perms(0640));
  EXPECT_EQ(files(), 2);
}

TEST_F(Output, LinksStayLinks) {
  const std::string path = put("report", "old");
  fs::create_symlink("report", (folder / "link").string());
  fs::create_symlink("absent", (folder / "dangling").string());
  fs::create_symlink("loop", (folder / "loop").string());
  write((folder / "link").string(), "new");
  write((folder / "dangling").string(), "made");
  EXPECT_TRUE(fs::is_symlink((folder / "link").string()));
  EXPECT_EQ(contents(path), "new");
  EXPECT_EQ(contents((folder / "absent").string()), "made");
  EXPECT_NE(refusal([&] { OutputFile((folder / "loop").string(), "--html"); }).find("symbolic links"),
            std::string::npos);
}

TEST_F(Output, WhatCannotBeWrittenIsRefusedBeforeTheRun) {
  for (const auto& [name, why] : {std::pair<std::string, const char*>{"/no/such/folder/x", "No such file"},
                                  {folder.name(), "Is a directory"},
                                  {(folder / "x").string() + "/", "Is a directory"},
                                  {put("plain", "") + "/x", "Not a directory"},
                                  {"/dev/fd/999", "Bad file descriptor"}}) {
    const std::string what = refusal([&] { OutputFile(name, "--html"); });
    EXPECT_EQ(what.find("--html " + name + ": " + why), 0u) << what;
    EXPECT_EQ(refusal([&] { OutputStream(name, "--html"); }).find("--html " + name + ": "), 0u);
  }
  EXPECT_EQ(files(), 1);
  EXPECT_FALSE(OutputFile("", "--html").wanted());
}

int fault = 0;
int calls_before = 0;  // that go well

ssize_t faulty_write(int fd, const void* data, std::size_t size) {
  if (calls_before-- > 0) return ::write(fd, data, size);
  if (fault == 0) return ::write(fd, data, size < 3 ? size : 3);
  errno = fault;
  if (fault == EINTR || fault == EAGAIN) fault = 0;
  return -1;
}

// Whatever fails, the old report stays whole and nothing lies about.
TEST_F(Output, FaultsOfAReport) {
  const std::string path = put("report", "old");
  calls().write = faulty_write;
  for (const int error : {0, EINTR, EAGAIN}) {
    fault = error;
    write(path, "a new report");
    EXPECT_EQ(contents(path), "a new report") << error;
    put("report", "old");
  }
  for (const int error : {ENOSPC, EIO, EDQUOT}) {
    fault = error;
    EXPECT_EQ(refusal([&] { write(path, "new"); }),
              "--html " + path + ": " + std::strerror(error) + "; free some space or write elsewhere");
    EXPECT_EQ(contents(path), "old");
    EXPECT_EQ(files(), 1);
  }
  calls() = real;
  calls().close = [](int fd) {
    ::close(fd);
    errno = ENOSPC;
    return -1;
  };
  refusal([&] { write(path, "new"); });
  calls() = real;
  EXPECT_EQ(contents(path), "old") << "an error that came late";
  EXPECT_EQ(files(), 1);
}

TEST_F(Output, AnAbruptEndLeavesNothing) {
  const std::string path = put("report", "old");
  calls().write = [](int, const void*, std::size_t) -> ssize_t {
    remove_unfinished();
    _exit(7);
  };
  EXPECT_EXIT(write(path, "new"), testing::ExitedWithCode(7), "");
  EXPECT_EQ(contents(path), "old");
  EXPECT_EQ(files(), 1);
}

TEST_F(Output, WhatIsNoRegularFileIsWrittenInPlace) {
  write("/dev/null", "x");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_EQ(refusal([] { write("/dev/full", "x"); }),
            "--html /dev/full: No space left on device; free some space or write elsewhere");
  const std::string fifo = (folder / "fifo").string();
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const int reader = open(fifo.c_str(), O_RDONLY | O_NONBLOCK);
  write(fifo, "page");
  char text[8] = {};
  EXPECT_EQ(read(reader, text, sizeof text), 4);
  EXPECT_TRUE(fs::is_fifo(fifo));
  OutputFile left(fifo, "--html");
  close(reader);
  EXPECT_NO_THROW(left.write("page")) << "a reader that has left";
  // A descriptor is used as it is, at its place.
  const std::string path = put("shell", "");
  const int fd = open(path.c_str(), O_WRONLY | O_APPEND);
  ASSERT_EQ(::write(fd, "head ", 5), 5);
  write("/dev/fd/" + std::to_string(fd), "page");
  close(fd);
  EXPECT_EQ(contents(path), "head page");
}

TEST_F(Output, AFileInAFolderThatCannotBeWrittenIsWrittenInPlace) {
  constexpr uid_t kNobody = 65534;
  const std::string path = put("report", "old, and longer");
  fs::permissions(path, fs::perms(0666));
  fs::permissions(folder.name(), fs::perms(0555));
  const auto as_somebody = [&] {
    if (geteuid() == 0 && setuid(kNobody) != 0) _exit(1);
    write(path, "new");
    try {
      OutputFile((folder / "fresh").string(), "--html");
    } catch (const InputError&) {
      _exit(0);
    }
    _exit(2);
  };
  EXPECT_EXIT(as_somebody(), testing::ExitedWithCode(0), "");
  fs::permissions(folder.name(), fs::perms(0700));
  EXPECT_EQ(contents(path), "new");
}

TEST_F(Output, StreamsGrowInPlace) {
  const std::string path = put("trace", "old and long");
  OutputStream stream(path, "--trace");
  EXPECT_TRUE(stream.write("one\n"));
  EXPECT_EQ(contents(path), "one\n");
  fault = ENOSPC;
  calls_before = 0;
  calls().write = faulty_write;
  EXPECT_NE(refusal([&] { stream.write("two\n"); }).find("--trace " + path + ": No space"), std::string::npos);
  fault = EPIPE;
  EXPECT_FALSE(stream.write("three\n")) << "nobody reads";
  calls().close = [](int fd) {
    ::close(fd);
    errno = EIO;
    return -1;
  };
  EXPECT_NE(refusal([&] { stream.finish(); }).find("Input/output error"), std::string::npos);
}

TEST_F(Output, RolesTellFilesByWhatTheyAre) {
  const std::string a = put("a", "x"), b = put("b", "x");
  fs::create_symlink("a", (folder / "soft").string());
  fs::create_hard_link(a, (folder / "hard").string());
  const auto clash = [&](const std::string& input, const std::string& first, const std::string& second = {}) {
    FileRoles roles;
    roles.input("IMAGE", input);
    roles.output("--html", first);
    roles.output("--csv", second);
    try {
      roles.check();
      return false;
    } catch (const InputError& error) {
      EXPECT_NE(std::string(error.what()).find("would overwrite"), std::string::npos);
      return true;
    }
  };
  for (const std::string& same : {a, (folder / "soft").string(), (folder / "hard").string(), folder.name() + "/./a"}) {
    EXPECT_TRUE(clash(a, same)) << same;
    EXPECT_TRUE(clash(b, a, same)) << same;
  }
  EXPECT_FALSE(clash(a, b));
  EXPECT_TRUE(clash(a, (folder / "new").string(), folder.name() + "/./new")) << "neither is there yet";
  EXPECT_FALSE(clash(a, (folder / "new").string(), (folder / "newer").string()));
  EXPECT_FALSE(clash(a, "/dev/null", "/dev/null"));
  FileRoles inputs;
  inputs.input("--disk", a);
  inputs.input("--load", a);
  EXPECT_NO_THROW(inputs.check());
}

}  // namespace
}  // namespace hypsim::host
