"""Visitors without an account, known by a signed cookie."""

from fastapi import Request

from cvstudio.domain import owners


class Visitor:
    """Of one request. Nothing is stored for a visit, the owner's row is made by their first write; and who brings a
    token instead is given no cookie unless a route asks who the visitor is."""

    def __init__(self, given: str | None) -> None:
        self._given = given
        self._id = owners.from_cookie(given)
        self._cookie: str | None = None
        self.returning = self._id is not None

    @property
    def id(self) -> str:
        """The owner they are; a new one for whoever brought no cookie."""
        return self._id or self.renew()

    def renew(self) -> str:
        """They begin anew, with the next request: the id of their next owner."""
        owner_id, self._cookie = owners.new_cookie()
        self._id = self._id or owner_id
        return owner_id

    @property
    def decided(self) -> str:
        """The cookie that a route has given them."""
        return self._cookie or ""

    @property
    def cookie(self) -> str:
        """What to set with the answer: empty while theirs is recent."""
        if self._cookie is None:
            if self._id is None:
                self.renew()
            elif not owners.is_fresh(self._given):
                self._cookie = owners.to_cookie(self._id)
        return self.decided


def visitor(request: Request) -> Visitor:
    found: Visitor = request.state.visitor
    return found
