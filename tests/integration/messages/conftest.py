"""A store with a mail server of its own."""

from collections.abc import Iterator

import pytest

from saleor_loyalty_app.db.database import Database
from tests.mail_server import MailServer, mail_server
from tests.message_stage import MessageStage, message_stage


@pytest.fixture
def mails() -> Iterator[MailServer]:
    """A mail server that takes everything."""
    with mail_server() as running:
        yield running


@pytest.fixture
def stage(database: Database, mails: MailServer) -> Iterator[MessageStage]:
    """A store whose messages go to `mails`."""
    with message_stage(database, mails) as ready:
        yield ready
