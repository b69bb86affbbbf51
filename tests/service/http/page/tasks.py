"""Five tasks of a reader, done in a browser over a server of its own: how many clicks and keys, and how long.

Run with ``python -m tests.service.http.page.tasks``. ``--code`` does them with the code of another checkout, as far as
its page can do them. Times are of this machine and this moment, with the waiting for answers; clicks and keys are not.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

ROOT = Path(__file__).parents[4]
DOCUMENTS = ROOT.parent / "shared" / "policy" / "docs"
NAMES = (
    "cn-forest-law-2019.md",
    "cn-wetland-law-2021.md",
    "cn-black-soil-law-2022.md",
    "cn-eco-compensation-regulations-2024.md",
    "cn-ccer-trading-measures-2023.md",
    "us-eo-14072-2022.md",
    "us-nature-based-solutions-roadmap-factsheet-2022.md",
)
WINDOW_S = 7 * 24 * 3600  # for which the server keeps what is deleted, in all of these tasks
PATIENCE_MS = 30_000  # for an answer
GLANCE_MS = 3_000  # for a control: one that does not come is not there


class Impossible(Exception):
    """The page has no control for it."""


@dataclass
class Hand:
    """Somebody's hand: counts clicks and keys, and says what is not there to be pressed."""

    page: Page
    clicks: int = 0
    keys: int = 0
    begun: float = field(default_factory=time.monotonic)

    def click(self, target: Locator, what: str) -> None:
        """One click; ``what`` names it where it is missing."""
        self.find(target, what).click()
        self.clicks += 1

    def choose(self, target: Locator, value: str, what: str) -> None:
        """A value of a list: one click to open it, and one on the value."""
        self.find(target, what).select_option(value)
        self.clicks += 2

    def type(self, text: str) -> None:
        """Into what has the focus."""
        self.page.keyboard.type(text)
        self.keys += len(text)

    def press(self, key: str) -> None:
        """One key, or several held together."""
        self.page.keyboard.press(key)
        self.keys += 1

    def find(self, target: Locator, what: str, *, within_ms: int = GLANCE_MS) -> Locator:
        """Waits until it is there."""
        try:
            target.first.wait_for(state="visible", timeout=within_ms)
        except BrowserError:
            raise Impossible(what) from None
        return target.first

    def ask(self, question: str) -> None:
        """Types a question into the field, which a click has given the focus, and waits for the whole answer."""
        self.click(self.page.locator("#question"), "a field for questions")
        self.type(question)
        self.press("Enter")
        answered = """(text) => {
          const turn = [...document.querySelectorAll("[data-turn]")].at(-1);
          const idle = document.querySelector("#answer")?.getAttribute("aria-busy") === "false";
          if (!turn) return idle && document.querySelector("#answer .answer");
          return idle && turn.innerText.includes(text) && turn.querySelector(".answer .foot");
        }"""
        self.page.wait_for_function(answered, arg=question, timeout=PATIENCE_MS)


@dataclass(frozen=True)
class Server:
    """A checkout's code, a library for it, and where it is served."""

    code: Path
    library: Path
    url: str


def command(code: Path) -> list[str]:
    """The command line of a checkout: before the one package, its folders were packages."""
    module = "sinkqa.service.cli" if (code / "sinkqa").is_dir() else "service.cli"
    return [sys.executable, "-c", f"from {module} import main; main()"]


def environment(code: Path) -> dict[str, str]:
    """Of its processes: its own code, and nothing of this machine's settings."""
    rest = {name: value for name, value in os.environ.items() if not name.startswith("SINKQA_")}
    return rest | {"PYTHONPATH": str(code), "SINKQA_UNDO_S": str(WINDOW_S)}


def build(code: Path, documents: list[Path], library: Path) -> None:
    """Takes the documents in."""
    add = [*command(code), "add", *map(str, documents), "--library", str(library)]
    done = subprocess.run(add, cwd=code, env=environment(code), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"cannot take the documents in: {done.stderr[-500:]}")


@contextmanager
def serving(code: Path, library: Path) -> Iterator[Server]:
    """On a free port of the loopback address, until left."""
    serve = [*command(code), "serve", "--library", str(library), "--port", "0"]
    with (library.parent / "serve.log").open("w+") as log:
        process = subprocess.Popen(serve, cwd=code, env=environment(code), stdout=log, stderr=log)
        try:
            yield Server(code, library, _address(Path(log.name), process))
        finally:
            process.terminate()
            process.wait(timeout=60)


def _address(log: Path, process: subprocess.Popen[bytes]) -> str:
    until = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < until:
        if found := re.search(r"http://[\d.]+:[1-9]\d*", log.read_text()):
            return found.group()
        time.sleep(0.1)
    sys.exit(f"the server did not start: {log.read_text()[-500:]}")


def ask_and_follow_up(hand: Hand, _: Server) -> None:
    """A question, and one that only the first explains."""
    page = hand.page
    hand.ask("违反湿地保护法擅自占用国家重要湿地的如何处罚？")
    if not page.locator("[data-turn]").count():
        raise Impossible("a thread: the next question knows nothing of the first")
    hand.ask("那森林法呢？")
    hand.find(page.locator("[data-turn='2'] .answer .foot"), "a second answer", within_ms=PATIENCE_MS)


