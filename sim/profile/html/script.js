"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const report = data.report, profile = report.profile;
const main = document.getElementById("main"), tip = document.getElementById("tip");

// --- words, numbers, colours -----------------------------------------------------------------------------------------

const words = { base: "base (issue)", fetch_miss: "fetch miss", l1d: "L1D", l2: "L2", dram: "DRAM", tlb_l2: "L2 TLB", walk_stage1: "walk, stage 1",
  walk_stage2: "walk, stage 2", sysreg: "system register", tlb_maintenance: "TLB maintenance" };
const word = name => words[name] || name;
const resourceColour = { base: "#7d8da1", dependency: "#a78bfa", fetch_miss: "#e879b9", l1d: "#5cc4f2", l2: "#1795d4", dram: "#0b5c91",
  tlb_l2: "#f2cf3b", walk_stage1: "#f0a020", walk_stage2: "#c46a08", mispredict: "#e5484d", barrier: "#c2298a", sysreg: "#1fa97c",
  device: "#8cbf26", tlb_maintenance: "#f57f8b", exception: "#5b63e6", idle: "#b9c2cc" };
const fixedColour = { guest: "#9aa7b5", "host kernel": "#3d7df0", "host user": "#8db6fb", hyp: "#ea7a2b", secure: "#857a72",
  "exception entry": "#5b63e6", "exception return": "#9096f5", idle: "#b9c2cc", "other phases": "#a8a29e" };
const legColour = { exit_leg: "#e5484d", host: "#3d7df0", entry_leg: "#1fa97c" };
const worldColour = { guest: "#9aa7b5", host: "#3d7df0", hyp: "#ea7a2b", secure: "#857a72", idle: "#dfe4e9" };
const wheel = ["#1fa97c", "#f0a020", "#e5484d", "#8b5cf6", "#12a5bd", "#d6409f", "#8cbf26", "#5b63e6", "#b45309", "#0f766e", "#be185d", "#65758b"];
const given = new Map();
function colourOf(name) {
  if (fixedColour[name]) return fixedColour[name];
  if (!given.has(name)) given.set(name, given.size < wheel.length ? wheel[given.size] : `hsl(${(given.size * 137.5) % 360} 55% 52%)`);
  return given.get(name);
}
for (const name of Object.keys(profile.phases)) colourOf(name);
const causeColour = new Map(profile.causes.map((c, i) => [c.cause, i < wheel.length ? wheel[i] : `hsl(${(i * 137.5) % 360} 50% 55%)`]));

const n = value => Math.round(value).toLocaleString("en-GB").replace(/,/g, "\u202f");
const percent = (part, whole) => whole ? (100 * part / whole).toFixed(part / whole < .1 ? 2 : 1) + " %" : "–";
function short(value) {
  for (const [unit, size] of [["G", 1e9], ["M", 1e6], ["k", 1e3]])
    if (value >= size) return (value / size).toFixed(value >= 100 * size ? 0 : value >= 10 * size ? 1 : 2) + "\u202f" + unit;
  return String(Math.round(value));
}

// --- small helpers ---------------------------------------------------------------------------------------------------

function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (key === "onclick" || key === "onchange") node[key] = value; else if (value !== undefined) node.setAttribute(key, value);
  node.append(...children.filter(c => c !== undefined));
  return node;
}
function svg(name, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}
function hint(node, text) {
  node.addEventListener("pointerenter", () => { tip.textContent = typeof text === "function" ? text() : text; tip.hidden = false; });
  node.addEventListener("pointermove", e => {
    const w = tip.offsetWidth, h = tip.offsetHeight;
    tip.style.left = Math.min(e.clientX + 14, innerWidth - w - 8) + "px";
    tip.style.top = (e.clientY + h + 24 > innerHeight ? e.clientY - h - 10 : e.clientY + 16) + "px";
  });
  node.addEventListener("pointerleave", () => { tip.hidden = true; });
  return node;
}
/// A number of the report, with where it stands in the JSON.
const cell = (path, value, attributes = {}) => el("td", { "data-path": path, "data-value": value, ...attributes }, n(value));
const head = (...names) => el("thead", {}, el("tr", {}, ...names.map(x => el("th", { scope: "col", ...(x.startsWith("mean, by") ? { class: "bar" } : {}) }, x))));

