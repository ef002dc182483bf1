// Drawing: the network, whose organisations keep their places, and charts whose lines carry their names.
"use strict";

const known = new Map();
const css = name => {
  if (!known.has(name)) known.set(name, getComputedStyle(document.documentElement).getPropertyValue(name).trim());
  return known.get(name);
};
const forgetColours = () => known.clear();
const colour = (kind, place) => css(kind === "all" ? "--all" : `--${kind}-${place % (kind === "line" ? 4 : 6)}`);
const MOST_COALITIONS = 40;              // of more, the largest are drawn
const DASHES = [[], [9, 4], [2, 4], [10, 4, 2, 4]];
// Dashes as in the figures of a run, where sectors are never solid: that is all together.
const dashes = line => line.kind === "all" ? [] : line.kind === "sector" ? DASHES[1 + line.place % 3] : DASHES[line.place % 4];

function fit(canvas) {
  const ratio = window.devicePixelRatio || 1, box = canvas.getBoundingClientRect();
  const width = Math.max(1, Math.round(box.width * ratio)), height = Math.max(1, Math.round(box.height * ratio));
  if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, box.width, box.height);
  return { pen, width: box.width, height: box.height };
}

// -- the network ------------------------------------------------------------------------------------------------------

class Net {
  constructor() { this.places = new Map(); this.picture = null; this.names = {}; this.pinned = null; this.frame = null; }

  forget() { this.places.clear(); this.names = {}; this.picture = null; this.pinned = null; this.frame = null; }

  // Take a new picture: those who were there stay where they are and then move a little, by what ties and coalitions ask.
  show(picture, sectors) {
    Object.assign(this.names, picture.names);
    this.picture = picture;
    const isFirst = this.places.size === 0, n = picture.id.length, there = new Set(picture.id);
    for (const id of this.places.keys()) if (!there.has(id)) this.places.delete(id);
    const met = new Map();
    for (let t = 0; t < picture.ties.length; t += 2) {
      met.set(picture.ties[t], picture.ties[t + 1]); met.set(picture.ties[t + 1], picture.ties[t]);
    }
    picture.id.forEach((id, row) => {
      if (this.places.has(id)) return;
      const friend = isFirst ? null : this.places.get(picture.id[met.get(row)]);
      const turn = row * 2.399963, radius = Math.sqrt((row + 0.5) / n), home = this.home(picture.sector[row], sectors);
      this.places.set(id, friend ? { x: friend.x + 0.05 * Math.cos(turn), y: friend.y + 0.05 * Math.sin(turn) }
        : { x: 0.7 * home.x + 0.5 * radius * Math.cos(turn), y: 0.7 * home.y + 0.5 * radius * Math.sin(turn) });
    });
    const rounds = isFirst ? 160 : 2;
    for (let k = 0; k < rounds; k++) this.relax(isFirst ? 0.1 * Math.pow(1 - k / rounds, 1.3) + 0.002 : 0.006, sectors);
  }

  home(sector, sectors) {
    if (sectors < 2) return { x: 0, y: 0 };
    const turn = -Math.PI / 2 + 2 * Math.PI * (sector + 0.5) / sectors;
    return { x: Math.cos(turn), y: Math.sin(turn) };
  }

