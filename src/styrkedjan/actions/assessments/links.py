"""Links to answer with: one for each who has been asked, the same in the first letter and in the reminder."""

from uuid import UUID

from django.conf import settings

from styrkedjan.core.sign_in import token_hash
from styrkedjan.protocols.sealing import key_for, keyed_hash


def link_token(asked: UUID | str) -> str:
    """The secret part of somebody's link. It is kept nowhere: the site's key and hers make it again.

    In: the key of the row of who has been asked.
    """
    return keyed_hash(key_for("answer link", settings.SECRET_KEY), str(asked))


def link_hash(token: str) -> str:
    """What the database knows a link by: whoever reads it there cannot make the link."""
    return token_hash(token)


def link_address(token: str) -> str:
    """The whole link, as it stands in a letter."""
    return f"{settings.SITE_ADDRESS}/svara/lank/{token}/"
