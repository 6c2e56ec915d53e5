// SPDX-License-Identifier: Apache-2.0
// Results of vectors: TAP version 13, JUnit XML, JSON.
#include <fmt/format.h>

#include <algorithm>

#include "sim/text/printable.h"
#include "sim/trap/explain.h"
#include "sim/trap/syndrome_text.h"
#include "sim/trap/vectors.h"

namespace hypsim::trap {
namespace {

using nlohmann::ordered_json;

std::string describe(const VectorResult& r) {
  std::string text = summary(r.outcome);
  if (!r.decided_by.empty()) text += ", decided by " + r.decided_by;
  return text;
}

/// A YAML scalar that is right whatever it holds: JSON strings are YAML.
std::string quoted(const std::string& text) { return ordered_json(text::printable(text)).dump(); }

/// Descriptions of TAP are one line, and '#' starts a directive.
std::string tap_name(std::string name) {
  for (char& c : name)
    if (c == '\n' || c == '\r') c = ' ';
  std::string text;
  for (const char c : text::printable(name)) {
    if (c == '#' || c == '\\') text += '\\';
    text += c;
  }
  return text;
}

/// Text for XML 1.0: markup escaped, and what XML cannot hold.
std::string xml(const std::string& raw) {
  std::string out;
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t end = std::min(raw.find_first_of("&<>\"\n\t", at), raw.size());
    out += text::printable(std::string_view(raw).substr(at, end - at));
    at = end + 1;
    switch (end < raw.size() ? raw[end] : '\0') {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;
      case '\t': out += "&#9;"; break;
      default: break;
    }
  }
  return out;
}

std::string failure_text(const VectorResult& r) {
  std::string text =
      fmt::format("{}: {}\ninstruction: {}\ngot: {}\n", r.vector->file, r.vector->pointer, r.vector->text, describe(r));
  for (const Mismatch& m : r.mismatches) text += fmt::format("{}: expected {}, got {}\n", m.what, m.expected, m.got);
  return text;
}

}  // namespace

std::string to_tap(const std::vector<VectorResult>& results) {
  std::string t = fmt::format("TAP version 13\n1..{}\n", results.size());
  unsigned number = 0, failed = 0, skipped = 0;
  for (const VectorResult& r : results) {
    const Vector& v = *r.vector;
    t += fmt::format("{} {} - {}", r.passed() ? "ok" : "not ok", ++number, tap_name(v.name));
    if (!v.skip.empty()) {
      t += " # SKIP " + tap_name(v.skip);
      ++skipped;
    }
    t += "\n";
    if (r.passed()) continue;
    ++failed;
    t += fmt::format("  ---\n  at: {}\n  instruction: {}\n  got: {}\n  differences:\n",
                     quoted(v.file + ": " + v.pointer), quoted(v.text), quoted(describe(r)));
    for (const Mismatch& m : r.mismatches)
      t += fmt::format("    - field: {}\n      expected: {}\n      got: {}\n", m.what, quoted(m.expected),
                       quoted(m.got));
    if (r.outcome.hsr_valid) {
      t += fmt::format("  hsr: {}\n  syndrome:\n", quoted(fmt::format("{:#010x}", r.outcome.hsr)));
      for (const SyndromeField& f : syndrome_fields(r.outcome.hsr)) t += fmt::format("    {}: {}\n", f.name, f.value);
    }
    t += "  ...\n";
  }
  t += fmt::format("# {} passed, {} failed, {} skipped\n", results.size() - failed - skipped, failed, skipped);
  return t;
}

std::string to_junit(const std::vector<VectorResult>& results) {
  std::vector<std::string> files;
  for (const VectorResult& r : results)
    if (files.empty() || files.back() != r.vector->file) files.push_back(r.vector->file);
  std::string t = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"hypsim trap\">\n";
  std::size_t at = 0;
  for (const std::string& file : files) {
    std::size_t end = at, failed = 0, skipped = 0;
    for (; end < results.size() && results[end].vector->file == file; ++end) {
      failed += !results[end].passed();
      skipped += !results[end].vector->skip.empty();
    }
    t += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\">\n", xml(file),
                     end - at, failed, skipped);
    for (; at < end; ++at) {
      const VectorResult& r = results[at];
      const std::string head =
          fmt::format("    <testcase classname=\"{}\" name=\"{}\"", xml(file), xml(r.vector->name));
      if (!r.vector->skip.empty()) {
        t += fmt::format("{}><skipped message=\"{}\"/></testcase>\n", head, xml(r.vector->skip));
      } else if (r.passed()) {
        t += head + "/>\n";
      } else {
        const Mismatch& first = r.mismatches.front();
        t += fmt::format("{}><failure message=\"{}\">{}</failure></testcase>\n", head,
                         xml(fmt::format("{}: expected {}, got {}", first.what, first.expected, first.got)),
                         xml(failure_text(r)));
      }
    }
    t += "  </testsuite>\n";
  }
  return t + "</testsuites>\n";
}

ordered_json to_json(const std::vector<VectorResult>& results) {
  ordered_json report;
  unsigned failed = 0, skipped = 0;
  ordered_json list = ordered_json::array();
  for (const VectorResult& r : results) {
    ordered_json entry;
    entry["name"] = r.vector->name;
    entry["at"] = r.vector->file + ": " + r.vector->pointer;
    entry["instruction"] = r.vector->text;
    if (!r.vector->skip.empty()) {
      entry["skipped"] = r.vector->skip;
      ++skipped;
      list.push_back(std::move(entry));
      continue;
    }
    entry["passed"] = r.passed();
    entry["outcome"] = to_json(r.outcome);
    if (!r.decided_by.empty()) entry["decided-by"] = r.decided_by;
    for (const Mismatch& m : r.mismatches)
      entry["differences"].push_back({{"field", m.what}, {"expected", m.expected}, {"got", m.got}});
    failed += !r.passed();
    list.push_back(std::move(entry));
  }
  report["vectors"] = results.size();
  report["passed"] = results.size() - failed - skipped;
  report["failed"] = failed;
  report["skipped"] = skipped;
  report["results"] = std::move(list);
  return report;
}

}  // namespace hypsim::trap