/// Parts [{name, value, colour}] as one bar. `whole` is the length of a full bar.
function stackBar(parts, whole, label, height = 14) {
  const shown = parts.filter(p => p.value > 0);
  const box = svg("svg", { viewBox: `0 0 1000 ${height}`, preserveAspectRatio: "none", role: "img", style: `height:${height}px`,
    "aria-label": `${label}: ` + shown.slice().sort((a, b) => b.value - a.value).slice(0, 8).map(p => `${p.name} ${n(p.value)}`).join(", ") });
  let x = 0;
  for (const part of shown) {
    const width = whole ? 1000 * part.value / whole : 0;
    box.append(hint(svg("rect", { x, y: 0, width: Math.max(width, .4), height, fill: part.colour }),
      `${label}\n${part.name}: ${n(part.value)} cycles, ${percent(part.value, shown.reduce((s, p) => s + p.value, 0))}`));
    x += width;
  }
  return box;
}
const byResource = (entry, divide = 1) => Object.entries(entry.resources).map(([k, v]) => ({ name: word(k), value: v / divide, colour: resourceColour[k] || "#999" }));
const byPhase = (entry, divide = 1) => Object.entries(entry.phases).sort((a, b) => b[1] - a[1]).map(([k, v]) => ({ name: k, value: v / divide, colour: colourOf(k) }));
const byLeg = (entry, divide = 1) => [["exit leg", "exit_leg"], ["host", "host"], ["entry leg", "entry_leg"]].map(([name, k]) => ({ name, value: entry[k] / divide, colour: legColour[k] }));
function legend(parts) {
  const seen = new Map();
  for (const p of parts) if (!seen.has(p.name)) seen.set(p.name, p.colour);
  return el("ul", { class: "legend" }, ...[...seen].map(([name, colour]) => el("li", {}, el("i", { style: `background:${colour}` }), name)));
}
function section(id, title, lead, ...children) {
  const node = el("section", { id, "aria-labelledby": id + "-h" }, el("h2", { id: id + "-h" }, title), el("p", { class: "lead" }, lead), ...children);
  main.append(node);
  document.getElementById("nav").append(el("a", { href: "#" + id }, title));
  return node;
}
function segments(label, choices, chosen, act) {
  const group = el("div", { class: "segments", role: "group", "aria-label": label });
  const mark = value => { for (const b of group.children) b.setAttribute("aria-pressed", b.dataset.value === value); };
  for (const [value, text] of choices)
    group.append(el("button", { type: "button", "data-value": value, onclick: () => { mark(value); act(value); } }, text));
  mark(chosen);
  return group;
}

// --- head ------------------------------------------------------------------------------------------------------------

const total = profile.total_cycles;
const trips = profile.causes.reduce((s, c) => s + c.cycles.count, 0), tripCycles = profile.causes.reduce((s, c) => s + c.cycles.total, 0);
document.title = `World-switch profile: ${report.image.split("/").pop()}`;
document.getElementById("subtitle").textContent = [report.image.split("/").pop(), report.platform, report.mode, `${report.cores.length} core${report.cores.length > 1 ? "s" : ""}`,
  `ended: ${report.reason}`, `hypsim ${report.hypsim}`].join("  ·  ");
const themeButton = document.getElementById("theme"), themes = ["auto", "light", "dark"];
function setTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = theme;
  themeButton.textContent = { auto: "◐ Auto", light: "☀ Light", dark: "☾ Dark" }[theme];
  themeButton.onclick = () => setTheme(themes[(themes.indexOf(theme) + 1) % 3]);
}
setTheme(themes.includes(location.hash.slice(1)) ? location.hash.slice(1) : "auto");

