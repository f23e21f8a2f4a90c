"""pytest: each session is a run of one unit, each test a phase of it.

Copy this file and clients/python/firstpass_station.py beside your tests, and start a session for a unit:

    export FIRSTPASS_URL=https://firstpass.example.com FIRSTPASS_KEY=… FIRSTPASS_FOLDER=/var/lib/firstpass
    export FIRSTPASS_PROCEDURE=7b0c8f6e-1111-4aaa-9bbb-000000000001
    pytest --serial-number SN-0001

Without ``--serial-number`` nothing is reported. The outcome is PASS, or FAIL when a test failed, ERROR when a fixture
did, ABORTED when somebody pressed Ctrl-C. A session ends with what waits on the disk; the next one sends it.
"""

from __future__ import annotations

import os
from datetime import datetime, timezone
from typing import Any, Callable

import pytest
from firstpass_station import Station

#: Seconds that a session waits for its run to arrive before it leaves it to the next one.
HAND_OVER = 3.0


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--serial-number", help="of the unit under test; without it nothing is reported")


def pytest_configure(config: pytest.Config) -> None:
    serial = config.getoption("--serial-number")
    if serial:
        config.pluginmanager.register(_Session(serial), "firstpass")


@pytest.fixture
def measure(request: pytest.FixtureRequest) -> Callable[..., float]:
    """``measure("rail_3v3", 3.31, low=3.2, high=3.4, units="V")``: reports the value, and fails outside of its limits."""

    def measured(name: str, value: float, low: float | None = None, high: float | None = None, units: str = "") -> float:
        is_within = (low is None or value >= low) and (high is None or value <= high)
        limits = {"lower_limit": low, "upper_limit": high}
        request.node.user_properties.append(
            (
                "firstpass",
                {
                    "name": name,
                    "outcome": "PASS" if is_within else "FAIL",
                    "measured_value": value,
                    "units": units,
                    **{field: limit for field, limit in limits.items() if limit is not None},
                },
            )
        )
        assert is_within, f"{name}: expected {low} to {high} {units}, got {value}"
        return value

    return measured


class _Session:
    def __init__(self, serial: str) -> None:
        self.serial = serial
        self.phases: list[dict] = []
        self.errors: list[str] = []
        self.station = Station(
            os.environ["FIRSTPASS_URL"], os.environ["FIRSTPASS_KEY"], os.environ["FIRSTPASS_FOLDER"], name="pytest"
        )
        # Where the station is told what to run by other means, such as a checkout, that is what was run.
        self.run = self.station.begin(
            os.environ["FIRSTPASS_PROCEDURE"], deployment_id=os.environ.get("FIRSTPASS_DEPLOYMENT")
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        is_broken = report.failed and report.when != "call"
        if is_broken:
            self.errors.append(f"{report.nodeid}: {report.longreprtext[-500:]}")
        if report.when != "call" and not is_broken and not (report.when == "setup" and report.skipped):
            return
        outcome = "ERROR" if is_broken else {"passed": "PASS", "failed": "FAIL", "skipped": "SKIP"}[report.outcome]
        self.phases.append(
            {
                "name": report.nodeid.split("::", 1)[-1],
                "outcome": outcome,
                "started_at": _iso(report.start),
                "ended_at": _iso(report.stop),
                "measurements": [value for name, value in report.user_properties if name == "firstpass"],
            }
        )

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        outcomes: dict[Any, str] = {
            pytest.ExitCode.OK: "PASS",
            pytest.ExitCode.TESTS_FAILED: "ERROR" if self.errors else "FAIL",
            pytest.ExitCode.INTERRUPTED: "ABORTED",
        }
        self.run.report(
            serial_number=self.serial,
            outcome=outcomes.get(exitstatus, "ERROR"),
            phases=self.phases,
            **({"error_message": self.errors[0]} if self.errors else {}),
        )
        self.station.close(HAND_OVER)


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="milliseconds")
