// SPDX-License-Identifier: Apache-2.0
// What names may open in a folder, by either way of following them.
#include "sim/host/folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "sim/base/error.h"
#include "tests/support/temporary_folder.h"

namespace hypsim::host {
namespace {

namespace fs = std::filesystem;

struct FolderOpens : testing::TestWithParam<Folder::Walk> {
  test::TemporaryFolder temporary;
  fs::path inside = temporary / "inside", outside = temporary / "outside";

  FolderOpens() {
    fs::create_directories(inside / "sub");
    fs::create_directory(outside);
    write(outside / "secret", "secret");
    write(inside / "file", "guest's");
    write(inside / "sub/deep", "deep");
    fs::create_symlink(outside / "new", inside / "dangling");
    fs::create_symlink("../outside/new", inside / "dangling_relative");
    fs::create_symlink(outside, inside / "folder_link");
    fs::create_symlink(outside / "secret", inside / "file_link");
    fs::create_symlink("loop", inside / "loop");
    fs::create_symlink("/proc/self/fd/0", inside / "magic");
    EXPECT_EQ(mkfifo((inside / "fifo").c_str(), 0600), 0);
  }
  static void write(const fs::path& file, const char* text) { std::ofstream(file) << text; }
  static std::string read(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  /// 0 and the file's content, or the error.
  int open(const std::string& name, int flags, std::string* content = nullptr) {
    const Folder folder(inside, "--files", GetParam());
    errno = 0;
    const int fd = folder.open(name, flags);
    if (fd < 0) return errno;
    char data[64] = {};
    if (content != nullptr) *content = ::read(fd, data, sizeof data - 1) >= 0 ? data : "";
    close(fd);
    return 0;
  }
};

TEST_P(FolderOpens, FilesByTheirNamesInIt) {
  std::string text;
  EXPECT_EQ(open("file", O_RDONLY, &text), 0);
  EXPECT_EQ(text, "guest's");
  for (const char* name : {"sub/deep", "/sub/deep", "//sub//./deep", "./sub/deep"}) {
    text.clear();
    EXPECT_EQ(open(name, O_RDONLY, &text), 0) << name;
    EXPECT_EQ(text, "deep") << name;
  }
  EXPECT_EQ(open("none", O_RDONLY), ENOENT);
  EXPECT_EQ(open("none/deep", O_RDONLY), ENOENT);
  EXPECT_EQ(open("file/deep", O_RDONLY), ENOTDIR);
}

TEST_P(FolderOpens, WhatIsNew) {
  EXPECT_EQ(open("sub/new", O_WRONLY | O_CREAT), 0);
  EXPECT_TRUE(fs::is_regular_file(inside / "sub/new"));
  EXPECT_EQ(open("none/new", O_WRONLY | O_CREAT), ENOENT);
  EXPECT_NE(open("new/", O_WRONLY | O_CREAT), 0);
  for (const char* name : {"none", "new"}) EXPECT_FALSE(fs::exists(inside / name)) << name;
  EXPECT_EQ(open("file", O_WRONLY | O_CREAT), 0);
  EXPECT_EQ(read(inside / "file"), "guest's");
  EXPECT_EQ(open("file", O_WRONLY | O_CREAT | O_TRUNC), 0);
  EXPECT_EQ(read(inside / "file"), "");
}

TEST_P(FolderOpens, NothingThatIsElsewhere) {
  for (const int flags : {O_RDONLY, O_WRONLY | O_CREAT | O_TRUNC, O_RDWR | O_CREAT | O_APPEND})
    for (const char* name :
         {"../outside/secret", "../outside/new", "..", "/..", "sub/../../outside/secret", "dangling",
          "dangling_relative", "folder_link/secret", "folder_link/new", "file_link", "loop", "magic"})
      EXPECT_NE(open(name, flags), 0) << name;
  EXPECT_EQ(open("../outside/secret", O_RDONLY), EXDEV);
  EXPECT_FALSE(fs::exists(outside / "new"));
  EXPECT_EQ(read(outside / "secret"), "secret");
}

TEST_P(FolderOpens, NothingThatIsNoRegularFile) {
  for (const int flags : {O_RDONLY, O_WRONLY | O_CREAT | O_TRUNC, O_RDWR}) {
    EXPECT_EQ(open("", flags), ENOENT);
    for (const char* name : {".", "/", "sub", "sub/", "sub/."}) EXPECT_EQ(open(name, flags), EISDIR) << name;
    EXPECT_EQ(open("fifo", flags), EACCES);
  }
  const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, (inside / "socket").c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(open("socket", O_RDWR), EACCES);
  close(listener);
}

TEST_P(FolderOpens, NamesThatAreNoNames) {
  EXPECT_EQ(open(std::string("file\0x", 6), O_RDONLY), EINVAL);
  EXPECT_EQ(open(std::string(300, 'x'), O_RDONLY), ENAMETOOLONG);
  EXPECT_EQ(open(std::string(300, 'x'), O_WRONLY | O_CREAT), ENAMETOOLONG);
}

TEST_P(FolderOpens, TheFolderThatItOpenedEvenIfThatMoves) {
  const Folder folder(inside, "--files", GetParam());
  fs::rename(inside, temporary / "moved");
  fs::create_symlink(outside, inside);
  EXPECT_EQ(folder.open("secret", O_RDONLY), -1);
  const int fd = folder.open("file", O_RDONLY);
  EXPECT_GE(fd, 0);
  close(fd);
}

/// Descriptors that a test leaves behind would be seen here.
TEST_P(FolderOpens, NoDescriptorIsForgotten) {
  const auto open_now = [] { return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()); };
  const auto before = open_now();
  for (const char* name :
       {"file", "sub/deep", "sub/none", "sub/..", "file/deep", "fifo", "sub", "file_link", "dangling"})
    open(name, O_RDWR | O_CREAT);
  EXPECT_EQ(open_now(), before);
}

INSTANTIATE_TEST_SUITE_P(Walks, FolderOpens, testing::Values(Folder::Walk::Kernel, Folder::Walk::Components),
                         [](const auto& walk) { return walk.param == Folder::Walk::Kernel ? "Kernel" : "Components"; });

TEST(Folder, LinksThatStayInsideAreFollowedByTheKernelAlone) {
  test::TemporaryFolder temporary;
  std::ofstream(temporary / "file") << "x";
  fs::create_symlink("file", temporary / "link");
  const int fd = Folder(temporary.name(), "--files").open("link", O_RDONLY);
  EXPECT_GE(fd, 0);
  close(fd);
  EXPECT_EQ(Folder(temporary.name(), "--files", Folder::Walk::Components).open("link", O_RDONLY), -1);
}

TEST(Folder, OfNoFolderSaysSo) {
  test::TemporaryFolder temporary;
  std::ofstream(temporary / "file") << "x";
  for (const char* name : {"file", "none"}) {
    try {
      const Folder folder(temporary / name, "--files");
      ADD_FAILURE() << name;
    } catch (const InputError& e) {
      EXPECT_EQ(std::string(e.what()).find("--files " + (temporary / name).string() + ": "), 0u) << e.what();
    }
  }
}

}  // namespace
}  // namespace hypsim::host
