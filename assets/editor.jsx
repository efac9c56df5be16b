// What the editor does in the browser: fields that never lose the caret, lists sorted by mouse, finger or keyboard.
import { createContext, useContext, useEffect, useId, useLayoutEffect, useRef, useState, Children } from "react";
import { DndContext, KeyboardSensor, PointerSensor, closestCenter, useSensor, useSensors } from "@dnd-kit/core";
import {
  SortableContext,
  arrayMove,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from "@dnd-kit/sortable";
import { CSS } from "@dnd-kit/utilities";

const MAX_TEXT = 20000;

// ---- fields -----------------------------------------------------------------------------------------------------
// Uncontrolled: the server learns each keystroke but never writes back into a field someone is in. A new `key`
// (undo, import, another CV) is the only way to change what is shown; then focus returns to where it was.
const UNSAVED = "cvstudio.unsaved";
let unsaved = {}; // path → text typed since the server last said that all is saved
let left = { path: "", at: 0 }; // the field that was in use when the form was made anew
const REMADE = 1000; // milliseconds within which it comes back

function keep(cv) {
  const any = Object.keys(unsaved).length > 0;
  window.dispatchEvent(new CustomEvent("cv:unsaved", { detail: any }));
  try {
    if (any) localStorage.setItem(UNSAVED, JSON.stringify({ cv, at: Date.now(), unsaved }));
    else localStorage.removeItem(UNSAVED);
  } catch {
    // No storage (private window, quota): the open tab still holds everything.
  }
}

// What is saved, as far as this tab can know: the server's word, and what it has not yet answered to.
const PATIENCE = 5000; // milliseconds without an answer after which we say that we are offline

export function SaveState({ saving, offline, words }) {
  const [waiting, setWaiting] = useState(false);
  const [late, setLate] = useState(false);
  useEffect(() => {
    const hear = ({ detail }) => setWaiting(detail);
    window.addEventListener("cv:unsaved", hear);
    return () => window.removeEventListener("cv:unsaved", hear);
  }, []);
  useEffect(() => {
    if (!waiting) return setLate(false);
    const lose = () => setLate(true);
    const timer = saving === "saving" ? null : setTimeout(lose, PATIENCE);
    window.addEventListener("offline", lose);
    if (!navigator.onLine) lose();
    return () => {
      clearTimeout(timer);
      window.removeEventListener("offline", lose);
    };
  }, [waiting, saving]);
  const refused = saving === "failed" || saving === "conflict";
  const state = offline || (waiting && late) ? "offline" : refused ? saving : waiting ? "saving" : saving;
  return (
    <div className="save-states" role="status">
      <span className={`save-state ${state}`}>{words[state]}</span>
    </div>
  );
}

export function Field({ path, label, value, kind = "text", hint, placeholder, autoComplete, wide, onEdit, onLeave }) {
  const id = useId();
  const input = useRef(null);
  const [understood, setUnderstood] = useState("");
  const changed = useRef(false);
  const typed = useRef(false); // since it is here: what the server says no longer counts
  useEffect(() => {
    // A page that is opened again shows what its tab last knew, and is then told what was saved since.
    if (!typed.current && input.current.value !== value) input.current.value = value;
  }, [value]);
  useEffect(() => {
    const show = ({ detail }) => detail.path === path && setUnderstood(detail.text);
    window.addEventListener("cv:understood", show);
    if (left.path === path && Date.now() - left.at < REMADE) {
      left.path = "";
      input.current.focus({ preventScroll: true });
      input.current.setSelectionRange(value.length, value.length);
    }
    return () => window.removeEventListener("cv:understood", show);
  }, [path]);
  useLayoutEffect(() => {
    const field = input.current;
    return () => {
      if (document.activeElement === field) left = { path, at: Date.now() };
    };
  }, [path]);
  const long = kind === "area" || kind === "lines";
  const common = {
    id,
    ref: input,
    "data-field": path,
    defaultValue: value,
    placeholder,
    maxLength: MAX_TEXT,
    spellCheck: !["email", "url", "date", "tel"].includes(kind),
    autoComplete: autoComplete ?? "off",
    dir: "auto", // Arabic and Hebrew are typed from the right
    "aria-describedby": hint || understood ? `${id}-hint` : undefined,
    onChange: (event) => {
      changed.current = typed.current = true;
      unsaved[path] = event.target.value;
      keep(document.querySelector(".editor")?.dataset.cv ?? "");
      onEdit?.(path, event.target.value);
    },
    onBlur: () => {
      if (changed.current) onLeave?.(path);
      changed.current = false;
    },
  };
  return (
    <div className={`field ${wide || long ? "wide" : ""} ${kind}`}>
      <label htmlFor={id}>{label}</label>
      {long ? (
        <textarea {...common} rows={kind === "lines" ? 4 : 3} />
      ) : (
        <input {...common} type="text" inputMode={{ email: "email", url: "url", tel: "tel" }[kind]} />
      )}
      {(hint || understood) && (
        <p className={`hint ${understood ? "understood" : ""}`} id={`${id}-hint`} role="status">
          {understood || hint}
        </p>
      )}
    </div>
  );
}

// ---- sorting ----------------------------------------------------------------------------------------------------
const Handle = createContext(null);
const vertical = ({ transform }) => ({ ...transform, x: 0 });

export function SortableList({ id, ids, names, words, onMove, children }) {
  const [order, setOrder] = useState(ids);
  const given = ids.join(" ");
  useEffect(() => setOrder(given ? given.split(" ") : []), [given]);
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const nameOf = (item) => names[ids.indexOf(item)] || words.untitled;
  const say = (text, item, over) =>
    text
      .replace("{name}", nameOf(item))
      .replace("{place}", order.indexOf(over ?? item) + 1)
      .replace("{count}", order.length);
  const announcements = {
    onDragStart: ({ active }) => say(words.lifted, active.id),
    onDragOver: ({ active, over }) => over && say(words.over, active.id, over.id),
    onDragEnd: ({ active, over }) => say(words.dropped, active.id, over?.id),
    onDragCancel: ({ active }) => say(words.cancelled, active.id),
  };
  const end = ({ active, over }) => {
    if (!over || over.id === active.id) return;
    const to = order.indexOf(over.id);
    setOrder(arrayMove(order, order.indexOf(active.id), to)); // at once; the server's order follows
    onMove?.(active.id, to);
  };
  const rank = new Map(order.map((item, index) => [item, index]));
  const sorted = Children.toArray(children).sort(
    (a, b) => (rank.get(a.props.id) ?? 1e6) - (rank.get(b.props.id) ?? 1e6),
  );
  return (
    <DndContext
      id={id}
      sensors={sensors}
      collisionDetection={closestCenter}
      modifiers={[vertical]}
      onDragEnd={end}
      accessibility={{ announcements, screenReaderInstructions: { draggable: words.instructions } }}
    >
      <SortableContext items={order} strategy={verticalListSortingStrategy}>
        <ul className="sortable" role="list">
          {sorted}
        </ul>
      </SortableContext>
    </DndContext>
  );
}

export function SortableItem({ id, className, children }) {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({
    id,
  });
  return (
    <li
      ref={setNodeRef}
      className={`${className ?? ""} ${isDragging ? "dragging" : ""}`}
      data-item={id}
      style={{ transform: CSS.Translate.toString(transform), transition }}
    >
      <Handle.Provider value={{ attributes, listeners, ref: setActivatorNodeRef }}>{children}</Handle.Provider>
    </li>
  );
}

export function DragHandle({ label }) {
  const handle = useContext(Handle);
  return (
    <button
      type="button"
      className="tool grip"
      ref={handle?.ref}
      {...handle?.attributes}
      {...handle?.listeners}
      aria-label={label}
      title={label}
    >
      <svg width="14" height="16" viewBox="0 0 14 16" aria-hidden="true" fill="currentColor">
        {[3, 8, 13].flatMap((y) => [4, 10].map((x) => <circle key={`${x}${y}`} cx={x} cy={y} r="1.4" />))}
      </svg>
    </button>
  );
}

// ---- a button that opens a small panel ----------------------------------------------------------------------------
export function Disclosure({ label, trigger, className, align = "end", children }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const root = useRef(null);
  const button = useRef(null);
  useEffect(() => {
    if (!open) return;
    const away = (event) => !root.current?.contains(event.target) && setOpen(false);
    document.addEventListener("pointerdown", away);
    window.addEventListener("blur", away); // a click into the preview
    return () => {
      document.removeEventListener("pointerdown", away);
      window.removeEventListener("blur", away);
    };
  }, [open]);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const keys = (event) => {
    if (event.key === "Escape" && open) {
      event.stopPropagation();
      close();
    }
  };
  const left = (event) => event.relatedTarget && !root.current.contains(event.relatedTarget) && setOpen(false);
  return (
    <div className={`disclosure ${align}`} ref={root} onKeyDown={keys} onBlur={left}>
      <button
        type="button"
        ref={button}
        className={className}
        aria-expanded={open}
        aria-controls={id}
        aria-label={label}
        title={label}
        onClick={() => setOpen(!open)}
      >
        {trigger}
      </button>
      <div className="disclosed" id={id} hidden={!open} onClick={(event) => event.target.closest("[data-close]") && close()}>
        {children}
      </div>
    </div>
  );
}

// ---- form and preview -----------------------------------------------------------------------------------------------
// One row of tabs: the panels of the form, and in narrow windows the preview too. All stay in the page, hidden or not,
// so that nothing typed is lost and the preview never loads twice.
const WIDE = "(min-width: 64rem)";

export function Panels({ label, names, children }) {
  const [shown, setShown] = useState("content");
  const tabs = useRef({});
  const all = Object.keys(names);
  useEffect(() => {
    window.cvPanel = setShown;
    const wide = matchMedia(WIDE);
    const leavePreview = () => wide.matches && setShown((now) => (now === "preview" ? "content" : now));
    wide.addEventListener("change", leavePreview);
    return () => wide.removeEventListener("change", leavePreview);
  }, []);
  const keys = (event) => {
    const offered = all.filter((name) => tabs.current[name]?.offsetParent);
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next =
      event.key === "Home"
        ? offered[0]
        : event.key === "End"
          ? offered.at(-1)
          : step && offered[(offered.indexOf(shown) + step + offered.length) % offered.length];
    if (!next) return;
    event.preventDefault();
    setShown(next);
    tabs.current[next].focus();
  };
  const [panels, stage] = [Children.toArray(children).slice(0, -1), Children.toArray(children).at(-1)];
  return (
    <div className="split" data-shown={shown}>
      <div className="tabs" role="tablist" aria-label={label} onKeyDown={keys}>
        {all.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            className={`tab ${name}`}
            ref={(element) => (tabs.current[name] = element)}
            aria-selected={shown === name}
            aria-controls={`panel-${name}`}
            tabIndex={shown === name ? 0 : -1}
            onClick={() => setShown(name)}
          >
            {names[name]}
          </button>
        ))}
      </div>
      <div className="panels">
        {panels.map((panel, index) => (
          <div
            key={all[index]}
            role="tabpanel"
            id={`panel-${all[index]}`}
            aria-labelledby={`tab-${all[index]}`}
            className={`panel ${all[index]}`}
            hidden={shown !== all[index]}
          >
            {panel}
          </div>
        ))}
      </div>
      <section className="stage desk" id="panel-preview" aria-labelledby="tab-preview">
        {stage}
      </section>
    </div>
  );
}

