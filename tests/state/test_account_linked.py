"""What the account page shows of sign-in providers."""

import asyncio

from cvstudio import db
from cvstudio.domain.accounts import Principal
from cvstudio.domain.accounts.linked import Identity, link
from cvstudio.models import User
from cvstudio.state.account_linked import LinkedServices
from tests.accounts import make_account


class Page:
    """The state of a tab, as far as the event reads it."""

    def __init__(self, user: User | None) -> None:
        self.user = user
        self.services: list[object] = []

    async def get_state(self, _: object) -> "Page":
        return self

    def principal(self) -> Principal:
        return Principal(self.user.id if self.user else None, self.user)


def shown(user: User | None) -> list[tuple[str, bool, str]]:
    page = Page(user)
    asyncio.run(LinkedServices.load.fn(page))
    return [(one.label, one.linked, one.email) for one in page.services]


def test_what_is_offered_and_what_is_linked(sqlite, configure):
    configure(
        github_client_id="id", github_client_secret="secret", google_client_id="id", google_client_secret="secret"
    )
    user = make_account("marie@example.org")
    with db.session() as session:
        link(session, Identity("github", "1", "m@example.org", True, "Marie"), user, "")
    assert shown(user) == [("Google", False, ""), ("GitHub", True, "m@example.org")]
    assert shown(None) == []
    configure(github_client_id="", github_client_secret="")
    assert shown(user) == [("Google", False, ""), ("github", True, "m@example.org")]
