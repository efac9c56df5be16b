"""Why a file could not become a CV: said so that the person knows what to send instead."""

from typing import ClassVar

from cvstudio.errors import StudioError
from cvstudio.errors import TooLarge as Oversized


class UnreadableFile(StudioError):
    """The family: a file that was looked at and refused. Nothing of it was kept."""

    code: ClassVar[str] = "IMPORT_UNREADABLE"
    status: ClassVar[int] = 400
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce fichier n’a pas pu être lu. Rien n’a été importé.",
        "en": "This file could not be read. Nothing was imported.",
    }


class UnknownFormat(UnreadableFile):
    code: ClassVar[str] = "IMPORT_UNKNOWN_FORMAT"
    status: ClassVar[int] = 415
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce type de fichier n’est pas pris en charge. Envoyez un PDF, un DOCX, l’archive de données LinkedIn, "
        "un JSON Resume, un Europass, du Markdown ou du texte.",
        "en": "This kind of file is not supported. Send a PDF, a DOCX, your LinkedIn data archive, a JSON Resume, "
        "a Europass CV, Markdown or plain text.",
    }


class BrokenFile(UnreadableFile):
    code: ClassVar[str] = "IMPORT_BROKEN_FILE"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce fichier est abîmé ou incomplet. Exportez-le de nouveau, puis renvoyez-le.",
        "en": "This file is damaged or incomplete. Export it again, then send it once more.",
    }


class EncryptedFile(UnreadableFile):
    code: ClassVar[str] = "IMPORT_ENCRYPTED_FILE"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce fichier est protégé par un mot de passe. Enregistrez-le sans mot de passe, puis renvoyez-le.",
        "en": "This file is protected by a password. Save it without one, then send it again.",
    }


class NoText(UnreadableFile):
    code: ClassVar[str] = "IMPORT_NO_TEXT"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce fichier ne contient pas de texte : c’est sans doute un scan ou une image. "
        "Envoyez le fichier d’origine, ou un PDF dont le texte peut être sélectionné.",
        "en": "This file holds no text: it is probably a scan or a picture. "
        "Send the original file, or a PDF whose text can be selected.",
    }


class NotACV(UnreadableFile):
    code: ClassVar[str] = "IMPORT_NOT_A_CV"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce document ne ressemble pas à un CV. Rien n’a été importé.",
        "en": "This document does not look like a CV. Nothing was imported.",
    }


class AnInvoice(NotACV):
    code: ClassVar[str] = "IMPORT_AN_INVOICE"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce document ressemble à une facture ou à un devis, pas à un CV. Rien n’a été importé.",
        "en": "This document looks like an invoice or a quote, not a CV. Nothing was imported.",
    }


class ALetter(NotACV):
    code: ClassVar[str] = "IMPORT_A_LETTER"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce document ressemble à une lettre, pas à un CV. Rien n’a été importé.",
        "en": "This document looks like a letter, not a CV. Nothing was imported.",
    }


class AnOffer(NotACV):
    code: ClassVar[str] = "IMPORT_AN_OFFER"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce document ressemble à une offre d’emploi, pas à un CV. Rien n’a été importé : "
        "donnez-le à la page « Répondre à une offre » pour faire un CV qui y répond.",
        "en": "This document looks like a job offer, not a CV. Nothing was imported: "
        "give it to the page “Answer a job offer” to make a CV that answers it.",
    }


class DangerousFile(UnreadableFile):
    """Scripts, entities, archive tricks: what no CV needs."""

    code: ClassVar[str] = "IMPORT_DANGEROUS_FILE"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce fichier contient des éléments actifs ou trompeurs qu’un CV n’a pas. "
        "Enregistrez-le de nouveau en PDF simple, puis renvoyez-le.",
        "en": "This file holds active or misleading parts that a CV has no need of. "
        "Save it again as a plain PDF, then send it once more.",
    }


class FileTooLarge(Oversized):
    code: ClassVar[str] = "IMPORT_TOO_LARGE"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce fichier est trop volumineux pour un CV.",
        "en": "This file is too large for a CV.",
    }


class TooManyPages(Oversized):
    code: ClassVar[str] = "IMPORT_TOO_MANY_PAGES"
    messages: ClassVar[dict[str, str]] = {
        "fr": "Ce document compte {pages} pages ; nous en lisons {limit} au plus.",
        "en": "This document has {pages} pages; we read {limit} at most.",
    }


class TooMuchWork(UnreadableFile):
    """The child process ran into its limits."""

    code: ClassVar[str] = "IMPORT_TOO_MUCH_WORK"
    messages: ClassVar[dict[str, str]] = {
        "fr": "La lecture de ce fichier demande trop de temps ou de mémoire. Envoyez une version plus simple.",
        "en": "Reading this file takes too much time or memory. Send a simpler version.",
    }
