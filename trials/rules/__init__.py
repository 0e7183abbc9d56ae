"""Pure decisions about dates, protocols, schedules, enrolment and doses: no database, no clock, no settings."""
