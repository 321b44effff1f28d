"""What the site's database role may do, table by table. A table that is not here is closed to it.

The rights are given by the owner after each migration, to whatever name the site's role has, and taken back when they
are more than what stands here.
"""

from dataclasses import dataclass

import psycopg
from psycopg import sql

READ, ADD, CHANGE, REMOVE = "SELECT", "INSERT", "UPDATE", "DELETE"
# What the site may see of letters on their way: never to whom, nor the links in them.
LETTER_COLUMNS = (
    "key", "kind", "made_at", "try_at", "attempts", "sent_at", "given_up_at", "problem", "expires_at",
)  # fmt: skip

TABLES: dict[str, tuple[str, ...]] = {
    # Statistics: analysts publish in the browser. Editions and places are never removed by the site.
    "organiser": (READ, ADD, CHANGE),
    "school_unit": (READ, ADD, CHANGE),
    "source_file": (READ, ADD, CHANGE),
    "statistics_edition": (READ, ADD, CHANGE),
    # People. Rows of people and roles stay for the trail; which rows are seen is for the policies to say.
    "person": (READ, ADD, CHANGE),
    "role_grant": (READ, ADD),
    "invitation": (READ, ADD, CHANGE),
    # Signing in
    "sign_in_session": (READ, ADD, CHANGE, REMOVE),
    "sign_in_attempt": (READ, ADD, CHANGE, REMOVE),
    "passkey": (READ, ADD, CHANGE, REMOVE),
    "one_time_codes": (READ, ADD, CHANGE, REMOVE),
    "recovery_code": (READ, ADD, CHANGE, REMOVE),
    "linked_identity": (READ, ADD, CHANGE, REMOVE),
    "seen_assertion": (READ, ADD, CHANGE, REMOVE),
    "pace": (READ, ADD, CHANGE, REMOVE),
    "outgoing_mail": (ADD,),
    # Working material. A version is never changed, nor what a receipt says was shared.
    "working_paper": (READ, ADD, CHANGE),
    "paper_version": (READ, ADD),
    "share": (READ, ADD),
    # Self-assessment. Releases are never changed, and what they are made of is written once and not read again; sheets
    # and who has answered are not open at all.
    "campaign": (READ, ADD),
    "answering_group": (READ, ADD, CHANGE),
    "asked_person": (ADD,),
    "counted_receipt": (ADD,),
    "tally": (ADD,),
    "answer_comment": (ADD,),
    "shared_rating": (READ, ADD, CHANGE),
    "answer_release": (READ, ADD),
    "campaign_outcome": (READ, ADD, REMOVE),
    # The trail is written and read, and nothing else.
    "audit_event": (READ, ADD),
    "audit_head": (READ,),
}

COLUMNS: dict[tuple[str, str], tuple[str, ...]] = {
    ("outgoing_mail", READ): LETTER_COLUMNS,
    ("asked_person", READ): ("key", "organiser", "group_id", "email", "invited_on"),
    # What a campaign asks, of whom and how its sheets are sealed stays as it was opened.
    ("campaign", CHANGE): (
        "title",
        "opens_at",
        "closes_at",
        "counted_at",
        "sealed_key",
        "remind_asked_at",
        "in_briefing",
        "removed_at",
    ),
    ("role_grant", CHANGE): ("ends_at",),
    ("share", CHANGE): ("withdrawn_at", "withdrawn_by"),
}

