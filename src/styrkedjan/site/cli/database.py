"""``styrkedjan db``: the embedded database server by hand."""

import argparse

from styrkedjan.core.refused import WrongState
from styrkedjan.site import postgres
from styrkedjan.site.home import home


def run_database(options: argparse.Namespace) -> int:
    """Start, stop, look at, or open a prompt on the embedded server."""
    if options.action == "start":
        server = postgres.start(home())
        print(f"Databasservern är igång (process {server.pid}).\nDATABASE_URL={server.dsn}")
    elif options.action == "stop":
        print("Databasservern är stoppad." if postgres.stop(home()) else "Databasservern var inte igång.")
    elif options.action == "status":
        server = postgres.status(home())
        print(
            f"Igång: PostgreSQL {server.version}, process {server.pid}, {server.data_dir}" if server else "Inte igång."
        )
    elif options.action == "psql":
        return postgres.psql(home(), options.rest)
    else:
        raise WrongState(f"okänt: {options.action}")
    return 0
