// The few things a page needs the browser itself for.
import { useEffect, useRef } from "react";

// Keeps <html lang> true when the visitor changes the language, and says so.
export function PageLanguage({ language, onChange }) {
  const before = useRef(language);
  useEffect(() => {
    document.documentElement.lang = language;
    if (before.current !== language) onChange?.();
    before.current = language;
  }, [language]);
  return null;
}

// A native <dialog>: focus stays inside, Escape and a click beside it close it, focus returns where it was.
export function Modal({ open, label, onClose, onKey, className, children }) {
  const dialog = useRef(null);
  const ours = useRef(0); // closings of our own whose events are still to come: by then it may be open again
  useEffect(() => {
    const element = dialog.current;
    if (open && !element.open) element.showModal();
    if (!open && element.open) {
      ours.current += 1;
      element.close();
    }
  }, [open]);
  const closed = () => {
    if (ours.current > 0) ours.current -= 1;
    else if (open) onClose?.();
  };
  return (
    <dialog
      ref={dialog}
      className={`modal ${className ?? ""}`}
      aria-label={label}
      onClose={closed}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
      onKeyDown={(event) => {
        const typing = event.target.matches("input:not([type=radio]), textarea, select");
        if (onKey && !typing && ["ArrowLeft", "ArrowRight"].includes(event.key)) onKey(event.key);
      }}
    >
      {children}
    </dialog>
  );
}

// A card over the page that does not hold it up. Escape dismisses it, unless it is for a field, a dialog or a menu.
// When it goes and held the focus, the page's main part takes that.
export function Card({ label, onDismiss, className, children }) {
  const card = useRef(null);
  const focused = useRef(false);
  useEffect(() => {
    const pressed = (event) => {
      const other = event.target.closest?.("input, textarea, select") || document.querySelector("dialog[open], :popover-open");
      if (event.key === "Escape" && !event.defaultPrevented && !other) onDismiss?.();
    };
    const moved = () => (focused.current = card.current?.contains(document.activeElement));
    document.addEventListener("keydown", pressed);
    document.addEventListener("focusin", moved);
    return () => {
      document.removeEventListener("keydown", pressed);
      document.removeEventListener("focusin", moved);
    };
  });
  useEffect(() => () => focused.current && document.getElementById("main")?.focus({ preventScroll: true }), []);
  return (
    <section ref={card} className={className} aria-label={label}>
      {children}
    </section>
  );
}

// Closes the menu that the link stands in: moving between pages keeps the page alive, so nothing else would.
if (typeof document !== "undefined")
  document.addEventListener("click", (event) => event.target.closest?.("[popover] a")?.closest("[popover]").hidePopover());