// ---- the whole page ---------------------------------------------------------------------------------------------
// Shortcuts over the whole document, and what was typed but not saved, kept in the browser until it is.
export function EditorRoot({ cv, ready, saving, onUndo, onRedo, onRestore, children }) {
  const handlers = useRef({});
  handlers.current = { onUndo, onRedo, onRestore };
  useEffect(() => {
    const press = (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      const undo = key === "z" && !event.shiftKey;
      const redo = key === "y" || (key === "z" && event.shiftKey);
      if (!undo && !redo) return;
      event.preventDefault();
      (undo ? handlers.current.onUndo : handlers.current.onRedo)?.();
    };
    window.addEventListener("keydown", press);
    window.cvFocus = (selector) => soon(() => focusWhenThere(selector));
    return () => window.removeEventListener("keydown", press);
  }, []);
  useEffect(() => {
    if (!ready) return;
    try {
      const kept = JSON.parse(localStorage.getItem(UNSAVED) ?? "null");
      if (kept && kept.cv === cv && !Object.keys(unsaved).length) handlers.current.onRestore?.(kept.unsaved);
    } catch {
      // Nothing readable was kept.
    }
  }, [ready]);
  useEffect(() => {
    if (saving !== "saved" || !ready) return;
    unsaved = {};
    keep(cv);
  }, [saving, ready, cv]);
  return (
    <div className="editor" data-cv={cv} data-ready={ready || undefined}>
      {children}
    </div>
  );
}

// After React has drawn what the server's answer changed.
const soon = (act) => requestAnimationFrame(() => requestAnimationFrame(act));

function focusWhenThere(selector, patience = 40) {
  const found = document.querySelector(selector);
  found?.focus({ preventScroll: true });
  if (!found || document.activeElement !== found) {
    if (patience > 0) requestAnimationFrame(() => focusWhenThere(selector, patience - 1));
    return;
  }
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const box = found.getBoundingClientRect();
  if (box.top < 120 || box.bottom > window.innerHeight - 40)
    found.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
}