FUNCTIONS = (
    "styrkedjan_enter(text)",
    "styrkedjan_enter_by_invitation(text)",
    "styrkedjan_person()",
    "styrkedjan_organisers()",
    "styrkedjan_agencies()",
    "styrkedjan_is_operator()",
    "styrkedjan_invitation()",
    "styrkedjan_letters_to_me()",
    "styrkedjan_invitations_to_me()",
    "styrkedjan_forget_me()",
    "styrkedjan_invented_people()",
    "styrkedjan_form_by_code(text)",
    "styrkedjan_form_by_link(text)",
    "styrkedjan_hand_in(uuid,text,text,boolean)",
    "styrkedjan_use_link(text)",
    "styrkedjan_sheet(text)",
    "styrkedjan_take_back(text)",
    "styrkedjan_handed_in(uuid)",
    "styrkedjan_asked(uuid)",
    "styrkedjan_empty_mailbox(uuid)",
    "styrkedjan_outcome_by_code(text)",
)

# Tables that nobody but the owner reaches.
CLOSED = ("access_secret", "django_migrations", "sheet")

HELD = """
    SELECT c.relname, '', a.privilege_type FROM pg_class c, aclexplode(c.relacl) a
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'S', 'p')
        AND a.grantee = %(role)s::regrole
    UNION ALL
    SELECT c.relname, t.attname, a.privilege_type
    FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a
    WHERE c.relnamespace = 'public'::regnamespace AND a.grantee = %(role)s::regrole
    UNION ALL
    SELECT p.oid::regprocedure::text, '', a.privilege_type FROM pg_proc p, aclexplode(p.proacl) a
    WHERE p.pronamespace = 'public'::regnamespace AND a.grantee = %(role)s::regrole
"""

STRENGTH = """
    SELECT rolname, rolsuper, rolbypassrls, (
        SELECT count(*) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
            AND pg_has_role(current_user, relowner, 'MEMBER'))
    FROM pg_roles WHERE rolname = current_user
"""

Right = tuple[str, str, str]  # table or function, column or nothing, privilege


@dataclass(frozen=True)
class Strength:
    """What a role could do that the site's must not: each is a way past the walls."""

    role: str
    is_superuser: bool
    bypasses: bool
    owned_tables: int

    @property
    def too_strong(self) -> bool:
        return self.is_superuser or self.bypasses or self.owned_tables > 0


def strength(connection: psycopg.Connection) -> Strength:
    """How strong the role of this connection is."""
    row = connection.execute(STRENGTH).fetchone()
    assert row is not None, "a role that is connected exists"
    return Strength(*row)


def wanted() -> frozenset[Right]:
    """Every right of the site's role."""
    tables = ((table, "", right) for table, rights in TABLES.items() for right in rights)
    columns = ((table, name, right) for (table, right), names in COLUMNS.items() for name in names)
    functions = ((function, "", "EXECUTE") for function in FUNCTIONS)
    return frozenset([*tables, *columns, *functions])


def as_they_should_be(connection: psycopg.Connection, role: str) -> bool:
    """Whether the role has the rights that stand here and no others."""
    quoted = connection.execute("SELECT quote_ident(%s)", [role]).fetchone()
    held = connection.execute(HELD, {"role": quoted[0] if quoted else role}).fetchall()
    return frozenset(held) == wanted()


def give(connection: psycopg.Connection, role: str) -> None:
    """Give the role exactly these rights, in one transaction. The connection is the owner's."""
    to = sql.Identifier(role)
    with connection.transaction():
        for kind in ("TABLES", "SEQUENCES", "FUNCTIONS"):
            connection.execute(sql.SQL("REVOKE ALL ON ALL {} IN SCHEMA public FROM {}").format(sql.SQL(kind), to))
        for name, column, right in sorted(wanted()):
            connection.execute(_grant(name, column, right).format(to=to))
        connection.execute(sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC, {}").format(to))
        database = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("REVOKE CREATE, TEMPORARY ON DATABASE {} FROM PUBLIC, {}").format(database, to))


def _grant(name: str, column: str, right: str) -> sql.SQL:
    if right == "EXECUTE":
        return sql.SQL(f"GRANT EXECUTE ON FUNCTION {name} TO {{to}}")
    which = f"{right} ({column})" if column else right
    return sql.SQL(f"GRANT {which} ON {name} TO {{to}}")
