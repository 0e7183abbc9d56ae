"""The site's web application with the storm's faults."""

from safety_monitor.wsgi import application
from tests.storm import faults

faults.install_clock()
faults.take_out(faults.WITHOUT)

__all__ = ["application"]
