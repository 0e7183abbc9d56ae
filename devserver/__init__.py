"""The servers that the site needs, for machines that have none: PostgreSQL and Valkey from Python wheels.

`urls` has the addresses of the servers, `lease` starts them when they do not run, `keeper` is the process that owns
them, `supervisor` runs the whole site. docs/running.md describes how they start and stop. Production never imports this
package: `settings`, `wsgi` and `celery` here build on those of `safety_monitor`, never the other way round. All else
uses the standard library only, so that the keeper stays small.
"""
