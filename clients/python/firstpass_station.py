"""Firstpass on a test station: what to run, and a queue on disk for what was run.

One file, the standard library alone, Python 3.9 or later. Copy it beside your test program:

    from firstpass_station import Station

    with Station("https://firstpass.example.com", KEY, "/var/lib/firstpass") as station:
        run = station.begin(PROCEDURE)          # the build stays the same until the run ends
        ...                                     # test one unit with run.deployment_id
        run.report(serial_number="SN-0001", outcome="PASS")

``report`` returns when the run is on the disk. From then on it is sent, whatever happens: the service away, a cable
out, ``kill -9``, a loss of power. A run that is sent twice is stored once.

What an answer means for a report:

* 2xx in the service's words: taken.
* 5xx, 408, 425, 429, no answer, an answer of somebody else: sent again after ``Retry-After``, else after a time that
  doubles from a quarter of a second to ten seconds, another one at each station.
* 401, 403, 407, a redirect, a 4xx that is not in the service's words: the key, the address or a proxy is wrong, the run
  is not. It is kept, tried once a minute, and told each time.
* any other 4xx, of the request or of one run: put into ``parked.jsonl`` with the reason, for a person. It holds up
  nothing, and ``retry_parked`` sends it again.
"""

from __future__ import annotations

import email.utils
import hashlib
import json
import logging
import math
import os
import random
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable, NamedTuple

__all__ = ["Build", "Parked", "QueueFull", "Run", "Station", "send"]

_log = logging.getLogger("firstpass")

_MEGABYTE = 1_048_576
#: Seconds the server may hold the question what to run.
_POLL_SECONDS = 30
#: Longer than any long poll: a server that accepts and then says nothing counts as away.
_PATIENCE = 60.0
#: Seconds between two questions when the server does not hold them.
_SHORTEST_POLL = 0.5
#: For so long a station that was never told what to run waits for it at its start.
_FIRST_ANSWER = 10.0
_FIRST_RETRY = 0.25
_LONGEST_RETRY = 10.0
#: Until a person has set the key or the address right.
_SLOW_RETRY = 60.0
#: A header that is wrong must not keep a station from hearing of an abort for a day.
_MOST_WAIT = 600.0
#: What the server takes in one request, and a body that is answered in good time.
_MOST_RUNS = 1000
_MOST_BATCH_BYTES = 4 * _MEGABYTE
#: From this much of settled reports on, the queue is written anew without them.
_WASTE_BYTES = 8 * _MEGABYTE
#: Builds kept on the disk: a rollback takes a former one up without the network.
_MOST_ARTIFACTS = 5
_TOUCH_LOCK_EVERY = 10.0
#: After a loss of power another program may have the number of the former process: an old lock is nobody's.
_LOCK_IS_STALE = 35.0


class QueueFull(Exception):
    """The queue holds as much as it may, or the disk does: the run was not stored."""


class Build(NamedTuple):
    """A build that the station is asked to run."""

    id: str
    version: str
    commit_sha: str | None
    artifact_url: str | None
    artifact_sha256: str | None


class Parked(NamedTuple):
    """A report that the server has refused for good. ``kind`` is run, pickup or unreadable."""

    at: str
    kind: str
    why: str
    body: Any


class Run:
    """A run that is going. It keeps the build it has begun with, whatever is assigned meanwhile."""

    def __init__(self, station: Station, procedure: str, deployment_id: str, started_at: float) -> None:
        self.procedure = procedure
        self.deployment_id = deployment_id
        #: Seconds since 1970.
        self.started_at = started_at
        self._station = station
        self._clock = time.monotonic()

    def end(self, telemetry: dict | None = None, checks: dict | None = None) -> None:
        """Says that nothing is running. Whoever reports by ``report`` need not."""
        self._station._ended(self, telemetry, checks)

    def report(self, **fields: Any) -> None:
        """Puts the run on the disk; the server's documentation names all fields there are.

        Procedure, build, start and end are added where absent. The end is not read from the clock, which somebody may
        have set meanwhile: no run ends before it starts.

        Raises QueueFull when there is no room for it.
        """
        ended = self.started_at + time.monotonic() - self._clock
        self._station.report(
            {
                "procedure_id": self.procedure,
                "deployment_id": self.deployment_id,
                "started_at": _iso(self.started_at),
                "ended_at": _iso(ended),
                **fields,
            }
        )
        self.end()


