// The page: what the session tells is kept here and shown; what the audience asks for is sent there.
"use strict";

const $ = id => document.getElementById(id);
const make = (tag, given = {}, ...inside) => { const one = Object.assign(document.createElement(tag), given); one.append(...inside); return one; };
const net = new Net();
const WINDOW = 10;                       // ticks over which two futures are compared
const HARDLY = 0.05, MOST_DIFFERENCES = 5;   // a smaller part is told as no difference; of more, the largest are told
let socket, programme = null, first = null, isPlaying = false, isDue = false, planned = 200;
let run = empty(), ghost = null, moment = null, news = null, words = new Map(), begun = new Map(), free = [], spoken = 0;

function empty() { return { ticks: [], rows: [] }; }

// -- the line to the session --------------------------------------------------------------------------------------------

function connect() {
  socket = new WebSocket(`ws://${location.host}${location.pathname}socket`);
  socket.onmessage = event => { const told = JSON.parse(event.data); (HEAR[told.kind] || (() => {}))(told); };
  socket.onclose = event => {
    isPlaying = false; showPlaying();
    if (event.code !== 1013) trouble(["The line to ecosim is closed: it has ended, or this tab was asleep. Reload the page to begin anew."]);
  };
}
const ask = message => { if (socket.readyState === 1) socket.send(JSON.stringify(message)); };

