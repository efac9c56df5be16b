"""The occasions for a mail, and what each one tells: data, for whoever sends, writes or previews."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

from cvstudio.domain.mailing import values
from cvstudio.domain.mailing.values import Kind
from cvstudio.errors import NotFound
from cvstudio.language import Language
from cvstudio.models import Json, MailTrigger

Words = dict[Language, str]


class TriggerNotFound(NotFound):
    code: ClassVar[str] = "MAIL_TRIGGER_NOT_FOUND"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Aucun e-mail n’a ce déclencheur.",
        "en": "No mail has this trigger.",
    }


@dataclass(frozen=True)
class Placeholder:
    name: str
    kind: Kind
    about: Words
    sample: object  # for previews and tests; by language when it is a dict
    required: bool = False  # a template without it would be of no use
    default: object | None = None

    def example(self, language: Language) -> object:
        return self.sample[language] if isinstance(self.sample, dict) else self.sample


@dataclass(frozen=True)
class Trigger:
    name: str
    label: Words
    about: Words
    placeholders: tuple[Placeholder, ...] = ()
    useful_for: timedelta = timedelta(hours=20)  # nobody tries to send it any longer
    farewell: bool = False  # once it is sent, not even the address is kept
    custom: bool = False
    by_name: dict[str, Placeholder] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {placeholder.name: placeholder for placeholder in self.placeholders})

    def pack(self, given: dict[str, object]) -> Json:
        """The values as JSON, complete. Raises ValueError when our own code gave too much, too little, or nonsense."""
        defaults = {each.name: each.default for each in self.placeholders if each.default is not None}
        found = defaults | given
        if found.keys() != self.by_name.keys():
            raise ValueError(f"{self.name} takes {sorted(self.by_name)}, not {sorted(found)}")
        return {name: values.pack(self.by_name[name].kind, value) for name, value in found.items()}

    def say(self, packed: Json, language: Language) -> dict[str, str]:
        return {each.name: values.say(each.kind, packed[each.name], language) for each in self.placeholders}

    def examples(self, language: Language) -> dict[str, object]:
        return {each.name: each.example(language) for each in self.placeholders}

    def samples(self, language: Language) -> Json:
        return self.pack(self.examples(language))


def _person() -> Placeholder:
    about: Words = {"fr": "prénom ou nom, peut manquer", "en": "first or full name, may be missing"}
    return Placeholder("name", "person", about, sample="Camille", default="")


def _link(fr: str, en: str, sample: str, default: str | None = None) -> Placeholder:
    return Placeholder("link", "link", {"fr": fr, "en": en}, sample, required=True, default=default)


def _valid_for(sample: timedelta) -> Placeholder:
    about: Words = {"fr": "durée de validité du lien", "en": "how long the link is valid"}
    return Placeholder("valid_for", "span", about, sample)


_TOKEN = "EXAMPLE-s3JbQ2v9xTq0Lk"  # noqa: S105 - a sample

ALL = (
    Trigger(
        "welcome",
        {"fr": "Bienvenue", "en": "Welcome"},
        {"fr": "L’adresse d’un nouveau compte est confirmée.", "en": "A new account’s address is confirmed."},
        (_person(), _link("où commencer", "where to begin", "/generate", default="/generate")),
    ),
    Trigger(
        "verify_email",
        {"fr": "Confirmation d’adresse", "en": "Address confirmation"},
        {
            "fr": "Un compte est créé : l’adresse est à confirmer.",
            "en": "An account is made: its address is to confirm.",
        },
        (
            _link("confirme l’adresse", "confirms the address", f"/api/auth/verify-email?token={_TOKEN}"),
            _valid_for(timedelta(hours=24)),
        ),
    ),
    Trigger(
        "magic_link",
        {"fr": "Lien de connexion", "en": "Sign-in link"},
        {"fr": "Quelqu’un demande à se connecter par e-mail.", "en": "Someone asks to sign in by e-mail."},
        (
            _link("ouvre la session", "signs in", f"/api/auth/callback/email?token={_TOKEN}"),
            _valid_for(timedelta(minutes=10)),
        ),
        useful_for=timedelta(minutes=8),
    ),
    Trigger(
        "password_reset",
        {"fr": "Nouveau mot de passe", "en": "New password"},
        {"fr": "Quelqu’un a oublié son mot de passe.", "en": "Someone forgot their password."},
        (
            _link("choisit le mot de passe", "chooses the password", f"/reset-password?token={_TOKEN}"),
            _valid_for(timedelta(hours=1)),
        ),
        useful_for=timedelta(minutes=50),
    ),
    Trigger(
        "email_change",
        {"fr": "Changement d’adresse", "en": "Address change"},
        {"fr": "À la nouvelle adresse, pour la confirmer.", "en": "To the new address, to confirm it."},
        (
            _link(
                "confirme la nouvelle adresse",
                "confirms the new address",
                f"/api/auth/verify-email-change?token={_TOKEN}",
            ),
            _valid_for(timedelta(hours=24)),
        ),
    ),
    Trigger(
        "email_changed_notice",
        {"fr": "Avis de changement d’adresse", "en": "Notice of an address change"},
        {"fr": "À l’ancienne adresse, quand elle est remplacée.", "en": "To the old address, when it is replaced."},
        (
            Placeholder(
                "new_email",
                "address",
                {"fr": "la nouvelle adresse, en partie cachée", "en": "the new address, partly hidden"},
                "camille@example.org",
            ),
            _link("où protéger le compte", "where to protect the account", "/account", default="/account"),
        ),
    ),
    Trigger(
        "account_exists",
        {"fr": "Adresse déjà inscrite", "en": "Address already registered"},
        {
            "fr": "Quelqu’un s’inscrit avec une adresse qui a déjà un compte.",
            "en": "Someone registers with an address that has an account.",
        },
        (_link("page de connexion", "sign-in page", "/login", default="/login"),),
        useful_for=timedelta(hours=2),
    ),
    Trigger(
        "no_account",
        {"fr": "Adresse sans compte", "en": "Address without an account"},
        {
            "fr": "Quelqu’un demande un nouveau mot de passe pour une adresse qui n’a pas de compte.",
            "en": "Someone asks for a new password for an address that has no account.",
        },
        (_link("page d’inscription", "registration page", "/register", default="/register"),),
        useful_for=timedelta(hours=2),
    ),
    Trigger(
        "pdf_ready",
        {"fr": "PDF prêt", "en": "PDF ready"},
        {"fr": "Un PDF demandé avec `notify` est prêt.", "en": "A PDF asked for with `notify` is ready."},
        (
            Placeholder(
                "title",
                "text",
                {"fr": "nom du fichier", "en": "name of the file"},
                "CV Marie Dupont.pdf",
            ),
            _link("le fichier", "the file", "/api/cv/jobs/q3ZkT0xYw81LmNcb/download"),
        ),
    ),
    Trigger(
        "payment_received",
        {"fr": "Paiement reçu", "en": "Payment received"},
        {"fr": "Un paiement est confirmé.", "en": "A payment is confirmed."},
        (
            Placeholder(
                "what",
                "text",
                {"fr": "ce qui est payé", "en": "what is paid for"},
                {"fr": "Pack de 50 crédits", "en": "50 credits pack"},
            ),
            Placeholder("amount", "money", {"fr": "montant payé", "en": "amount paid"}, (1990, "EUR")),
            Placeholder("date", "date", {"fr": "jour du paiement", "en": "day of payment"}, date(2026, 11, 21)),
            _link("factures et crédits", "invoices and credits", "/credits", default="/credits"),
        ),
    ),
    Trigger(
        "low_credits",
        {"fr": "Crédits presque épuisés", "en": "Credits running low"},
        {"fr": "Il reste peu de crédits.", "en": "Few credits are left."},
        (
            Placeholder("credits", "number", {"fr": "crédits restants", "en": "credits left"}, 3),
            _link("où en acheter", "where to buy some", "/credits", default="/credits"),
        ),
    ),
    Trigger(
        "spend_alert",
        {"fr": "Alerte de dépense", "en": "Spending alert"},
        {
            "fr": "Aux administrateurs : les modèles de langage ont coûté plus qu’un seuil.",
            "en": "To administrators: language models have cost more than a threshold.",
        },
        (
            Placeholder(
                "alert",
                "text",
                {"fr": "nom de l’alerte", "en": "name of the alert"},
                {"fr": "Cinq dollars par jour", "en": "Five dollars a day"},
            ),
            Placeholder("threshold", "money", {"fr": "seuil", "en": "threshold"}, (500, "USD")),
            Placeholder("spent", "money", {"fr": "dépense de la période", "en": "spent in the period"}, (512, "USD")),
            Placeholder(
                "since", "date", {"fr": "début de la période", "en": "start of the period"}, date(2026, 11, 21)
            ),
        ),
    ),
    Trigger(
        "account_deleted",
        {"fr": "Compte supprimé", "en": "Account deleted"},
        {"fr": "Un compte et tout ce qu’il contenait sont supprimés.", "en": "An account and all it held is deleted."},
        (
            Placeholder(
                "when",
                "time",
                {"fr": "moment de la suppression", "en": "time of deletion"},
                datetime(2026, 11, 21, 10, 0, tzinfo=UTC),
            ),
        ),
        farewell=True,
    ),
    Trigger(
        "security_notice",
        {"fr": "Avis de sécurité", "en": "Security notice"},
        {
            "fr": "Un moyen de se connecter a changé, ou une session s’ouvre ailleurs.",
            "en": "A way to sign in changed, or a session opened elsewhere.",
        },
        (
            Placeholder(
                "event", "event", {"fr": "ce qui s’est passé", "en": "what happened"}, "passkey_added", required=True
            ),
            Placeholder("when", "time", {"fr": "quand", "en": "when"}, datetime(2026, 11, 21, 10, 0, tzinfo=UTC)),
            Placeholder(
                "device",
                "text",
                {"fr": "navigateur et système", "en": "browser and system"},
                {"fr": "Firefox sur Linux", "en": "Firefox on Linux"},
                default="—",
            ),
            _link("où vérifier le compte", "where to check the account", "/account", default="/account"),
        ),
    ),
)
BUILT_IN: dict[str, Trigger] = {trigger.name: trigger for trigger in ALL}


def of_row(row: MailTrigger) -> Trigger:
    """A trigger that administrators invented."""
    placeholders = tuple(
        Placeholder(name, each["kind"], {"fr": each["about"], "en": each["about"]}, each["sample"])
        for name, each in row.placeholders.items()
    )
    label, about = row.label or row.name, row.about
    return Trigger(row.name, {"fr": label, "en": label}, {"fr": about, "en": about}, placeholders, custom=True)