class Station:
    """The client of one test station. It works from its making until ``close``, in three threads of its own.

    The very first time it is made when the server has said what to run, or after ten seconds; later at once.

    url       of the server, without a path
    key       the station's own
    folder    of this station alone: queue, refused reports, builds; it must outlive the process
    name      in what the client says by ``logging`` under the name "firstpass"
    install   ``install(build, procedure, artifact)`` makes a build ready to be run, such as unpacking the file whose
              path ``artifact()`` gives. While it raises, the former build is run. Absent: every build is ready at once.
    changed   ``changed(procedure, build)``: another build is to be run from the next run on; None: none
    delivered ``delivered(kind, body)``: the server has taken a report
    tells_clock  False keeps the station's clock from being compared with the server's
    most_bytes   of all that waits or is refused; beyond it ``report`` raises QueueFull
    wait_factor  multiplies every wait between two requests: for tests and simulations
    opener    another way to send a ``urllib.request.Request``: ``opener(request, timeout)``

    Raises ValueError when the address is none, RuntimeError when another process has the folder, OSError when it
    cannot be written to.
    """

    def __init__(
        self,
        url: str,
        key: str,
        folder: str | os.PathLike,
        *,
        name: str = "station",
        install: Callable[[Build, str, Callable[[], Path]], None] | None = None,
        changed: Callable[[str, Build | None], None] | None = None,
        delivered: Callable[[str, dict], None] | None = None,
        tells_clock: bool = True,
        most_bytes: int = 256 * _MEGABYTE,
        wait_factor: float = 1.0,
        opener: Callable[[urllib.request.Request, float], Any] | None = None,
    ) -> None:
        if urllib.parse.urlsplit(url).scheme not in ("http", "https"):
            raise ValueError(f'Expected the address of the server, such as https://firstpass.example.com, got "{url}".')
        self.folder = Path(folder)
        self.name = name
        self._most_bytes = most_bytes
        self._tells_clock = tells_clock
        self._working = threading.Event()
        self._delivering = threading.Event()
        self._closed = False
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock = _FolderLock(self.folder)
        try:
            self._parked = _ParkedFile(self.folder / "parked.jsonl")
            self._queue = _QueueFile(self.folder / "queue.jsonl", self._keep_damaged)
        except BaseException:
            self._lock.release()
            raise
        self._server = _Server(url, key, opener)
        self._outbox = _Outbox(self, wait_factor, self._guarded(delivered))
        self._heartbeats = _Heartbeats(self)
        self._changed = self._guarded(changed)
        self._builds = _Builds(self, install, wait_factor)
        self._watch = _AssignmentWatch(self, wait_factor)
        self._announced: dict[str, str] = {}
        self._going: list[Run] = []
        self._state = threading.Lock()
        self._builds.resume()
        self._threads = [
            threading.Thread(target=loop, name=f"firstpass {name} {what}", daemon=True)
            for what, loop in (
                ("assignments", self._watch.poll),
                ("queue", self._outbox.deliver),
                ("heartbeats", self._heartbeats.send),
            )
        ]
        # Whatever an earlier process was running when it was killed, nothing runs now.
        self.heartbeat()
        for thread in self._threads:
            thread.start()
        self._builds.told.wait(_FIRST_ANSWER * wait_factor)

    def __enter__(self) -> Station:
        return self

    def __exit__(self, *_: object) -> None:
        self.close(hand_over=5.0)

    def assignment(self, procedure: str) -> Build | None:
        """What the next run is to be made with; None: nothing is to be run.

        Known without the server once the server has told it. Ask between two runs, never in one.
        """
        return self._builds.ready(procedure)

    def begin(
        self,
        procedure: str,
        *,
        deployment_id: str | None = None,
        started_at: float | None = None,
        telemetry: dict | None = None,
        checks: dict | None = None,
    ) -> Run:
        """Begins a run with the assigned build, and says so.

        deployment_id  of the build that is really run, where that is not the assigned one
        started_at     seconds since 1970; the present unless told

        Raises LookupError when nothing is to be run.
        """
        if deployment_id is None:
            build = self.assignment(procedure)
            if build is None:
                raise LookupError(f"Nothing is to be run of procedure {procedure}: expected a build to be assigned.")
            deployment_id = build.id
        run = Run(self, procedure, deployment_id, time.time() if started_at is None else started_at)
        with self._state:
            self._going.append(run)
            is_new = self._announced.get(procedure) != deployment_id
            self._announced[procedure] = deployment_id
        self._beat(telemetry, checks)
        if is_new:
            self._acknowledge(procedure, deployment_id, "running")
        return run

    def report(self, run: dict) -> None:
        """Returns when the run is on the disk. Raises QueueFull when there is no room for it."""
        body = _json(run)
        held = self._queue.bytes + self._parked.bytes
        if held + len(body) > self._most_bytes:
            raise QueueFull(
                f"{self.folder} holds {self.queued} reports that wait and {self.parked} that were refused, {held} of "
                f"at most {self._most_bytes} bytes: this run was not stored. Connect the station, see parked.jsonl, "
                "or allow more."
            )
        try:
            self._outbox.put("run", body)
        except OSError as error:
            raise QueueFull(f"The run was not stored: {self.folder} cannot be written: {error}") from error

    def heartbeat(self, **fields: Any) -> None:
        """Says how the station is: ``telemetry={...}``, ``checks={...}``, ``error={"message": ...}``. Returns at once."""
        self._heartbeats.say({**self._busyness(), **fields})

    def artifact(self, build: Build) -> Path:
        """The build's artifact, fetched and compared with its sha256.

        Raises ValueError when the build has none or the file is another one, OSError when it cannot be fetched.
        """
        return _fetch_artifact(build, self.folder / "artifacts", self._server)

    @property
    def queued(self) -> int:
        """Reports that wait to be sent."""
        return self._queue.count

    @property
    def parked(self) -> int:
        """Reports that the server has refused for good."""
        return self._parked.count

    def parked_reports(self) -> list[Parked]:
        """What the server has refused for good, and why."""
        return self._parked.all()

    def retry_parked(self) -> int:
        """Sends again what was refused, after a person has set right why. How many they are."""
        return self._parked.release(self._outbox.put)

    def close(self, hand_over: float = 0.0) -> None:
        """Hands over what waits for at most so many seconds, and leaves the rest for the next start."""
        if self._closed:
            return
        self._closed = True
        self._working.set()
        until = time.monotonic() + hand_over
        while (self.queued > 0 or self._heartbeats.is_sending) and time.monotonic() < until:
            time.sleep(0.01)
        self._delivering.set()
        self._outbox.wake()
        self._heartbeats.wake()
        # A request that is on its way may still be answered; a long poll ends with the process.
        self._threads[1].join(timeout=1.0)
        self._queue.close()
        self._lock.release()

    def _guarded(self, told: Callable[..., None] | None) -> Callable[..., None]:
        """What is told to the test program must not end the client's own loops."""

        def tell(*what: Any) -> None:
            try:
                if told is not None:
                    told(*what)
            except Exception:
                _log.exception("%s: the test program failed on what it was told", self.name)

        return tell

    def _keep_damaged(self, lines: list[str]) -> None:
        why = "the disk has damaged this line"
        self._parked.put([Parked(_iso(time.time()), "unreadable", why, line) for line in lines])

    def _ended(self, run: Run, telemetry: dict | None, checks: dict | None) -> None:
        with self._state:
            if run not in self._going:
                return
            self._going.remove(run)
        self._beat(telemetry, checks)

    def _beat(self, telemetry: dict | None, checks: dict | None) -> None:
        told = {"telemetry": telemetry, "checks": checks}
        self.heartbeat(**{name: value for name, value in told.items() if value is not None})

    def _busyness(self) -> dict:
        """The oldest start counts: a fixture may hold several units, and runs that started later wait to be judged."""
        with self._state:
            if not self._going:
                return {"busy": False}
            return {"busy": True, "run_started_at": _iso(min(run.started_at for run in self._going))}

    def _became_ready(self, procedure: str, build: Build | None) -> None:
        with self._state:
            self._announced.pop(procedure, None)
        self._changed(procedure, build)

    def _acknowledge(self, procedure: str, deployment_id: str, state: str, message: str | None = None) -> None:
        """A pickup is small, and an order of things: it is queued even where runs find no room any more."""
        pickup = {"procedure_id": procedure, "deployment_id": deployment_id, "state": state}
        if message is not None:
            pickup["message"] = message[:2000]
        try:
            self._outbox.put("pickup", _json(pickup))
        except OSError as error:
            _log.warning("%s: a pickup was not kept: %s", self.name, error)