const HEAR = {
  hello(told) {
    first = told.first;
    const groups = { scenario: "Scenarios", published: "Published results" };
    for (const [kind, label] of Object.entries(groups)) {
      const group = make("optgroup", { label });
      told.scenarios.filter(one => one.kind === kind).forEach(one => group.append(make("option", { value: one.name, textContent: one.title || one.name })));
      $("scenario").append(group);
    }
    $("scenario").value = first.scenario; $("seed").value = first.seed;
    first.changes.forEach(word => words.set(keyOf(word), word));
    begin();
  },
  founds(told) { say(told.cold ? "The first run on this machine compiles the model once: that takes up to a minute …" : "Founding the world …"); },
  begun(told) {
    const isSame = programme && programme.scenario === told.scenario && run.ticks.length > 1;
    const asked = new Map(told.changes.map(word => [keyOf(word), word]));   // not `words`: they may have moved on meanwhile
    ghost = isSame ? { ...run, label: difference(begun, asked, programme.seed, told.seed) } : null;
    programme = told; planned = told.planned; run = empty(); moment = null; net.forget(); begun = asked;
    if (!isSame) free = [];
    showProgramme();
  },
  news(told) {
    news = told;
    for (const [tick, ...values] of told.rows) if (!run.ticks.length || tick > run.ticks[run.ticks.length - 1]) { run.ticks.push(tick); run.rows.push(values); }
    net.show(told.picture, programme.colours ? 1 : programme.sectors.length);
    ask({ do: "seen" });
    if (!isDue) { isDue = true; requestAnimationFrame(paint); }
  },
  plays(told) { isPlaying = told.pace > 0; showPlaying(); if (!isPlaying) paint(); },
  remembered(told) { moment = told.tick; showMoment(); paint(); },
  back(told) {
    const keep = run.ticks.filter(tick => tick <= told.tick).length;
    if (keep < run.ticks.length) ghost = { ticks: run.ticks, rows: run.rows, label: `the other future, from tick ${told.tick}`, from: told.tick };
    run = { ticks: run.ticks.slice(0, keep), rows: run.rows.slice(0, keep) };
    trouble([]);
  },
  refused(told) { trouble(told.faults); say(news ? news.words : "There is no world yet."); },
  failed(told) { trouble([told.words]); },
  saved(told) {
    const bytes = Uint8Array.from(atob(told.base64), letter => letter.charCodeAt(0));
    const link = make("a", { href: URL.createObjectURL(new Blob([bytes], { type: "application/zip" })), download: told.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  },
};

function begin() {
  trouble([]);
  ask({ do: "begin", scenario: $("scenario").value, seed: $("seed").value.trim(), changes: [...words.values()] });
}
const keyOf = word => word.split("=")[0].replace(/^[+~]+/, "");
function difference(before, now, seedBefore, seedNow) {
  const gone = [...before.values()].filter(word => now.get(keyOf(word)) !== word);
  const luck = seedBefore === seedNow ? "" : `luck ${seedBefore}`;
  const told = [...gone, luck].filter(Boolean);
  return told.length ? `the run before (${told.join(", ")})` : now.size > before.size ? "the run before these changes" : "the run before";
}

// -- what is said and shown ---------------------------------------------------------------------------------------------

function say(sentence) {
  if ($("now").textContent !== sentence) $("now").textContent = sentence;
  const isCalm = !isPlaying || performance.now() - spoken > 8000;     // a screen reader is not to be talked over
  $("now").setAttribute("aria-live", isCalm ? "polite" : "off");
  if (isCalm) spoken = performance.now();
}
function trouble(faults) {
  $("trouble").hidden = !faults.length;
  $("trouble").querySelector("ul").replaceChildren(...faults.map(fault => make("li", { textContent: fault })));
}
function showPlaying() {
  $("play").textContent = isPlaying ? "❚❚ Pause" : "▶ Play";
  $("play").setAttribute("aria-pressed", String(isPlaying));
}
function showMoment() {
  $("back").disabled = !run.ticks.length;
  $("back").textContent = moment === null ? "Back to the start" : `Go back to tick ${moment}`;
}

function showProgramme() {
  document.title = `${programme.title} – ecosim`;
  $("scenario").value = programme.scenario; $("seed").value = programme.seed;
  $("about").querySelector("h2").textContent = "What to watch";
  $("about").querySelector(".watch").textContent = programme.watch || programme.description;
  $("about").title = programme.description;
  showSliders(); showChanges(); showKinds(); showLegend(); showCharts(); showMoment(); showPlaying();
}

function showSliders() {
  $("sliders").replaceChildren(...programme.sliders.map(slider => {
    const value = make("output", { textContent: short(slider.value) });
    const input = make("input", { type: "range", min: slider.low, max: slider.high, step: slider.whole ? 1 : "any", value: slider.value });
    const read = () => slider.whole ? Math.round(input.value) : Number(Number(input.value).toPrecision(slider.high - slider.low > 0.05 ? 2 : 3));
    input.setAttribute("aria-label", `${slider.label}: ${slider.meaning}`);
    input.oninput = () => { value.textContent = short(read()); };
    input.onchange = () => {
      words.set(slider.key, `${slider.key}=${read()}`); showChanges();
      if (slider.column) ask({ do: "intervene", deed: { do: "set", column: slider.column, value: read(), who: { sector: slider.sector } } });
    };
    const when = slider.column ? "acts at once" : "acts at the next start";
    return make("div", { className: "slider" }, make("label", { title: slider.key }, slider.label, value), input,
      make("div", { className: "ends" }, make("span", { textContent: short(slider.low) }), make("span", { textContent: when }), make("span", { textContent: short(slider.high) })),
      make("p", { className: "meaning", textContent: slider.meaning }));
  }));
}

function showChanges() {
  const isDueWord = word => begun.get(keyOf(word)) !== word;
  $("changes").replaceChildren(...[...words.values()].map(word => {
    const remove = make("button", { textContent: "×", ariaLabel: `Take back ${word}` });
    remove.onclick = () => { words.delete(keyOf(word)); showChanges(); };
    return make("li", { className: isDueWord(word) ? "due" : "" }, word, remove);
  }));
  const pending = [...words.values()].some(isDueWord) || [...begun.keys()].some(key => !words.has(key));
  $("pending").hidden = !pending;
  $("begin").classList.toggle("due", pending);
}

const KINDS = {
  shock: ["Shake a problem", ["issue*", "add"]], convene: ["Convene a coalition", ["issue", "sector*", "number"]],
  introduce: ["Introduce strangers", ["one", "other", "number"]], invite: ["Let newcomers come", ["sector", "number"]],
  remove: ["Take organisations away", ["sector*", "number", "by"]], set: ["Set a value", ["column", "sector*", "value"]],
};
const STANDARD = { add: 4, number: 10, value: 0.5 };
function showKinds() {
  $("kind").replaceChildren(...programme.can.map(kind => make("option", { value: kind, textContent: KINDS[kind][0] })));
  showFields();
}
function showFields() {
  const sectors = programme.sectors.map(one => [one.name, one.label]), issues = programme.issues.map(one => [one, one.replaceAll("_", " ")]);
  const choices = { sector: sectors, one: sectors, other: [...sectors].reverse(), issue: issues, column: programme.settable.map(one => [one.name, one.name.replaceAll("_", " ")]),
    by: [["chance", "drawn by chance"], ["most_connected", "the most connected"], ["least_connected", "the least connected"]] };
  const labels = { add: "by how much", number: "how many", one: "these", other: "with these", by: "who", column: "what", sector: "of", issue: "problem", value: "to" };
  $("fields").replaceChildren(...KINDS[$("kind").value][1].flatMap(name => {
    const key = name.replace("*", ""), listed = choices[key];
    const field = listed ? make("select", { id: `f-${key}` }) : make("input", { id: `f-${key}`, type: "number", step: "any", required: true, value: STANDARD[key] });
    if (listed) field.append(...(name.endsWith("*") ? [["", key === "issue" ? "all" : "everyone"]] : []).concat(listed).map(([value, textContent]) => make("option", { value, textContent })));
    return [make("label", { textContent: labels[key], htmlFor: `f-${key}` }), field];
  }));
  const column = $("f-column");
  if (!column) return;
  const meaning = make("p", { className: "meaning" });
  column.onchange = () => {
    const { meaning: told, low, high } = programme.settable.find(one => one.name === column.value);
    meaning.textContent = `${told}${low === null ? "" : `; from ${short(low)}`}${high === null ? "" : ` to ${short(high)}`}`;
  };
  if (programme.settable.some(one => one.name === "contribution")) column.value = "contribution";
  $("fields").append(meaning); column.onchange();
}
function deedAsked() {
  const kind = $("kind").value, got = key => $(`f-${key}`).value, number = key => Number(got(key));
  const who = $("f-sector")?.value ? { sector: got("sector") } : {};
  const made = {
    shock: () => ({ ...(got("issue") ? { issue: got("issue") } : {}), add: number("add") }),
    convene: () => ({ issue: got("issue"), who: { ...who, number: number("number") } }),
    introduce: () => ({ one: { sector: got("one") }, other: { sector: got("other") }, number: number("number") }),
    invite: () => ({ sector: got("sector"), number: number("number") }),
    remove: () => ({ who: { ...who, number: number("number"), by: got("by") } }),
    set: () => ({ column: got("column"), value: number("value"), who }),
  };
  return { do: kind, ...made[kind]() };
}

function showLegend() {
  const draw = (sector, fill) => {
    const forms = [`<circle cx="10" cy="10" r="7.5"/>`, `<rect x="3.4" y="3.4" width="13.2" height="13.2"/>`, `<path d="M10 1.5 18.5 17H1.5Z"/>`, `<path d="M10 1 18 10 10 19 2 10Z"/>`];
    const mark = make("span");
    mark.innerHTML = `<svg viewBox="0 0 20 20" aria-hidden="true">${forms[sector % 4]}</svg>`;
    mark.querySelector("svg").style.fill = fill;
    return mark.firstChild;
  };
  const entries = programme.sectors.map((one, k) => make("span", {}, draw(k, programme.colours ? "var(--soft)" : `var(--sector-${k % 6})`), one.label));
  if (programme.colours) {
    const ends = { stance: ["one end of opinion", "the other end"], active: ["waits", "acts"], convention: ["old convention", "new convention"], contribution: ["gives nothing", "gives all"] }[programme.colours];
    entries.push(make("span", {}, draw(0, "var(--low)"), ends[0]), make("span", {}, draw(0, "var(--high)"), ends[1]));
  } else programme.issues.forEach((one, k) => {
    const tube = make("span");
    tube.innerHTML = `<svg viewBox="0 0 20 20" aria-hidden="true"><rect x="1" y="5" width="18" height="10" rx="5" fill="none" stroke-width="3.4"/></svg>`;
    tube.querySelector("rect").style.stroke = `var(--issue-${k % 6})`;
    entries.push(make("span", {}, tube.firstChild, `coalition on ${one.replaceAll("_", " ")}`));
  });
  $("legend").replaceChildren(...entries.slice(0, 12));
}

function showLedger() {
  const found = news.ledger, total = found ? found.reduce((sum, [, count]) => sum + count, 0) : 0;
  $("ledger").hidden = !found;
  if (found) {
    const bar = make("div", { className: "bar" }, ...found.map(([, count], k) => { const part = make("i"); part.style.width = `${100 * count / total}%`; part.style.background = `var(--rung-${k})`; return part; }));
    const told = make("div", { className: "words" }, ...found.map(([word, count], k) => {
      const swatch = make("i"); swatch.style.background = `var(--rung-${k})`;
      return make("span", {}, swatch, `${word} `, make("b", { textContent: `${Math.round(100 * count / total)} %` }));
    }));
    $("ledger").replaceChildren(make("div", { className: "head" }), bar, told);
    $("ledger").querySelector(".head").textContent = `${total.toLocaleString("en")} relationships:`;
  }
  $("stage").textContent = news.stage ? `Stage at tick ${news.stage.tick}: ${news.stage.word} – ${news.stage.meaning}.` : "";
}

// -- charts ---------------------------------------------------------------------------------------------------------------

const columnOf = name => programme.columns.findIndex(one => one.name === name);
const valuesOf = (series, name) => { const k = columnOf(name); return series.rows.map(row => row[k]); };

function showCharts() {
  $("charts").replaceChildren(...programme.panels.map((panel, place) => {
    const canvas = make("canvas", { id: `chart-${place}`, role: "img" });
    canvas.setAttribute("role", "img");
    let title = panel.title;
    if (panel.free) {
      const inUse = new Set(programme.panels.filter(one => !one.free).flatMap(one => one.lines.map(line => line.name)));
      title = make("select", { ariaLabel: "Measure in this chart" });
      title.append(...programme.columns.filter(one => !inUse.has(one.name)).map(one => make("option", { value: one.name, textContent: one.title, title: one.meaning })));
      free[place] = columnOf(free[place]) >= 0 ? free[place] : panel.lines[0].name;
      title.value = free[place];
      title.onchange = () => { free[place] = title.value; paint(); };
    }
    return make("div", { className: "chart" }, make("h3", {}, title, make("small", { id: `unit-${place}`, textContent: panel.unit })), make("div", { className: "space" }, canvas));
  }));
}

function linesOf(panel, place) {
  const lines = panel.free ? [{ name: free[place], label: "", kind: "line", place: 0 }] : panel.lines;
  return lines.map(line => ({
    ...line, isShare: programme.columns[columnOf(line.name)].unit === "share", ticks: run.ticks, values: valuesOf(run, line.name),
    ghost: ghost && { ticks: ghost.ticks, values: valuesOf(ghost, line.name) },
  }));
}

function paint() {
  isDue = false;
  if (!news || !programme) return;
  $("tick").textContent = `tick ${news.tick}`;
  say(news.tick === planned && !isPlaying ? `${news.words} Here the scenario ends; play goes on.` : news.words);
  net.draw($("net"));
  showLedger(); showMoment();
  const last = Math.max(news.tick, ghost ? ghost.ticks[ghost.ticks.length - 1] : 0, Math.min(planned, 40));
  programme.panels.forEach((panel, place) => {
    const lines = linesOf(panel, place), canvas = $(`chart-${place}`), isFlow = panel.lines.some(line => line.name.startsWith("success_"));
    if (panel.free) $(`unit-${place}`).textContent = programme.columns[columnOf(free[place])].unit.replace(/^1$/, "index");
    chart(canvas, { ticks: run.ticks, lines, marks: news.marks, moment, last, from: isFlow ? 2 : 0, words: place === 0 });
    if (!isPlaying) canvas.setAttribute("aria-label", `${panel.title}: ${lines.map(line => `${line.label || line.name} ${short(line.values[line.values.length - 1])}`).join(", ")}`);
  });
  if (!isPlaying) $("net").setAttribute("aria-label", `Network of ${news.picture.all} organisations, ${news.picture.bonds.length} relationships and ${news.picture.coalitions.length} coalitions`);
  showFutures();
}

// Both futures side by side: the mean of the last ticks of this one, less that of the same ticks of the other.
function showFutures() {
  const common = ghost ? run.ticks.filter(tick => tick > (ghost.from ?? 0) && tick <= ghost.ticks[ghost.ticks.length - 1]) : [];
  $("futures").hidden = !common.length;
  if (!common.length) return;
  const ticks = new Set(common.slice(-WINDOW)), to = common[common.length - 1];
  const mean = (series, name) => { const got = valuesOf(series, name).filter((v, k) => ticks.has(series.ticks[k]) && v !== null); return got.length ? got.reduce((a, b) => a + b, 0) / got.length : null; };
  const lines = programme.panels.flatMap((panel, place) => panel.free ? [{ name: free[place], label: "" }] : panel.lines.map(line => ({ ...line, of: panel.title })));
  $("futures").querySelector("h2").textContent = `This future minus ${ghost.label} (thin, pale), means of ticks ${common.slice(-WINDOW)[0]}–${to}`;
  const told = lines.flatMap(line => {
    const now = mean(run, line.name), other = mean(ghost, line.name);
    if (now === null || other === null) return [];
    const gap = now - other, part = Math.abs(gap) / Math.max(Math.abs(now), Math.abs(other), 1e-12);
    return part <= HARDLY ? [] : [{ line, now, other, gap, part }];
  }).sort((a, b) => b.part - a.part);
  const entries = told.slice(0, MOST_DIFFERENCES).map(({ line, now, other, gap }) => make("li", { title: `${short(now)} here, ${short(other)} there` },
    make("span", { textContent: titleOf(line) }), make("span", { className: gap > 0 ? "more" : "less", textContent: `${gap > 0 ? "▲ +" : "▼ "}${brief(gap)} ${unitOf(line)}` })));
  if (told.length > MOST_DIFFERENCES) entries.push(make("li", { className: "same", textContent: `smaller differences: ${told.length - MOST_DIFFERENCES} more` }));
  if (told.length < lines.length) entries.push(make("li", { className: "same", textContent: `${told.length ? "all else" : "all"}: within ${100 * HARDLY} % of each other in both futures` }));
  $("futures").querySelector("ul").replaceChildren(...entries);
}
const unitOf = line => programme.columns[columnOf(line.name)].unit.replace(/^1?$/, "index");
const brief = gap => String(Number(gap.toPrecision(2))).replace("-", "−");
const titleOf = line => line.kind === "issue" ? `severity of ${line.label}` : line.kind === "sector" || line.kind === "all" ? `success of ${line.label}` : line.label ? `${line.of.startsWith("Polarisation") ? "opinions: " : ""}${line.label}` : programme.columns[columnOf(line.name)].title;

// -- what the audience does -------------------------------------------------------------------------------------------------

const PACES = [0.5, 1, 2, 3, 5, 8, 10, 15, 20, 30, 50, 75, 100];
const paceNow = () => PACES[$("pace").value];
function showPace() { $("pace-words").textContent = paceNow() === 1 ? "1 tick a second" : `${paceNow()} ticks a second`; if (isPlaying) ask({ do: "play", pace: paceNow() }); }
const DO = {
  play: () => ask(isPlaying ? { do: "pause" } : { do: "play", pace: paceNow() }),
  step: () => ask({ do: "step" }), begin, remember: () => ask({ do: "remember" }), back: () => ask({ do: "back" }), save: () => ask({ do: "save" }),
  theme: () => dress(document.documentElement.dataset.theme === "dark" ? "light" : "dark"),
};
for (const [id, act] of Object.entries(DO)) $(id).onclick = act;
$("apply").onclick = begin;
$("trouble").querySelector("button").onclick = () => trouble([]);
$("pace").oninput = showPace;
$("scenario").onchange = () => { words.clear(); begin(); };
$("seed").onchange = begin;
$("kind").onchange = showFields;
$("any").onsubmit = event => {
  event.preventDefault();
  const word = $("word").value.trim();
  if (word) { words.set(keyOf(word), word); $("word").value = ""; showChanges(); }
};
$("deed").onsubmit = event => { event.preventDefault(); trouble([]); ask({ do: "intervene", deed: deedAsked() }); };

const KEYS = { " ": "play", ArrowRight: "step", r: "begin", m: "remember", b: "back", s: "save", d: "theme" };
document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
  if (event.key === " " && event.target.matches("button, a")) return;
  if (event.key === "+" || event.key === "-") { $("pace").value = Number($("pace").value) + (event.key === "+" ? 1 : -1); showPace(); event.preventDefault(); return; }
  const id = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (id && !$(id).disabled) { event.preventDefault(); DO[id](); }
});

