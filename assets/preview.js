// The live preview: the very pages of the PDF, without a paginator and without a server render.
//
// The CV flows through a multi-column box whose columns have the size of a page's content area; Chromium breaks it
// there exactly as it breaks the printed page. Each sheet shows its own copy of that flow, shifted to its column.
// Messages come from the embedding page only, and what they carry is put in as inert elements.
"use strict";
(() => {
  const stack = document.getElementById("stack");
  const desk = document.getElementById("desk");
  const themeStyle = document.getElementById("theme");
  const frameStyle = document.getElementById("frame");
  const GAP = 22; // between two sheets, CSS pixels before scaling
  const PAD = 20; // around the stack
  const MAX_PAGES = 60;
  const FONT_WAIT_MS = 4000;

  let page = null;
  let content = null; // what the sheets show, as a fragment
  let mark = null; // the watermark, one per sheet
  let wanted = {}; // the last value of everything told
  let loading = null;
  let fontsReady = "";
  const faces = new Set();
  let pages = 0;
  const reported = {};
  let zoom = "fit";
  let scale = 1;
  let drawn = 0;
  let words = { page: "Page {page} / {pages}", document: "CV" };

  // ---- inert documents ----------------------------------------------------------------------------------------
  const FORBIDDEN = new Set(["SCRIPT", "STYLE", "LINK", "META", "BASE", "IFRAME", "OBJECT", "EMBED", "FORM", "TEMPLATE"]);
  const SAFE_LINK = /^(https?:|mailto:|tel:)/i;

  function parse(html) {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    for (const element of holder.content.querySelectorAll("*")) {
      if (FORBIDDEN.has(element.nodeName)) {
        element.remove();
        continue;
      }
      for (const { name, value } of [...element.attributes])
        if (name.startsWith("on") || (name === "href" && !SAFE_LINK.test(value))) element.removeAttribute(name);
      if (element.nodeName === "A") element.setAttribute("tabindex", "-1");
    }
    return holder.content;
  }

  // ---- morph: change only what differs, so that nothing flickers and images stay loaded -----------------------
  const keyOf = (node) => (node.nodeType === 1 ? node.getAttribute("data-path") : null);
  const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && keyOf(a) === keyOf(b);

  function morph(old, next) {
    const keyed = new Map();
    for (const child of old.children) {
      const key = keyOf(child);
      if (key) keyed.set(key, child);
    }
    let spot = old.firstChild;
    for (const wanted of next.childNodes) {
      const key = keyOf(wanted);
      let match = key ? keyed.get(key) : spot;
      if (match && !alike(match, wanted)) match = null;
      if (!match) {
        old.insertBefore(document.importNode(wanted, true), spot);
        continue;
      }
      if (match === spot) spot = spot.nextSibling;
      else old.insertBefore(match, spot);
      if (match.nodeType !== 1) {
        if (match.nodeValue !== wanted.nodeValue) match.nodeValue = wanted.nodeValue;
        continue;
      }
      if (match.isEqualNode(wanted)) continue;
      for (const { name } of [...match.attributes]) if (!wanted.hasAttribute(name)) match.removeAttribute(name);
      for (const { name, value } of wanted.attributes)
        if (match.getAttribute(name) !== value) match.setAttribute(name, value);
      morph(match, wanted);
    }
    while (spot) {
      const after = spot.nextSibling;
      spot.remove();
      spot = after;
    }
  }

  // ---- sheets -------------------------------------------------------------------------------------------------
  function sheet(index) {
    let element = stack.children[index];
    if (element) return element;
    element = document.createElement("section");
    element.className = "cv-sheet";
    element.setAttribute("data-sheet", index + 1);
    const flow = document.createElement("div");
    flow.className = "cv-flow";
    flow.style.transform = `translateX(calc(${-index} * var(--cv-step)))`;
    if (index) flow.setAttribute("aria-hidden", "true"); // the first sheet's copy holds the whole text
    element.append(flow);
    stack.append(element);
    return element;
  }

  function draw() {
    morph(sheet(0).firstChild, content);
    pages = count();
    for (let index = 1; index < pages; index++) morph(sheet(index).firstChild, content);
    while (stack.children.length > pages) stack.lastChild.remove();
    for (const element of stack.children) {
      const old = element.querySelector(":scope > .watermark");
      if (!mark) old?.remove();
      else if (!old) element.append(document.importNode(mark, true));
      else if (old.textContent !== mark.textContent) old.textContent = mark.textContent;
    }
    name();
    fit();
    const over = extent() % page.width;
    report("cv:pages", { pages, overflow: over > 2 && over < page.width - 2 });
  }

  function extent() {
    return sheet(0).firstChild.scrollWidth + page.width - page.content_width;
  }

  function count() {
    return Math.max(1, Math.min(MAX_PAGES, Math.round(extent() / page.width)));
  }

  function name() {
    set(desk, "aria-label", words.document);
    [...stack.children].forEach((element, index) => {
      set(element, "role", "group");
      set(element, "aria-label", words.page.replace("{page}", index + 1).replace("{pages}", pages));
    });
  }

  function set(element, attribute, value) {
    if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
  }

  function geometry() {
    const step = page.width;
    return (
      `:root{--cv-step:${step}px}` +
      `#stack{width:${page.width}px}` +
      `#stack>.cv-sheet{width:${page.width}px;height:${page.height}px}` +
      `#stack>.cv-sheet+.cv-sheet{margin-top:${GAP}px}` +
      `#stack>.cv-sheet>.cv-flow{left:${page.margin_x}px;top:${page.margin_y}px;` +
      `width:${page.content_width}px;height:${page.content_height}px;` +
      `column-width:${page.content_width}px;column-gap:${step - page.content_width}px}`
    );
  }

  function fit() {
    if (!page) return;
    const room = document.documentElement.clientWidth - 2 * PAD;
    scale = zoom === "fit" ? Math.min(1.15, Math.max(0.2, room / page.width)) : zoom;
    const width = page.width * scale;
    const height = (page.height * pages + GAP * (pages - 1)) * scale;
    const left = Math.max(PAD, (document.documentElement.clientWidth - width) / 2);
    stack.style.transform = `translate(${left}px, ${PAD}px) scale(${scale})`;
    desk.style.width = `${Math.max(document.documentElement.clientWidth, width + 2 * PAD)}px`;
    desk.style.height = `${height + 2 * PAD}px`;
    report("cv:scale", { scale: Math.round(scale * 100) });
  }

  // ---- fonts: none is shown before it is there, so no line breaks twice ---------------------------------------
  function families(text) {
    const found = new Set();
    for (const [, list] of text.matchAll(/--(?:heading-)?font:([^;]+);/g)) {
      const family = list.split(",")[0].trim().replace(/^["']|["']$/g, "");
      if (family) found.add(family);
    }
    return [...found];
  }

  function addFaces(text) {
    if (!text || faces.has(text)) return;
    faces.add(text);
    const style = document.createElement("style");
    style.textContent = text;
    document.head.insertBefore(style, themeStyle);
  }

  function loaded(text) {
    const cuts = ["400", "700", "italic 400", "italic 700"];
    const fonts = families(text).flatMap((family) => cuts.map((cut) => `${cut} 12px "${family}"`));
    const patience = new Promise((done) => setTimeout(done, FONT_WAIT_MS));
    return Promise.race([Promise.all(fonts.map((font) => document.fonts.load(font).catch(() => null))), patience]);
  }

  // ---- messages -----------------------------------------------------------------------------------------------
  function show(message) {
    wanted = { ...wanted, ...message };
    if (loading) return;
    addFaces(wanted.faces);
    const key = families(wanted.css ?? "").join();
    if (key !== fontsReady) {
      loading = loaded(wanted.css ?? "").then(() => {
        loading = null;
        fontsReady = key;
        show({});
      });
      return;
    }
    if (!wanted.page || typeof wanted.body !== "string") return;
    page = wanted.page;
    put(themeStyle, wanted.css ?? "");
    put(frameStyle, geometry());
    document.documentElement.lang = wanted.language ?? "";
    content = parse(wanted.body);
    mark = content.querySelector(".watermark");
    mark?.remove();
    draw();
    report("cv:drawn", { turn: wanted.turn ?? 0, at: ++drawn });
  }

  function put(style, text) {
    if (style.textContent !== text) style.textContent = text;
  }

  function reveal(path, flash) {
    const copies = [...stack.querySelectorAll(`[data-path="${CSS.escape(path)}"]`)];
    const target = copies.find((copy) => {
      const own = copy.closest(".cv-sheet").getBoundingClientRect();
      const box = copy.getClientRects()[0];
      return box && box.left >= own.left - 1 && box.left < own.right && box.top < own.bottom;
    });
    if (!target) return;
    const box = target.getClientRects()[0];
    if (box.top < 0 || box.top > window.innerHeight - 80) {
      const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
      window.scrollBy({ top: box.top - window.innerHeight / 4, behavior: still ? "auto" : "smooth" });
    }
    if (!flash) return;
    target.classList.remove("cv-here");
    void target.offsetWidth;
    target.classList.add("cv-here");
    target.addEventListener("animationend", () => target.classList.remove("cv-here"), { once: true });
  }

  // Ever tighter designs, or other contents, measured in one go: nothing is painted in between.
  function fitTo(goal, attempts) {
    if (loading) return void loading.then(() => fitTo(goal, attempts));
    if (!content) return;
    const kept = { page, css: themeStyle.textContent };
    const rest = kept.css.slice(kept.css.indexOf("}") + 1);
    let index = -1;
    let least = pages;
    for (const [at, attempt] of attempts.entries()) {
      page = attempt.page;
      put(themeStyle, attempt.css + rest);
      put(frameStyle, geometry());
      if (attempt.body) {
        const other = parse(attempt.body);
        other.querySelector(".watermark")?.remove();
        morph(sheet(0).firstChild, other);
      }
      least = count();
      if (least <= goal) {
        index = at;
        break;
      }
    }
    page = kept.page;
    put(themeStyle, kept.css);
    put(frameStyle, geometry());
    morph(sheet(0).firstChild, content);
    report("cv:fitted", { index, pages: least, at: Date.now() });
  }

  const handlers = {
    "cv:show": show,
    "cv:fit": ({ goal, attempts }) => fitTo(goal, attempts),
    "cv:zoom": ({ zoom: wanted }) => {
      zoom = wanted === "fit" ? "fit" : Math.max(0.25, Math.min(3, Number(wanted) || 1));
      fit();
    },
    "cv:words": ({ words: given, pickable }) => {
      words = { ...words, ...given };
      document.documentElement.toggleAttribute("data-pickable", !!pickable);
      name();
    },
    "cv:reveal": ({ path, flash }) => typeof path === "string" && reveal(path, flash),
  };

  function report(type, data) {
    const text = JSON.stringify(data);
    if (reported[type] === text) return;
    reported[type] = text;
    window.parent.postMessage({ type, ...data }, window.location.origin);
  }

  window.addEventListener("message", (event) => {
    if (event.origin !== window.location.origin || event.source !== window.parent) return;
    const handler = Object.hasOwn(handlers, event.data?.type) && handlers[event.data.type];
    if (handler) handler(event.data);
  });

  document.addEventListener("click", (event) => {
    const part = event.target.closest?.("[data-path]");
    const head = !part && event.target.closest?.(".cv-flow header, .cv-flow h1, .cv-flow .contacts");
    if (event.target.closest?.("a")) event.preventDefault();
    if (part || head) report("cv:pick", { path: part ? part.getAttribute("data-path") : "basics", at: Date.now() });
  });
  // Whose focus is on the pages can leave a dialog and undo as everywhere.
  document.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, shiftKey } = event;
    if (key !== "Escape" && !((ctrlKey || metaKey) && ["z", "y"].includes(key.toLowerCase()))) return;
    event.preventDefault();
    report("cv:key", { key, ctrlKey, metaKey, shiftKey, at: Date.now() });
  });
  // A script the family lacks (Arabic, Chinese …) brings its own face a moment later, and with it other breaks.
  document.fonts.addEventListener("loadingdone", () => content && !loading && draw());
  new ResizeObserver(fit).observe(document.documentElement);
  report("cv:ready", {});
})();
