from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from cvstudio.models.fields import new_id, utcnow


class CvVersion(SQLModel, table=True):
    """A CV as it once was (see cvstudio.domain.versions)."""

    __tablename__ = "cv_version"
    __table_args__ = (UniqueConstraint("cv_id", "number"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    cv_id: str = Field(foreign_key="cv.id", ondelete="CASCADE")
    number: int  # 1, 2, … of this CV
    revision: int  # of the CV when it was like this
    change_type: str  # auto, import, template, restore, …; manual when somebody asked for it
    changelog: str = ""
    keyframe: bool  # whether `data` is all of it; else what to change in the version before
    data: bytes  # JSON, deflated
    created_at: datetime = Field(default_factory=utcnow)
