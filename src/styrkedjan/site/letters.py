"""Handing letters to an e-mail server (SMTP), and saying in a few Swedish words why one was not taken."""

import re
import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from styrkedjan.core.letters import Letter, Undelivered, ascii_address
from styrkedjan.core.refused import BadInput

PATIENCE = 20.0  # seconds for each answer from the server
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
# A receiver there is no use in trying again: the address itself is wrong. Any other no may be a setting of the
# server's that somebody mends, so the letter waits. Source: RFC 5321, 4.2.3 and RFC 3463, 3.2.
NO_SUCH_MAILBOX = (550, 551, 553)
BAD_ADDRESS = b"5.1."
ANY_STATUS = re.compile(rb"\s*[245]\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True)
class MailServer:
    """Where letters are handed over: ``smtp://user:password@host:port``, ``smtp+starttls://…`` or ``smtps://…``."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""
    patience: float = PATIENCE


def mail_server(address: str, patience: float = PATIENCE) -> MailServer:
    """The server that an address names. Raises: BadInput, without the password, when it cannot be read."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in PORTS or not parts.hostname:
        raise BadInput(
            "STYRKEDJAN_SMTP går inte att tolka. Skriv adressen som smtp://värd:25, "
            "smtp+starttls://användare:lösenord@värd:587 eller smtps://användare:lösenord@värd:465."
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(parts.scheme, parts.hostname, port or PORTS[parts.scheme], user, password, patience)


def message(letter: Letter, sender: str, reply_to: str = "") -> EmailMessage:
    """A letter as it goes over the wire: plain text, with a message id that is the same at every try.

    The parts of the head are set through a policy that refuses line breaks, so nothing in them can start a new one.
    Raises: ValueError or UnicodeError for an address that cannot be written.
    """
    made = EmailMessage()
    name, address = parseaddr(sender)
    domain = ascii_address(address).rpartition("@")[2] or "localhost"
    made["From"] = Address(name or "Styrkedjan", addr_spec=ascii_address(address))
    made["To"] = Address(addr_spec=ascii_address(letter.recipient))
    made["Reply-To"] = Address(addr_spec=ascii_address(parseaddr(reply_to or sender)[1]))
    made["Subject"] = letter.subject
    made["Date"] = letter.made_at
    made["Message-ID"] = f"<{letter.key}@{domain}>"
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    made["Content-Language"] = "sv"
    made.set_content(letter.body, charset="utf-8", cte="quoted-printable")
    return made


class Postman:
    """Sends letters one by one, each over a connection of its own: what one meets does not touch the next."""

    def __init__(self, server: MailServer, sender: str, reply_to: str = "") -> None:
        self.server, self.sender, self.reply_to = server, sender, reply_to

    def __call__(self, letter: Letter) -> None:
        """Hand a letter over. Raises: Undelivered."""
        try:
            made = message(letter, self.sender, self.reply_to)
        except (ValueError, UnicodeError, IndexError):
            raise Undelivered("adressen går inte att skriva i ett brev", for_good=True) from None
        try:
            with self._connection() as connection:
                connection.send_message(made)
        except (smtplib.SMTPException, OSError) as error:
            raise _undelivered(error) from None

    def _connection(self) -> smtplib.SMTP:
        server = self.server
        trust = ssl.create_default_context()
        if server.scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.patience, context=trust
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=server.patience)
        try:
            if server.scheme == "smtp+starttls":
                connection.starttls(context=trust)
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection


def _is_bad_address(code: int, text: bytes) -> bool:
    """Whether a no is about the address. Where the server gives a finer code, that one decides."""
    if ANY_STATUS.match(text):
        return text.strip().startswith(BAD_ADDRESS)
    return code in NO_SUCH_MAILBOX


def _undelivered(error: Exception) -> Undelivered:
    """Why, in words of ours: a server's own text may hold addresses."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        for_good = all(_is_bad_address(code, text) for code, text in error.recipients.values())
        return Undelivered("mottagarens adress avvisades" if for_good else "brevet togs inte emot just nu", for_good)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Undelivered("e-postservern godtog inte inloggningen")
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return Undelivered("e-postservern svarade inte i tid")
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Undelivered("e-postservern bröt förbindelsen")
    if isinstance(error, smtplib.SMTPSenderRefused | smtplib.SMTPDataError):
        return Undelivered("e-postservern tog inte emot brevet")
    if isinstance(error, ssl.SSLError):
        return Undelivered("e-postserverns certifikat går inte att lita på")
    if isinstance(error, smtplib.SMTPException):
        return Undelivered("e-postservern svarade på ett sätt som inte går att tolka")
    return Undelivered("e-postservern går inte att nå")
