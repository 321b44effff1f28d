"""A real e-mail server on this machine (SMTP), which takes letters or misbehaves in a chosen way."""

import asyncio
import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"


class Mailbox:
    """What has been delivered, and how the server behaves."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refuses: dict[str, str] = {}  # recipient -> the server's answer
        self.data_answer = ""  # instead of taking the letter
        self.hangs = False
        self.hangs_up = False

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.hangs:
            await asyncio.sleep(1.5)
        if self.hangs_up:
            server.transport.close()
            return ""
        if self.data_answer:
            return self.data_answer
        self.letters.append(email.message_from_bytes(envelope.content, policy=default))
        self.recipients.extend(envelope.rcpt_tos)
        return "250 OK"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


@contextmanager
def mail_server(port: int | None = None) -> Iterator[tuple[str, Mailbox]]:
    """A server for the block: its address, and its mailbox."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname=HOST, port=port or free_port())
    controller.start()
    try:
        yield f"smtp://{HOST}:{controller.port}", mailbox
    finally:
        controller.stop()