# What an answer means


class _Answer(NamedTuple):
    """Of the server; status 0: there was none, and ``body`` says why."""

    status: int
    body: Any
    etag: str | None = None
    retry_after: float | None = None
    poll_after: float = 0.0

    def words(self) -> str:
        if self.status == 0:
            return str(self.body)
        text = self.body if isinstance(self.body, str) else _json(self.body)
        return f"{self.status} {text[:300]}"


_HEALING = (408, 425, 429)
#: The key, the address or a proxy in between: nothing of what was sent is at fault.
_SETTINGS = (401, 403, 407)


def _fate(answer: _Answer) -> str:
    """done; again: it heals by itself; slowly: a person must set something right; refused: this request never will."""
    status, body = answer.status, answer.body
    if status == 0:
        return "again"
    if status < 300 or status == 304:
        return "done"
    if status >= 500 or status in _HEALING:
        return "again"
    if status < 400 or status in _SETTINGS:
        return "slowly"
    # A 404 of some other server says nothing of a run. Too large is too large, whoever says so.
    is_ours = isinstance(body, dict) and "code" in body and "message" in body
    return "refused" if status == 413 or is_ours else "slowly"


def _fate_of_item(status: int) -> str:
    """Of one run in a batch: the request itself was accepted, so its key is right."""
    if status < 300:
        return "done"
    return "again" if status >= 500 or status in _HEALING else "refused"


