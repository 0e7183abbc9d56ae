"""Brings the storm into a worker: named among the modules that it loads."""

from celery.signals import worker_init

from tests.storm import faults


@worker_init.connect
def begin(**_: object) -> None:
    faults.install_clock()
    faults.install_points()
    faults.take_out(faults.WITHOUT)