  // One round of forces (Fruchterman & Reingold 1991), each step at most `most`; sectors and coalitions draw together.
  relax(most, sectors) {
    const { id, sector, ties, bonds, coalitions } = this.picture, n = id.length;
    if (n < 2) return;
    const at = id.map(one => this.places.get(one)), k = 1 / Math.sqrt(n), k2 = k * k;
    const x = Float64Array.from(at, p => p.x), y = Float64Array.from(at, p => p.y);
    const fx = new Float64Array(n), fy = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) {
        const dx = x[i] - x[j], dy = y[i] - y[j], push = k2 / Math.max(dx * dx + dy * dy, 1e-6);
        fx[i] += dx * push; fy[i] += dy * push; fx[j] -= dx * push; fy[j] -= dy * push;
      }
      const home = this.home(sector[i], sectors);
      fx[i] += 0.9 * home.x - x[i]; fy[i] += 0.9 * home.y - y[i];
    }
    const crowd = Math.min(1, 3 * n / Math.max(bonds.length, 1));
    const pull = (i, j, weight) => {
      const dx = x[i] - x[j], dy = y[i] - y[j], d = weight * Math.sqrt(dx * dx + dy * dy) / k;
      fx[i] -= dx * d; fy[i] -= dy * d; fx[j] += dx * d; fy[j] += dy * d;
    };
    for (let t = 0; t < bonds.length; t++) pull(ties[2 * t], ties[2 * t + 1], crowd * (0.04 + bonds[t] / 400));
    for (const { members } of coalitions) {
      for (let a = 0; a < members.length; a++) pull(members[a], members[(a + 1) % members.length], 0.5);
    }
    for (let i = 0; i < n; i++) {
      const length = Math.hypot(fx[i], fy[i]), step = Math.min(length * 0.5, most) / Math.max(length, 1e-9);
      at[i].x = x[i] + fx[i] * step; at[i].y = y[i] + fy[i] * step;
    }
  }

  draw(canvas) {
    const { pen, width, height } = fit(canvas), picture = this.picture;
    if (!picture) return;
    const at = this.onScreen(width, height), n = at.length;
    const size = Math.max(3.2, Math.min(11, 0.3 * Math.sqrt(width * height / Math.max(n, 1)) * 0.62));
    this.size = size; this.at = at;
    pen.lineCap = pen.lineJoin = "round";
    this.drawCoalitions(pen, at, size);
    this.drawTies(pen, at, n);
    picture.id.forEach((id, row) => {
      const near = this.pinned === null || this.pinned === id || this.friends.has(row);
      pen.globalAlpha = near ? 1 : 0.25;
      pen.fillStyle = picture.value ? shade(picture.value[row]) : colour("sector", picture.sector[row]);
      pen.strokeStyle = picture.value ? css("--soft") : css("--back");
      pen.lineWidth = this.pinned === id ? 3 : 1;
      shape(pen, picture.sector[row], at[row].x, at[row].y, size);
    });
    pen.globalAlpha = 1;
  }

  // Places on the screen: the middle 96 % of them fill it, the few far out are drawn in; the frame follows slowly.
  onScreen(width, height) {
    const places = this.picture.id.map(id => this.places.get(id)), least = 0.02 * (places.length - 1);
    const range = of => {
      const all = places.map(of).sort((a, b) => a - b), low = all[Math.floor(least)] || 0, high = all[Math.ceil(all.length - 1 - least)] || 0;
      return [(low + high) / 2, Math.max((high - low) / 2, 0.1)];
    };
    const wanted = [...range(p => p.x), ...range(p => p.y)];
    this.frame = this.frame ? this.frame.map((old, k) => old + 0.06 * (wanted[k] - old)) : wanted;
    const [mx, sx, my, sy] = this.frame;
    const inside = v => Math.abs(v) < 0.94 ? 0.96 * v : Math.sign(v) * (0.9024 + 0.0976 * Math.tanh((Math.abs(v) - 0.94) / 0.25));
    return places.map(p => ({ x: width / 2 + inside((p.x - mx) / sx) * (width / 2 - 10), y: height / 2 + inside((p.y - my) / sy) * (height / 2 - 10) }));
  }

  drawCoalitions(pen, at, size) {
    const largest = [...this.picture.coalitions].sort((a, b) => b.members.length - a.members.length || (a.id < b.id ? -1 : 1)).slice(0, MOST_COALITIONS);
    const crowd = Math.min(1, 30 / Math.max(largest.length, 1));
    for (const [wide, alpha] of [[size * 2 + 6, 0.25 + 0.25 * crowd], [size * 2 + 3, 0.3 + 0.2 * crowd]]) {
      for (const { members, issue } of largest) {
        pen.globalAlpha = alpha * (members.length > 2 ? 1 : 0.6);
        pen.strokeStyle = wide > size * 2 + 4 ? colour("issue", issue) : css("--back");
        pen.lineWidth = wide;
        pen.beginPath();
        for (const [a, b] of tree(members.map(row => at[row]))) { pen.moveTo(a.x, a.y); pen.lineTo(b.x, b.y); }
        pen.stroke();
      }
    }
    pen.globalAlpha = 1;
  }

  drawTies(pen, at, n) {
    const { ties, bonds, id } = this.picture, crowd = Math.max(0.35, Math.min(1, 2.2 * n / Math.max(bonds.length, 1)));
    this.friends = new Set();
    const levels = [[], [], [], []], own = [];
    bonds.forEach((bond, t) => {
      const a = ties[2 * t], b = ties[2 * t + 1];
      if (this.pinned !== null && (id[a] === this.pinned || id[b] === this.pinned)) { own.push(t); this.friends.add(a); this.friends.add(b); }
      else levels[Math.min(3, Math.floor(bond / 25))].push(t);
    });
    const stroke = (list, style, wide) => {
      pen.strokeStyle = style; pen.lineWidth = wide; pen.beginPath();
      for (const t of list) { pen.moveTo(at[ties[2 * t]].x, at[ties[2 * t]].y); pen.lineTo(at[ties[2 * t + 1]].x, at[ties[2 * t + 1]].y); }
      pen.stroke();
    };
    const dim = this.pinned === null ? 1 : 0.3;
    levels.forEach((list, k) => stroke(list, `rgba(${css("--tie")}, ${dim * crowd * (0.14 + 0.2 * k)})`, 0.6 + 0.55 * k * crowd));
    stroke(own, css("--accent"), 2);
  }

  // The organisation under a point, as its row; -1 where there is none.
  near(x, y) {
    let best = -1, least = (this.size || 5) * (this.size || 5) * 6;
    (this.at || []).forEach((p, row) => { const d = (p.x - x) ** 2 + (p.y - y) ** 2; if (d < least) { least = d; best = row; } });
    return best;
  }
}

