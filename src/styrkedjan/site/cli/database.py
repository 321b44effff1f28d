"""``styrkedjan db``: the embedded database server by hand."""

import argparse

from styrkedjan.core.refused import WrongState
from styrkedjan.site import postgres
from styrkedjan.site.home import home

TWO_ROLES = """\
-- Två roller i en egen PostgreSQL: ägaren, som kommandona kör som, och webbplatsens, som inte äger något.
-- Kör det här som databasens administratör, med egna lösenord.
CREATE ROLE styrkedjan_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '…';
CREATE ROLE styrkedjan LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '…';
CREATE DATABASE styrkedjan OWNER styrkedjan_owner ENCODING 'UTF8' TEMPLATE template0;
-- Finns databasen redan, och äger webbplatsens roll allt i den? Kör då i databasen i stället för raden ovanför:
--   REASSIGN OWNED BY styrkedjan TO styrkedjan_owner;
-- Sätt sedan, för kommandona och `styrkedjan serve`:
--   DATABASE_URL=postgresql://styrkedjan:…@värd/styrkedjan
--   DATABASE_OWNER_URL=postgresql://styrkedjan_owner:…@värd/styrkedjan
-- Rättigheterna på tabellerna ger nästa kommando själv."""


def run_database(options: argparse.Namespace) -> int:
    """Start, stop, look at, or open a prompt on the embedded server."""
    if options.action == "start":
        server = postgres.start(home())
        print(
            f"Databasservern är igång (process {server.pid}).\n"
            f"DATABASE_URL={server.dsn}\nDATABASE_OWNER_URL={server.owner_dsn}"
        )
    elif options.action == "stop":
        print("Databasservern är stoppad." if postgres.stop(home()) else "Databasservern var inte igång.")
    elif options.action == "status":
        server = postgres.status(home())
        print(
            f"Igång: PostgreSQL {server.version}, process {server.pid}, {server.data_dir}" if server else "Inte igång."
        )
    elif options.action == "psql":
        return postgres.psql(home(), options.rest)
    elif options.action == "roller":
        print(TWO_ROLES)
    else:
        raise WrongState(f"okänt: {options.action}")
    return 0