def correct_a_title(hand: Hand, _: Server) -> None:
    """From the answer to the document's title, and back to the answer."""
    page = hand.page
    hand.ask("What does the executive order say about old-growth forests?")
    hand.click(page.locator(".answer .chip"), "a quote to open")
    hand.click(page.locator("#source").get_by_role("button", name="Correct"), "a way to correct a title")
    hand.click(page.get_by_label("Title", exact=True), "a field for the title")
    hand.press("ControlOrMeta+A")
    hand.type("Executive Order 14072")
    hand.press("Enter")
    hand.find(page.locator(".sources .name", has_text=re.compile("^Executive Order 14072$")), "the title in the answer")


def compare_and_export(hand: Hand, server: Server) -> None:
    """Two laws side by side, into a Word file."""
    page = hand.page
    hand.ask("比较森林法与湿地保护法的处罚规定")
    hand.click(page.locator(".answer .keeper"), "a way to keep an answer")
    hand.click(page.locator("header a[href='#/basket'], .bar a[href='#/basket']"), "a basket")
    hand.choose(page.locator("#memo-format"), "docx", "a choice of the format")
    with page.expect_download(timeout=PATIENCE_MS) as download:
        hand.click(page.locator("#export"), "an export")
    if not Path(download.value.path()).read_bytes().startswith(b"PK"):
        raise Impossible("a Word file")


def find_by_facet(hand: Hand, _: Server) -> None:
    """A document about wetlands, and its text."""
    page = hand.page
    hand.click(page.locator(".bar a[href='#/library'], header a[href='#/library']"), "a library")
    group = page.get_by_role("group", name="Subject")
    hand.find(page.locator("#documents .entry"), "a list")
    wetland = group.get_by_role("button", name=re.compile(r"^wetland \d"))
    if group.count() and not wetland.is_visible():
        hand.click(group.get_by_role("button", name="more"), "more subjects")
    hand.click(wetland, "facets")
    hand.find(page.locator("#documents:not(:has(.entry:nth-child(4)))"), "a shorter list")
    hand.click(page.locator("#documents .name", has_text="湿地"), "a document")
    hand.find(page.locator("#source #sheet"), "its text", within_ms=PATIENCE_MS)


def put_back(hand: Hand, _: Server) -> None:
    """What was deleted yesterday, on a server that was started again since."""
    page = hand.page
    hand.click(page.locator(".bar a[href='#/library'], header a[href='#/library']"), "a library")
    hand.find(page.locator("#documents .entry"), "a list")
    hand.click(page.locator(".trash summary"), "a list of what was deleted")
    hand.click(page.get_by_role("button", name=re.compile("^Put back")), "a way back")
    hand.find(page.locator(f"#documents .entry:nth-child({len(NAMES)})"), "the document in the list")


def delete_yesterday(server: Server) -> None:
    """Deletes the law on black soil, and has it be a day ago; to be called before the server is started again."""
    (found,) = [
        each for each in httpx.get(f"{server.url}/v1/documents").json()["documents"] if each["name"] == NAMES[2]
    ]
    httpx.delete(f"{server.url}/v1/documents/{found['doc_id']}").raise_for_status()
    yesterday = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="seconds")
    with sqlite3.connect(server.library / "trash.sqlite") as trash:
        trash.execute("UPDATE documents SET added_at = ?", (yesterday,))


TASKS: dict[str, Callable[[Hand, Server], None]] = {
    "ask, and follow up": ask_and_follow_up,
    "correct a title, and see the citation change": correct_a_title,
    "compare two laws' penalties, and export": compare_and_export,
    "find a document by facet": find_by_facet,
    "take back a deletion made yesterday": put_back,
}


def timed(browser: Browser, server: Server, task: Callable[[Hand, Server], None]) -> str:
    """Clicks, keys and seconds of one task, or what it cannot be done without."""
    context = browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(server.url)
    page.locator("#question").wait_for()
    hand = Hand(page)
    try:
        task(hand, server)
    except Impossible as missing:
        return f"– | – | – | impossible: the page lacks {missing}"
    finally:
        seconds = time.monotonic() - hand.begun
        context.close()
    return f"{hand.clicks} | {hand.keys} | {seconds:.1f} | done"


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--code", type=Path, default=ROOT, help="checkout whose code is served; by default this one")
    parser.add_argument("--documents", type=Path, default=DOCUMENTS, help="folder with the documents of the tasks")
    given = parser.parse_args()
    documents = [given.documents / name for name in NAMES]
    if missing := [each.name for each in documents if not each.is_file()]:
        parser.error(f"{given.documents}: expected {missing[0]} there; give the reference documents with --documents")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        parser.error("no chromium is installed: apt-get install chromium")
    print("| task | clicks | keys | seconds | |\n|---|--:|--:|--:|---|")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        library = Path(folder) / "library"
        build(given.code.resolve(), documents, library)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        names = [*TASKS]
        with serving(given.code.resolve(), library) as server:
            for name in names[:-1]:
                print(f"| {name} | {timed(browser, server, TASKS[name])} |", flush=True)
            delete_yesterday(server)
        with serving(given.code.resolve(), library) as server:
            print(f"| {names[-1]} | {timed(browser, server, TASKS[names[-1]])} |", flush=True)
        browser.close()


if __name__ == "__main__":
    main()
