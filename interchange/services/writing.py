"""Writes one study, kind by kind, through the bulk services of the lower apps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.services.imports import import_assessments
from events.models import CtcaeTerm
from events.services.imports import import_course, import_events
from haemodynamics.services import evaluate_participants
from haemodynamics.services.imports import import_readings, import_vasopressor_rates
from immunology.models import Specimen
from immunology.services.imports import import_antibody_results, import_specimens
from immunology.services.judging import judge_as_system
from interchange.queries import recorded_events
from interchange.rules import Study
from interchange.rules.standing_keys import with_standing_keys
from interchange.services import event_values, field_values
from product.models import ProductBatch
from product.services.imports import import_allocations, import_batches, import_doses, importing_sealed
from trials.models import Infusion, Participant, Site, Trial
from trials.rules.protocol import Protocol
from trials.services.imports import import_infusions, import_participants, import_remarks, import_sites
from trials.services.synchronising import Synchronised


@dataclass(frozen=True)
class Written:
    """What was written: open rows by kind, and the sealed ones, which are not reported."""

    rows: Mapping[str, Synchronised]
    sealed: tuple[Synchronised, ...]
    remarks: Synchronised

    @property
    def wrote(self) -> bool:
        """Whether any row was written, open or sealed.

        Never reported, because it would confirm a guessed arm.
        """
        return self.wrote_open or any(done.wrote for done in self.sealed)

    @property
    def wrote_open(self) -> bool:
        """Whether any open row was written; a summary may report only this."""
        return any(done.wrote for done in (*self.rows.values(), self.remarks))


class StudyWriter:
    """Writes a study into a trial; `stamp` has the services' `by`, `at` and `reason`."""

    def __init__(self, *, trial: Trial, protocol: Protocol, study: Study, stamp: Mapping[str, Any]) -> None:
        self._trial = trial
        self._protocol = protocol
        self._study = study
        self._stamp = stamp
        self._write = {"trial": trial, **stamp}

    def write(self) -> Written:
        """Write all rows, in the order of their dependencies; then evaluate the rules."""
        people = self._write_participants()
        ids = dict(Participant.objects.filter(trial=self._trial).values_list("code", "pk"))
        infusions = import_infusions(wanted=field_values.infusion_fields(self._study, ids), **self._write)
        events_and_readings = {**self._write_events(ids), **self._write_readings(ids)}
        days = import_assessments(wanted=event_values.assessment_fields(self._study, ids), **self._write)
        specimens = import_specimens(wanted=event_values.specimen_fields(self._study, ids), **self._write)
        sealed = (*self._write_products(ids), self._write_antibodies(ids))
        rows = {
            **people,
            "infusions or doses": infusions,
            **events_and_readings,
            "daily assessments": days,
            "specimens": specimens,
        }
        remarks = import_remarks(wanted=field_values.remark_fields(self._study.remarks), **self._write)
        written = Written(rows, sealed, remarks)
        self._judge()
        return written

    def _judge(self) -> None:
        """Evaluate the rules on the rows: criteria after infusions, donor-specific antibodies.

        Also where nothing was written: a shorter run would confirm a guessed arm.
        """
        if self._protocol.haemodynamics is not None:
            evaluate_participants(participants=Participant.objects.filter(trial=self._trial), **self._stamp)
        if self._study.antibodies:
            judge_as_system(trial=self._trial, participant_ids=None, at=self._stamp["at"])

    def _write_participants(self) -> Mapping[str, Synchronised]:
        sites = import_sites(wanted=field_values.site_fields(self._study, self._protocol), **self._write)
        site_ids = dict(Site.objects.filter(trial=self._trial).values_list("code", "pk"))
        wanted = field_values.participant_fields(self._study, self._protocol, site_ids)
        return {"sites": sites, "participants": import_participants(wanted=wanted, **self._write)}

    def _write_events(self, ids: Mapping[str, int]) -> Mapping[str, Synchronised]:
        version = self._protocol.dictionary.version
        terms = (
            dict(CtcaeTerm.objects.filter(ctcae_version=version).values_list("code", "pk")) if version else {}
        )
        study = with_standing_keys(self._study, recorded_events(trial_id=self._trial.pk))
        wanted = event_values.event_fields(study, ids, terms, self._infusion_ids())
        events = import_events(wanted=wanted, **self._write)
        courses = event_values.course_fields(study, ids)
        if not courses:
            return {"adverse events": events}
        return {"adverse events": events, "rows of courses": import_course(wanted=courses, **self._write)}

    def _write_readings(self, ids: Mapping[str, int]) -> Mapping[str, Synchronised]:
        readings = event_values.reading_fields(self._study, ids)
        rates = event_values.rate_fields(self._study, ids)
        return {
            "haemodynamic readings": import_readings(wanted=readings, **self._write),
            "vasopressor rates": import_vasopressor_rates(wanted=rates, **self._write),
        }

    def _infusion_ids(self) -> Mapping[tuple[int, int], int]:
        rows = Infusion.objects.filter(trial=self._trial).standing()
        return {
            (person, number): pk for pk, person, number in rows.values_list("pk", "participant_id", "number")
        }

    def _write_products(self, ids: Mapping[str, int]) -> tuple[Synchronised, ...]:
        """Sealed: the planned and the received arm, the lots, the doses."""
        study = self._study
        allocations = import_allocations(wanted=field_values.allocation_fields(study, ids), **self._write)
        batches = import_batches(wanted=field_values.batch_fields(study), **self._write)
        with importing_sealed(**self._write):
            batch_ids = dict(ProductBatch.objects.filter(trial=self._trial).values_list("code", "pk"))
        doses = import_doses(
            wanted=field_values.dose_fields(study, ids, self._infusion_ids(), batch_ids), **self._write
        )
        return allocations, batches, doses

    def _write_antibodies(self, ids: Mapping[str, int]) -> Synchronised:
        """Sealed: the laboratory's results."""
        rows = Specimen.objects.filter(trial=self._trial, voided_at=None)
        specimen_ids = dict(rows.values_list("code", "pk"))
        wanted = event_values.antibody_fields(self._study, ids, specimen_ids)
        return import_antibody_results(wanted=wanted, **self._write)
