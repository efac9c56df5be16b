"""What language models cost, and since when: the data is here; administrators add what changes.

All money is whole micro-USD, prices per million tokens: $1.25 a million is 1_250_000, and a token 1.25 micro-USD.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import ClassVar

from sqlmodel import Session, col, select

from cvstudio.errors import InvalidInput, NotFound
from cvstudio.language import Language
from cvstudio.models import ModelPrice, utcnow

MILLION = 1_000_000
MOST_DOLLARS = 1_000_000  # of a price, and of an alert
DECIMALS = 6  # of an amount in dollars
MOST_NAME = 120
NAME = r"[\w.:/@-]+"  # of a model
FAULTS: dict[str, dict[Language, str]] = {
    "model": {
        "fr": "Le nom exact du modèle est attendu : des lettres, des chiffres et . : / @ _ - sans espace.",
        "en": "This must be the model’s exact name: letters, digits and . : / @ _ - without spaces.",
    },
    "price": {
        "fr": "Un montant de 0 à 1 000 000 dollars est attendu, avec au plus six décimales, comme 0,25.",
        "en": "This must be from 0 to 1000000 dollars, with at most six decimals and no commas, such as 0.25.",
    },
}


class PriceNotFound(NotFound):
    code: ClassVar[str] = "MODEL_PRICE_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Aucun tarif n’a été saisi pour ce modèle.",
        "en": "No price was entered for this model.",
    }


@dataclass(frozen=True)
class Price:
    model: str
    price_in: int
    price_out: int
    valid_from: datetime
    built_in: bool = True
    changed_by: str | None = None

    def of(self, tokens_in: int, tokens_out: int) -> int:
        """Micro-USD, halves rounded up."""
        return (tokens_in * self.price_in + tokens_out * self.price_out + MILLION // 2) // MILLION


def micro(dollars: Decimal) -> int:
    return int(dollars * MILLION)


def dollars(micro: int) -> Decimal:
    return Decimal(micro) / MILLION


def amount(written: str, language: Language) -> int | None:
    """Micro-USD, of dollars as a person writes them; None when that is no amount.

    A comma is French for a point. On an English page it would as likely part thousands: "1,000" is not taken for one.
    """
    plain = re.sub(r"[\s\u00a0\u202f]", "", written).removeprefix("$").removesuffix("$")
    if language == "fr":
        plain = plain.replace(",", ".")
    if not re.fullmatch(rf"[0-9]{{1,7}}(\.[0-9]{{1,{DECIMALS}}})?", plain) or Decimal(plain) > MOST_DOLLARS:
        return None
    return micro(Decimal(plain))


def _built_in(model: str, since: str, price_in: int, price_out: int) -> Price:
    return Price(model, price_in, price_out, datetime.fromisoformat(since).replace(tzinfo=UTC))


# List prices without discounts for cached input: what is recorded is what a call costs at most. Gemini's is that of
# questions up to 200,000 tokens; ours have a few thousand.
PRICES = (
    _built_in("gpt-4.1", "2025-04-14", 2_000_000, 8_000_000),
    _built_in("gpt-4.1-mini", "2025-04-14", 400_000, 1_600_000),
    _built_in("gpt-5", "2025-08-07", 1_250_000, 10_000_000),
    _built_in("gpt-5-mini", "2025-08-07", 250_000, 2_000_000),
    _built_in("gpt-5-nano", "2025-08-07", 50_000, 400_000),
    _built_in("gpt-5.1", "2025-11-13", 1_250_000, 10_000_000),
    _built_in("gpt-5.4", "2026-03-05", 2_500_000, 15_000_000),
    _built_in("gemini-3-pro-preview", "2025-11-18", 2_000_000, 12_000_000),
    _built_in("gemini-3.1-pro-preview", "2026-02-19", 2_000_000, 12_000_000),
)


def at(session: Session, model: str, moment: datetime) -> Price | None:
    """What the model cost then; None when nobody knows. What an administrator said goes before what is built in."""
    said = select(ModelPrice).where(ModelPrice.model == model, col(ModelPrice.valid_from) <= moment)
    row = session.exec(said.order_by(col(ModelPrice.valid_from).desc(), col(ModelPrice.id)).limit(1)).first()
    if row is not None and (price := _price(row)):
        return price
    known = [price for price in PRICES if price.model == model and price.valid_from <= moment]
    return max(known, key=lambda price: price.valid_from, default=None)


def all_now(session: Session) -> list[Price]:
    """What holds now, by model."""
    now = utcnow()
    names = {price.model for price in PRICES} | set(session.exec(select(ModelPrice.model)))
    return [price for name in sorted(names) if (price := at(session, name, now))]


def unpriced(session: Session, models: Iterable[str]) -> list[str]:
    """Those of them whose price nobody knows now."""
    now = utcnow()
    return [model for model in sorted(set(models)) if at(session, model, now) is None]


def change(
    session: Session,
    model: str,
    price_in: int | None,
    price_out: int | None,
    by: str | None,
    language: Language = "en",
) -> Price:
    """From now on; calls that were made keep what they cost. Raises InvalidInput; None is what was no amount."""
    faults = {} if len(model) <= MOST_NAME and re.fullmatch(NAME, model) else {"modelName": [FAULTS["model"][language]]}
    for field, price in (("inputPrice", price_in), ("outputPrice", price_out)):
        if price is None or not 0 <= price <= MOST_DOLLARS * MILLION:
            faults[field] = [FAULTS["price"][language]]
    if price_in is None or price_out is None or faults:
        raise InvalidInput(fields=faults)
    row = ModelPrice(model=model, price_in=price_in, price_out=price_out, changed_by=by)
    session.add(row)
    session.flush()
    return Price(model, price_in, price_out, row.valid_from, built_in=False, changed_by=by)


def withdraw(session: Session, model: str, by: str | None) -> Price | None:
    """What administrators said of it holds no longer; what holds then. Raises PriceNotFound."""
    now = at(session, model, utcnow())
    if now is None or now.built_in:
        raise PriceNotFound
    session.add(ModelPrice(model=model, changed_by=by))
    session.flush()
    return at(session, model, utcnow())


def history(session: Session, model: str) -> list[Price]:
    """All that ever held, the newest first; a withdrawal is where the built-in one holds again."""
    rows = session.exec(select(ModelPrice).where(ModelPrice.model == model))
    said = [price for row in rows if (price := _price(row))]
    known = [price for price in PRICES if price.model == model]
    return sorted([*said, *known], key=lambda price: price.valid_from, reverse=True)


def _price(row: ModelPrice) -> Price | None:
    if row.price_in is None or row.price_out is None:
        return None
    return Price(row.model, row.price_in, row.price_out, row.valid_from, built_in=False, changed_by=row.changed_by)
