"""Adds the storm's faults to a worker, as one of its loaded modules."""

from celery.signals import worker_init

from tests.storm import faults


@worker_init.connect
def begin(**_: object) -> None:
    faults.install_clock()
    faults.install_points()
    faults.take_out(faults.WITHOUT)
