"""The servers that the site needs, for machines that have none: PostgreSQL and Valkey from Python wheels.

`urls` says where the servers are, `lease` starts them when they do not run, `keeper` is the process that
owns them, `supervisor` runs the whole site. docs/running.md tells how they live and die.
Production never imports it: `settings`, `wsgi` and `celery` here build on those of `safety_monitor`, never the other
way round. All else is the standard library, so that the keeper stays small.
"""