// The pairs of the shortest tree that joins all places (Prim 1957).
function tree(places) {
  const pairs = [], outside = places.map((_, k) => k).slice(1), distance = places.map(() => Infinity), parent = places.map(() => 0);
  let last = 0;
  while (outside.length) {
    let best = 0;
    outside.forEach((k, spot) => {
      const d = (places[k].x - places[last].x) ** 2 + (places[k].y - places[last].y) ** 2;
      if (d < distance[k]) { distance[k] = d; parent[k] = last; }
      if (distance[k] < distance[outside[best]]) best = spot;
    });
    last = outside.splice(best, 1)[0];
    pairs.push([places[parent[last]], places[last]]);
  }
  return pairs;
}

function shape(pen, sector, x, y, size) {
  pen.beginPath();
  const kind = sector % 4;
  if (kind === 0) pen.arc(x, y, size, 0, 2 * Math.PI);
  else if (kind === 1) pen.rect(x - 0.88 * size, y - 0.88 * size, 1.76 * size, 1.76 * size);
  else {
    const corners = kind === 2 ? [[0, -1.2], [1.1, 0.8], [-1.1, 0.8]] : [[0, -1.25], [1.1, 0], [0, 1.25], [-1.1, 0]];
    corners.forEach(([dx, dy], k) => pen[k ? "lineTo" : "moveTo"](x + dx * size, y + dy * size));
    pen.closePath();
  }
  pen.fill();
  pen.stroke();
}

// The colour of a value from 0 to 1: from one end over the middle to the other.
function shade(value) {
  const part = Math.min(1, Math.abs(2 * value - 1)), parts = name => [1, 3, 5].map(k => parseInt(css(name).slice(k, k + 2), 16));
  const end = parts(value < 0.5 ? "--low" : "--high");
  return `rgb(${parts("--middle").map((middle, k) => Math.round(middle + part * (end[k] - middle))).join(", ")})`;
}

// -- charts -----------------------------------------------------------------------------------------------------------