def _retry_wait(answer: _Answer, failures: int) -> float:
    """Seconds; ``failures`` counts from 1. The chance in it keeps a fleet from coming back in the same instant."""
    spread = random.random()
    is_slow = _fate(answer) == "slowly"
    own = _SLOW_RETRY if is_slow else min(_LONGEST_RETRY, _FIRST_RETRY * 2 ** min(failures - 1, 10))
    asked = answer.retry_after
    if asked is not None and (not is_slow or asked > own):
        return asked * (1 + 0.2 * spread)
    return own * (0.75 + 0.5 * spread)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A POST that is redirected becomes a GET, and the key goes to whoever is named there."""

    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def send(request: urllib.request.Request, timeout: float) -> Any:
    """How requests are sent unless ``opener`` says otherwise."""
    return _opener.open(request, timeout=timeout)


class _Server:
    """JSON over HTTP: an answer, or none. No status is an exception here."""

    def __init__(self, url: str, key: str, opener: Callable[[urllib.request.Request, float], Any] | None) -> None:
        self.url = url
        self.key = key
        self.open = opener or send

    def ask(self, method: str, path: str, body: str | None = None, etag: str | None = None) -> _Answer:
        headers = {"Authorization": f"Bearer {self.key}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if etag is not None:
            headers["If-None-Match"] = etag
        data = None if body is None else body.encode()
        request = urllib.request.Request(
            urllib.parse.urljoin(self.url, path), data=data, headers=headers, method=method
        )
        try:
            with self.open(request, _PATIENCE) as response:
                return _read_answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            try:
                with error:
                    return _read_answer(error.code, error.headers, error.read())
            except Exception as broken:  # The answer was lost on its way.
                return _Answer(0, _reason(broken))
        except Exception as error:  # Whatever a network does is the same for a report: it was not answered.
            return _Answer(0, _reason(error))


def _read_answer(status: int, headers: Any, raw: bytes) -> _Answer:
    text = raw.decode("utf-8", "replace")
    try:
        body = json.loads(text) if text else None
    except ValueError:
        body = text
    return _Answer(
        status,
        body,
        headers.get("etag"),
        _retry_after(headers.get("retry-after"), headers.get("date")),
        _seconds(headers.get("x-poll-after-ms"), 1000.0) or 0.0,
    )


def _seconds(header: str | None, per_second: float = 1.0) -> float | None:
    try:
        number = float(header or "")
    except ValueError:
        return None
    return min(_MOST_WAIT, max(0.0, number / per_second)) if number == number else None


def _retry_after(header: str | None, date: str | None) -> float | None:
    """A moment is read by the clock of the server that named it: the station's own may be off by days."""
    number = _seconds(header)
    if number is not None or header is None:
        return number
    until, now = _moment(header), _moment(date or "")
    if until is None:
        return None
    return min(_MOST_WAIT, max(0.0, until - (time.time() if now is None else now)))


def _moment(header: str) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(header).timestamp()
    except (TypeError, ValueError, IndexError):
        return None


def _reason(error: BaseException) -> str:
    cause = getattr(error, "reason", None)
    return str(cause or error) or type(error).__name__


# What to run


class _AssignmentWatch:
    """Asks what to run, in a loop, so that a new pin is known within moments."""

    def __init__(self, station: Station, wait_factor: float) -> None:
        self._station = station
        self._wait_factor = wait_factor
        self._etag = station._builds.etag
        self._told = ""

    def poll(self) -> None:
        station, failures = self._station, 0
        while not station._working.is_set():
            asked = time.monotonic()
            path = f"/api/v1/stations/me/assignments?wait={_POLL_SECONDS}"
            answer = station._server.ask("GET", path, etag=self._etag)
            if station._working.is_set():
                return
            if _fate(answer) != "done":
                failures += 1
                # An absent server is no news of one station: it shows in what waits to be sent.
                if _fate(answer) != "again":
                    self._complain(answer.words())
                self._pause(max(_retry_wait(answer, failures), answer.poll_after))
                continue
            failures = 0
            early = max(_SHORTEST_POLL - (time.monotonic() - asked), answer.poll_after)
            if not self._learn(answer) and early > 0:
                self._pause(early)

    def _learn(self, answer: _Answer) -> bool:
        """Whether the answer brought anything new."""
        assigned = None if answer.status == 304 else _read_assignments(answer.body)
        if answer.status != 304 and assigned is None:
            self._complain(f"expected assignments, got {answer.words()}")
        else:
            self._told = ""
        if assigned is None:
            return False
        is_new = answer.etag is None or answer.etag != self._etag
        self._etag = answer.etag
        if is_new:
            self._station._builds.said(assigned, answer.etag)
        # Without a tag nobody knows, and a server that never sends one must not be asked without a pause.
        return is_new and answer.etag is not None

    def _complain(self, what: str) -> None:
        """Once for each thing that is wrong; the queue repeats what a person must set right."""
        if what != self._told:
            _log.warning("%s: the server does not say what to run: %s", self._station.name, what)
        self._told = what

    def _pause(self, seconds: float) -> None:
        self._station._working.wait(seconds * self._wait_factor)


def _read_assignments(body: Any) -> dict[str, Build | None] | None:
    """None when it is not what the protocol says."""
    try:
        return {
            one["procedure_id"]: None if one["deployment"] is None else _read_build(one["deployment"])
            for one in body["assignments"]
        }
    except (KeyError, TypeError):
        return None


def _read_build(said: Any) -> Build:
    if not isinstance(said["id"], str):
        raise TypeError("expected the id of a deployment")
    optional = (said.get(field) for field in ("commit_sha", "artifact_url", "artifact_sha256"))
    return Build(said["id"], said.get("version") or "", *optional)


