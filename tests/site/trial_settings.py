"""The site's settings with the addresses of a trial beside its own."""

from styrkedjan.site.settings import *  # noqa: F403

ROOT_URLCONF = "tests.site.trial_urls"
