// The page's side of the preview: an iframe that is told what to show, and tells back pages and clicks.
// The server talks to it with `(window.cvPreview ??= []).push({to: <frame id>, ...message})`, even before it exists.
import { useEffect, useRef, useState } from "react";

const memory = {}; // frame id → the last value of everything it was told
const frames = {}; // frame id → its window, once it is listening

const driven = {}; // frame id → where another frame has scrolled it to

// Scrolls the frame `beside` with this one, as far as it goes; what that does to it must not come back.
function together(id, beside, here) {
  const there = frames[beside];
  if (!there || here.scrollY === driven[id]) return;
  delete driven[id];
  there.scrollTo({ top: here.scrollY, behavior: "instant" });
  driven[beside] = there.scrollY;
}

const STATE = new Set(["cv:show", "cv:words", "cv:zoom"]); // what a frame that loads later must know

const lost = {}; // frame id → what to do when it missed something

// A change by its place in the body that was told before it.
function whole(before, { splice: [head, tail, text], ...rest }) {
  if (before?.turn !== rest.turn - 1) return null;
  return { ...rest, body: before.body.slice(0, head) + text + before.body.slice(before.body.length - tail) };
}

function tell(message) {
  let { to, ...rest } = message;
  const told = (memory[to] ??= {});
  if (rest.splice) rest = whole(told[rest.type], rest);
  if (!rest) return void lost[to]?.();
  if (STATE.has(rest.type)) told[rest.type] = { ...told[rest.type], ...rest };
  frames[to]?.postMessage(rest, window.location.origin);
}

if (typeof window !== "undefined") {
  const early = Array.isArray(window.cvPreview) ? window.cvPreview : [];
  window.cvPreview = { push: tell };
  early.forEach(tell);
}

const STEPS = [0.33, 0.5, 0.67, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2];

export function PreviewFrame({ id, frameTitle, words, zoomable = false, pickable = false, beside, onPages, onPick, onFitted, onLost, className }) {
  const frame = useRef(null);
  const handlers = useRef({});
  handlers.current = { onPages, onPick, onFitted, onLost };
  const [scale, setScale] = useState(100);
  const [fit, setFit] = useState(true);
  const shownWords = JSON.stringify(words);

  useEffect(() => {
    const listen = ({ origin, source, data }) => {
      if (origin !== window.location.origin || !source || source !== frame.current?.contentWindow) return;
      if (data.type === "cv:ready") {
        frames[id] = source;
        if (beside) source.addEventListener("scroll", () => together(id, beside, source), { passive: true });
        for (const message of Object.values(memory[id] ?? {})) source.postMessage(message, window.location.origin);
      } else if (data.type === "cv:pages") handlers.current.onPages?.(data.pages, data.overflow);
      else if (data.type === "cv:pick") handlers.current.onPick?.(data.path);
      else if (data.type === "cv:fitted") handlers.current.onFitted?.(data.index, data.pages);
      else if (data.type === "cv:scale") setScale(data.scale);
      else if (data.type === "cv:key") {
        const { key, ctrlKey, metaKey, shiftKey } = data;
        frame.current.dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey, metaKey, shiftKey, bubbles: true }));
        if (key === "Escape") frame.current.closest("dialog")?.close(); // no dialog hears of keys that are made up
      }
    };
    window.addEventListener("message", listen);
    lost[id] = () => handlers.current.onLost?.();
    // Loaded before this listener was there: it is asked to begin again.
    if (!frames[id]) frame.current.src = "/preview.html";
    return () => {
      window.removeEventListener("message", listen);
      delete frames[id];
      delete lost[id];
    };
  }, [id]);

  useEffect(() => {
    tell({ to: id, type: "cv:words", words: JSON.parse(shownWords), pickable });
  }, [id, shownWords, pickable]);

  const zoom = (wanted) => {
    setFit(wanted === "fit");
    tell({ to: id, type: "cv:zoom", zoom: wanted });
  };
  const step = (direction) => {
    const now = scale / 100;
    const next = direction > 0 ? STEPS.find((s) => s > now + 0.01) : STEPS.findLast((s) => s < now - 0.01);
    if (next) zoom(next);
  };

  return (
    <div className={`preview-frame ${className ?? ""}`}>
      <iframe ref={frame} id={id} title={frameTitle} />
      {zoomable && (
        <div className="preview-zoom" role="group" aria-label={words.zoom}>
          <button type="button" onClick={() => step(-1)} aria-label={words.out} title={words.out}>
            −
          </button>
          <output aria-label={words.zoom}>{scale}&nbsp;%</output>
          <button type="button" onClick={() => step(1)} aria-label={words.in} title={words.in}>
            +
          </button>
          <button type="button" className="fit" onClick={() => zoom("fit")} aria-pressed={fit} title={words.fit}>
            {words.fit}
          </button>
        </div>
      )}
    </div>
  );
}