class _Builds:
    """From "asked to run" to "may be run": installs what is assigned, tells the server, and keeps both on disk."""

    def __init__(self, station: Station, install: Callable[[Build, str, Callable[[], Path]], None] | None, wait_factor: float) -> None:
        self._station = station
        self._install = install
        self._wait_factor = wait_factor
        self._path = station.folder / "builds.json"
        self._lock = threading.RLock()
        #: By procedure, what is being brought; whatever else is under way is out of date.
        self._bringing: dict[str, Build] = {}
        #: Set when the server has said what to run, to this process or to one before.
        self.told = threading.Event()
        self.etag, self._assigned, self._ready = self._read()

    def ready(self, procedure: str) -> Build | None:
        return self._ready.get(procedure)

    def resume(self) -> None:
        """What an earlier process did not finish."""
        for procedure, build in self._assigned.items():
            if build is not None and self.ready(procedure) != build:
                self._bring(procedure, build)

    def said(self, assigned: dict[str, Build | None], etag: str | None) -> None:
        with self._lock:
            former, self._assigned, self.etag = self._assigned, assigned, etag
            for procedure in {**former, **assigned}:
                build, before = assigned.get(procedure), former.get(procedure)
                if (build and build.id) == (before and before.id):
                    continue
                self._bringing.pop(procedure, None)
                if build is None:
                    self._make_ready(procedure, None)
                else:
                    self._bring(procedure, build)
            self._save()
        self.told.set()

    def _bring(self, procedure: str, build: Build) -> None:
        self._bringing[procedure] = build
        if self._install is None:
            self._make_ready(procedure, build)
            self._station._acknowledge(procedure, build.id, "pulled")
        else:
            threading.Thread(target=self._install_until_done, args=(procedure, build), daemon=True).start()

    def _install_until_done(self, procedure: str, build: Build) -> None:
        """Until it succeeds, or something else is asked for. The former build is run meanwhile."""
        station, failures = self._station, 0
        while self._bringing.get(procedure) is build and not station._working.is_set():
            try:
                self._install(build, procedure, lambda: station.artifact(build))
            except Exception as error:
                failures += 1
                if failures == 1:
                    _log.warning("%s: build %s cannot be installed: %s", station.name, build.version or build.id, error)
                    station._acknowledge(procedure, build.id, "failed", str(error) or type(error).__name__)
                station._working.wait(_retry_wait(_Answer(0, error), failures) * self._wait_factor)
                continue
            with self._lock:
                if self._bringing.get(procedure) is build and not station._working.is_set():
                    self._make_ready(procedure, build)
                    station._acknowledge(procedure, build.id, "pulled")
            return

    def _make_ready(self, procedure: str, build: Build | None) -> None:
        self._ready[procedure] = build
        self._save()
        self._station._became_ready(procedure, build)

    def _read(self) -> tuple[str | None, dict[str, Build | None], dict[str, Build | None]]:
        try:
            kept = json.loads(self._path.read_text("utf-8"))
            maps = [
                {procedure: build and _read_build(build) for procedure, build in kept[field].items()}
                for field in ("assigned", "ready")
            ]
            self.told.set()
            return kept.get("etag"), maps[0], maps[1]
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None, {}, {}

    def _save(self) -> None:
        """Written beside and renamed: a crash leaves the former file or this one, whole."""
        maps = [
            {procedure: build and build._asdict() for procedure, build in builds.items()}
            for builds in (self._assigned, self._ready)
        ]
        text = json.dumps({"etag": self.etag, "assigned": maps[0], "ready": maps[1]}, indent=2)
        try:
            with open(f"{self._path}.new", "w", encoding="utf-8") as file:
                file.write(f"{text}\n")
                _sync(file)
            os.replace(f"{self._path}.new", self._path)
            _sync_folder(self._path.parent)
        except OSError as error:
            _log.warning("%s: cannot keep what it is to run: %s", self._station.name, error)


def _fetch_artifact(build: Build, folder: Path, server: _Server) -> Path:
    expected = (build.artifact_sha256 or "").lower()
    if build.artifact_url is None or build.artifact_sha256 is None:
        raise ValueError(
            f"Build {build.version or build.id} has no artifact: expected an address and a sha256 where it is registered."
        )
    if len(expected) != 64 or set(expected) - set("0123456789abcdef"):
        raise ValueError(f'Expected 64 hexadecimal digits as the sha256, got "{build.artifact_sha256}".')
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / expected
    if _sha256_of(path) != expected:
        part = folder / f"{expected}.part"
        got = _download(urllib.parse.urljoin(server.url, build.artifact_url), part, server)
        if got != expected:
            part.unlink()
            raise ValueError(
                f"Expected an artifact with sha256 {expected}, got one with {got} from {build.artifact_url}. "
                "It was not kept; register the build anew if its file has changed."
            )
        os.replace(part, path)
    os.utime(path)
    kept = [each for each in folder.iterdir() if len(each.name) == 64]
    for old in sorted(kept, key=lambda each: each.stat().st_mtime, reverse=True)[_MOST_ARTIFACTS:]:
        old.unlink()
    return path


def _download(address: str, path: Path, server: _Server) -> str:
    """The sha256 of what was written. The key is sent to the server itself and to no other."""
    source, own = urllib.parse.urlsplit(address), urllib.parse.urlsplit(server.url)
    is_ours = (source.scheme, source.netloc) == (own.scheme, own.netloc)
    headers = {"Authorization": f"Bearer {server.key}"} if is_ours else {}
    digest = hashlib.sha256()
    request = urllib.request.Request(address, headers=headers)
    # Elsewhere a redirect is usual, and there is no key to be lost.
    opened = server.open(request, _PATIENCE) if is_ours else urllib.request.urlopen(request, timeout=_PATIENCE)
    with opened as response, open(path, "wb") as file:
        for part in iter(lambda: response.read(_MEGABYTE), b""):
            digest.update(part)
            file.write(part)
        _sync(file)
    return digest.hexdigest()


