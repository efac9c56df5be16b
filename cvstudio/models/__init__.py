"""The tables. Their history is in alembic/versions."""

from sqlmodel import SQLModel

from cvstudio.models.consent import Consent
from cvstudio.models.credit import CreditEntry
from cvstudio.models.cv import Cv
from cvstudio.models.factor import Passkey, RecoveryCode, SecondFactor
from cvstudio.models.feedback import Feedback, KeptLink
from cvstudio.models.fields import Json, new_id, utcnow
from cvstudio.models.file import Photo, StoredFile
from cvstudio.models.idempotency import IdempotencyKey
from cvstudio.models.job import Job, JobEffect
from cvstudio.models.linked import LinkedAccount
from cvstudio.models.llm import LlmCall, ModelPrice, SpendAlert, SpendAlertHit
from cvstudio.models.login import LoginSession, OneTimeToken, RefreshToken
from cvstudio.models.mail import MailEvent, MailLog, MailTemplate, MailTrigger, OutboxMail
from cvstudio.models.owner import Owner
from cvstudio.models.rate import RateHit
from cvstudio.models.setting import SettingChange, SiteSetting
from cvstudio.models.share import Share
from cvstudio.models.tailoring import CareerProfile, CvGeneration, Offer, WidgetCache
from cvstudio.models.task import BackgroundTask, TelemetryEvent
from cvstudio.models.tier import TierChange
from cvstudio.models.user import User
from cvstudio.models.version import CvVersion

metadata = SQLModel.metadata

__all__ = [
    "BackgroundTask",
    "CareerProfile",
    "Consent",
    "CreditEntry",
    "Cv",
    "CvGeneration",
    "CvVersion",
    "Feedback",
    "IdempotencyKey",
    "Job",
    "JobEffect",
    "Json",
    "KeptLink",
    "LinkedAccount",
    "LlmCall",
    "LoginSession",
    "MailEvent",
    "MailLog",
    "MailTemplate",
    "MailTrigger",
    "ModelPrice",
    "Offer",
    "OneTimeToken",
    "OutboxMail",
    "Owner",
    "Passkey",
    "Photo",
    "RateHit",
    "RecoveryCode",
    "RefreshToken",
    "SecondFactor",
    "SettingChange",
    "Share",
    "SiteSetting",
    "SpendAlert",
    "SpendAlertHit",
    "StoredFile",
    "TelemetryEvent",
    "TierChange",
    "User",
    "WidgetCache",
    "metadata",
    "new_id",
    "utcnow",
]
