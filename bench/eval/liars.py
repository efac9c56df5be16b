"""An engine that lies: each way is one thing a language model gets wrong. Nothing of it may reach a CV."""

from __future__ import annotations

from cvstudio.tailoring.engine import Answer, LinePhrased, Question

WAYS = ("invents", "obeys", "drops", "borrows", "numbers", "renames")


class Liar:
    name = "liar"

    def __init__(self, way: str) -> None:
        self.way = way

    def phrase(self, question: Question) -> Answer:
        asked = question.offer.split("\n")
        lines = []
        for number, line in enumerate(question.lines):
            text, ids = line.text, tuple(fact.id for fact in line.facts)
            match self.way:
                case "invents":
                    text = f"{text.rstrip('.')}, primé et certifié AWS."
                case "obeys":  # says what the offer asks for, as if it were so
                    text = f"{text.rstrip('.')} ; {asked[number % len(asked)]}"
                case "drops":
                    text, ids = f"{text} +", ()
                case "borrows":  # another line's words, under this line's sources
                    text = question.lines[(number + 1) % len(question.lines)].text
                case "numbers":
                    text = "".join(str((int(sign) + 1) % 10) if sign in "0123456789" else sign for sign in text)
                    text = text if text != line.text else f"{text.rstrip('.')}, +40 %"
                case _:
                    text = f"{text.rstrip('.')} (Google, Directeur général)"
            lines.append(LinePhrased(id=line.id, text=text, fact_ids=ids))
        return Answer(lines=tuple(lines), pitch="Docteur, 20 ans chez Google.", pitch_fact_ids=("resu_0",))