const card = (value, text, path) => el("div", {}, el("b", path ? { "data-path": path[0], "data-value": path[1] } : {}, value), el("span", {}, text));
main.append(el("section", { class: "cards", "aria-label": "Summary" },
  card(total < 1e11 ? n(total) : short(total), "cycles of all cores", ["total_cycles", total]),
  card(n(trips), "round trips out of a guest"),
  card(percent(tripCycles, total), "of all cycles are round trips"),
  card(trips ? (tripCycles / trips < 1e8 ? n : short)(tripCycles / trips) : "–", "mean cycles a round trip"),
  card(percent(profile.phases.guest || 0, total), "of all cycles are the guests'"),
  card(n(profile.unaccounted_cycles), "cycles in no bucket", ["unaccounted_cycles", profile.unaccounted_cycles])));

// --- the whole run ---------------------------------------------------------------------------------------------------

(function wholeRun() {
  const table = (key, colours) => el("div", { class: "scroll" }, el("table", {}, head(key === "phases" ? "phase" : "resource", "cycles", "share"),
    el("tbody", {}, ...Object.entries(profile[key]).sort((a, b) => b[1] - a[1]).map(([k, v]) => el("tr", {},
      el("th", { scope: "row" }, el("i", { class: "swatch", style: `background:${colours(k)}` }), key === "phases" ? k : word(k)),
      cell(`${key}/${k}`, v), el("td", {}, percent(v, total)))))));
  // Sleep would hide all else in a bar: it is in the tables alone when it is the most.
  const asleep = profile.phases.idle > total / 2, awake = asleep ? total - profile.phases.idle : total;
  const shown = parts => asleep ? parts.filter(p => p.name !== "idle") : parts;
  const title = text => el("h3", {}, asleep ? text + " (bar without idle)" : text);
  section("run", "Whole run", "Every cycle of every core, by what it was spent on and by where the code belongs. Both add up to the total.",
    el("div", { class: "two" },
      el("div", {}, title("By resource"), stackBar(shown(byResource(profile)), awake, "Whole run by resource", 26), table("resources", k => resourceColour[k] || "#999")),
      el("div", {}, title("By phase"), stackBar(shown(byPhase(profile)), awake, "Whole run by phase", 26), table("phases", colourOf))));
})();

// --- marked micro-operations -----------------------------------------------------------------------------------------

if (profile.rows.length) {
  const longest = Math.max(...profile.rows.map(r => r.cycles.total / r.cycles.count));
  const body = el("tbody", {}, ...profile.rows.map((r, i) => el("tr", {}, el("th", { scope: "row" }, r.name),
    ...["count", "min", "median", "p99", "max"].map(k => cell(`rows/${i}/cycles/${k}`, r.cycles[k])),
    cell(`rows/${i}/instructions/median`, r.instructions.median), cell(`rows/${i}/hyp_instructions/median`, r.hyp_instructions.median),
    el("td", { class: "bar" }, stackBar(byResource(r, r.cycles.count), Math.max(r.cycles.total / r.cycles.count, Math.min(longest, 6000)), r.name)))));
  section("rows", "Micro-operations", "Regions that the guest marked: cycles between the markers. The bar is the mean of one region by resource; bars longer than the scale are cut to it.",
    el("div", { class: "scroll" }, el("table", {}, head("row", "count", "min", "median", "p99", "max", "instructions", "in Hyp", "mean, by resource"), body)),
    legend(profile.rows.flatMap(r => byResource(r))));
}

// --- cycle stacks ----------------------------------------------------------------------------------------------------

