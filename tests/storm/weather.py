"""The strikes of a storm and their times, from a seed: the same seed gives the same storm."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.storm.site import StormSite
from tests.storm.steps import STEPS


@dataclass(frozen=True)
class Strike:
    """After this share of the work was acknowledged, do this to the site."""

    share: float
    name: str
    do: Callable[[StormSite], None]


def storm(seed: int, steps: Sequence[str] = STEPS) -> list[Strike]:
    """A process dies at every one of the steps, before or after it; each of the other strikes occurs as well."""
    chance = random.Random(seed)
    struck = [f"{chance.choice(('before', 'after'))}:{step}" for step in steps]
    strikes = [Strike(chance.uniform(0, 0.9), f"kill@{point}", laid(f"kill@{point}")) for point in struck]
    full = f"full@before:{chance.choice(('_keep_snapshot', '_keep_document', 'render_documents'))}"
    others: list[tuple[str, Callable[[StormSite], None]]] = [
        (full, laid(full)),
        ("the broker dies", broker_away(chance.uniform(0.2, 3))),
        ("connections are cut", StormSite.cut_connections),
        ("connections are cut again", StormSite.cut_connections),
        ("the web server is killed", StormSite.kill_web),
        ("a worker is killed", StormSite.kill_worker),
        ("the clock is stepped", clock_off(chance.choice((-1, 1)) * chance.uniform(30, 3 * 3600))),
        ("the clock is right again", clock_off(0)),
    ]
    strikes += [Strike(chance.uniform(0.05, 0.95), name, do) for name, do in others]
    return sorted(strikes, key=lambda strike: strike.share)


def broker_away_throughout() -> list[Strike]:
    """The broker is down during all enrolments: only the sweep repairs this."""
    return [
        Strike(0.0, "the broker dies", lambda site: site.broker.kill()),
        Strike(1.0, "the broker is back", lambda site: site.broker.start()),
    ]


def laid(name: str) -> Callable[[StormSite], None]:
    return lambda site: site.strike(name)


def broker_away(seconds: float) -> Callable[[StormSite], None]:
    return lambda site: site.restart_broker(seconds)


def clock_off(seconds: float) -> Callable[[StormSite], None]:
    return lambda site: site.strike("clock", f"{seconds:.0f}")


def rage(
    site: StormSite, strikes: Sequence[Strike], share_done: Callable[[], float], is_over: Callable[[], bool]
) -> None:
    """Do each strike when its share of the work is done; when the work ends before, do the rest at once."""
    for strike in strikes:
        while share_done() < strike.share and not is_over():
            time.sleep(0.05)
        strike.do(site)