// Draw lines [{name, label, kind, place, values}] over ticks; `ghost` [{ticks, values}] beside them, thin; marks [[tick, words]].
function chart(canvas, { ticks, lines, marks, moment, last, from, words }) {
  const { pen, width, height } = fit(canvas);
  const font = Math.max(12, Math.min(17, height / 12));
  pen.font = `${font}px system-ui, "DejaVu Sans", sans-serif`;
  const labelled = lines.some(line => line.label), plain = pen.font;
  pen.font = `600 ${plain}`;
  const right = labelled ? Math.min(width * 0.36, 10 + Math.max(...lines.map(line => pen.measureText(line.label).width))) : 12;
  pen.font = plain;
  const box = { left: 3.4 * font, top: 0.6 * font + 2, right: width - right - 8, bottom: height - 1.5 * font };
  const [low, high] = span(lines, from);
  const x = tick => box.left + (box.right - box.left) * tick / Math.max(last, 1);
  const y = value => box.bottom - (box.bottom - box.top) * (value - low) / (high - low);
  pen.lineWidth = 1;
  pen.textBaseline = "middle";
  for (const value of steps(low, high, height > 150 ? 4 : 3)) {
    pen.strokeStyle = css("--grid");
    line2(pen, box.left, y(value), box.right, y(value));
    pen.fillStyle = css("--soft"); pen.textAlign = "right";
    pen.fillText(short(value), box.left - 5, y(value));
  }
  pen.textAlign = "center"; pen.textBaseline = "top";
  const shown = steps(0, last, Math.max(2, Math.min(5, Math.floor((box.right - box.left) / 65))));  // room for the word between two
  pen.fillStyle = css("--soft");
  for (const tick of shown) pen.fillText(short(tick), x(tick), box.bottom + 4);
  pen.fillText("tick", x(shown.length > 1 ? (shown.at(-1) + shown.at(-2)) / 2 : last / 2), box.bottom + 4);
  drawMarks(pen, box, x, marks, moment, font, words);
  pen.save();
  pen.beginPath(); pen.rect(box.left - 1, box.top - 2, box.right - box.left + 3, box.bottom - box.top + 4); pen.clip();
  lines.forEach(line => line.ghost && trace(pen, x, y, line.ghost.ticks, line.ghost.values, from, colour(line.kind, line.place), 1.5, [], 0.5));
  lines.forEach(line => trace(pen, x, y, ticks, line.values, from, colour(line.kind, line.place), line.kind === "all" ? 3.4 : 2.5,
    dashes(line), 1));
  pen.restore();
  if (labelled) nameLines(pen, lines, ticks, x, y, box, width, font);
}

function line2(pen, x1, y1, x2, y2) { pen.beginPath(); pen.moveTo(x1, y1); pen.lineTo(x2, y2); pen.stroke(); }

function drawMarks(pen, box, x, marks, moment, font, words) {
  pen.save();
  pen.strokeStyle = css("--soft"); pen.setLineDash([4, 3]); pen.fillStyle = css("--soft"); pen.font = pen.font.replace(/[\d.]+px/, `${0.85 * font}px`);
  let free = -Infinity;
  marks.forEach(([tick, told]) => {
    line2(pen, x(tick), box.top, x(tick), box.bottom);
    if (!words || x(tick) < free) return;
    const text = told.length > 26 ? `${told.slice(0, 25)}…` : told, isLate = x(tick) + pen.measureText(text).width > box.right;
    pen.textAlign = isLate ? "right" : "left"; pen.textBaseline = "top";
    pen.fillText(text, x(tick) + (isLate ? -4 : 4), box.top);
    free = x(tick) + pen.measureText(text).width + 10;
  });
  if (moment !== null) {
    pen.setLineDash([]); pen.strokeStyle = css("--accent"); pen.lineWidth = 2;
    line2(pen, x(moment), box.top, x(moment), box.bottom);
  }
  pen.restore();
}