const chosen = { vmid: "", core: "", view: "resource", measure: "mean" };
const views = { resource: byResource, phase: byPhase, leg: byLeg };
function merged(cause) {
  if (chosen.vmid === "" && chosen.core === "") return cause;
  const sum = { cause: cause.cause, cycles: { count: 0, total: 0 }, exit_leg: 0, host: 0, entry_leg: 0, phases: {}, resources: {} };
  for (const t of profile.round_trips) {
    if (t.cause !== cause.cause || (chosen.vmid !== "" && t.vmid !== +chosen.vmid) || (chosen.core !== "" && t.core !== +chosen.core)) continue;
    sum.cycles.count += t.cycles.count;
    sum.cycles.total += t.cycles.total;
    for (const k of ["exit_leg", "host", "entry_leg"]) sum[k] += t[k];
    for (const group of ["phases", "resources"]) for (const [k, v] of Object.entries(t[group])) sum[group][k] = (sum[group][k] || 0) + v;
  }
  return sum;
}
function drawStacks(box) {
  const entries = profile.causes.map(merged).filter(c => c.cycles.count > 0).slice(0, 24);
  const length = c => chosen.measure === "mean" ? c.cycles.total / c.cycles.count : c.cycles.total;
  const left = 318, right = 110, width = 1180, row = 26, top = 8, span = width - left - right;
  // A few very long causes (sleep) must not make all others invisible: beyond the scale a bar is cut and says so.
  const lengths = entries.map(length).sort((a, b) => b - a);
  const scale = chosen.measure === "mean" && lengths.length > 2 ? Math.max(lengths[Math.floor(lengths.length / 2)] * 2.2, 1) : lengths[0] || 1;
  const parts = entries.flatMap(c => views[chosen.view](c));
  const chart = svg("svg", { viewBox: `0 0 ${width} ${top * 2 + row * entries.length}`, role: "img",
    "aria-label": `Cycles of round trips by cause and ${chosen.view}; the numbers are in the tables below` });
  entries.forEach((c, i) => {
    const y = top + i * row, all = length(c), cut = all > scale;
    const name = c.cause.length > 47 ? c.cause.slice(0, 46) + "…" : c.cause;
    chart.append(svg("text", { x: left - 10, y: y + 16, "text-anchor": "end" }, name));
    let x = left;
    for (const p of views[chosen.view](c, chosen.measure === "mean" ? c.cycles.count : 1)) {
      const w = span * p.value / (cut ? all : scale);
      if (w > 0) chart.append(hint(svg("rect", { x, y: y + 3, width: Math.max(w - .6, .4), height: row - 8, fill: p.colour, rx: 1.5 }),
        `${c.cause}\n${p.name}: ${n(p.value)} cycles${chosen.measure === "mean" ? " a trip" : ""}, ${percent(p.value, all)}`));
      x += w;
    }
    if (cut) chart.append(svg("path", { d: `M${x - 16} ${y + row - 3}l6 -${row - 4}M${x - 10} ${y + row - 3}l6 -${row - 4}`, stroke: "var(--card)", "stroke-width": 2.5 }));
    chart.append(svg("text", { x: x + 8, y: y + 16, class: "soft" }, n(all)));
  });
  box.replaceChildren(entries.length ? chart : el("p", { class: "note" }, "No round trips of this VM on this core."), legend(parts));
}
if (profile.causes.length) {
  const box = el("div");
  const draw = () => drawStacks(box);
  const pick = (label, key, values) => el("label", {}, label, el("select", { "aria-label": label, onchange: e => { chosen[key] = e.target.value; draw(); } },
    el("option", { value: "" }, "all"), ...values.map(v => el("option", { value: v }, String(v)))));
  const distinct = key => [...new Set(profile.round_trips.map(t => t[key]))].sort((a, b) => a - b);
  section("stacks", "Cycle stacks", "Round trips out of a guest by cause, dearest in total first. A bar cut by two strokes is longer than the scale.",
    el("div", { class: "controls" },
      segments("Colour by", [["resource", "Resource"], ["phase", "Phase"], ["leg", "Leg"]], chosen.view, v => { chosen.view = v; draw(); }),
      segments("Length", [["mean", "Mean of a trip"], ["total", "Total"]], chosen.measure, v => { chosen.measure = v; draw(); }),
      pick("VMID", "vmid", distinct("vmid")), pick("Core", "core", distinct("core"))), box);
  draw();
}

// --- causes in detail ------------------------------------------------------------------------------------------------

