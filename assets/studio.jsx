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
  useEffect(() => {
    const element = dialog.current;
    if (open && !element.open) element.showModal();
    if (!open && element.open) element.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      className={`modal ${className ?? ""}`}
      aria-label={label}
      onClose={() => open && onClose?.()}
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

// Closes the menu that the link stands in: moving between pages keeps the page alive, so nothing else would.
if (typeof document !== "undefined")
  document.addEventListener("click", (event) => event.target.closest?.("[popover] a")?.closest("[popover]").hidePopover());
