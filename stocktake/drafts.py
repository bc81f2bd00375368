"""How the form of an entry keeps what is being typed, even once its author is signed out.

Each form carries a signed token that names its author and its draft. With it the form can be saved,
by itself or by its author's last press of a button, though the session has ended meanwhile: what
was typed must not be lost. It can only be written so; reading it needs signing in.
"""

import uuid
from dataclasses import dataclass

from django.core import signing

from .models import Draft

SALT = "stocktake.draft"
# Longer than a working day; after it, a form left open is signed in again before it saves.
LASTS = 24 * 60 * 60
NOT_TYPED = {"csrfmiddlewaretoken", "draft", "later", "suggest"}


@dataclass(frozen=True)
class Ticket:
    """Whose draft a form may save, of which entry (None for a new one), under which key."""

    author: int
    activity: int | None
    key: str

    def __str__(self):
        """The token that the form carries."""
        return signing.dumps([self.author, self.activity, self.key], salt=SALT)

    @classmethod
    def of(cls, token):
        """The ticket that a token stands for, or None if it is forged or too old."""
        try:
            return cls(*signing.loads(token, salt=SALT, max_age=LASTS))
        except signing.BadSignature:
            return None


def ticket_for(user, *, activity=None, draft=None):
    """The ticket of a form that `user` opens, going on with `draft` if there is one."""
    key = draft.key if draft else uuid.uuid4()
    return Ticket(user.pk, activity and activity.pk, str(key))


def draft_of(ticket):
    """The draft that a ticket stands for, or None before it was first saved.

    As a new entry one may also go on with what was typed for one that can't be changed any more.
    """
    drafts = Draft.objects.filter(author=ticket.author)
    if ticket.activity:
        return drafts.filter(activity=ticket.activity).first()
    return drafts.filter(key=ticket.key).first()


def typed(data):
    """What someone typed, from the data of a form: lists of texts by name, fit for any database.

    While someone has yet to choose between two texts, the version stays the one that they had read:
    going on later, they choose then.
    """
    content = {
        name.replace("\0", ""): [value.replace("\0", "") for value in data.getlist(name)]
        for name in data
        if name not in NOT_TYPED and not name.startswith("keep_")
    }
    if read := content.pop("version_read", None):
        content["version"] = read
    return content
