// SPDX-License-Identifier: Apache-2.0
#include "sim/trap/matrix.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/base/error.h"
#include "sim/cpu/sysreg/table.h"
#include "sim/trap/control_bits.h"
#include "sim/trap/explain.h"

namespace hypsim::trap {
namespace {

using nlohmann::ordered_json;

constexpr Place kPlaces[] = {
    {"usr", Mode::User, Security::NonSecure},      {"svc", Mode::Supervisor, Security::NonSecure},
    {"hyp", Mode::Hyp, Security::NonSecure},       {"usr_s", Mode::User, Security::Secure},
    {"svc_s", Mode::Supervisor, Security::Secure}, {"mon", Mode::Monitor, Security::Secure},
};

// A32 encodings, condition AL, Rt = R0. ARM DDI 0406C A8.8.98 to A8.8.108
constexpr u32 move_word(const sysreg::Encoding& at, bool read) {
  if (at.wide) return (read ? 0xEC500000 : 0xEC400000) | 1u << 16 | u32{at.cp} << 8 | u32{at.opc1} << 4 | at.crm;
  return (read ? 0xEE100010 : 0xEE000010) | u32{at.opc1} << 21 | u32{at.crn} << 16 | u32{at.cp} << 8 |
         u32{at.opc2} << 5 | at.crm;
}

struct ClassRow {
  const char* group;
  const char* name;
  u32 word;
  const char* encoding;
};

/// What is no register of the table: a representative of each class that a control bit tells apart.
constexpr ClassRow kClasses[] = {
    {"CP15, IMPL. DEFINED", "c9 lockdown (no such register)", 0xEE190F10, "p15, 0, c9, c0, 0"},
    {"CP15, IMPL. DEFINED", "c10 lockdown (no such register)", 0xEE1A0F10, "p15, 0, c10, c0, 0"},
    {"CP15, IMPL. DEFINED", "c11 DMA (no such register)", 0xEE1B0F10, "p15, 0, c11, c0, 0"},
    {"CP15, IMPL. DEFINED", "c15 (no such register)", 0xEEFF0F1F, "p15, 7, c15, c15, 0"},
    {"CP15, unallocated", "c0", 0xEEF00F1F, "p15, 7, c0, c15, 0"},
    {"CP15, unallocated", "c1", 0xEEF10F1F, "p15, 7, c1, c15, 0"},
    {"CP15, unallocated", "c2", 0xEEF20F1F, "p15, 7, c2, c15, 0"},
    {"CP15, unallocated", "c3", 0xEEF30F1F, "p15, 7, c3, c15, 0"},
    {"CP15, unallocated", "c4", 0xEEF40F1F, "p15, 7, c4, c15, 0"},
    {"CP15, unallocated", "c5", 0xEEF50F1F, "p15, 7, c5, c15, 0"},
    {"CP15, unallocated", "c6", 0xEEF60F1F, "p15, 7, c6, c15, 0"},
    {"CP15, unallocated", "c7", 0xEEF70F1F, "p15, 7, c7, c15, 0"},
    {"CP15, unallocated", "c8", 0xEEF80F1F, "p15, 7, c8, c15, 0"},
    {"CP15, unallocated", "c9", 0xEEF90F1F, "p15, 7, c9, c15, 0"},
    {"CP15, unallocated", "c12", 0xEEFC0F1F, "p15, 7, c12, c15, 0"},
    {"CP15, unallocated", "c13", 0xEEFD0F1F, "p15, 7, c13, c15, 0"},
    {"CP15, unallocated", "c14", 0xEEFE0F1F, "p15, 7, c14, c15, 0"},
    {"CP14", "trace register", 0xEE300E10, "p14, 1, c0, c0, 0"},
    {"CP14", "LDC to DBGDTRTXint", 0xED905E00, "ldc p14, c5, [r0]"},
    {"CP14", "STC of DBGDTRRXint", 0xED805E00, "stc p14, c5, [r0]"},
    {"VFP and Advanced SIMD", "VFP arithmetic", 0xEE300A01, "vadd.f32 s0, s0, s2"},
    {"VFP and Advanced SIMD", "VFP with D16 to D31", 0xEE700BA1, "vadd.f64 d16, d16, d17"},
    {"VFP and Advanced SIMD", "VFP load", 0xED900A00, "vldr s0, [r0]"},
    {"VFP and Advanced SIMD", "Advanced SIMD arithmetic", 0xF2200800, "vadd.i32 d0, d0, d0"},
    {"VFP and Advanced SIMD", "Advanced SIMD load", 0xF420078F, "vld1.32 {d0}, [r0]"},
    {"VFP and Advanced SIMD", "VMRS FPSCR", 0xEEF10A10, "vmrs r0, fpscr"},
    {"VFP and Advanced SIMD", "VMRS FPSID", 0xEEF00A10, "vmrs r0, fpsid"},
    {"VFP and Advanced SIMD", "VMRS MVFR0", 0xEEF70A10, "vmrs r0, mvfr0"},
    {"VFP and Advanced SIMD", "VMRS FPEXC", 0xEEF80A10, "vmrs r0, fpexc"},
    {"other coprocessors", "CP0", 0xEE100010, "mrc p0, 0, r0, c0, c0, 0"},
    {"other coprocessors", "CP7", 0xEE100710, "mrc p7, 0, r0, c0, c0, 0"},
    {"other coprocessors", "CP12", 0xEE100C10, "mrc p12, 0, r0, c0, c0, 0"},
    {"other coprocessors", "CP13", 0xEE100D10, "mrc p13, 0, r0, c0, c0, 0"},
    {"calls", "SVC", 0xEF000000, "svc #0"},
    {"calls", "HVC", 0xE1400070, "hvc #0"},
    {"calls", "SMC", 0xE1600070, "smc #0"},
    {"calls", "BKPT", 0xE1200070, "bkpt #0"},
    {"hints", "WFI", 0xE320F003, "wfi"},
    {"hints", "WFE", 0xE320F002, "wfe"},
    {"hints", "BXJ", 0xE12FFF20, "bxj r0"},
    {"other", "UDF", 0xE7F000F0, "udf #0"},
    {"other", "ERET", 0xE160006E, "eret"},
    {"other", "MRS SPSR_hyp", 0xE15E0300, "mrs r0, SPSR_hyp"},
    {"other", "MRS ELR_hyp", 0xE10E0300, "mrs r0, ELR_hyp"},
    {"other", "MRS SP_usr", 0xE1050200, "mrs r0, SP_usr"},
};

std::string group_of(const sysreg::Encoding& at) {
  if (at.cp == 14) return "CP14";
  return at.wide ? "CP15, 64-bit" : fmt::format("CP15 c{}", at.crn);
}

std::string short_exception(Exception exception) {
  switch (exception) {
    case Exception::SupervisorCall: return "SVC";
    case Exception::HypervisorCall: return "HVC";
    case Exception::SecureMonitorCall: return "SMC";
    default: return exception_name(exception);
  }
}

std::string html_escape(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

/// What follows a comma stays together where the cell is too narrow for all of it.
std::string answer_html(const std::string& text) {
  const std::size_t comma = text.find(", ");
  if (comma == std::string::npos) return html_escape(text);
  return html_escape(text.substr(0, comma + 2)) + "<span>" + html_escape(text.substr(comma + 2)) + "</span>";
}

/// The setting's registers as they act, with the names of their bits.
std::vector<std::pair<std::string, std::string>> register_lines(const Setting& setting) {
  Situation s;
  setting.apply(s);
  std::vector<std::pair<std::string, std::string>> lines;
  for (const char* name :
       {"HCR", "HSTR", "HCPTR", "HDCR", "CNTHCTL", "SCR", "NSACR", "CPACR", "CNTKCTL", "PMUSERENR"}) {
    const u32 value = static_cast<u32>(find_register(name)->get(s));
    const std::string set = set_bits_text(name, value);
    lines.emplace_back(name, fmt::format("{:#010x}{}", value, set.empty() ? "" : "  " + set));
  }
  return lines;
}

/// One row for each direction that the register has.
void add_rows(Matrix& m, const sysreg::Row& row) {
  for (const bool read : {true, false}) {
    if ((read ? row.read : row.write) == sysreg::kNobody) continue;
    m.rows.push_back({group_of(row.at),
                      row.name,
                      read ? "read" : "write",
                      sysreg::encoding_text(row.at),
                      {move_word(row.at, read)},
                      {}});
  }
}

const char* cell_class(const MatrixCell& cell) {
  switch (cell.result) {
    case Result::Trap: return "trap";
    case Result::Undefined: return "undefined";
    case Result::Exception: return "exception";
    default: return "executes";
  }
}

}  // namespace

std::span<const Place> places() { return kPlaces; }

const Place& place_by_name(const std::string& name) {
  std::string known;
  for (const Place& place : kPlaces) {
    if (name == place.name) return place;
    known += (known.empty() ? "" : ", ") + std::string(place.name);
  }
  throw InputError(fmt::format("--mode: unknown mode \"{}\"; use one of {} (usr_s and svc_s are Secure)", name, known));
}

std::string MatrixCell::text() const {
  switch (result) {
    case Result::Executes: return "executes";
    case Result::Waits: return "waits";
    case Result::Undefined:
      return hsr_valid && ec != 0 ? fmt::format("UNDEFINED to {}, EC {:#04x}", mode_name(target), ec)
                                  : fmt::format("UNDEFINED to {}", mode_name(target));
    case Result::Trap: return fmt::format("trap to hyp, EC {:#04x}", ec);
    case Result::Exception: return fmt::format("{} to {}", short_exception(exception), mode_name(target));
  }
  return "?";
}

Matrix make_matrix(Runner& runner, const Setting& setting, const std::vector<const Place*>& places) {
  Matrix m;
  m.setting = setting;
  m.places = places;
  for (const unsigned part : {0u, 1u, 2u}) {  // CP15 before its 64-bit registers, CP14 last
    for (const sysreg::Row* row : sysreg::all_rows()) {
      if (part != (row->at.cp == 14 ? 2u : row->at.wide ? 1u : 0u)) continue;
      add_rows(m, *row);
    }
  }
  for (const ClassRow& c : kClasses) m.rows.push_back({c.group, c.name, "", c.encoding, {c.word}, {}});
  for (const Place* place : places) {
    Situation s;
    setting.apply(s);
    s.mode = place->mode;
    s.security = place->security;
    for (MatrixRow& row : m.rows) {
      const Ruling r = runner.decide(s, row.instruction);
      MatrixCell cell;
      cell.result = r.result;
      if (r.result != Result::Executes && r.result != Result::Waits) {
        cell.exception = r.exception;
        cell.target = r.target;
        cell.hsr_valid = r.hsr_valid;
        cell.ec = r.hsr_valid ? r.hsr >> 26 : 0;
        cell.decided_by = decided_by(runner, s, row.instruction);
      }
      row.cells.push_back(std::move(cell));
    }
  }
  return m;
}

std::string to_text(const Matrix& m) {
  std::string t = fmt::format("{}: {}\n", m.setting.name, m.setting.description);
  for (const auto& [name, value] : register_lines(m.setting)) t += fmt::format("  {:<9} {}\n", name, value);
  std::string group;
  for (const MatrixRow& row : m.rows) {
    if (row.group != group) {
      group = row.group;
      t += fmt::format("\n{}\n  {:<34} {:<6}", group, "", "");
      for (const Place* p : m.places) t += fmt::format(" {:<27}", p->name);
      while (t.back() == ' ') t.pop_back();
      t += "\n";
    }
    t += fmt::format("  {:<34} {:<6}", row.name, row.access);
    for (const MatrixCell& cell : row.cells) {
      std::string text = cell.text();
      if (cell.result == Result::Trap) text = fmt::format("trap {:#04x} {}", cell.ec, cell.decided_by);
      t += fmt::format(" {:<27}", text);
    }
    while (t.back() == ' ') t.pop_back();
    t += "\n";
  }
  return t;
}

ordered_json to_json(const Matrix& m) {
  ordered_json j;
  j["setting"] = m.setting.name;
  j["description"] = m.setting.description;
  j["source"] = m.setting.source;
  Situation s;
  m.setting.apply(s);
  for (const auto& [name, value] : register_lines(m.setting))
    j["registers"][name] = fmt::format("{:#010x}", find_register(name)->get(s));
  j["rows"] = ordered_json::array();
  for (const MatrixRow& row : m.rows) {
    ordered_json entry = {{"group", row.group},
                          {"name", row.name},
                          {"access", row.access},
                          {"encoding", row.encoding},
                          {"word", fmt::format("{:08x}", row.instruction.word)}};
    for (std::size_t i = 0; i < m.places.size(); ++i) {
      const MatrixCell& cell = row.cells[i];
      ordered_json c = {{"result", result_name(cell.result)}};
      if (cell.result != Result::Executes && cell.result != Result::Waits) {
        c["exception"] = exception_key(cell.exception);
        c["target"] = mode_name(cell.target);
        if (cell.hsr_valid) c["ec"] = fmt::format("{:#04x}", cell.ec);
        if (!cell.decided_by.empty()) c["decided-by"] = cell.decided_by;
      }
      entry["modes"][m.places[i]->name] = std::move(c);
    }
    j["rows"].push_back(std::move(entry));
  }
  return j;
}

std::string to_html(const Matrix& m) {
  std::string t = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
)";
  t += fmt::format("<title>Traps: {}</title>\n", html_escape(m.setting.name));
  t += R"(<style>
body{font:14px/1.4 system-ui,sans-serif;margin:1.5rem;color:#1b1f24;background:#fff}
h1{font-size:1.4rem;margin:0 0 .3rem} p{margin:.2rem 0;max-width:70rem} .source{color:#57606a}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.8rem 0;font-family:ui-monospace,monospace;font-size:13px}
dt{font-weight:600} dd{margin:0}
.bar{position:sticky;top:0;background:#fff;padding:.6rem 0;display:flex;gap:1rem;flex-wrap:wrap;align-items:center;z-index:2}
input[type=search]{width:22rem;padding:.3rem .5rem;font:inherit;border:1px solid #8c959f;border-radius:4px}
table{border-collapse:collapse;width:100%;font-size:12.5px} th,td{border:1px solid #d0d7de;padding:.15rem .35rem;text-align:left;vertical-align:top;white-space:nowrap}
thead th{position:sticky;top:3.2rem;background:#eaeef2;cursor:pointer;white-space:nowrap} thead th[aria-sort=ascending]::after{content:" \25B2"} thead th[aria-sort=descending]::after{content:" \25BC"}
td.code{font-family:ui-monospace,monospace;font-size:11.5px;white-space:nowrap}
td.trap{background:#fff1c2} td.undefined{background:#ffdfdc} td.exception{background:#dbe9ff} td.executes{background:#e2f5e5}
td.trap,td.undefined,td.exception,td.executes{white-space:normal;min-width:7.4rem} td span{white-space:nowrap}
small{display:block;color:#424a53} .legend span{padding:.1rem .5rem;border:1px solid #d0d7de;margin-right:.3rem}
</style></head><body>
)";
  t += fmt::format("<h1>Traps under {}</h1>\n<p>{}</p>\n<p class=\"source\">{}</p>\n<dl>\n",
                   html_escape(m.setting.name), html_escape(m.setting.description), html_escape(m.setting.source));
  for (const auto& [name, value] : register_lines(m.setting))
    t += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, html_escape(value));
  t += R"(</dl>
<p class="legend"><span style="background:#e2f5e5">executes</span><span style="background:#fff1c2">trap to Hyp mode</span><span style="background:#ffdfdc">UNDEFINED</span><span style="background:#dbe9ff">other exception</span> Modes: usr, svc, hyp are Non-secure; usr_s, svc_s, mon Secure. What decided stands below each answer.</p>
<div class="bar"><label>Filter <input id="filter" type="search" placeholder="register, encoding, bit, result ..."></label>
<label><input id="traps" type="checkbox"> only rows that trap</label><span id="count"></span></div>
<table><thead><tr><th>Group</th><th>Name</th><th>Access</th><th>Encoding</th>)";
  for (const Place* p : m.places) t += fmt::format("<th>{}</th>", p->name);
  t += "</tr></thead><tbody>\n";
  for (const MatrixRow& row : m.rows) {
    t += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"code\">{}</td>", html_escape(row.group),
                     html_escape(row.name), row.access, html_escape(row.encoding));
    for (const MatrixCell& cell : row.cells)
      t += fmt::format("<td class=\"{}\">{}{}</td>", cell_class(cell), answer_html(cell.text()),
                       cell.decided_by.empty() ? "" : "<small>" + html_escape(cell.decided_by) + "</small>");
    t += "</tr>\n";
  }
  t += R"(</tbody></table>
<script>
"use strict";
const body = document.querySelector("tbody"), rows = [...body.rows], count = document.getElementById("count");
const filter = document.getElementById("filter"), traps = document.getElementById("traps");
rows.forEach((row, i) => { row.dataset.order = i; row.dataset.text = row.textContent.toLowerCase(); });
function show() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const yes = words.every(w => row.dataset.text.includes(w)) && (!traps.checked || row.querySelector("td.trap"));
    row.hidden = !yes;
    shown += yes ? 1 : 0;
  }
  count.textContent = shown + " of " + rows.length + " rows";
}
filter.addEventListener("input", show);
traps.addEventListener("change", show);
document.querySelectorAll("thead th").forEach((head, column) => head.addEventListener("click", () => {
  const up = head.getAttribute("aria-sort") !== "ascending";
  document.querySelectorAll("thead th").forEach(h => h.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const key = row => row.cells[column].textContent;
  rows.sort((a, b) => (up ? 1 : -1) * key(a).localeCompare(key(b), "en", {numeric: true}) || a.dataset.order - b.dataset.order);
  body.append(...rows);
}));
show();
</script></body></html>
)";
  return t;
}

std::vector<MatrixDifference> compare(const Matrix& a, const Matrix& b) {
  std::vector<MatrixDifference> differences;
  for (std::size_t r = 0; r < a.rows.size(); ++r)
    for (std::size_t c = 0; c < a.places.size(); ++c) {
      const MatrixCell &x = a.rows[r].cells[c], &y = b.rows[r].cells[c];
      if (x != y) differences.push_back({&a.rows[r], a.places[c], x, y});
    }
  return differences;
}

namespace {

std::string with_decider(const MatrixCell& cell) {
  return cell.text() + (cell.decided_by.empty() ? "" : " (" + cell.decided_by + ")");
}

}  // namespace

std::string differences_text(const Matrix& a, const Matrix& b, const std::vector<MatrixDifference>& differences) {
  std::string t = fmt::format("--- {}\n+++ {}\n", a.setting.name, b.setting.name);
  const auto before = register_lines(a.setting), after = register_lines(b.setting);
  for (std::size_t i = 0; i < before.size(); ++i)
    if (before[i].second != after[i].second)
      t += fmt::format("- {:<9} {}\n+ {:<9} {}\n", before[i].first, before[i].second, after[i].first, after[i].second);
  for (const MatrixDifference& d : differences)
    t += fmt::format("{} {}{}from {}\n- {}\n+ {}\n", d.row->name, d.row->access, d.row->access.empty() ? "" : " ",
                     d.place->name, with_decider(d.a), with_decider(d.b));
  t += fmt::format("{} of {} answers differ\n", differences.size(), a.rows.size() * a.places.size());
  return t;
}

ordered_json differences_json(const Matrix& a, const Matrix& b, const std::vector<MatrixDifference>& differences) {
  ordered_json j = {{"a", a.setting.name}, {"b", b.setting.name}, {"answers", a.rows.size() * a.places.size()}};
  j["differences"] = ordered_json::array();
  for (const MatrixDifference& d : differences)
    j["differences"].push_back({{"name", d.row->name},
                                {"access", d.row->access},
                                {"encoding", d.row->encoding},
                                {"mode", d.place->name},
                                {"a", {{"result", d.a.text()}, {"decided-by", d.a.decided_by}}},
                                {"b", {{"result", d.b.text()}, {"decided-by", d.b.decided_by}}}});
  return j;
}

}  // namespace hypsim::trap
