// What the editor does in the browser: fields that never lose the caret, lists sorted by mouse, finger or keyboard.
import { createContext, useContext, useEffect, useId, useRef, useState, Children } from "react";
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
// (undo, import, another CV) is the only way to change what is shown.
export function Field({ path, label, value, kind = "text", hint, placeholder, autoComplete, wide, onEdit, onLeave }) {
  const id = useId();
  const [understood, setUnderstood] = useState("");
  const changed = useRef(false);
  useEffect(() => {
    const show = ({ detail }) => detail.path === path && setUnderstood(detail.text);
    window.addEventListener("cv:understood", show);
    return () => window.removeEventListener("cv:understood", show);
  }, [path]);
  const long = kind === "area" || kind === "lines";
  const common = {
    id,
    "data-field": path,
    defaultValue: value,
    placeholder,
    maxLength: MAX_TEXT,
    spellCheck: kind !== "email" && kind !== "url" && kind !== "date" && kind !== "tel",
    "aria-describedby": hint || understood ? `${id}-hint` : undefined,
    onChange: (event) => {
      changed.current = true;
      onEdit?.(path, event.target.value);
    },
    onBlur: () => {
      if (changed.current) onLeave?.(path);
      changed.current = false;
    },
  };
  return (
    <div className={`field ${wide || long ? "wide" : ""}`}>
      <label htmlFor={id}>{label}</label>
      {long ? (
        <textarea {...common} rows={kind === "lines" ? 4 : 3} />
      ) : (
        <input
          {...common}
          type="text"
          inputMode={{ email: "email", url: "url", tel: "tel" }[kind]}
          autoComplete={autoComplete ?? "off"}
        />
      )}
      {(hint || understood) && (
        <p className="hint" id={`${id}-hint`} role={understood ? "status" : undefined}>
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
      className="icon grip"
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

// ---- the whole page ---------------------------------------------------------------------------------------------
// Shortcuts over the whole document, files dropped or chosen, and going to a field once it is there.
export function EditorRoot({ children, onUndo, onRedo, className }) {
  const handlers = useRef({});
  handlers.current = { onUndo, onRedo };
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
    window.cvFocus = focusWhenThere;
    return () => window.removeEventListener("keydown", press);
  }, []);
  return <div className={`editor ${className ?? ""}`}>{children}</div>;
}

function focusWhenThere(selector, patience = 40) {
  const found = document.querySelector(selector);
  if (found) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    found.focus({ preventScroll: true });
    found.scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
  } else if (patience > 0) requestAnimationFrame(() => focusWhenThere(selector, patience - 1));
}
