"""Pure decisions about adverse events and haemodynamic checks: no database, no clock, no settings."""
