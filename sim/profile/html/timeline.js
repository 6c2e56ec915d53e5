// --- the timeline ----------------------------------------------------------------------------------------------------

const time = data.timeline;
let zoomTo = () => {};
(function timeline() {
  const cores = time.bins.map((bins, core) => ({ bins, core })).filter(c => c.bins.length);
  const end = Math.max(1, ...cores.map(c => c.bins.length * time.bin_width));
  if (!cores.length) return;
  const width = 1180, left = 64, right = 8, span = width - left - right, lane = 84, top = 20;
  const height = top + cores.length * (lane + 14) + 26;
  const view = { from: 0, to: end };
  const chart = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "timeline", tabindex: 0, role: "application",
    "aria-label": "Timeline of the run. Arrow keys move, plus and minus zoom, 0 shows all." });
  const layer = svg("g");
  const clip = svg("clipPath", { id: "clip" }, svg("rect", { x: left, y: 0, width: span, height }));
  chart.append(svg("defs", {}, clip), layer);
  const status = el("span", { class: "note" });
  const worlds = time.worlds, trips = time.trips, names = time.causes;
  const x = t => left + span * (t - view.from) / (view.to - view.from);

  function drawBins(core, y) {
    const per = time.bin_width, first = Math.max(0, Math.floor(view.from / per)), last = Math.min(core.bins.length - 1, Math.ceil(view.to / per));
    const step = Math.max(1, Math.floor((last - first) / 590));
    for (let i = first; i <= last; i += step) {
      const sum = worlds.map((_, w) => { let s = 0; for (let k = i; k < Math.min(i + step, core.bins.length); k++) s += core.bins[k].c[w] || 0; return s; });
      const all = sum.reduce((a, b) => a + b, 0);
      if (!all) continue;
      const x0 = x(i * per), x1 = x((i + step) * per);
      let at = y + 34;
      const group = svg("g");
      worlds.forEach((world, w) => {
        const h = 30 * sum[w] / (per * step);
        if (h > 0) group.append(svg("rect", { x: x0, y: at - h, width: Math.max(x1 - x0 - (x1 - x0 > 4 ? .5 : 0), .5), height: h, fill: worldColour[world] }));
        at -= h;
      });
      layer.append(hint(group, () => {
        let count = 0;
        for (let k = i; k < Math.min(i + step, core.bins.length); k++) for (const [, t] of core.bins[k].t) count += t;
        return `core ${core.core}, cycle ${n(i * per)} to ${n((i + step) * per)}\n` + worlds.map((w, k) => sum[k] ? `${w} ${percent(sum[k], all)}` : "").filter(Boolean).join(", ") + `\n${n(count)} round trips begin`;
      }));
    }
  }
  function drawTrips(core, y) {
    const seen = trips.filter(t => t[4] === core.core && t[0] + t[1] > view.from && t[0] < view.to);
    const dense = seen.length > 900 && span / seen.length < 1.2;
    if (dense) {  // too many to tell apart: the bins by cause
      const per = time.bin_width, first = Math.max(0, Math.floor(view.from / per)), last = Math.min(core.bins.length - 1, Math.ceil(view.to / per));
      const step = Math.max(1, Math.floor((last - first) / 590));
      let most = 1;
      const sums = [];
      for (let i = first; i <= last; i += step) {
        const sum = new Map();
        for (let k = i; k < Math.min(i + step, core.bins.length); k++) for (const [c, t] of core.bins[k].t) sum.set(c, (sum.get(c) || 0) + t);
        most = Math.max(most, [...sum.values()].reduce((a, b) => a + b, 0));
        sums.push([i, sum]);
      }
      for (const [i, sum] of sums) {
        let at = y + lane;
        const group = svg("g");
        for (const [c, t] of sum) {
          const h = 42 * t / most;
          group.append(svg("rect", { x: x(i * per), y: at - h, width: Math.max(x((i + step) * per) - x(i * per), .6), height: h, fill: causeColour.get(names[c]) }));
          at -= h;
        }
        layer.append(hint(group, [...sum].sort((a, b) => b[1] - a[1]).slice(0, 8).map(([c, t]) => `${names[c]}: ${n(t)}`).join("\n")));
      }
      return `round trips begun, by cause; zoom in for single ones`;
    }
    for (const [start, length, exit, host, , vmid, after, cause] of seen) {
      const group = svg("g"), colour = causeColour.get(names[cause]);
      const x0 = x(start), w = Math.max(x(start + length) - x0, 1);
      group.append(svg("rect", { x: x0, y: y + 48, width: w, height: 22, fill: colour, rx: w > 6 ? 2 : 0 }));
      if (w > 14) {
        const legs = [[0, exit, legColour.exit_leg], [exit, host, legColour.host], [exit + host, length - exit - host, legColour.entry_leg]];
        for (const [from, size, fill] of legs) if (size > 0) group.append(svg("rect", { x: x(start + from), y: y + 72, width: Math.max(x(start + from + size) - x(start + from), .5), height: 8, fill }));
      }
      if (w > 90) group.append(svg("text", { x: Math.max(x0, left) + 5, y: y + 63, style: "fill:#fff;font-weight:600" }, names[cause].slice(0, Math.floor(w / 7.5))));
      layer.append(hint(group, `${names[cause]}\nVMID ${vmid}${after !== vmid ? ` → ${after}` : ""}, core ${core.core}, at cycle ${n(start)}\n${n(length)} cycles: exit ${n(exit)}, host ${n(host)}, entry ${n(length - exit - host)}`));
    }
    return `${n(seen.length)} round trips in view${time.stride > 1 ? `, a sample of 1 in ${time.stride}` : ""}`;
  }
  function draw() {
    layer.replaceChildren();
    layer.setAttribute("clip-path", "url(#clip)");
    const labels = svg("g");
    let text = "";
    cores.forEach((core, i) => {
      const y = top + i * (lane + 14);
      labels.append(svg("text", { x: 2, y: y + 22 }, `core ${core.core}`), svg("text", { x: 2, y: y + 63, class: "soft" }, "trips"));
      layer.append(svg("line", { class: "axis", x1: left, x2: width - right, y1: y + 34, y2: y + 34 }));
      drawBins(core, y);
      text = drawTrips(core, y) || text;
    });
    const scale = 10 ** Math.floor(Math.log10((view.to - view.from) / 4)), unit = [1, 2, 5, 10].find(u => (view.to - view.from) / (u * scale) <= 9) * scale;
    for (let t = Math.ceil(view.from / unit) * unit; t <= view.to; t += unit) {
      layer.append(svg("line", { class: "axis", x1: x(t), x2: x(t), y1: top - 4, y2: height - 22, opacity: .6 }));
      labels.append(svg("text", { x: Math.min(Math.max(x(t), left), width - 40), y: height - 6, class: "soft", "text-anchor": "middle" }, unit >= 1e6 ? short(t) : n(t)));
    }
    const before = chart.querySelector(".labels");
    if (before) before.remove();
    labels.setAttribute("class", "labels");
    chart.append(labels);
    status.textContent = `${short(view.to - view.from)} cycles in view; ${text}`;
  }
  function set(from, to) {
    const size = Math.min(Math.max(to - from, 200), end);
    view.from = Math.min(Math.max(from, 0), end - size);
    view.to = view.from + size;
    draw();
  }
  const zoom = (factor, about = (view.from + view.to) / 2) => set(about - (about - view.from) * factor, about + (view.to - about) * factor);
  const pan = share => set(view.from + share * (view.to - view.from), view.to + share * (view.to - view.from));
  const timeAt = e => { const r = chart.getBoundingClientRect(); return view.from + (view.to - view.from) * Math.min(Math.max(((e.clientX - r.left) / r.width * width - left) / span, 0), 1); };
  chart.addEventListener("wheel", e => { e.preventDefault(); zoom(e.deltaY > 0 ? 1.25 : .8, timeAt(e)); }, { passive: false });
  let grip = null;
  chart.addEventListener("pointerdown", e => { grip = { at: e.clientX, from: view.from, to: view.to }; chart.setPointerCapture(e.pointerId); });
  chart.addEventListener("pointermove", e => {
    if (!grip) return;
    const shift = (grip.at - e.clientX) / chart.getBoundingClientRect().width * width / span * (grip.to - grip.from);
    set(grip.from + shift, grip.to + shift);
  });
  for (const name of ["pointerup", "pointercancel"]) chart.addEventListener(name, () => { grip = null; });
  chart.addEventListener("dblclick", e => zoom(.25, timeAt(e)));
  chart.addEventListener("keydown", e => {
    const act = { ArrowLeft: () => pan(-.2), ArrowRight: () => pan(.2), "+": () => zoom(.5), "=": () => zoom(.5), "-": () => zoom(2), 0: () => set(0, end) }[e.key];
    if (act) { act(); e.preventDefault(); }
  });
  zoomTo = (start, length) => { set(start - length * .4, start + length * 1.4); document.getElementById("timeline").scrollIntoView(); chart.focus({ preventScroll: true }); };
  const button = (text, label, act) => el("button", { type: "button", "aria-label": label, onclick: act }, text);
  section("timeline", "Timeline", "Above, who had the core; below, round trips by cause with their legs (exit, host, entry). Wheel or + and − zoom, drag or arrow keys move, a double click zooms in.",
    el("div", { class: "controls" }, button("−", "Zoom out", () => zoom(2)), button("+", "Zoom in", () => zoom(.5)), button("◂", "Earlier", () => pan(-.4)), button("▸", "Later", () => pan(.4)),
      button("All", "Show the whole run", () => set(0, end)), status),
    chart, legend([...worlds.map(w => ({ name: w, colour: worldColour[w] })), ...profile.causes.slice(0, 12).map(c => ({ name: c.cause, colour: causeColour.get(c.cause) }))]));
  draw();

  if (!time.slowest.length) return;
  section("slowest", "Longest trips", "The longest round trips of the run. The button shows one in the timeline.",
    el("div", { class: "scroll" }, el("table", {}, head("cause", "cycles", "exit leg", "host", "entry leg", "VMID", "core", "at cycle", ""),
      el("tbody", {}, ...time.slowest.slice(0, 15).map(([start, length, exit, host, core, vmid, after, cause]) => el("tr", {}, el("th", { scope: "row" }, el("i", { class: "swatch", style: `background:${causeColour.get(names[cause])}` }), names[cause]),
        ...[length, exit, host, length - exit - host].map(v => el("td", {}, n(v))), el("td", {}, vmid === after ? String(vmid) : `${vmid} → ${after}`), el("td", {}, String(core)), el("td", {}, n(start)),
        el("td", {}, el("button", { type: "button", "aria-label": `Show the trip at cycle ${start}`, onclick: () => zoomTo(start, length) }, "show"))))))));
})();

