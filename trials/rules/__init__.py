"""Pure decisions about dates, protocols, schedules and enrolment: no database, no clock, no settings."""
