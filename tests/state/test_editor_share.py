"""The dialog in which a CV is shared, without a browser."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from cvstudio import db
from cvstudio.document import Document
from cvstudio.domain import shares
from cvstudio.domain.accounts import passwords
from cvstudio.locales import text
from cvstudio.models import Cv, Share, utcnow
from cvstudio.state.editor import Editor
from cvstudio.state.editor_draft import Draft
from cvstudio.state.editor_share import Sharing
from tests.state.tabs import tab


@pytest.fixture
def dialog(cv: Cv) -> Any:
    async def opened() -> Any:
        root = tab(None, "fr", visitor_id=cv.owner_id)
        editor, found = await root.get_state(Editor), await root.get_state(Sharing)
        await editor._who()
        editor._take(Draft(Document.load(cv.document), cv.id, cv.revision))
        await found.ask()
        return found

    return asyncio.run(opened())


def stored(cv: Cv) -> Share | None:
    with db.session(write=False) as session:
        return shares.of(session, cv.owner_id, cv.id)


def test_shared_changed_and_withdrawn(dialog: Any, cv: Cv):
    assert (dialog.opened, dialog.address, dialog.link.token) == (True, "", "")
    asyncio.run(dialog.share({"password": "", "expires": ""}))
    assert dialog.address.endswith(f"/s/{dialog.link.token}")
    assert dialog.said == text("editor.share_made", "fr")
    token, day = dialog.link.token, (utcnow() + timedelta(days=3)).date().isoformat()
    asyncio.run(dialog.share({"password": "trois mots longs", "expires": day, "listed": "on"}))
    link = dialog.link
    assert (link.token, link.expires, link.locked, link.listed) == (token, day, True, False)
    asyncio.run(dialog.share({"password": "", "expires": day}))
    found = stored(cv)
    assert found
    assert passwords.verify(found.password_hash, "trois mots longs")
    asyncio.run(dialog.share({"unlocked": "on", "listed": "on"}))
    assert (dialog.link.locked, dialog.link.expires, dialog.link.listed) == (False, "", True)
    asyncio.run(dialog.withdraw())
    assert (dialog.address, stored(cv)) == ("", None)


@pytest.mark.parametrize("given", [{"password": "court"}, {"expires": "2020-01-01"}, {"expires": "9999-12-31x"}])
def test_what_is_wrong_is_said_and_nothing_is_shared(dialog: Any, cv: Cv, given: dict[str, str]):
    asyncio.run(dialog.share(given))
    assert dialog.problem
    assert stored(cv) is None
    asyncio.run(dialog.share({"expires": "9999-12-31"}))
    assert dialog.problem
    dialog.close()
    assert not dialog.opened
