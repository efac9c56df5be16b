// Forms that the HTTP API answers: signing in sets an HttpOnly cookie, which no other door could.
import { createContext, useContext, useEffect, useLayoutEffect, useRef, useState } from "react";

const SENT = "cvstudio:sent"; // the address a mail was just sent to, for the page that says so
const Filled = createContext({ wrong: {} });
export const asked = (name) => new URLSearchParams(window.location.search).get(name);

// A place of ours, or nothing: neither an answer nor an address may lead elsewhere.
export function ours(address) {
  if (!address) return null;
  try {
    const url = new URL(address, window.location.origin);
    return url.origin === window.location.origin ? url.pathname + url.search + url.hash : null;
  } catch {
    return null;
  }
}

export async function send(action, method, values) {
  const response = await fetch(action, {
    method,
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(values),
  });
  return [response.ok, await response.json().catch(() => ({}))];
}

// NextAuth's routes refuse with an address: the single word in it.
function refusal(answer) {
  if (!answer.url) return null;
  const told = new URL(answer.url, window.location.origin).searchParams;
  return told.get("error") ?? (told.get("csrf") && "csrf");
}

async function csrfToken() {
  return (await (await fetch("/api/auth/csrf")).json()).csrfToken;
}

// `next`: where to go when it worked; "answer" is where the server says, else ?callbackUrl, else /generate; "provider"
// is the page of a sign-in provider.
// Without `next` the page stays, `said` is announced and `onDone` runs.
// `onAnswer`, for other scripts of ours, is given the answer.
// `carry`: parameters of the page's address that go with the form. `retry`: the field to correct after a refusal.
// `words`: what to say at the field "email" for a refusal that is a single word.
// A button may have its own data-action, data-next and data-fields (which of the fields go).
export function ApiForm({ action, method, next, csrf, carry, retry, clears, said, words, unreachable, onDone, onAnswer, className, children, id, ...rest }) {
  const form = useRef(null);
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState({});
  const [alarm, setAlarm] = useState("");
  const [done, setDone] = useState(false);

  useEffect(() => {
    form.current.noValidate = true; // the server's words, in the page's language, instead of the browser's
    const back = (event) => event.persisted && setBusy(false);
    window.addEventListener("pageshow", back);
    return () => window.removeEventListener("pageshow", back);
  }, []);
  useEffect(() => {
    form.current.querySelector("[aria-invalid=true]")?.focus();
  }, [wrong]);

  function refuse(answer) {
    const named = Object.keys(answer).filter((name) => Array.isArray(answer[name]));
    const here = named.filter((name) => form.current.elements.namedItem(name)?.type !== "hidden" && form.current.elements.namedItem(name));
    setWrong(Object.fromEntries(here.map((name) => [name, answer[name].join(" ")])));
    const elsewhere = named.filter((name) => !here.includes(name)).flatMap((name) => answer[name]);
    if (here.length && !elsewhere.length) return setAlarm("");
    setAlarm(elsewhere.join(" ") || answer.userMessage || unreachable);
    if (retry && !here.length) form.current.elements.namedItem(retry)?.select();
  }

  async function submit(event) {
    event.preventDefault();
    if (busy) return;
    const button = event.nativeEvent.submitter?.dataset ?? {};
    let values = Object.fromEntries(new FormData(form.current));
    if (button.fields) values = Object.fromEntries(button.fields.split(" ").map((name) => [name, values[name]]));
    for (const name of (carry ?? "").split(" ")) if (name && asked(name)) values[name] = asked(name);
    setBusy(true);
    setDone(false);
    setAlarm("");
    try {
      if (csrf) values = { ...values, csrfToken: await csrfToken(), json: true };
      const [ok, answer] = await send(button.action ?? action, method, values);
      if (!ok) {
        refuse(answer);
        return setBusy(false);
      }
      const told = refusal(answer);
      if (told) {
        refuse(words?.[told] ? { email: [words[told]] } : {});
        return setBusy(false);
      }
      const place = button.next ?? next;
      if (values.email) sessionStorage.setItem(SENT, values.email);
      // Not an address of ours, but from our own server.
      if (place === "provider" && /^https?:/.test(answer.authUrl)) return window.location.assign(answer.authUrl);
      if (place) return window.location.assign(place === "answer" ? ours(answer.url) ?? ours(asked("callbackUrl")) ?? "/generate" : place);
      setWrong({});
      setDone(true);
      if (clears) form.current.reset();
      onDone?.();
      onAnswer?.(answer);
    } catch {
      setAlarm(unreachable);
    }
    setBusy(false);
  }

  function corrected(event) {
    const { name } = event.target;
    if (wrong[name]) setWrong(({ [name]: _, ...others }) => others);
    setDone(false);
  }

  return (
    <form
      ref={form}
      id={id}
      action={action}
      method={method === "GET" ? "get" : "post"}
      className={`api-form ${className ?? ""}`}
      aria-busy={busy || undefined}
      onSubmit={submit}
      onInput={corrected}
    >
      <div role="alert">{alarm && <p className="notice danger">{alarm}</p>}</div>
      <Filled.Provider value={{ wrong }}>{children}</Filled.Provider>
      <div role="status">{done && said && <p className="notice good">{said}</p>}</div>
    </form>
  );
}

