// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/source_lines.h"

#include <elfutils/libdw.h>
#include <fmt/format.h>
#include <gelf.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "sim/host/io.h"
#include "sim/host/subprocess.h"

namespace hypsim {

namespace {

constexpr host::ChildLimits kLimits = {.time = std::chrono::seconds(60), .memory = u64{2} << 30};
constexpr std::size_t kLongestName = 255;
constexpr u32 kEnd = 0x444E4548;  // what whole output ends with
constexpr int kDamaged = 1;       // exit code of the child

/// The file's name without its folders, in printable characters.
std::string short_name(const char* path) {
  std::string name = path == nullptr ? "?" : path;
  name = name.substr(name.rfind('/') == name.npos ? 0 : name.rfind('/') + 1).substr(0, kLongestName);
  for (char& c : name)
    if (c < ' ' || c > '~') c = '?';
  return name;
}

// ---- In the child ----

struct Table {
  std::map<u32, std::pair<u32, u32>> rows;  // file and line by address
  std::map<std::string, u32> files;
};

void add_rows(Dwarf_Lines* lines, std::size_t count, Table& table) {
  for (std::size_t i = 0; i < count; ++i) {
    Dwarf_Line* line = dwarf_onesrcline(lines, i);
    Dwarf_Addr address = 0;
    int number = 0;
    bool end = false;
    if (line == nullptr || dwarf_lineaddr(line, &address) != 0) continue;
    dwarf_lineendsequence(line, &end);
    dwarf_lineno(line, &number);
    if (end) {
      table.rows.try_emplace(static_cast<u32>(address), SourceLines::kNone, 0);
      continue;
    }
    const auto file =
        table.files.try_emplace(short_name(dwarf_linesrc(line, nullptr, nullptr)), table.files.size()).first;
    table.rows[static_cast<u32>(address)] = {file->second, static_cast<u32>(number)};
  }
}

/// False if the units do not follow each other to the end.
bool read_units(Dwarf* dwarf, Table& table) {
  Dwarf_Off offset = 0, next = 0;
  std::size_t header_size = 0;
  for (;; offset = next) {
    const int more = dwarf_nextcu(dwarf, offset, &next, &header_size, nullptr, nullptr, nullptr);
    if (more != 0) return more > 0;
    Dwarf_Die unit;
    Dwarf_Lines* lines = nullptr;
    std::size_t count = 0;
    if (dwarf_offdie(dwarf, offset + header_size, &unit) != nullptr && dwarf_getsrclines(&unit, &lines, &count) == 0)
      add_rows(lines, count, table);
  }
}

/// Files, rows, kEnd; each list with its length in front.
std::string encode(const Table& table) {
  std::string out;
  const auto put = [&](u32 word) { out.append(reinterpret_cast<const char*>(&word), sizeof word); };
  std::vector<const std::string*> names(table.files.size());
  for (const auto& [name, index] : table.files) names[index] = &name;
  put(static_cast<u32>(names.size()));
  for (const std::string* name : names) {
    put(static_cast<u32>(name->size()));
    out += *name;
  }
  put(static_cast<u32>(table.rows.size()));
  for (const auto& [address, row] : table.rows)
    for (const u32 word : {address, row.first, row.second}) put(word);
  put(kEnd);
  return out;
}

void work(std::vector<u8> bytes, int output) {
  elf_version(EV_CURRENT);
  Elf* elf = elf_memory(reinterpret_cast<char*>(bytes.data()), bytes.size());
  Dwarf* dwarf = elf == nullptr ? nullptr : dwarf_begin_elf(elf, DWARF_C_READ, nullptr);
  Table table;
  if (dwarf != nullptr && !read_units(dwarf, table)) _exit(kDamaged);
  const std::string text = encode(table);
  _exit(host::write_all(output, text.data(), text.size()) ? 0 : kDamaged);
}

// ---- In the parent, which believes the child no more than the file ----

struct Decoder {
  const std::string& text;
  std::size_t at = 0;
  bool good = true;

  u32 word() {
    u32 value = 0;
    const std::string_view bytes = take(sizeof value);
    if (good) std::memcpy(&value, bytes.data(), sizeof value);
    return value;
  }
  std::string_view take(std::size_t size) {
    good = good && size <= text.size() - at;
    if (!good) return {};
    at += size;
    return std::string_view(text).substr(at - size, size);
  }
};

std::optional<SourceLines> decode(const std::string& text) {
  Decoder in{text};
  std::vector<std::string> files;
  for (u32 count = in.word(); in.good && count > 0; --count) {
    const std::string name(in.take(in.word()));
    files.push_back(short_name(name.c_str()));
  }
  std::vector<SourceLines::Row> rows;
  for (u32 count = in.word(); in.good && count > 0; --count) {
    const u32 address = in.word(), file = in.word(), line = in.word();
    if ((file != SourceLines::kNone && file >= files.size()) || (!rows.empty() && address <= rows.back().address))
      return std::nullopt;
    rows.push_back({address, file, line});
  }
  if (in.word() != kEnd || in.at != text.size()) return std::nullopt;
  return SourceLines(std::move(files), std::move(rows));
}

}  // namespace

SourceLines::SourceLines(std::vector<std::string> files, std::vector<Row> rows)
    : files_(std::move(files)), rows_(std::move(rows)) {}

std::string SourceLines::at(u32 address) const {
  const auto behind =
      std::upper_bound(rows_.begin(), rows_.end(), address, [](u32 a, const Row& row) { return a < row.address; });
  if (behind == rows_.begin() || std::prev(behind)->file == kNone) return "";
  return fmt::format("{}:{}", files_[std::prev(behind)->file], static_cast<i32>(std::prev(behind)->line));
}

std::optional<SourceLines> read_source_lines(const std::vector<u8>& elf, std::string& why) {
  const host::ChildResult result = host::run_copy([&](int output) { work(elf, output); }, -1, kLimits);
  std::optional<SourceLines> lines;
  if (result.failure.empty() && result.exit_code == 0) lines = decode(result.output);
  if (!lines) why = result.failure.empty() ? "it is damaged" : fmt::format("its reader ended: {}", result.failure);
  return lines;
}

}  // namespace hypsim
