"""How much of one short text stands in another: words weighed by how much they say, forms and cognates recognised.

Works across French and English as far as words resemble each other (maintenance, prévention/prevention, PostgreSQL);
what they mean is ESCO's part, in scoring.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale

from cvstudio.document.model import Language
from cvstudio.tailoring.families import family
from cvstudio.tailoring.words import STOP, fold, spans

# Words that any line of any trade may hold: they add little to a match, and none alone.
_COMMON_FR = """
accompagnement accompagner accueil accueillir action activite agent aide aider aisance amelioration ameliorer an annee
annuel appui assistance assistant assister assurer autonomie autonome avantage base besoin bon bonne bonnes cadre charge
charger chef client clientele collaborateur collaborer collegue competence comprendre conduite confiance confirme
connaissance connaitre conseil conseiller contact contribuer controle controler coordination coordonner creation creer
dans debutant demande departement developpement developper different direction diriger diplome domaine dossier effectuer
employe encadrement encadrer entreprise entretien environnement equipe esprit etablissement etude evoluer evolution
excellent exigence experience expert expertise faire fonction fort formation former garant gerer gestion grand groupe
idealement indispensable information initiative installation jeune jour journee juste lien ligne maison maitrise
maitriser management manager maniere marche metier mise mission mois moment monde motivation national necessaire
nettoyage niveau nouveau nouvelle objectif obligatoire operation ordre organisation organiser outil ouvert partenaire
participation participer particulier passion pedagogie personne personnel petit pilotage piloter place plan plus pole
poste pratique precedent premier preparation preparer presence presentation prevoir principal prise probleme processus
produit professionnel profil programme projet proposer public qualite rattache realisation realiser recherche
rechercher redaction reduction relation relationnel rendre reponse reporting respect respecter responsabilite
responsable resultat reussite rigoureux rigueur role savoir secteur semaine sens service simple site societe soin
solution souhaite structure suivi suivre support sur systeme tache temps tenir tenue titulaire traitement transmettre
travail travailler type univers usage utilisation utiliser valeur veiller verification verifier vie visite volonte
"""
_COMMON_EN = """
ability able access according across activity additional advice advise advised agent all appreciated area asset assist
assistance assistant assisted based basic best better bring build building business care carry carried chance change
check checked client close colleague come company complete comfortable contact contribute control coordinate
coordinated create created customer daily day deal degree deliver delivered delivery department desired develop
developed development different direct director diploma document drive duty easy employee employer end english ensure
environment equipment essential establish excellent experience experienced expert expertise expected field file first
follow followed following free friendly full general give given good great group grow hand handle handled handling
help helped high hour ideal improve improved improvement include including independent individual industry information
initiative internal job join keep kept key know knowledge large lead leader leading learn learning level life line
look made main maintain make manage managed management manager managing master meet member method minimum mission
month national need new nice offer office open operation opportunity order organisation organise organised overall
part participate partner people perform performed person place plan planned planning plus position practice preferred
prepare prepared present previous process product professional profile programme project proper proven provide
provided quality quickly range record report reporting request require required requirement respect responsibility
responsible result role rule run running sense service set several share simple site skill small solution solve staff
standard start strong success successful suggest supervise support supported system take taken task team technical
time together tool track tracked training trained type under understand use used user using value various want week
welcome welcomed work worked worker working write year young
"""
COMMON_WEIGHT = 0.25
LETTERS = 5  # that two words of different families must share at their start
SHARE = 0.62  # and how much of the longer one
COGNATE = 0.75  # what such a pair counts


@lru_cache(maxsize=4)
def _common(language: Language) -> frozenset[str]:
    words = (_COMMON_FR if language == "fr" else _COMMON_EN).split()
    return frozenset(family(word, language) for word in words)


@lru_cache(maxsize=1)
def _spoken() -> Mapping[str, str]:
    """Names of languages in both of ours → their code: "anglais", "english" → "en"."""
    names: dict[str, str] = {}
    for ours in ("en", "fr"):
        for code, name in sorted(Locale(ours).languages.items()):
            folded = fold(name)
            if len(code) == 2 and folded.isalpha():
                names.setdefault(folded, code)
    return names


@dataclass(frozen=True)
class Term:
    """A word as compared: `key` is its family, or for the name of a language a code that both languages share."""

    key: str
    folded: str
    weight: float
    written: str


@lru_cache(maxsize=8_192)
def terms(text: str, language: Language) -> tuple[Term, ...]:
    """Its telling words, each once however often it stands there, in an order of their own."""
    found: dict[str, Term] = {}
    for token in spans(text):
        word = token.text
        if word in STOP["fr"] or word in STOP["en"] or word.replace(".", "").replace(",", "").isdigit():
            continue
        code = _spoken().get(word)
        key = f"@{code}" if code else family(word, language)
        if key in found or (len(word) < 2 and word not in "cr"):
            continue
        weight = COMMON_WEIGHT if key in _common(language) else 1.0
        found[key] = Term(key, word, weight, text[token.start : token.end])
    return tuple(found[key] for key in sorted(found))


class Terms:
    """Texts to be looked up in: which of a line's words they hold."""

    def __init__(self, texts: Iterable[str], language: Language) -> None:
        self.all = tuple(sorted({term for text in texts for term in terms(text, language)}, key=lambda t: t.written))
        self.by_key: dict[str, Term] = {}
        self.by_start: dict[str, list[Term]] = {}
        for term in sorted(self.all, key=lambda term: (term.key, term.written)):
            self.by_key.setdefault(term.key, term)
            if len(term.folded) >= LETTERS:
                self.by_start.setdefault(term.folded[:LETTERS], []).append(term)

    def match(self, term: Term) -> tuple[float, Term | None]:
        """How well the nearest word fits, 0 to 1, and that word."""
        if same := self.by_key.get(term.key):
            return 1.0, same
        best: tuple[float, Term | None] = (0.0, None)
        for other in self.by_start.get(term.folded[:LETTERS], ()):
            if other.folded == term.folded:
                return 1.0, other
            shared = _shared(term.folded, other.folded)
            if shared >= SHARE * max(len(term.folded), len(other.folded)) and best[0] < COGNATE:
                best = (COGNATE, other)
        return best