// A labelled field with its hint and what is wrong with it. A password can be looked at when `show` names how.
export function FormField({ name, label, hint, kind, show, hide, prefix, className, ...rest }) {
  const { wrong } = useContext(Filled);
  const [shown, setShown] = useState(false);
  const id = `${prefix ?? "form"}-${name}`;
  const said = [hint && `${id}-hint`, wrong[name] && `${id}-wrong`].filter(Boolean).join(" ");
  const input = (
    <input
      {...rest}
      id={id}
      name={name}
      type={shown ? "text" : kind}
      aria-invalid={wrong[name] ? "true" : undefined}
      aria-describedby={said || undefined}
    />
  );
  return (
    <div className={`field ${className ?? ""}`}>
      <label htmlFor={id}>{label}</label>
      {show ? (
        <div className="secret">
          {input}
          <button type="button" aria-pressed={shown} aria-controls={id} onClick={() => setShown(!shown)}>
            {shown ? hide : show}
          </button>
        </div>
      ) : (
        input
      )}
      {hint && <p className="note" id={`${id}-hint`}>{hint}</p>}
      {wrong[name] && <p className="wrong" id={`${id}-wrong`}>{wrong[name]}</p>}
    </div>
  );
}

// The other ways in that the service offers, each a button. Nothing while there is none.
export function Providers({ text, between, unreachable }) {
  const [offered, setOffered] = useState([]);
  const [alarm, setAlarm] = useState("");
  useEffect(() => {
    fetch("/api/auth/providers")
      .then((response) => (response.ok ? response.json() : {}))
      .then((all) => setOffered(Object.values(all).filter((one) => ["oauth", "oidc"].includes(one.type))))
      .catch(() => {});
  }, []);
  async function go(provider) {
    try {
      const callbackUrl = ours(asked("callbackUrl")) ?? "/generate";
      const path = ours(provider.signinUrl) ?? `/api/auth/signin/${encodeURIComponent(provider.id)}`;
      const [ok, answer] = await send(path, "POST", { csrfToken: await csrfToken(), callbackUrl, json: true });
      // The provider's own page: the one address that is not ours, from our own server.
      if (ok && /^https?:/.test(answer.url)) return window.location.assign(answer.url);
      setAlarm(answer.userMessage || unreachable);
    } catch {
      setAlarm(unreachable);
    }
  }
  if (!offered.length) return null;
  return (
    <div className="providers">
      <p className="or">{between}</p>
      <div role="alert">{alarm && <p className="notice danger">{alarm}</p>}</div>
      {offered.map((provider) => (
        <button key={provider.id} type="button" className="button large" onClick={() => go(provider)}>
          {text.replace("{name}", provider.name)}
        </button>
      ))}
    </div>
  );
}

// The address in question: of the page's own address (?email=), else the one just typed.
export function Address({ otherwise }) {
  const [email, setEmail] = useState("");
  useEffect(() => setEmail(asked("email") ?? sessionStorage.getItem(SENT) ?? ""), []);
  return <b className="address">{email || otherwise}</b>;
}

// That address again, as a field nobody sees: for sending once more.
export function SentAddress() {
  const [email, setEmail] = useState("");
  useEffect(() => setEmail(sessionStorage.getItem(SENT) ?? ""), []);
  return <input type="hidden" name="email" value={email} readOnly />;
}

// Says why one was led here: `words` has "parameter=value" or "parameter=*" → [kind, text].
export function Notices({ words }) {
  const [told, setTold] = useState(null);
  useLayoutEffect(() => {
    const given = [...new URLSearchParams(window.location.search)];
    const found = given.map(([name, value]) => words[`${name}=${value}`] ?? words[`${name}=*`]).find(Boolean);
    setTold(found ?? null);
  }, [words]);
  return <div role="status">{told && <p className={`notice ${told[0]}`}>{told[1]}</p>}</div>;
}

// A moment as the reader writes it.
export function When({ moment, language }) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    // In the page's language as the reader's country writes it: "22 November" in London, "November 22" in New York.
    const own = navigator.languages.find((one) => one.split("-")[0] === language);
    const format = new Intl.DateTimeFormat(own ?? language, { dateStyle: "long", timeStyle: "short" });
    setSaid(moment ? format.format(new Date(moment)) : "");
  }, [moment, language]);
  return <time dateTime={moment}>{said}</time>;
}

// Of its children with data-case, shows the one for the value of a parameter of the page's address; else the first.
// All keep their place, so that nothing moves when it is known which.
export function ByAddress({ name, children }) {
  const here = useRef(null);
  useLayoutEffect(() => {
    const cases = [...here.current.querySelectorAll("[data-case]")];
    const shown = cases.find((one) => one.dataset.case === asked(name)) ?? cases[0];
    for (const one of cases) one.toggleAttribute("data-shown", one === shown);
  });
  return <div ref={here} className="cases">{children}</div>;
}

// Opens what it holds once exactly `expected` was typed.
export function TypedConsent({ label, expected, prefix, children }) {
  const [typed, setTyped] = useState("");
  const same = expected && typed.trim().toLowerCase() === expected.toLowerCase();
  const id = `${prefix}-typed`;
  return (
    <>
      <div className="field">
        <label htmlFor={id}>{label}</label>
        <input id={id} type="text" autoComplete="off" autoCapitalize="none" spellCheck={false} value={typed} onChange={(event) => setTyped(event.target.value)} />
      </div>
      <fieldset disabled={!same}>{children}</fieldset>
    </>
  );
}
