"""Settings, addresses, Celery, checks and sign-in of the site."""
