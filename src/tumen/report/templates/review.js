"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const read = (id) => JSON.parse($(id).textContent);
  const texts = read("texts");
  const data = read("data");
  const SIDES = ["one", "other"];
  const VERDICTS = ["same", "different", "undecided"];
  const CERTAINTIES = ["certain", "probable", "possible"];
  const FLANKS = ["left", "right", "both"];
  const MODES = ["pointsOff", "pointsOn", "pointsLines"];
  const COLOURS = ["#ffd166", "#06d6a0", "#4cc9f0", "#f78c6b", "#c792ea", "#f6f7f8", "#ff6fa5", "#b8e986"];
  const KEPT = `tumen-review-${data.page}`;
  const SVG = "http://www.w3.org/2000/svg";

  const decisions = new Map();
  let saved = "[]";
  let here = 0;
  let tab = 0;
  let mode = 0;
  let shown = { one: null, other: null };
  const looks = { one: { zoom: 1, x: 0, y: 0 }, other: { zoom: 1, x: 0, y: 0 } };

  const say = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => (values && name in values ? values[name] : whole));

  function tell(text) {
    $("message").textContent = text || "";
    $("message").hidden = !text;
  }

  function make(tag, text, attributes) {
    const element = document.createElement(tag);
    if (text !== undefined && text !== null) element.textContent = text;
    for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
    return element;
  }

  function draw(tag, attributes, text) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text) element.textContent = text;
    return element;
  }

  /* What was decided */

  const keyOf = (d) => JSON.stringify([d.party, d.kind, d.subjectID, d.otherParty, d.otherKind, d.otherID]);
  const pairKey = (pair) =>
    JSON.stringify([pair.one.party, pair.one.kind, pair.one.id, pair.other.party, pair.other.kind, pair.other.id]);
  const keys = data.pairs.map(pairKey);
  const places = new Map(keys.map((key, number) => [key, number]));

  const isWhole = (d) => Boolean(d && d.verdict && (d.verdict === "undecided" || d.certainty));
  const stateOf = (key) => {
    const d = decisions.get(key);
    if (!d || !d.verdict) return "open";
    return isWhole(d) ? d.verdict : "incomplete";
  };
  // A spreadsheet program would run it; the register takes no such note in.
  const isFormula = (d) => Boolean(d && /^[=+\-@]/.test((d.note || "").normalize("NFKC").trim()));
  const wholeOnes = () => keys.map((key) => decisions.get(key)).filter(isWhole);
  const written = () => JSON.stringify(wholeOnes());

  function keep() {
    try {
      const kept = { observer: $("observer").value, saved, decisions: [...decisions.values()] };
      localStorage.setItem(KEPT, JSON.stringify(kept));
    } catch (error) {
      tell(texts.notKept);
    }
  }

  function recall() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEPT) || "null");
      if (!kept) return;
      if (!data.observer && typeof kept.observer === "string") $("observer").value = kept.observer;
      if (typeof kept.saved === "string") saved = kept.saved;
      for (const decision of kept.decisions || []) {
        const good = cleaned(decision);
        if (good && places.has(keyOf(good))) decisions.set(keyOf(good), good);
      }
    } catch (error) {
      tell(texts.notKept);
    }
  }

  function cleaned(d) {
    if (typeof d !== "object" || d === null) return null;
    const names = ["party", "kind", "subjectID", "otherParty", "otherKind", "otherID"];
    if (!names.every((name) => typeof d[name] === "string")) return null;
    const among = (value, known) => (known.includes(value) ? value : null);
    const good = {};
    for (const name of names) good[name] = d[name];
    good.verdict = among(d.verdict, VERDICTS);
    good.certainty = among(d.certainty, CERTAINTIES);
    good.flank = among(d.flank, FLANKS);
    good.note = typeof d.note === "string" ? d.note.slice(0, 1000) : "";
    good.decidedAt = typeof d.decidedAt === "string" && !Number.isNaN(Date.parse(d.decidedAt)) ? d.decidedAt : null;
    return good.decidedAt ? good : null;
  }

  function change(values) {
    const pair = data.pairs[here];
    const key = keys[here];
    const before = decisions.get(key) || {
      party: pair.one.party, kind: pair.one.kind, subjectID: pair.one.id,
      otherParty: pair.other.party, otherKind: pair.other.kind, otherID: pair.other.id,
      verdict: null, certainty: null, flank: flankShown(), note: "",
    };
    decisions.set(key, { ...before, ...values, decidedAt: new Date().toISOString().replace(/\.\d+Z$/, "Z") });
    keep();
    showDecision();
    showProgress();
    markQueue();
  }

  function flankShown() {
    const views = data.pairs[here].views;
    const flanks = new Set(views.map((view) => view.flank).filter((flank) => FLANKS.includes(flank)));
    if (flanks.has("both") || (flanks.has("left") && flanks.has("right"))) return "both";
    return flanks.size ? [...flanks][0] : null;
  }

  /* The queue */

  function nameOf(side) {
    return `${side.party} ${side.id}`;
  }

  function fillQueue() {
    data.pairs.forEach((pair, number) => {
      const button = make("button", null, { type: "button", "data-number": String(number) });
      button.append(
        make("span", String(number + 1), { class: "number" }),
        make("span", `${pair.one.id} – ${pair.other.id}`, { class: "names" }),
        make("span", "", { class: "state" }),
      );
      button.title = `${nameOf(pair.one)} – ${nameOf(pair.other)}`;
      button.addEventListener("click", () => go(number));
      const item = make("li");
      item.append(button);
      $("queue").append(item);
    });
  }

  function markQueue() {
    const only = $("only").checked;
    for (const button of $("queue").querySelectorAll("button")) {
      const number = Number(button.dataset.number);
      const state = stateOf(keys[number]);
      button.dataset.state = state;
      button.setAttribute("aria-current", String(number === here));
      const decision = decisions.get(keys[number]);
      let said = texts.open;
      if (state === "incomplete") said = `${texts[decision.verdict]} · ${texts.half}`;
      else if (state !== "open") said = texts[state] + (decision.certainty ? ` · ${texts[decision.certainty]}` : "");
      button.querySelector(".state").textContent = said;
      button.parentElement.hidden = only && number !== here && VERDICTS.includes(state);
      if (number === here) button.scrollIntoView({ block: "nearest" });
    }
  }

  function showProgress() {
    const decided = wholeOnes().length;
    $("bar").max = Math.max(data.pairs.length, 1);
    $("bar").value = decided;
    const unsaved = decided && written() !== saved ? ` · ${texts.unsaved}` : "";
    $("progress").textContent = say(texts.progress, { decided, all: data.pairs.length }) + unsaved;
  }

  function go(number) {
    if (!data.pairs.length) return;
    here = Math.min(Math.max(number, 0), data.pairs.length - 1);
    tab = 0;
    tell("");
    showPair();
  }

  function nextOpen() {
    const count = data.pairs.length;
    for (let step = 1; step <= count; step += 1) {
      const number = (here + step) % count;
      if (!VERDICTS.includes(stateOf(keys[number]))) return go(number);
    }
    return tell(texts.noneOpen);
  }

  /* One pair */

  function tabsOf(pair) {
    const tabs = pair.views.map((view, number) => ({ kind: "view", label: view.label, number }));
    if (pair.genes) tabs.push({ kind: "genes", label: texts.genotypes });
    if (pair.judged) tabs.push({ kind: "evidence", label: texts.evidence });
    return tabs;
  }

  function showPair() {
    const pair = data.pairs[here];
    for (const side of SIDES) {
      const subject = pair[side];
      $(`${side}-party`).textContent = `${subject.party} · ${subject.kindLabel}`;
      $(`${side}-name`).textContent = subject.id;
      $(`${side}-facts`).textContent = subject.facts.join(" · ");
      $(`${side}-facts`).title = $(`${side}-facts`).textContent;
    }
    $("facts-line").replaceChildren(...pair.lines.map((line) => make("span", line)));
    $("facts-line").hidden = !pair.lines.length;
    const tabs = tabsOf(pair);
    $("tabs").replaceChildren(
      ...tabs.map((each, number) => {
        const button = make("button", each.label, { type: "button", role: "tab", "data-tab": String(number) });
        button.addEventListener("click", () => turn(number));
        return button;
      }),
    );
    if (pair.genes) fillGenes(pair.genes);
    if (pair.judged) fillEvidence(pair.judged);
    turn(Math.min(tab, Math.max(tabs.length - 1, 0)));
    showDecision();
    showProgress();
    markQueue();
  }

  function turn(number) {
    const pair = data.pairs[here];
    const tabs = tabsOf(pair);
    tab = number;
    const open = tabs[number] || { kind: "none" };
    for (const button of $("tabs").children) {
      const chosen = Number(button.dataset.tab) === number;
      button.setAttribute("aria-selected", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
    }
    const pictures = open.kind === "view";
    $("frames").hidden = !pictures;
    $("lights").hidden = !pictures;
    $("genes").hidden = open.kind !== "genes";
    $("evidence").hidden = open.kind !== "evidence";
    $("tools").hidden = !pictures;
    if (pictures) showView(pair.views[open.number], pair);
  }

  function showView(view, pair) {
    for (const side of SIDES) {
      show(side, view[side]);
      const more = [view[side], ...pair[side].more.filter((picture) => picture !== view[side])];
      $(`${side}-more`).replaceChildren(
        ...(more.length > 1 ? more : []).map((number) => {
          const picture = data.pictures[number];
          const button = make("button", null, { type: "button", "aria-pressed": "false", "data-picture": String(number) });
          button.append(make("img", null, { src: picture.uri, alt: picture.label }));
          button.title = picture.label;
          button.addEventListener("click", () => { show(side, number); place(); });
          return button;
        }),
      );
    }
    if (!$("points").dataset.touched) mode = data.points;
    whole();
  }

  function show(side, number) {
    const picture = data.pictures[number];
    const image = $(`${side}-picture`);
    shown[side] = number;
    image.src = picture.uri;
    image.width = picture.width;
    image.height = picture.height;
    image.alt = `${nameOf(data.pairs[here][side])}: ${picture.label}`;
    for (const button of $(`${side}-more`).children) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.picture) === number));
    }
  }

  /* Zoom, pan, light, points */

  function layout(side) {
    const frame = $(`${side}-frame`);
    const picture = data.pictures[shown[side]];
    const look = looks[side];
    const scale = Math.min(frame.clientWidth / picture.width, frame.clientHeight / picture.height) * look.zoom;
    return {
      scale,
      x: (frame.clientWidth - picture.width * scale) / 2 + look.x * frame.clientWidth,
      y: (frame.clientHeight - picture.height * scale) / 2 + look.y * frame.clientHeight,
      width: frame.clientWidth,
      height: frame.clientHeight,
      left: frame.offsetLeft,
      top: frame.offsetTop,
    };
  }

  function place() {
    if ($("frames").hidden || shown.one === null) return;
    const at = {};
    for (const side of SIDES) {
      at[side] = layout(side);
      const image = $(`${side}-picture`);
      image.style.transform = `translate(${at[side].x}px, ${at[side].y}px) scale(${at[side].scale})`;
      image.style.filter = `brightness(${$(`${side}-brightness`).value}%) contrast(${$(`${side}-contrast`).value}%)`;
      for (const button of $(`${side}-more`).children) {
        button.setAttribute("aria-pressed", String(Number(button.dataset.picture) === shown[side]));
      }
    }
    overlay(at);
  }

  function overlay(at) {
    const view = data.pairs[here].views[tabsOf(data.pairs[here])[tab].number];
    const ours = shown.one === view.one && shown.other === view.other;
    const points = ours ? view.points : [];
    $("points").disabled = !points.length;
    $("points").firstChild.textContent = `${texts[MODES[mode]]} `;
    $("points").setAttribute("aria-pressed", String(mode > 0));
    const drawn = [];
    const inside = (p, s) => p.x >= s.left && p.x <= s.left + s.width && p.y >= s.top && p.y <= s.top + s.height;
    points.forEach(([x, y, otherX, otherY], number) => {
      if (!mode) return;
      const colour = COLOURS[number % COLOURS.length];
      const a = { x: at.one.left + at.one.x + x * at.one.scale, y: at.one.top + at.one.y + y * at.one.scale };
      const b = { x: at.other.left + at.other.x + otherX * at.other.scale, y: at.other.top + at.other.y + otherY * at.other.scale };
      const both = inside(a, at.one) && inside(b, at.other);
      if (mode === 2 && both) {
        drawn.push(draw("line", { x1: a.x, y1: a.y, x2: b.x, y2: b.y, stroke: colour, "stroke-width": 1.2, "stroke-opacity": 0.75 }));
      }
      for (const [point, frame] of [[a, at.one], [b, at.other]]) {
        if (inside(point, frame)) {
          drawn.push(draw("circle", { cx: point.x, cy: point.y, r: 6, fill: "none", stroke: "#000", "stroke-width": 3.5, "stroke-opacity": 0.55 }));
          drawn.push(draw("circle", { cx: point.x, cy: point.y, r: 6, fill: "none", stroke: colour, "stroke-width": 2 }));
        }
      }
    });
    $("overlay").replaceChildren(...drawn);
  }

  function whole() {
    for (const side of SIDES) Object.assign(looks[side], { zoom: 1, x: 0, y: 0 });
    place();
  }

  const moved = (side) => ($("together").checked ? SIDES : [side]);

  function zoom(side, factor, centre) {
    for (const each of moved(side)) {
      const look = looks[each];
      const zoomed = Math.min(Math.max(look.zoom * factor, 1), 20);
      const by = zoomed / look.zoom;
      const c = centre || { x: 0, y: 0 };
      look.x = c.x - (c.x - look.x) * by;
      look.y = c.y - (c.y - look.y) * by;
      look.zoom = zoomed;
      if (zoomed === 1) Object.assign(look, { x: 0, y: 0 });
    }
    place();
  }

  function pan(side, x, y) {
    for (const each of moved(side)) {
      const look = looks[each];
      const most = look.zoom / 2;
      look.x = Math.min(Math.max(look.x + x, -most), most);
      look.y = Math.min(Math.max(look.y + y, -most), most);
    }
    place();
  }

  function light(name, by) {
    for (const side of SIDES) $(`${side}-${name}`).value = Number($(`${side}-${name}`).value) + by;
    place();
  }

  function nextMode() {
    if ($("points").disabled) return;
    mode = (mode + 1) % MODES.length;
    $("points").dataset.touched = "yes";
    place();
  }

  /* Genotypes, and what only the adjudicator sees */

  function table(rows, head) {
    const element = make("table");
    if (head) {
      const row = make("tr");
      row.append(...head.map((text) => make("th", text, { scope: "col" })));
      const top = make("thead");
      top.append(row);
      element.append(top);
    }
    const body = make("tbody");
    body.append(...rows);
    element.append(body);
    return element;
  }

  function fillGenes(genes) {
    const rows = genes.rows.map(([locus, alleles, others, match, said]) => {
      const row = make("tr", null, { "data-match": match });
      row.append(
        make("th", locus, { scope: "row" }), make("td", alleles, { class: "alleles" }),
        make("td", others, { class: "alleles" }), make("td", said),
      );
      return row;
    });
    const made = table(rows, [texts.locus, genes.one, genes.other, ""]);
    if (genes.note) made.append(make("caption", genes.note));
    $("genes").replaceChildren(made);
  }

  function fillEvidence(judged) {
    const columns = make("div", null, { class: "columns" });
    const scores = make("section");
    if (judged.against.length) {
      const list = make("ul", null, { class: "against" });
      list.append(...judged.against.map((text) => make("li", text)));
      scores.append(make("h3", texts.contradictions), list);
    }
    scores.append(make("h3", texts.scores), table(judged.scores.map(([label, value]) => {
      const row = make("tr");
      row.append(make("th", label, { scope: "row" }), make("td", value));
      return row;
    })));
    const verdicts = make("section");
    verdicts.append(make("h3", texts.verdicts));
    if (judged.verdicts.length) {
      verdicts.append(table(judged.verdicts.map((cells) => {
        const row = make("tr");
        row.append(...cells.map((cell, number) => make("td", cell, number === 3 ? { class: "day" } : {})));
        return row;
      })));
    } else verdicts.append(make("p", texts.noVerdict));
    columns.append(scores, verdicts);
    if (judged.curve.length) {
      const curve = make("section");
      curve.append(make("h3", texts.curve), drawCurve(judged));
      columns.append(curve);
    }
    $("evidence").replaceChildren(columns);
  }

  function drawCurve({ mark, curve }) {
    const size = 240;
    const edge = 34;
    const x = (p) => edge + p * size;
    const y = (p) => 8 + (1 - p) * size;
    const svg = draw("svg", { viewBox: `0 0 ${size + edge + 14} ${size + 46}`, role: "img", "aria-label": texts.curve });
    svg.append(draw("rect", { x: edge, y: 8, width: size, height: size, fill: "none", stroke: "#8b979f" }));
    svg.append(draw("line", { x1: x(0), y1: y(0), x2: x(1), y2: y(1), stroke: "#8b979f", "stroke-dasharray": "4 3" }));
    for (const tick of [0, 0.5, 1]) {
      svg.append(draw("text", { x: x(tick), y: size + 22, "font-size": 11, "text-anchor": "middle", fill: "#1f2a33" }, String(tick)));
      svg.append(draw("text", { x: edge - 5, y: y(tick) + 4, "font-size": 11, "text-anchor": "end", fill: "#1f2a33" }, String(tick)));
    }
    svg.append(draw("text", { x: x(0.5), y: size + 38, "font-size": 12, "text-anchor": "middle", fill: "#1f2a33" }, texts.stated));
    svg.append(draw("text", { x: 10, y: y(0.5), "font-size": 12, "text-anchor": "middle", fill: "#1f2a33", transform: `rotate(-90 10 ${y(0.5)})` }, texts.found));
    for (const [stated, found, low, high] of curve) {
      svg.append(draw("line", { x1: x(stated), x2: x(stated), y1: y(low), y2: y(high), stroke: "#0b6e66", "stroke-width": 2 }));
      svg.append(draw("circle", { cx: x(stated), cy: y(found), r: 4, fill: "#0b6e66" }));
    }
    if (mark !== null) {
      svg.append(draw("line", { x1: x(mark), x2: x(mark), y1: y(0), y2: y(1), stroke: "#9b1c31", "stroke-width": 2 }));
    }
    return svg;
  }

  /* The decision */

  function showDecision() {
    const d = decisions.get(keys[here]) || {};
    for (const button of $("decision").querySelectorAll("[data-verdict]")) {
      button.setAttribute("aria-pressed", String(button.dataset.verdict === d.verdict));
    }
    for (const button of $("decision").querySelectorAll("[data-certainty]")) {
      button.setAttribute("aria-pressed", String(button.dataset.certainty === d.certainty));
    }
    $("flank").value = (decisions.has(keys[here]) ? d.flank : flankShown()) || "";
    $("flank").disabled = !data.pairs[here].views.length;
    if (document.activeElement !== $("note")) $("note").value = d.note || "";
    $("clear").disabled = !decisions.has(keys[here]);
    $("stands").textContent = isFormula(d) ? texts.needsLetter : d.verdict && !isWhole(d) ? texts.needsCertainty : "";
  }

  function takeBack() {
    decisions.delete(keys[here]);
    keep();
    $("note").value = "";
    showDecision();
    showProgress();
    markQueue();
  }

  /* Files */

  function save() {
    const observer = $("observer").value.trim();
    const all = wholeOnes();
    const half = keys.filter((key) => stateOf(key) === "incomplete").length;
    if (!observer) {
      $("observer").focus();
      return tell(texts.name);
    }
    if (!all.length) return tell(texts.nothing);
    if (all.some(isFormula)) {
      go(keys.findIndex((key) => isFormula(decisions.get(key)) && isWhole(decisions.get(key))));
      return tell(texts.needsLetter);
    }
    const file = {
      format: data.format, version: data.version, study: data.study, page: data.page,
      observer, role: data.role, blind: data.blind, decisions: all,
    };
    const name = `decisions-${observer.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "") || "observer"}.json`;
    const link = make("a", null, { download: name });
    link.href = URL.createObjectURL(new Blob([JSON.stringify(file, null, 1) + "\n"], { type: "application/json" }));
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    saved = written();
    keep();
    showProgress();
    const also = half ? ` · ${say(texts.incomplete, { count: half })}` : "";
    return tell(say(texts.saved, { count: all.length, file: name }) + also);
  }

  async function load(file) {
    const refuse = (reason) => tell(say(texts.notOurs, { reason }));
    if (file.size > 8_000_000) return refuse(texts.tooLong);
    let given;
    try {
      given = JSON.parse(await file.text());
    } catch (error) {
      return refuse(texts.notJson);
    }
    if (typeof given !== "object" || given === null || !Array.isArray(given.decisions)) return refuse(texts.notJson);
    if (given.format !== data.format || given.version !== data.version) return refuse(texts.otherVersion);
    if (given.study !== data.study) return refuse(texts.otherStudy);
    const observer = $("observer").value.trim();
    if (observer && given.observer !== observer) return refuse(texts.otherObserver);
    let count = 0;
    let others = 0;
    for (const each of given.decisions) {
      const good = cleaned(each);
      if (!good || !places.has(keyOf(good))) {
        others += 1;
        continue;
      }
      const known = decisions.get(keyOf(good));
      if (!known || Date.parse(known.decidedAt) <= Date.parse(good.decidedAt)) decisions.set(keyOf(good), good);
      count += 1;
    }
    if (!observer && typeof given.observer === "string") $("observer").value = given.observer.slice(0, 100);
    keep();
    if (data.pairs.length) showPair();
    return tell(say(texts.loaded, { count, others }));
  }

  /* Keys: of the place on the keyboard, so that they work under any layout of letters */

  const arrows = { ArrowLeft: [0.08, 0], ArrowRight: [-0.08, 0], ArrowUp: [0, 0.08], ArrowDown: [0, -0.08] };
  const verdictKeys = { Digit1: 0, Digit2: 1, Digit3: 2, Numpad1: 0, Numpad2: 1, Numpad3: 2 };
  const certaintyKeys = { KeyQ: 0, KeyW: 1, KeyE: 2 };
  const acts = {
    KeyN: nextOpen,
    KeyM: nextMode,
    KeyS: save,
    KeyT: () => $("note").focus(),
    BracketLeft: () => light("contrast", -15),
    BracketRight: () => light("contrast", 15),
    Comma: () => light("brightness", -15),
    Period: () => light("brightness", 15),
    Equal: () => zoom("one", 1.25),
    NumpadAdd: () => zoom("one", 1.25),
    Minus: () => zoom("one", 0.8),
    NumpadSubtract: () => zoom("one", 0.8),
    Digit0: whole,
    Numpad0: whole,
    ArrowRight: () => go(here + 1),
    ArrowLeft: () => go(here - 1),
    ArrowDown: () => turnBy(1),
    ArrowUp: () => turnBy(-1),
  };

  function turnBy(step) {
    const count = tabsOf(data.pairs[here]).length;
    if (count) turn((tab + step + count) % count);
  }

  function pressed(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || $("help").open) return;
    const target = event.target;
    if (event.key === "Escape" && target !== document.body) return target.blur();
    const typing = target.matches("textarea, select, input:not([type=range]):not([type=checkbox])");
    if (typing || (target.matches("input[type=range]") && event.code.startsWith("Arrow"))) return;
    if (event.key === "?" || event.key === "F1") {
      event.preventDefault();
      return openHelp();
    }
    if (!data.pairs.length) return;
    const code = event.code;
    if (target.matches("#queue button, #evidence, #genes") && (code === "ArrowUp" || code === "ArrowDown")) return;
    let act = acts[code];
    if (event.shiftKey && code in arrows) act = () => pan("one", ...arrows[code]);
    if (code in verdictKeys) act = () => change({ verdict: VERDICTS[verdictKeys[code]] });
    if (code in certaintyKeys) act = () => change({ certainty: CERTAINTIES[certaintyKeys[code]] });
    if (!act) return;
    event.preventDefault();
    act();
  }

  function openHelp() {
    $("help").showModal();
    $("help-close").focus();
  }

  function listen() {
    document.addEventListener("keydown", pressed);
    $("save").addEventListener("click", save);
    $("load").addEventListener("click", () => $("file").click());
    $("file").addEventListener("change", () => {
      const [file] = $("file").files;
      $("file").value = "";
      if (file) load(file);
    });
    $("help-open").addEventListener("click", openHelp);
    $("help-close").addEventListener("click", () => $("help").close());
    $("only").addEventListener("change", markQueue);
    $("observer").addEventListener("input", keep);
    $("points").addEventListener("click", nextMode);
    $("nearer").addEventListener("click", () => zoom("one", 1.25));
    $("farther").addEventListener("click", () => zoom("one", 0.8));
    $("reset").addEventListener("click", whole);
    $("next").addEventListener("click", nextOpen);
    $("clear").addEventListener("click", takeBack);
    $("note").addEventListener("input", () => change({ note: $("note").value }));
    $("flank").addEventListener("change", () => change({ flank: $("flank").value || null }));
    $("decision").addEventListener("submit", (event) => event.preventDefault());
    for (const button of $("decision").querySelectorAll("[data-verdict]")) {
      button.addEventListener("click", () => change({ verdict: button.dataset.verdict }));
    }
    for (const button of $("decision").querySelectorAll("[data-certainty]")) {
      button.addEventListener("click", () => change({ certainty: button.dataset.certainty }));
    }
    for (const side of SIDES) {
      for (const name of ["brightness", "contrast"]) $(`${side}-${name}`).addEventListener("input", place);
      const frame = $(`${side}-frame`);
      frame.addEventListener("wheel", (event) => {
        event.preventDefault();
        const box = frame.getBoundingClientRect();
        const centre = { x: (event.clientX - box.left) / box.width - 0.5, y: (event.clientY - box.top) / box.height - 0.5 };
        zoom(side, event.deltaY < 0 ? 1.2 : 1 / 1.2, centre);
      }, { passive: false });
      frame.addEventListener("pointerdown", (event) => frame.setPointerCapture(event.pointerId));
      frame.addEventListener("pointermove", (event) => {
        if (frame.hasPointerCapture(event.pointerId)) {
          pan(side, event.movementX / frame.clientWidth, event.movementY / frame.clientHeight);
        }
      });
      frame.addEventListener("dblclick", whole);
    }
    new ResizeObserver(place).observe($("stage"));
    window.addEventListener("beforeunload", (event) => {
      if (wholeOnes().length && written() !== saved) {
        event.preventDefault();
        event.returnValue = "";
      }
    });
  }

  // Whose page it is was settled when it was made; decisions of anybody else would not be taken in.
  $("observer").value = data.observer;
  $("observer").readOnly = Boolean(data.observer);
  mode = data.points;
  recall();
  fillQueue();
  listen();
  $("empty").hidden = data.pairs.length > 0;
  $("pair").hidden = !data.pairs.length;
  if (data.pairs.length) {
    const open = keys.findIndex((key) => !VERDICTS.includes(stateOf(key)));
    go(Math.max(open, 0));
  }
  showProgress();
})();
