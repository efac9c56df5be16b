// Passkeys and two-step verification: what only the browser can do, or may see only once, never passes by a socket.
import { useEffect, useId, useRef, useState } from "react";
import { ApiForm, FormField, When, asked, ours, send } from "./forms.jsx";

const supported = () => typeof window !== "undefined" && Boolean(window.PublicKeyCredential && navigator.credentials);

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

// A credential as the server reads it, in browsers old and new.
function plain(credential) {
  const { response } = credential;
  const told = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
    if (response[name]) told[name] = toText(response[name]);
  if (response.getTransports) told.transports = response.getTransports();
  return { id: credential.id, rawId: toText(credential.rawId), type: credential.type, response: told, clientExtensionResults: {} };
}

const withBytes = (named) => ({ ...named, id: toBytes(named.id) });

// null: the person thought better of it.
async function make(options) {
  try {
    return await navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: toBytes(options.challenge),
        user: withBytes(options.user),
        excludeCredentials: (options.excludeCredentials ?? []).map(withBytes),
      },
    });
  } catch (refused) {
    if (["NotAllowedError", "AbortError"].includes(refused.name)) return null;
    throw refused;
  }
}

async function find(options) {
  try {
    return await navigator.credentials.get({
      publicKey: { ...options, challenge: toBytes(options.challenge), allowCredentials: (options.allowCredentials ?? []).map(withBytes) },
    });
  } catch (refused) {
    if (["NotAllowedError", "AbortError"].includes(refused.name)) return null;
    throw refused;
  }
}

function Alarm({ children }) {
  return <div role="alert">{children && <p className="notice danger">{children}</p>}</div>;
}

// The way in without a name or a password. Nothing where the browser knows no passkeys.
export function PasskeyButton({ text, unreachable }) {
  const [able, setAble] = useState(true); // as nearly all are: what goes keeps its place, and nothing moves
  const [busy, setBusy] = useState(false);
  const [alarm, setAlarm] = useState("");
  useEffect(() => setAble(supported()), []);
  async function enter() {
    setBusy(true);
    setAlarm("");
    try {
      const [offered, question] = await send("/api/auth/passkey/options", "POST", {});
      if (!offered) throw question;
      const credential = await find(question.publicKey);
      if (credential) {
        const callbackUrl = ours(asked("callbackUrl")) ?? "/generate";
        const [ok, answer] = await send("/api/auth/passkey", "POST", { credential: plain(credential), callbackUrl });
        if (ok) return window.location.assign(ours(answer.url) ?? "/generate");
        throw answer;
      }
    } catch (refused) {
      setAlarm(refused.userMessage || unreachable);
    }
    setBusy(false);
  }
  return (
    <div className="providers" style={able ? undefined : { visibility: "hidden" }}>
      <Alarm>{alarm}</Alarm>
      <button type="button" className="button large" disabled={busy} onClick={enter}>
        {text}
      </button>
    </div>
  );
}

// One's passkeys: added, named, removed.
export function Passkeys({ words, language, unreachable }) {
  const [keys, setKeys] = useState(null);
  const [renamed, setRenamed] = useState(null);
  const [busy, setBusy] = useState(false);
  const [alarm, setAlarm] = useState("");
  const [said, setSaid] = useState("");
  const [able, setAble] = useState(true);
  const adding = useRef(null);

  const load = async () => {
    const response = await fetch("/api/account/passkeys");
    if (response.ok) setKeys((await response.json()).passkeys);
  };
  useEffect(() => {
    setAble(supported());
    load().catch(() => setAlarm(unreachable));
  }, []);

  async function attempt(work, done) {
    setBusy(true);
    setAlarm("");
    setSaid("");
    try {
      if (await work()) {
        await load();
        setSaid(done);
      }
    } catch (refused) {
      setAlarm(refused.name === "InvalidStateError" ? words.known : refused.userMessage || unreachable);
    }
    setBusy(false);
  }
  const add = () =>
    attempt(async () => {
      const [offered, question] = await send("/api/account/passkeys/options", "POST", {});
      if (!offered) throw question;
      const credential = await make(question.publicKey);
      if (!credential) return false;
      const [ok, answer] = await send("/api/account/passkeys", "POST", { credential: plain(credential) });
      if (!ok) throw answer;
      return true;
    }, words.added);
  const remove = (key) =>
    attempt(async () => {
      const [ok, answer] = await send(`/api/account/passkeys/${key.id}`, "DELETE", {});
      if (!ok) throw answer;
      adding.current?.focus();
      return true;
    }, words.removed);

  return (
    <>
      <Alarm>{alarm}</Alarm>
      {keys?.length > 0 && (
        <ul className="rows">
          {keys.map((key) => (
            <li key={key.id}>
              {renamed === key.id ? (
                <ApiForm
                  className="factor-name"
                  action={`/api/account/passkeys/${key.id}`}
                  method="PATCH"
                  unreachable={unreachable}
                  onDone={() => {
                    setRenamed(null);
                    load().catch(() => {});
                  }}
                >
                  <FormField name="name" label={words.name} prefix={key.id} kind="text" defaultValue={key.name} maxLength={60} autoComplete="off" autoFocus />
                  <button type="submit" className="button small">{words.save}</button>
                </ApiForm>
              ) : (
                <b>{key.name}</b>
              )}
              <p className="note">
                {words.made} <When moment={key.createdAt} language={language} />
                {key.usedAt && <> · {words.used} <When moment={key.usedAt} language={language} /></>}
              </p>
              <span className="factor-actions">
                {renamed !== key.id && (
                  <button type="button" className="button small quiet" aria-label={words.rename_key.replace("{name}", key.name)} onClick={() => setRenamed(key.id)}>
                    {words.rename}
                  </button>
                )}
                <button type="button" className="button small" disabled={busy} aria-label={words.remove_key.replace("{name}", key.name)} onClick={() => remove(key)}>
                  {words.remove}
                </button>
              </span>
            </li>
          ))}
        </ul>
      )}
      {keys?.length === 0 && <p className="note">{words.none}</p>}
      {able ? (
        <button ref={adding} type="button" className="button" disabled={busy} onClick={add}>
          {words.add}
        </button>
      ) : (
        <p className="note">{words.unsupported}</p>
      )}
      <div role="status">{said && <p className="notice good">{said}</p>}</div>
    </>
  );
}

