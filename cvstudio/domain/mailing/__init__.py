"""Mail: `send(session, "magic_link", to, lang, link=…)` and the rest follows, or is told in the log."""

from cvstudio.domain.mailing.delivery import KIND, deliver, forget, send
from cvstudio.domain.mailing.overrides import MailTemplateNotFound
from cvstudio.domain.mailing.triggers import TriggerNotFound

__all__ = ["KIND", "MailTemplateNotFound", "TriggerNotFound", "deliver", "forget", "send"]
