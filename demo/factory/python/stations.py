"""Simulated stations that run the Python client: the factory says what they test, in lines of JSON.

In:  {"do": "open" | "begin" | "end" | "report" | "cut" | "restore" | "retry parked" | "close", "station": name, ...}
Out: {"said": "open" | "failed" | "assignment" | "stored" | "full" | "acknowledged" | "counts" | "warning" | "closed", ...}
It ends with its input.
"""

import json
import logging
import signal
import sys
import threading
import time
import urllib.error
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "clients" / "python"))
sys.dont_write_bytecode = True
from firstpass_station import QueueFull, Station, send  # noqa: E402

#: Seconds between two looks at how much waits.
COUNT_EVERY = 0.05

writing = threading.Lock()


def say(said, **more):
    with writing:
        sys.stdout.write(json.dumps({"said": said, **more}) + "\n")
        sys.stdout.flush()


class Cable:
    """Of one station: cut, nothing passes, and what is under way is lost."""

    def __init__(self):
        self.is_up = threading.Event()
        self.is_up.set()
        self._cuts = 0

    def cut(self):
        self._cuts += 1
        self.is_up.clear()

    def open(self, request, timeout):
        self.is_up.wait(timeout)
        before = self._cuts
        try:
            answer = send(request, timeout)
        except urllib.error.HTTPError as error:
            answer = error
        if self._cuts != before:
            answer.close()
            raise OSError("the network cable was cut")
        if isinstance(answer, urllib.error.HTTPError):
            raise answer
        return answer


class Bench:
    def __init__(self, name, url, key, folder, procedure, wait_factor, installs=False, most_bytes=None):
        self.name = name
        self.procedure = procedure
        self.cable = Cable()
        self.run = None
        self.told = None
        self.client = Station(
            url,
            key,
            folder,
            name=name,
            # A fast clock makes minutes of the milliseconds that a heartbeat is under way.
            tells_clock=False,
            wait_factor=wait_factor,
            opener=self.cable.open,
            changed=lambda procedure, build: self.say_assignment(procedure, build),
            delivered=lambda kind, body: self.say_delivered(kind, body),
            install=(lambda build, procedure, artifact: artifact()) if installs else None,
            **({} if most_bytes is None else {"most_bytes": most_bytes}),
        )
        build = self.client.assignment(procedure)
        say("open", station=name, deployment_id=build and build.id, **self.counts())

    def counts(self):
        return {"queued": self.client.queued, "parked": self.client.parked}

    def count(self):
        counts = self.counts()
        if counts != self.told:
            self.told = counts
            say("counts", station=self.name, **counts)

    def say_assignment(self, procedure, build):
        if procedure == self.procedure:
            say("assignment", station=self.name, deployment_id=build and build.id)

    def say_delivered(self, kind, body):
        if kind == "pickup":
            say("acknowledged", station=self.name, deployment_id=body["deployment_id"])

    def begin(self, deployment_id, started_at, telemetry=None, checks=None):
        self.run = self.client.begin(
            self.procedure,
            deployment_id=deployment_id,
            started_at=started_at / 1000,
            telemetry=telemetry,
            checks=checks,
        )

    def end(self, telemetry=None, checks=None):
        if self.run:
            self.run.end(telemetry, checks)

    def report(self, number, run):
        try:
            self.client.report(run)
            self.told = self.counts()
            say("stored", station=self.name, number=number, **self.told)
        except QueueFull as error:
            say("full", station=self.name, number=number, why=str(error))

    def close(self, hand_over):
        self.client.close(hand_over)
        say("closed", station=self.name, **self.counts())


class Warnings(logging.Handler):
    def emit(self, record):
        say("warning", text=record.getMessage())


def count_all(benches):
    while True:
        time.sleep(COUNT_EVERY)
        for bench in list(benches.values()):
            bench.count()


def main():
    # A Ctrl-C in the terminal reaches this process too; the factory hands over what its stations have tested first.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    logging.getLogger("firstpass").addHandler(Warnings())
    logging.getLogger("firstpass").propagate = False
    benches = {}
    threading.Thread(target=count_all, args=(benches,), daemon=True).start()
    for line in sys.stdin:
        order = json.loads(line)
        do, name = order.pop("do"), order.pop("station")
        if do == "open":
            try:
                benches[name] = Bench(name, **order)
            except (OSError, RuntimeError) as error:
                say("failed", station=name, why=str(error))
        elif do in ("begin", "end", "report"):
            getattr(benches[name], do)(**order)
        elif do == "cut":
            benches[name].cable.cut()
        elif do == "restore":
            benches[name].cable.is_up.set()
        elif do == "retry parked":
            benches[name].client.retry_parked()
        elif do == "close":
            threading.Thread(target=benches[name].close, kwargs=order).start()


main()
