"""Makes the clone ready to run: virtual environment, packages by the hashed lock, front-end files. Standard library only.

Every step is stamped with the hash of what it depends on, so a second start does nothing twice. Messages go to standard error.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

CLONE = Path(__file__).resolve().parents[1]
VENV = CLONE / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
UV = "uv==0.13.9"
VENDOR = CLONE / "build" / "static" / "vendor"
# What is copied from node_modules: package, file in it, name under build/static/vendor.
ASSETS = (
    ("@tabler/core", "dist/css/tabler.min.css", "tabler.min.css"),
    ("@tabler/core", "dist/js/tabler.min.js", "tabler.min.js"),
    ("echarts", "dist/echarts.common.min.js", "echarts.common.min.js"),
    ("htmx.org", "dist/htmx.min.js", "htmx.min.js"),
)


class StepFailed(Exception):
    """A step did not work; the message says what failed and what to do."""


def check_python() -> None:
    if not (3, 11) <= sys.version_info[:2] <= (3, 13):
        found = ".".join(map(str, sys.version_info[:3]))
        raise StepFailed(
            f"Duecare needs Python 3.11, 3.12 or 3.13; this is {found} ({sys.executable}).\n"
            "Call it with one of those, for instance:  python3.12 ./run"
        )


def prepare(*, tests: bool = False, assets: bool = True) -> None:
    """Bring the clone up to date with its locks."""
    check_python()
    # The clone's place belongs to the stamp: scripts and the .pth file name it, so a moved clone needs a new environment.
    _step("Making the virtual environment", _stamp_of("venv", f"{sys.version} {CLONE}"), _make_venv)
    lock = CLONE / "requirements" / ("test.txt" if tests else "run.txt")
    if tests or not _is_done(_stamp_of("packages-test", _hash(CLONE / "requirements" / "test.txt"))):
        name = "packages-test" if tests else "packages-run"
        _step(f"Installing packages ({lock.name})", _stamp_of(name, _hash(lock)), lambda: _install(lock))
    if assets:
        made = [VENDOR / name for _, _, name in ASSETS]
        stamp = _stamp_of("assets", _hash(CLONE / "package-lock.json") + repr(ASSETS))
        _step("Fetching front-end files", stamp, _fetch_assets, made)
    sources = sorted(CLONE.glob("duecare/office/*/locale/*/LC_MESSAGES/django.po"))
    stamp = _stamp_of("catalogues", "".join(map(_hash, sources)))
    _step("Compiling message catalogues", stamp, _compile_catalogues, [path.with_suffix(".mo") for path in sources])


# --- steps ---------------------------------------------------------------------------------------------------------


def _make_venv() -> None:
    if VENV.exists():
        shutil.rmtree(VENV)
    try:
        _run([sys.executable, "-m", "venv", str(VENV)])
    except StepFailed as error:
        raise StepFailed(
            f"{error}\nThe module venv may be missing. On Debian or Ubuntu:  apt-get install python3-venv"
        ) from None
    _run([str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV])
    site = subprocess.run(
        [str(PYTHON), "-c", "import site; print(site.getsitepackages()[0])"], capture_output=True, text=True, check=True
    ).stdout.strip()
    (Path(site) / "duecare.pth").write_text(f"{CLONE}\n")


def _install(lock: Path) -> None:
    # uv brings its own list of certificate authorities; an office behind its own proxy has one in the system's list only.
    environment = {"UV_SYSTEM_CERTS": "true", **os.environ}
    uv = [str(BIN / "uv"), "pip", "install", "--quiet", "--python", str(PYTHON)]
    _run([*uv, "--require-hashes", "-r", str(lock)], environment)


def _fetch_assets() -> None:
    npm = _system_npm()
    environment = dict(os.environ)
    if npm is None:
        _install(CLONE / "requirements" / "node.txt")
        npm = str(BIN / "npm")
        environment["PATH"] = f"{BIN}{os.pathsep}{environment.get('PATH', '')}"
    environment.setdefault("NODE_USE_SYSTEM_CA", "1")
    bundle = environment.get("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")
    if Path(bundle).exists():
        environment.setdefault("NODE_EXTRA_CA_CERTS", bundle)
    _run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], environment)
    VENDOR.mkdir(parents=True, exist_ok=True)
    for package, file, name in ASSETS:
        text = (CLONE / "node_modules" / package / file).read_text(encoding="utf-8")
        lines = [
            line
            for line in text.splitlines()
            if not line.startswith(("//# sourceMappingURL=", "/*# sourceMappingURL="))
        ]
        (VENDOR / name).write_text("\n".join(lines), encoding="utf-8")


def _system_npm() -> str | None:
    """The machine's npm, if it is new enough to read our lock file (9 or later)."""
    npm = shutil.which("npm")
    if npm is None:
        return None
    told = subprocess.run([npm, "--version"], cwd=CLONE, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    major = told.stdout.strip().partition(".")[0]
    return npm if told.returncode == 0 and major.isdigit() and int(major) >= 9 else None


def _compile_catalogues() -> None:
    _run([str(PYTHON), "-m", "duecare", "catalogue", "compile"])


# --- how a step is run ---------------------------------------------------------------------------------------------


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "absent"


def _stamp_of(name: str, what: str) -> tuple[Path, str]:
    return VENV / f".stamp-{name}", hashlib.sha256(what.encode()).hexdigest()


def _is_done(stamp: tuple[Path, str]) -> bool:
    path, value = stamp
    return path.exists() and path.read_text() == value


def _step(what: str, stamp: tuple[Path, str], act: Callable[[], None], made: Iterable[Path] = ()) -> None:
    """Do one step unless its stamp says it was done with the same inputs and what it made is still there."""
    if _is_done(stamp) and all(path.exists() for path in made):
        return
    begun, done = time.monotonic(), threading.Event()

    def ticks() -> None:
        while not done.wait(2):
            print(
                f"\r  … {what} {time.monotonic() - begun:.0f} s",
                end="" if sys.stderr.isatty() else "\n",
                file=sys.stderr,
                flush=True,
            )

    ticker = threading.Thread(target=ticks, daemon=True)
    ticker.start()
    try:
        act()
    finally:
        done.set()
        ticker.join()
    stamp[0].parent.mkdir(exist_ok=True)
    stamp[0].write_text(stamp[1])
    print(f"\r  ✓ {what} ({time.monotonic() - begun:.1f} s)   ", file=sys.stderr, flush=True)


def _run(command: list[str], environment: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, cwd=CLONE, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-12:])
        raise StepFailed(
            f"This failed (exit {done.returncode}):  {' '.join(command)}\n{tail}\nThe same command can be run again."
        )


def browser() -> str | None:
    """The path of a Chromium, if there is one."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    return None


def ensure_browser() -> None:
    """Install Debian's Chromium and a CJK font where that can be done; say loudly where it cannot."""
    if not browser():
        _ensure("Chromium", "browser", ["chromium", "fonts-noto-cjk"])


def ensure_java() -> None:
    """Install Debian's Java for the tests on Spark where that can be done; say loudly where it cannot."""
    if not shutil.which("java"):
        _ensure("Java", "Spark", ["default-jre-headless"])


def _ensure(name: str, tests: str, packages: list[str]) -> None:
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        stamp = (VENV / f".stamp-{name.lower()}", json.dumps(time.time()))

        def install() -> None:
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            _run(["apt-get", "update", "-qq"], environment)
            _run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], environment)

        try:
            _step(f"Installing {name} for the {tests} tests", stamp, install)
        except StepFailed as failure:
            print(f"\n{failure}", file=sys.stderr)
        else:
            return
    print(
        f"  ! No {name} here and no way to install it: the {tests} tests will be SKIPPED (in CI they fail).",
        file=sys.stderr,
    )
