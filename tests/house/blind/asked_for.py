"""Values for the fields of forms and of the API, by field name, so that a write succeeds."""

from tests.ward import PASSWORD

NEW_PASSWORD = "Seven brown horses 41"
ASKED_FOR = {
    "any text": "as agreed",
    "any textarea": "as agreed",
    "any number": "1",
    "account_name": "nurse",
    "absence_reason": "Two colleagues were called.",
    "age_years": "61",
    "code": "01-777",
    "country": "FR",
    "description": "A check was late.",
    "donor_code": "DON-NEW",
    "description_of_learner": "a nurse",
    "email": "new@site.example",
    "interruption_reason": "A line was lost.",
    "kit_number": "KIT-77",
    "known_to": "the ward",
    "learner_description": "a nurse",
    "locus": "A",
    "mfi": "140",
    "died": "2020-04-26",
    "name": "A further site",
    "number": "2",
    "occurred": "2020-04-26",
    "onset": "2020-04-26",
    "narrative": "As told by the ward.",
    "new_password": NEW_PASSWORD,
    "new_password1": NEW_PASSWORD,
    "new_password2": NEW_PASSWORD,
    "not_given_reason": "The line was lost.",
    "old_password": PASSWORD,
    "password": PASSWORD,
    "reason": "as agreed",
    "reason_text": "Anaphylaxis?",
    "reported_term": "Headache",
    "role": "nurse",
    "run_code": "RUN-7",
    "second_password": PASSWORD,
    "second_username": "pharmacovigilance",
    "serious": "False",
    "site_code": "01",
    "specificity": "A*02:01",
    "text": "as agreed",
    "timezone": "Europe/Paris",
    "trial_code": "STROMA-COV-2",
    "user": "nurse",
    "username": "newcomer",
    "what_happened": "The label was seen.",
    "why": "as agreed",
    "withdrawal_reason": "consent withdrawn",
}
"""The value of a field, by its name, in pages and in the API."""
NEVER_CHOSEN = ("FATAL", "died")
"""Choices that most other fields of a form would contradict."""
ALSO_SENT = frozenset(
    {
        "reason",
        "version",
        "seen_version",
        "reported_term",
        "narrative",
        "onset",
        "started_at",
        "heart_rate_bpm",
        "grade",
    }
    | {"pao2_mmhg", "fio2_fraction", "vasopressors_checked"}
)
"""Fields of the API that are not required, and that a meaningful write needs."""
DAYS = ("onset", "occurred", "completed_date", "withdrawn_date", "enrolled_at", "tested_at", "planned_at")
ASKED_FOR |= {
    f"{day}_{part}": value
    for day in DAYS
    for part, value in (("day", "26"), ("month", "04"), ("year", "2020"), ("time", "09:00"))
}
