"""The real command, the real page, Debian's Chromium."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
import uvicorn
from driver import write_records

from cablespan.review.app import create_app
from cablespan.review.intake import input_files, take_in
from cablespan.review.store import Store
from review_sample import make_record

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGS = [
    f"--{flag}"
    for flag in (
        *("no-sandbox", "disable-gpu", "disable-quic", "no-first-run"),
        *("disable-background-networking", "disable-component-update", "disable-sync"),
        "host-resolver-rules=MAP *.test 127.0.0.1",  # other machines, by name
    )
]
PATIENCE = 30  # seconds before a condition counts as missed; a busy machine needs some of them


class Command:
    """`cablespan review` over a folder, as a process; can be killed and started again on the same
    port."""

    def __init__(self, folder: Path, *options: str):
        self.folder, self.options, self.process, self.port = folder, options, None, 0

    def start(self) -> "Command":
        command = [
            sys.executable,
            "-m",
            "cablespan.cli",
            "review",
            str(self.folder),
            "--port",
            str(self.port),
            *self.options,
        ]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        assert "http://" in line, line + self.process.stderr.read()
        self.port = int(line.split("/")[2].split(":")[1])
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                httpx.get(self.url + "static/icon.svg")
                return self
            except httpx.TransportError:
                time.sleep(0.05)
        raise TimeoutError(f"no answer from {self.url}")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stderr.close()
            self.process = None


class Thread:
    """The same application in a thread of the tests: starts at once."""

    def __init__(self, folder: Path, **options):
        settings = {name: options.pop(name, None) for name in ("overlap", "layers", "scheme")}
        store = Store(folder / "review.sqlite", **settings)
        for _ in take_in(store, input_files([folder])):
            pass
        self.folder, self.store = folder, store
        self.server = uvicorn.Server(
            uvicorn.Config(create_app(store, **options), port=0, log_level="warning")
        )
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        self.url = f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}/"

    def kill(self) -> None:
        self.server.should_exit = True
        self.thread.join(5)
        self.store.close()


@pytest.fixture(scope="session")
def browser():
    if not Path(CHROMIUM).exists():
        pytest.skip(f"needs {CHROMIUM}: apt-get install chromium")
    api = pytest.importorskip("playwright.sync_api")
    api.expect.set_options(timeout=1000 * PATIENCE)
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def folder(tmp_path):
    """What `annotate` wrote; `write_records` fills it with others than the sample's."""
    folder = tmp_path / "demo"
    folder.mkdir()
    write_records(folder, [make_record(scores={"Criminal Code": 0.53})])
    return folder


@pytest.fixture
def servers():
    running = []
    yield running
    for server in running:
        server.kill()


@pytest.fixture
def serve(folder, servers):
    """Serves the folder: options as `create_app` has them."""

    def serve(**options) -> Thread:
        servers.append(Thread(folder, **options))
        return servers[-1]

    return serve


@pytest.fixture
def spawn(folder, servers):
    """Starts the real command on the folder."""

    def spawn(*options: str) -> Command:
        servers.append(Command(folder, *options))
        return servers[-1].start()

    return spawn


@pytest.fixture
def open_page(browser):
    """Opens the page of a server in a fresh profile, or in a given one (another tab); fails the
    test on an error in its console."""
    contexts, faults = [], []

    def open_page(server, context=None, wait=".row, .empty", **options):
        if context is None:
            context = browser.new_context(viewport={"width": 1280, "height": 800}, **options)
            contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(1000 * PATIENCE)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(server.url)
        page.wait_for_selector(wait, state="attached")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults


@pytest.fixture
def page(serve, open_page):
    return open_page(serve(annotator="ANNA"))
