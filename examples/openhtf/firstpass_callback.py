"""OpenHTF: reports each test through the Python station client, so that no run is lost while the server is away.

Copy this file and clients/python/firstpass_station.py beside your test, and run it as at the end of this file. Where
the station reports to TofuPilot already, there is a way without any code: see docs/stations.md, "Change one address".
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any, Callable

from firstpass_station import Run, Station


def report_to_firstpass(run: Run) -> Callable[[Any], None]:
    """An output callback for ``test.add_output_callbacks``: reports the test as the run that ``begin`` has begun."""

    def callback(test_record: Any) -> None:
        record = test_record if isinstance(test_record, dict) else _plain(test_record)
        # Stopped before it knew its unit: that is no run of anything.
        if not (record.get("dut_id") or "").strip():
            run.end()
            return
        run.report(**run_body(record))

    return callback


def run_body(record: dict) -> dict:
    """The body of a run, from the test record as OpenHTF writes it to JSON."""
    metadata = record.get("metadata") or {}
    named = {field: metadata[field] for field in ("part_number", "procedure_version", "batch_number") if metadata.get(field)}
    details = record.get("outcome_details") or []
    return {
        "serial_number": record["dut_id"],
        # The five outcomes are the same in both.
        "outcome": record["outcome"],
        "started_at": _iso(record["start_time_millis"]),
        "ended_at": _iso(record["end_time_millis"]),
        "phases": [_phase(phase) for phase in record.get("phases") or []],
        **named,
        **({"error_message": str(details[0].get("description"))[:2000]} if details else {}),
    }


def _phase(phase: dict) -> dict:
    return {
        "name": phase["name"],
        "outcome": phase["outcome"],
        "started_at": _iso(phase["start_time_millis"]),
        "ended_at": _iso(phase["end_time_millis"]),
        "measurements": [_measurement(name, each) for name, each in (phase.get("measurements") or {}).items()],
    }


def _measurement(name: str, each: dict) -> dict:
    units = each.get("units")
    return {
        "name": name,
        "outcome": each.get("outcome"),
        "measured_value": each.get("measured_value"),
        "units": units.get("suffix") if isinstance(units, dict) else units,
        "validators": each.get("validators"),
    }


def _plain(test_record: Any) -> dict:
    from openhtf.util import data

    return data.convert_to_base_types(test_record)


def _iso(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, timezone.utc).isoformat(timespec="milliseconds")


def main() -> None:
    import os

    import openhtf as htf

    @htf.measures(htf.Measurement("rail_3v3").in_range(3.2, 3.4))
    def power_rails(test: Any) -> None:
        test.measurements.rail_3v3 = 3.31

    procedure = os.environ["FIRSTPASS_PROCEDURE"]
    with Station(os.environ["FIRSTPASS_URL"], os.environ["FIRSTPASS_KEY"], os.environ["FIRSTPASS_FOLDER"]) as station:
        while True:
            serial = input("Serial number: ").strip()
            if not serial:
                break
            # The build is taken up here, between two runs: load the test of run.deployment_id now.
            run = station.begin(procedure)
            test = htf.Test(power_rails)
            test.add_output_callbacks(report_to_firstpass(run))
            test.execute(test_start=lambda: serial)


if __name__ == "__main__":
    main()
