"""The WSGI application that the server processes run."""

import multiprocessing
import os
import threading

from django.core.wsgi import get_wsgi_application

from styrkedjan.site.bodies import whole_bodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "styrkedjan.site.settings")
application = whole_bodies(get_wsgi_application())


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    """End this process when the one that started it does: if killed, it has had no time to stop us itself.

    A server process that lived on would keep the port and answer with the old code.
    """
    parent.join()
    os._exit(0)


if parent := multiprocessing.parent_process():
    threading.Thread(target=_end_with, args=[parent], daemon=True).start()