// --- the annotated listing -------------------------------------------------------------------------------------------

(function listing() {
  const code = data.listing;
  if (!code) return;
  const lead = "Code of the hypervisor and of the host's kernel, dearest function first. Cycles and their dearest resources stand at the instruction with which an executed block began; runs says how often each instruction was executed.";
  if (!code.functions.length) { section("listing", "Listing", code.note || lead); return; }
  const most = Math.max(...code.functions.map(f => f.cycles));
  const list = el("div");
  const node = section("listing", "Listing", lead, el("div", { class: "heads", "aria-hidden": "true" }, ...["", "function", "", "", "cycles", "share", "by resource"].map(x => el("span", {}, x))), list);
  const fill = (f, box) => {
    const dearest = Math.max(...f.insns.map(i => i[4]), 1), lines = f.insns.some(i => i[6]);
    box.append(el("div", { class: "scroll" }, el("table", { class: "listing" }, head("address", "code", "instruction", "runs", "cycles", "dearest resources", ...(lines ? ["source"] : [])),
      el("tbody", {}, ...f.insns.map(([address, bytes, text, runs, cycles, resources, line]) => el("tr", cycles ? { class: "block" } : {},
        el("td", {}, address), el("td", {}, bytes), el("td", { class: "text" }, text), el("td", {}, runs ? n(runs) : ""),
        el("td", { class: "cost", style: `--w:${(100 * cycles / dearest).toFixed(1)}%` }, cycles ? n(cycles) : ""), el("td", {}, resources.map(([r, v]) => `${word(r)} ${percent(v, cycles)}`).join(", ")),
        ...(lines ? [el("td", {}, line || "")] : [])))))));
  };
  for (const f of code.functions) {
    const inside = el("div", { class: "inside" });
    const item = el("details", { class: "cause" }, el("summary", {}, el("span", { class: "name" }, f.name), el("span", {}), el("span", {}), el("span", {}, n(f.cycles)), el("span", {}, percent(f.cycles, total)),
      stackBar(Object.entries(f.resources).map(([k, v]) => ({ name: word(k), value: v, colour: resourceColour[k] || "#999" })), most, f.name)), inside);
    item.addEventListener("toggle", () => { if (item.open && !inside.childElementCount) fill(f, inside); });
    list.append(item);
  }
  if (code.note) node.append(el("p", { class: "note" }, code.note));
  list.firstElementChild.open = true;
})();

// --- how to read it --------------------------------------------------------------------------------------------------

section("words", "Words", "", el("table", {}, el("tbody", {}, ...[
  ["round trip", "from the exception that takes a core out of a guest to the next return into any guest on that core"],
  ["exit leg, host, entry leg", "until Hyp first returns to the host; between the legs; from the last entry of the host into Hyp to the guest. A trip that Hyp answers itself is all exit leg"],
  ["phase", "where the code belongs: the part before the dot of the hypervisor's symbols, or the world that runs"],
  ["resource", "what the cycle was spent on: issue, a dependency, a cache level, a TLB or walk, a misprediction, a barrier, a system register, a device"],
  ["bucket", "a phase and a resource; every cycle lies in exactly one"],
].map(([w, text]) => el("tr", {}, el("th", { scope: "row" }, w), el("td", { style: "text-align:left;white-space:normal" }, text))))));
document.body.dataset.ready = "yes";
