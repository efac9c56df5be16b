"""The tailoring core: a career profile and a job offer become scored, grounded lines and a fitted CV.

    offer = analyse(text)
    person = profile_of(document)
    envelope = widgets_of(person, offer)

No name here is that of a module of this room.

Pure; a language model, where there is one, comes as an argument.
"""

from cvstudio.tailoring.assemble import Choice, cv
from cvstudio.tailoring.engine import Answer, Engine, Question, prompt
from cvstudio.tailoring.fit import Fitted
from cvstudio.tailoring.fit import fit as fitted
from cvstudio.tailoring.match import Match
from cvstudio.tailoring.match import match as matched
from cvstudio.tailoring.offer import Offer
from cvstudio.tailoring.offer_analysis import analyse, offer_for
from cvstudio.tailoring.offline import Offline
from cvstudio.tailoring.profile import Fact, Profile
from cvstudio.tailoring.profile import profile as profile_of
from cvstudio.tailoring.tailor import Tailored
from cvstudio.tailoring.tailor import tailor as tailored
from cvstudio.tailoring.tailor import widgets as widgets_of
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
    "fitted",
    "matched",
    "offer_for",
    "profile_of",
    "prompt",
    "tailored",
    "widgets_of",
]