function pointed(event) {
  const box = $("net").getBoundingClientRect(), row = net.near(event.clientX - box.left, event.clientY - box.top);
  return { row, x: event.clientX - box.left, y: event.clientY - box.top, wide: box.width };
}
$("net").onmousemove = event => {
  const { row, x, y, wide } = pointed(event), tip = $("tip");
  tip.hidden = row < 0 || !news;
  if (tip.hidden) return;
  const picture = net.picture, ties = picture.ties.filter(end => end === row).length, joined = picture.coalitions.filter(one => one.members.includes(row)).length;
  tip.textContent = `${net.names[picture.id[row]].replaceAll("_", " ")} · ${programme.sectors[picture.sector[row]].label} · partners: ${ties} · coalitions: ${joined}`;
  tip.style.left = `${Math.min(x + 12, wide - 200)}px`; tip.style.top = `${y + 12}px`;
};
$("net").onmouseleave = () => { $("tip").hidden = true; };
$("net").onclick = event => { const { row } = pointed(event); const id = row < 0 ? null : net.picture.id[row]; net.pinned = net.pinned === id ? null : id; paint(); };

function dress(theme) { document.documentElement.dataset.theme = theme; forgetColours(); paint(); }
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
prefersDark.addEventListener("change", () => dress(prefersDark.matches ? "dark" : "light"));
dress(prefersDark.matches ? "dark" : "light");
new ResizeObserver(() => paint()).observe(document.querySelector("main"));
showPace();
connect();