function histogram(cause) {
  const bins = cause.histogram, width = 560, height = 170, bottom = 26, top = 16;
  const low = Math.log(Math.max(bins[0].from, 1)), high = Math.log(Math.max(bins[bins.length - 1].to, 2)), span = Math.max(high - low, .05);
  const most = Math.max(...bins.map(b => b.count));
  const x = v => 6 + (width - 12) * (Math.log(Math.max(v, 1)) - low) / span;
  const y = count => top + (height - top - bottom) * (1 - Math.log1p(count) / Math.log1p(most));
  const chart = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": `Latency histogram of ${cause.cause}: ${n(cause.cycles.count)} trips from ${n(cause.cycles.min)} to ${n(cause.cycles.max)} cycles, median ${n(cause.cycles.median)}, p99 ${n(cause.cycles.p99)}` });
  chart.append(svg("line", { class: "axis", x1: 0, x2: width, y1: height - bottom, y2: height - bottom }));
  for (const b of bins)
    chart.append(hint(svg("rect", { x: x(b.from), y: y(b.count), width: Math.max(x(b.to) - x(b.from) - 1, 1.5), height: height - bottom - y(b.count),
      fill: causeColour.get(cause.cause), rx: 1, "data-count": b.count }), `${n(b.from)} to ${n(b.to - 1)} cycles: ${n(b.count)} trips`));
  const marks = [["median", cause.cycles.median], ["p99", cause.cycles.p99]];
  for (const [name, value] of marks) {
    const at = Math.min(Math.max(x(value), 1), width - 1);
    chart.append(svg("line", { x1: at, x2: at, y1: top - 4, y2: height - bottom, stroke: "var(--ink)", "stroke-dasharray": name === "p99" ? "3 3" : "none", opacity: .65 }));
    chart.append(svg("text", { x: name === "median" ? at - 4 : at + 4, y: top - 6, class: "soft", "text-anchor": name === "median" && at > 60 ? "end" : at > width - 60 ? "end" : "start", "font-size": 11 }, name));
  }
  const ticks = [cause.cycles.min, Math.exp((low + high) / 2), cause.cycles.max];
  ticks.forEach((v, i) => chart.append(svg("text", { x: i === 0 ? 2 : i === 1 ? width / 2 : width - 2, y: height - 8, class: "soft", "text-anchor": ["start", "middle", "end"][i] }, short(v))));
  return chart;
}
/// What the guest missed afterwards because of the trips, a trip.
function tailTable(cause, i) {
  const kinds = Object.entries(cause.refill_tail).filter(([, t]) => t.misses);
  return el("table", {}, el("caption", {}, "Refills in the guest behind a trip"), head("refill", "misses a trip", "cycles a trip"), el("tbody", {}, ...kinds.map(([kind, t]) => el("tr", {},
    el("th", { scope: "row" }, kind.replaceAll("_", " ")),
    el("td", { "data-path": `causes/${i}/refill_tail/${kind}/misses`, "data-value": t.misses }, (t.misses / cause.cycles.count).toFixed(1)),
    el("td", { "data-path": `causes/${i}/refill_tail/${kind}/cycles`, "data-value": t.cycles }, (t.cycles / cause.cycles.count).toFixed(1))))));
}
function matrix(cause, i) {
  const resources = Object.keys(cause.resources), phases = Object.keys(cause.phases).sort((a, b) => cause.phases[b] - cause.phases[a]);
  const count = cause.cycles.count, most = Math.max(...phases.flatMap(p => Object.values(cause.buckets[p])));
  const body = el("tbody", {}, ...phases.map(p => el("tr", {}, el("th", { scope: "row" }, el("i", { class: "swatch", style: `background:${colourOf(p)}` }), p),
    ...resources.map(r => {
      const v = cause.buckets[p][r] || 0;
      if (!v) return el("td", { class: "zero" }, "·");
      const td = el("td", { "data-path": `causes/${i}/buckets/${p}/${r}`, "data-value": v, style: `--h:${(v / most).toFixed(3)}` }, (v / count).toFixed(v / count < 10 ? 1 : 0));
      return hint(td, `${p} × ${word(r)}\n${n(v)} cycles in ${n(count)} trips`);
    }),
    el("td", { "data-path": `causes/${i}/phases/${p}`, "data-value": cause.phases[p] }, (cause.phases[p] / count).toFixed(1)))));
  const foot = el("tfoot", {}, el("tr", {}, el("th", { scope: "row" }, "all phases"),
    ...resources.map(r => el("td", { "data-path": `causes/${i}/resources/${r}`, "data-value": cause.resources[r] }, (cause.resources[r] / count).toFixed(1))),
    el("td", { "data-path": `causes/${i}/cycles/total`, "data-value": cause.cycles.total }, (cause.cycles.total / count).toFixed(1))));
  return el("div", { class: "scroll" }, el("table", { class: "matrix" }, el("caption", {}, "Mean cycles of a trip, by phase (down) and resource (across)"), head("phase", ...resources.map(word), "all"), body, foot));
}
if (profile.causes.length) {
  const list = el("div");
  const node = section("causes", "Causes", "One line a cause; open it for its latency histogram, its buckets and its VMs. Cycles of a trip from the exception out of the guest to the return into one.",
    el("div", { class: "heads", "aria-hidden": "true" }, ...["", "cause", "trips", "median", "p99", "share", "mean by phase"].map(x => el("span", {}, x))), list);
  profile.causes.forEach((cause, i) => {
    const c = cause.cycles, mean = c.total / c.count;
    const vms = profile.round_trips.map((t, at) => [t, at]).filter(([t]) => t.cause === cause.cause);
    const shown = vms.slice(0, 24);
    const inside = el("div", { class: "inside" },
      el("div", { class: "two" },
        el("div", {}, el("h3", {}, "Latency (both axes logarithmic)"), histogram(cause)),
        el("div", {}, el("h3", {}, "In numbers"), el("table", {}, head("", "trips", "min", "median", "p99", "max"), el("tbody", {}, el("tr", {}, el("th", { scope: "row" }, "cycles"),
          ...["count", "min", "median", "p99", "max"].map(k => cell(`causes/${i}/cycles/${k}`, c[k]))))),
          el("table", {}, head("", "exit leg", "host", "entry leg"), el("tbody", {}, el("tr", {}, el("th", { scope: "row" }, "mean cycles"),
            ...["exit_leg", "host", "entry_leg"].map(k => el("td", { "data-path": `causes/${i}/${k}`, "data-value": cause[k] }, n(cause[k] / c.count)))))),
          stackBar(byLeg(cause, c.count), mean, "Legs"), legend(byLeg(cause)),
          ...(cause.refill_tail ? [tailTable(cause, i)] : []),
          el("p", { class: "note" }, `${n(cause.in_hyp_only)} answered in Hyp without the host; ${n(cause.vmid_changes)} ended in another VM.`))),
      matrix(cause, i),
      el("div", { class: "scroll" }, el("table", {}, el("caption", {}, `By VM and core${vms.length > shown.length ? `: ${shown.length} of ${vms.length}` : ""}`),
        head("VMID", "core", "trips", "min", "median", "p99", "max", "mean, by phase"),
        el("tbody", {}, ...shown.map(([t, at]) => el("tr", {}, cell(`round_trips/${at}/vmid`, t.vmid), cell(`round_trips/${at}/core`, t.core),
          ...["count", "min", "median", "p99", "max"].map(k => cell(`round_trips/${at}/cycles/${k}`, t.cycles[k])),
          el("td", { class: "bar" }, stackBar(byPhase(t, t.cycles.count), t.cycles.total / t.cycles.count, `VMID ${t.vmid}`, 10))))))));
    list.append(el("details", { class: "cause", ...(i === 0 ? { open: "" } : {}) },
      el("summary", {}, el("span", { class: "name", title: cause.cause }, el("i", { class: "swatch", style: `background:${causeColour.get(cause.cause)}` }), cause.cause),
        el("span", {}, n(c.count)), el("span", {}, n(c.median)), el("span", {}, n(c.p99)), el("span", {}, percent(c.total, total)), stackBar(byPhase(cause, c.count), mean, cause.cause)),
      inside));
  });
  node.append(el("p", { class: "note" }, `${n(profile.unfinished_round_trips)} round trips were under way at the end and are in no line.`));
}