function trace(pen, x, y, ticks, values, from, style, wide, dash, alpha) {
  pen.strokeStyle = style; pen.lineWidth = wide; pen.setLineDash(dash); pen.globalAlpha = alpha; pen.lineJoin = "round";
  pen.beginPath();
  let isDown = false, drawn = -Infinity;
  for (let k = 0; k < ticks.length; k++) {
    if (values[k] === null || values[k] === undefined || ticks[k] < from) { isDown = isDown && ticks[k] >= from && values[k] !== undefined; continue; }
    const spot = x(ticks[k]);
    if (isDown && spot - drawn < 0.7 && k < ticks.length - 1) continue;
    pen[isDown ? "lineTo" : "moveTo"](spot, y(values[k]));
    isDown = true; drawn = spot;
  }
  pen.stroke();
  pen.setLineDash([]); pen.globalAlpha = 1;
}

// Write each line's name at its end; those that would stand on each other make room.
function nameLines(pen, lines, ticks, x, y, box, width, font) {
  const ends = [];
  for (const line of lines) {
    let k = ticks.length - 1;
    while (k > 0 && (line.values[k] === null || line.values[k] === undefined)) k--;
    if (line.label) ends.push({ line, at: line.values[k] === null || k < 0 ? box.bottom : y(line.values[k]) });
  }
  ends.sort((a, b) => a.at - b.at);
  const gap = font * 1.12;
  ends.forEach((end, k) => { end.spot = Math.max(end.at, k ? ends[k - 1].spot + gap : box.top + font / 2); });
  const over = ends.length ? ends[ends.length - 1].spot - (box.bottom - font / 3) : 0;
  if (over > 0) for (let k = ends.length - 1; k >= 0; k--) ends[k].spot = Math.min(ends[k].spot - (k === ends.length - 1 ? over : 0), k < ends.length - 1 ? ends[k + 1].spot - gap : Infinity);
  const last = ticks.length ? x(ticks[ticks.length - 1]) : box.left;
  pen.textAlign = "left"; pen.textBaseline = "middle"; pen.font = `600 ${pen.font}`;
  for (const { line, at, spot } of ends) {
    pen.strokeStyle = pen.fillStyle = colour(line.kind, line.place);
    pen.globalAlpha = 0.45; pen.lineWidth = 1;
    line2(pen, Math.min(last + 3, box.right), at, box.right + 5, spot);
    pen.globalAlpha = 1;
    pen.fillText(line.label, box.right + 8, spot, width - box.right - 8);
  }
}

function span(lines, from) {
  let low = Infinity, high = -Infinity;
  const take = (ticks, values) => values.forEach((v, k) => { if (v !== null && v !== undefined && ticks[k] >= from) { low = Math.min(low, v); high = Math.max(high, v); } });
  for (const line of lines) { take(line.ticks, line.values); if (line.ghost) take(line.ghost.ticks, line.ghost.values); }
  if (low > high) return [0, 1];
  const isShare = lines.every(line => line.isShare), least = Math.max(0.1 * Math.abs(low + high) / 2, isShare ? 0.2 : 1e-6);
  if (low >= 0 && (isShare || low < 0.4 * high)) low = 0;
  if (high - low < least) { const middle = (low + high) / 2; low = low === 0 ? 0 : middle - least / 2; high = low + least; }
  const margin = 0.06 * (high - low);
  return [low === 0 ? 0 : low - margin, isShare ? Math.min(high + margin, Math.max(1, high)) : high + margin];
}

function steps(low, high, count) {
  const rough = (high - low) / count, power = Math.pow(10, Math.floor(Math.log10(rough || 1)));
  const step = [1, 2, 5, 10].map(k => k * power).find(k => k >= rough * 0.999) || 1, found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) found.push(k * step);
  return found;
}

function short(value) {
  if (value === null || value === undefined) return "–";
  const size = Math.abs(value);
  if (size >= 1e5 || (size > 0 && size < 1e-3)) return value.toExponential(1).replace("-", "−");
  return String(Number(value.toPrecision(3))).replace("-", "−");
}