@dataclass(frozen=True)
class Likeness:
    """`mass` is the weight of the words matched, `own` their share of the line, `asked` of what was asked."""

    mass: float
    own: float
    asked: float
    words: tuple[str, ...]  # of the text looked up in


NOTHING = Likeness(0.0, 0.0, 0.0, ())


def likeness(line: tuple[Term, ...], other: Terms, rarity: Mapping[str, float]) -> Likeness:
    """`rarity` scales a word's weight by its key; words it does not know count once."""
    mass = total = 0.0
    met: dict[str, str] = {}
    covered: dict[str, float] = {}
    for term in line:
        weight = term.weight * rarity.get(term.key, 1.0)
        total += weight
        fit, found = other.match(term)
        if found is not None:
            mass += fit * min(weight, found.weight * rarity.get(found.key, 1.0))
            covered[found.key] = max(covered.get(found.key, 0.0), fit)
            if found.weight == 1.0 or term.weight == 1.0:
                met[found.key] = found.written
    if not mass or not total:
        return NOTHING
    asked = sum(term.weight * rarity.get(term.key, 1.0) for term in other.all)
    part = sum(fit * other.by_key[key].weight * rarity.get(key, 1.0) for key, fit in covered.items())
    return Likeness(
        mass, min(1.0, mass / total), part / asked if asked else 0.0, tuple(met[key] for key in sorted(met))
    )


def _shared(one: str, two: str) -> int:
    count = 0
    for left, right in zip(one, two, strict=False):
        if left != right:
            break
        count += 1
    return count