// What is shown takes the focus: it is read out, and nobody looks for it.
function Shown({ title, children }) {
  const heading = useRef(null);
  const id = useId();
  useEffect(() => heading.current.focus(), []);
  return (
    <div className="factor-shown" role="group" aria-labelledby={id}>
      <h3 id={id} ref={heading} tabIndex={-1}>{title}</h3>
      {children}
    </div>
  );
}

function Codes({ codes, words, close }) {
  const [said, setSaid] = useState("");
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(`CV Studio\n\n${codes.join("\n")}\n`)}`;
  return (
    <Shown title={words.codes}>
      <p>{words.codes_text}</p>
      <ol className="factor-codes">
        {codes.map((code) => (
          <li key={code}><code>{code}</code></li>
        ))}
      </ol>
      <div className="factor-actions">
        <button type="button" className="button" onClick={() => navigator.clipboard.writeText(codes.join("\n")).then(() => setSaid(words.copied)).catch(() => {})}>
          {words.copy}
        </button>
        <a className="button" href={file} download="cv-studio.txt">{words.download}</a>
        <button type="button" className="button primary" onClick={close}>{words.kept}</button>
      </div>
      <div role="status">{said && <p className="notice good">{said}</p>}</div>
    </Shown>
  );
}

// Two-step verification: set up, confirmed, its recovery codes, and off again.
export function TwoStep({ words, language, unreachable }) {
  const [status, setStatus] = useState(null);
  const [setup, setSetup] = useState(null);
  const [codes, setCodes] = useState(null);
  const [proving, setProving] = useState("");
  const [alarm, setAlarm] = useState("");

  const load = async () => {
    const response = await fetch("/api/account/second-factor");
    if (response.ok) setStatus(await response.json());
  };
  useEffect(() => {
    load().catch(() => setAlarm(unreachable));
  }, []);
  async function begin() {
    setAlarm("");
    try {
      const [ok, answer] = await send("/api/account/second-factor", "POST", {});
      if (ok) return setSetup(answer);
      setAlarm(answer.userMessage || unreachable);
      await load();
    } catch {
      setAlarm(unreachable);
    }
  }
  function changed(answer) {
    setSetup(null);
    setProving("");
    setCodes(answer.recoveryCodes ?? null);
    load().catch(() => {});
  }
  if (!status) return <Alarm>{alarm}</Alarm>;
  if (codes) return <Codes codes={codes} words={words} close={() => setCodes(null)} />;
  if (setup)
    return (
      <Shown title={words.scan}>
        <p>{words.scan_text}</p>
        <img className="factor-qr" src={setup.qr} alt={words.qr} />
        <p className="note">
          {words.by_hand} <code className="factor-secret">{setup.secret.match(/.{1,4}/g).join(" ")}</code>
        </p>
        <ApiForm action="/api/account/second-factor/confirm" method="POST" unreachable={unreachable} onAnswer={changed}>
          <FormField name="code" label={words.code} hint={words.code_hint} prefix="factor" kind="text" autoComplete="one-time-code" inputMode="numeric" maxLength={10} />
          <span className="factor-actions">
            <button type="submit" className="button primary">{words.confirm}</button>
            <button type="button" className="button quiet" onClick={() => setSetup(null)}>{words.cancel}</button>
          </span>
        </ApiForm>
      </Shown>
    );
  if (!status.enabled)
    return (
      <>
        <Alarm>{alarm}</Alarm>
        <p><span className="badge">{words.off}</span></p>
        <button type="button" className="button" onClick={begin}>{words.begin}</button>
      </>
    );
  return (
    <>
      <p><span className="badge good">{words.on}</span></p>
      <p className="note">
        {words.since} <When moment={status.confirmedAt} language={language} /> · {words.left} {status.recoveryCodes}
      </p>
      {proving ? (
        <Shown title={proving === "off" ? words.turn_off : words.renew}>
          <ApiForm
            action={proving === "off" ? "/api/account/second-factor" : "/api/account/second-factor/recovery-codes"}
            method={proving === "off" ? "DELETE" : "POST"}
            unreachable={unreachable}
            onAnswer={changed}
          >
            {status.hasPassword ? (
              <FormField name="password" label={words.password} prefix="factor" kind="password" autoComplete="current-password" show={words.show} hide={words.hide} />
            ) : (
              <FormField name="code" label={words.code} prefix="factor" kind="text" autoComplete="one-time-code" maxLength={40} />
            )}
            <span className="factor-actions">
              <button type="submit" className={`button ${proving === "off" ? "danger" : "primary"}`}>{proving === "off" ? words.turn_off : words.renew}</button>
              <button type="button" className="button quiet" onClick={() => setProving("")}>{words.cancel}</button>
            </span>
          </ApiForm>
        </Shown>
      ) : (
        <span className="factor-actions">
          <button type="button" className="button" onClick={() => setProving("codes")}>{words.renew}</button>
          <button type="button" className="button" onClick={() => setProving("off")}>{words.turn_off}</button>
        </span>
      )}
    </>
  );
}
