"""The tailoring core: a career profile and a job offer become scored, grounded lines and a fitted CV.

    offer = analyse(text)
    person = profile(document)
    envelope = widgets(person, offer)

Pure; a language model, where there is one, comes as an argument.
"""

from cvstudio.tailoring.assemble import Choice, cv
from cvstudio.tailoring.engine import Answer, Engine, Question, prompt
from cvstudio.tailoring.fit import Fitted, fit
from cvstudio.tailoring.match import Match, match
from cvstudio.tailoring.offer import Offer
from cvstudio.tailoring.offer_analysis import analyse, offer_for
from cvstudio.tailoring.offline import Offline
from cvstudio.tailoring.profile import Fact, Profile, profile
from cvstudio.tailoring.tailor import Tailored, tailor, widgets
from cvstudio.tailoring.widgets import AIWidgetsEnvelope, JobOfferContext

__all__ = [
    "AIWidgetsEnvelope",
    "Answer",
    "Choice",
    "Engine",
    "Fact",
    "Fitted",
    "JobOfferContext",
    "Match",
    "Offer",
    "Offline",
    "Profile",
    "Question",
    "Tailored",
    "analyse",
    "cv",
    "fit",
    "match",
    "offer_for",
    "profile",
    "prompt",
    "tailor",
    "widgets",
]