def _sha256_of(path: Path) -> str | None:
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            for part in iter(lambda: file.read(_MEGABYTE), b""):
                digest.update(part)
    except OSError:
        return None
    return digest.hexdigest()


# What is told


class _Heartbeats:
    """Only the latest state is worth sending; a lost one is not repeated. A station never waits for its heartbeat."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._latest: dict | None = None
        self._something = threading.Condition()
        self._refusals = 0
        self.is_sending = False

    def say(self, heartbeat: dict) -> None:
        with self._something:
            self._latest = heartbeat
            self.is_sending = True
            self._something.notify()

    def wake(self) -> None:
        with self._something:
            self._something.notify()

    def send(self) -> None:
        station = self._station
        while not station._delivering.is_set():
            with self._something:
                if self._latest is None:
                    self.is_sending = False
                    self._something.wait()
                body, self._latest = self._latest, None
            if body is None or station._delivering.is_set():
                continue
            if station._tells_clock:
                body = {**body, "sent_at": _iso(time.time())}
            answer = station._server.ask("POST", "/api/v1/stations/me/heartbeats", _json(body))
            if _fate(answer) in ("slowly", "refused"):
                self._refusals += 1
                if self._refusals == 1:
                    _log.warning("%s: the server refused a heartbeat: %s", station.name, answer.words())


class _Outbox:
    """Tells the server what waits in the queue, in order. Nothing leaves it before the server has answered for it."""

    def __init__(self, station: Station, wait_factor: float, delivered: Callable[[str, dict], None]) -> None:
        self._station = station
        self._wait_factor = wait_factor
        self._delivered = delivered
        self._batch_size = _MOST_RUNS
        self._something = threading.Event()

    def put(self, kind: str, body: str) -> None:
        """Returns when it is on the disk."""
        self._station._queue.put(kind, body)
        self._something.set()

    def wake(self) -> None:
        self._something.set()

    def deliver(self) -> None:
        station, failures = self._station, 0
        while not station._delivering.is_set():
            self._something.clear()
            if station._queue.count == 0 and not station._delivering.is_set():
                self._something.wait()
            entries = station._queue.first(self._batch_size, _MOST_BATCH_BYTES)
            if not entries or station._delivering.is_set():
                continue
            answer = self._send(entries)
            failures = 0 if answer is None else failures + 1
            if answer is None:
                continue
            if _fate(answer) == "slowly":
                _log.warning(
                    "%s: %d reports are kept and cannot be sent until a person sets the key or the address right: %s",
                    station.name,
                    station.queued,
                    answer.words(),
                )
            station._delivering.wait(_retry_wait(answer, failures) * self._wait_factor)

    def _send(self, entries: list[_Entry]) -> _Answer | None:
        """The answer when it is to be sent again, else None. A full disk is no reason to stop: nothing has left."""
        try:
            if entries[0].kind == "pickup":
                return self._send_pickup(entries[0])
            return self._send_runs(entries)
        except (OSError, ValueError) as error:
            return self._not_believed(f"the queue cannot be read or written: {error}")

    def _send_pickup(self, entry: _Entry) -> _Answer | None:
        body = self._station._queue.read(entry)
        answer = self._station._server.ask("POST", "/api/v1/stations/me/pickups", body)
        fate = _fate(answer)
        if fate in ("again", "slowly"):
            return answer
        if fate == "done" and answer.status != 204:
            return self._not_believed(f"expected 204 for a pickup, got {answer.words()}")
        self._settle([(entry, body, None if fate == "done" else answer.words())])
        return None

    def _send_runs(self, entries: list[_Entry]) -> _Answer | None:
        bodies = [self._station._queue.read(entry) for entry in entries]
        answer = self._station._server.ask("POST", "/api/v1/runs/batch", '{"runs":[' + ",".join(bodies) + "]}")
        fate = _fate(answer)
        if fate in ("again", "slowly"):
            return answer
        if fate == "refused":
            # Halved until it shows which run the server does not like; the others are not held up.
            if len(entries) > 1:
                self._batch_size = (len(entries) + 1) // 2
            else:
                self._settle([(entries[0], bodies[0], answer.words())])
            return None
        results = _read_results(answer, len(entries))
        if results is None:
            return self._not_believed(f"expected a result for each run, got {answer.words()}")
        self._batch_size = min(_MOST_RUNS, self._batch_size * 2)
        settled = [
            (entry, body, None if _fate_of_item(result["status"]) == "done" else _json(result))
            for entry, body, result in zip(entries, bodies, results)
            if _fate_of_item(result["status"]) != "again"
        ]
        self._settle(settled)
        return None if len(settled) == len(entries) else answer._replace(status=503)

    def _not_believed(self, why: str) -> _Answer:
        """Some proxy may answer 200 in the server's place: no report is given up for that."""
        _log.warning("%s: %s", self._station.name, why)
        return _Answer(0, why)

    def _settle(self, those: list[tuple[_Entry, str, str | None]]) -> None:
        """Parked before it leaves the queue: a crash in between parks it twice, and loses nothing."""
        at = _iso(time.time())
        refused = [Parked(at, entry.kind, why, json.loads(body)) for entry, body, why in those if why is not None]
        self._station._parked.put(refused)
        for one in refused:
            name = self._station.name
            _log.warning("%s: the server refused a %s, kept for a person to see: %s", name, one.kind, one.why)
        self._station._queue.settle({entry.number for entry, _, _ in those})
        for entry, body, why in those:
            if why is None:
                self._delivered(entry.kind, json.loads(body))


