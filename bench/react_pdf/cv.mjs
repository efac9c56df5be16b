// The same content as the CV under test, in react-pdf. Reads {cv, fonts, runs}; prints milliseconds per run.
import { createElement as h } from "react";
import { Document, Font, Page, StyleSheet, Text, View, renderToBuffer } from "@react-pdf/renderer";
import { writeFileSync } from "node:fs";

const { cv, fonts, runs, warmUp, out } = JSON.parse(await Bun.stdin.text());
Font.register({ family: "CV", fonts });
Font.registerHyphenationCallback((word) => [word]);
const s = StyleSheet.create({
  page: { fontFamily: "CV", fontSize: 10, padding: 42, lineHeight: 1.35 },
  name: { fontSize: 24, fontWeight: 700 },
  title: { fontSize: 14, fontWeight: 700, marginTop: 10, borderBottom: "1px solid #888" },
  bold: { fontWeight: 700 },
  italic: { fontStyle: "italic" },
  row: { flexDirection: "row", justifyContent: "space-between" },
  bullet: { paddingLeft: 10 },
});
const text = (style, ...words) => h(Text, { style }, ...words);
const entry = (title, place, it, key) =>
  h(View, { key, style: { marginTop: 5 } },
    h(View, { style: s.row }, text(s.bold, title), text(null, `${it.startDate ?? ""} – ${it.endDate ?? ""}`)),
    text(s.italic, place),
    it.summary ? text(null, it.summary) : null,
    ...(it.highlights ?? []).map((line, i) => h(Text, { key: i, style: s.bullet }, `• ${line}`)));
const section = (name, ...children) => h(View, null, text(s.title, name), ...children);
const list = (name, items = [], line) => section(name, ...items.map((it, i) => h(Text, { key: i }, line(it))));

const document = (number) =>
  h(Document, { title: cv.basics.name, author: cv.basics.name, language: "fr" },
    h(Page, { size: "A4", style: s.page },
      text(s.name, cv.basics.name), text(null, `${cv.basics.label} ${number}`),
      text(null, `${cv.basics.email} · ${cv.basics.phone}`), text(null, cv.basics.summary ?? ""),
      section("Expérience", ...cv.work.map((it, i) => entry(it.position, it.name, it, i))),
      section("Formation", ...cv.education.map((it, i) => entry(`${it.studyType} ${it.area}`, it.institution, it, i))),
      list("Compétences", cv.skills, (it) => `${it.name} : ${(it.keywords ?? []).join(", ")}`),
      list("Langues", cv.languages, (it) => `${it.language} : ${it.fluency}`),
      section("Projets", ...(cv.projects ?? []).map((it, i) => entry(it.name, it.entity ?? "", it, i))),
      section("Bénévolat", ...(cv.volunteer ?? []).map((it, i) => entry(it.position ?? "", it.organization, it, i))),
      list("Certifications", cv.certificates, (it) => `${it.name}, ${it.issuer ?? ""}`),
      list("Centres d’intérêt", cv.interests, (it) => `${it.name} : ${(it.keywords ?? []).join(", ")}`)));

const times = [];
for (let number = 0; number < runs + warmUp; number++) {
  const started = performance.now();
  const data = await renderToBuffer(document(number));
  if (number >= warmUp) times.push(performance.now() - started);
  if (number === 0) writeFileSync(out, data);
}
console.log(JSON.stringify(times));