def _read_results(answer: _Answer, expected: int) -> list[dict] | None:
    results = answer.body.get("results") if isinstance(answer.body, dict) else None
    if not isinstance(results, list) or len(results) != expected:
        return None
    is_read = all(isinstance(one, dict) and isinstance(one.get("status"), int) for one in results)
    return results if is_read else None


# What is on the disk


class _Entry(NamedTuple):
    """Where the text of one report stands in the queue's file."""

    number: int
    kind: str
    offset: int
    length: int


class _QueueFile:
    """A line of JSON for each report, and one for what is settled.

    The TypeScript client writes the same lines, so a bench may change from one to the other with its queue as it is.
    A last line that a crash has torn was never promised to anybody and is cut off; ``damaged`` keeps lines in the
    middle that a disk has spoilt.
    """

    def __init__(self, path: Path, damaged: Callable[[list[str]], None]) -> None:
        self._path = path
        self._lock = threading.RLock()
        with open(path, "ab"):
            pass
        _sync_folder(path.parent)
        self._file = open(path, "r+b")
        self._entries: list[_Entry] = []
        self._end = 0
        self._next = 1
        unreadable = self._scan()
        self._file.truncate(self._end)
        if unreadable:
            damaged(unreadable)
            self._write_anew()

    @property
    def count(self) -> int:
        return len(self._entries)

    @property
    def bytes(self) -> int:
        with self._lock:
            return sum(entry.length for entry in self._entries)

    def put(self, kind: str, body: str) -> None:
        """Returns when it is on the disk. Raises OSError, and nothing is kept, when it cannot be."""
        with self._lock:
            line = f'{{"n":{self._next},"kind":"{kind}","body":{body}}}\n'.encode()
            entry = _Entry(self._next, kind, self._end, len(line))
            self._append(line, sync=True)
            self._entries.append(entry)
            self._next += 1

    def first(self, most: int, most_bytes: int) -> list[_Entry]:
        """The first reports, as many of one kind as stand in a row; of so many bytes, but at least one."""
        with self._lock:
            taken: list[_Entry] = []
            size = 0
            for entry in self._entries:
                size += entry.length
                if entry.kind != self._entries[0].kind or len(taken) == most or (taken and size > most_bytes):
                    break
                taken.append(entry)
            return taken

    def read(self, entry: _Entry) -> str:
        """The JSON of a report's body."""
        with self._lock:
            self._file.seek(entry.offset)
            line = self._file.read(entry.length)
            return line[len(_head(entry.number, entry.kind)) : -2].decode()

    def settle(self, numbers: set[int]) -> None:
        """These need no further sending. Should this note be lost in a crash, they are sent again: harmless."""
        if not numbers:
            return
        with self._lock:
            self._entries = [entry for entry in self._entries if entry.number not in numbers]
            if not self._entries:
                self._file.truncate(0)
                self._end = 0
                return
            try:
                self._append(f'{{"done":[{",".join(map(str, sorted(numbers)))}]}}\n'.encode(), sync=False)
            except OSError:
                pass  # On a full disk it is not written: as good as lost in a crash.
            if self._end - self.bytes > max(_WASTE_BYTES, self.bytes):
                self._write_anew()

    def close(self) -> None:
        with self._lock:
            self._file.close()

    def _append(self, line: bytes, sync: bool) -> None:
        """After a failure, such as a full disk, the next line must not stand behind half of this one."""
        try:
            self._file.seek(self._end)
            self._file.write(line)
            if sync:
                _sync(self._file)
            else:
                self._file.flush()
            self._end += len(line)
        except OSError:
            self._reopen()
            raise

    def _reopen(self) -> None:
        """What a buffered file could not write it would try again with the next line."""
        try:
            self._file.close()
        except OSError:
            pass
        self._file = open(self._path, "r+b")
        self._file.truncate(self._end)

    def _write_anew(self) -> None:
        moved: list[_Entry] = []
        end = 0
        with open(f"{self._path}.new", "wb") as fresh:
            for entry in self._entries:
                self._file.seek(entry.offset)
                fresh.write(self._file.read(entry.length))
                moved.append(entry._replace(offset=end))
                end += entry.length
            _sync(fresh)
        self._file.close()
        os.replace(f"{self._path}.new", self._path)
        _sync_folder(self._path.parent)
        self._file = open(self._path, "r+b")
        self._entries, self._end = moved, end

    def _scan(self) -> list[str]:
        found: dict[int, _Entry] = {}
        unreadable: list[str] = []
        for line in self._file:
            if not line.endswith(b"\n"):
                break
            record = _read_record(line)
            if record is None:
                unreadable.append(line[:-1].decode("utf-8", "replace"))
            elif isinstance(record, list):
                for number in record:
                    found.pop(number, None)
            else:
                number, kind = record
                found[number] = _Entry(number, kind, self._end, len(line))
                self._next = max(self._next, number + 1)
            self._end += len(line)
        self._entries = list(found.values())
        return unreadable


def _head(number: int, kind: str) -> bytes:
    return f'{{"n":{number},"kind":"{kind}","body":'.encode()


def _read_record(line: bytes) -> tuple[int, str] | list[int] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    if not isinstance(record, dict):
        return None
    if isinstance(record.get("done"), list):
        return record["done"]
    number, kind = record.get("n"), record.get("kind")
    if not isinstance(number, int) or kind not in ("run", "pickup") or not isinstance(record.get("body"), dict):
        return None
    # What is read by its place must begin as it is written here.
    return (number, kind) if line.startswith(_head(number, kind)) else None


class _ParkedFile:
    """Reports that the server has refused for good, with what it said: kept for a person, a line of JSON each."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        before = self.all()
        self.count = len(before)
        self.bytes = sum(len(_json(one._asdict())) for one in before)
        #: Behind a line that a crash or a full disk has torn the next one begins anew.
        self._is_torn = self.count > 0

    def put(self, those: list[Parked]) -> None:
        """On the disk when it returns."""
        if not those:
            return
        text = "".join(f"{_json(one._asdict())}\n" for one in those)
        with self._lock:
            was_torn, self._is_torn = self._is_torn, True
            with open(self._path, "a", encoding="utf-8") as file:
                file.write(f"\n{text}" if was_torn else text)
                _sync(file)
            self._is_torn = False
            self.count += len(those)
            self.bytes += len(text)

    def all(self) -> list[Parked]:
        try:
            lines = self._path.read_text("utf-8", "replace").split("\n")
        except FileNotFoundError:
            return []
        return [_read_parked(line) for line in lines if line]

    def release(self, again: Callable[[str, str], None]) -> int:
        """Hands every report to ``again``, which keeps them; only then they leave this file. Their number."""
        with self._lock:
            those = self.all()
            readable = [one for one in those if one.kind != "unreadable"]
            for one in readable:
                again(one.kind, _json(one.body))
            if those:
                self._path.unlink()
            self.count = self.bytes = 0
            self.put([one for one in those if one.kind == "unreadable"])
            return len(readable)


def _read_parked(line: str) -> Parked:
    try:
        one = json.loads(line)
        if one["kind"] in ("run", "pickup", "unreadable"):
            return Parked(str(one["at"]), one["kind"], str(one["why"]), one["body"])
    except (ValueError, KeyError, TypeError):
        pass
    return Parked("", "unreadable", "this line of the file is damaged", line)


class _FolderLock:
    """One process at a time writes to a station's folder. One that was killed has left it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        if not self._create():
            holder, age = self._holder()
            if _is_alive(holder) and abs(age) < _LOCK_IS_STALE:
                raise RuntimeError(
                    f"{folder} is in use by process {holder}: expected a folder of this station's own. "
                    "End that process, or give another folder."
                )
            try:
                self._path.unlink()
            except FileNotFoundError:
                pass
            if not self._create():
                raise RuntimeError(f"{folder} was taken by another process at this very moment. Start again.")
        self._released = threading.Event()
        threading.Thread(target=self._touch, daemon=True).start()

    def release(self) -> None:
        self._released.set()
        try:
            self._path.unlink()
        except FileNotFoundError:
            pass

    def _create(self) -> bool:
        try:
            with open(self._path, "x", encoding="ascii") as file:
                file.write(str(os.getpid()))
            return True
        except FileExistsError:
            return False

    def _holder(self) -> tuple[int, float]:
        try:
            return int(self._path.read_text("ascii")), time.time() - self._path.stat().st_mtime
        except (OSError, ValueError):
            return 0, _LOCK_IS_STALE

    def _touch(self) -> None:
        while not self._released.wait(_TOUCH_LOCK_EVERY):
            try:
                os.utime(self._path)
            except OSError:
                pass


def _is_alive(pid: int) -> bool:
    if pid <= 0:
        return False
    if os.name == "nt":
        # os.kill would end it there.
        import ctypes

        handle = ctypes.windll.kernel32.OpenProcess(0x1000, False, pid)  # type: ignore[attr-defined]
        if not handle:
            return False
        ctypes.windll.kernel32.CloseHandle(handle)  # type: ignore[attr-defined]
        return True
    try:
        os.kill(pid, 0)
        return True
    except ProcessLookupError:
        return False
    except PermissionError:
        return True


def _sync(file: Any) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    """A new or renamed file outlives a loss of power by its folder. Windows opens no folders, and does not need to."""
    if os.name == "nt":
        return
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    except OSError:
        pass
    finally:
        os.close(folder)


def _json(value: Any) -> str:
    """On one line, as the queue needs it, and always JSON: numbers that are none, such as nan, become null."""
    try:
        return json.dumps(value, separators=(",", ":"), default=_plain, allow_nan=False)
    except ValueError:
        return json.dumps(_without_nan(value), separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    """Times as ISO 8601, numbers of numpy as numbers, all else as text: a run is not lost for a type."""
    if isinstance(value, datetime):
        return value.isoformat()
    item = getattr(value, "item", None)
    return _without_nan(item()) if callable(item) else str(value)


def _without_nan(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {name: _without_nan(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_nan(each) for each in value]
    return value


def _iso(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
