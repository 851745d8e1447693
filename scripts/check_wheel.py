"""The built wheel, as a researcher gets it: an empty environment for every Python at hand, an empty
folder, a short script.

python scripts/check_wheel.py # builds the wheel, tries each interpreter from 3.11 on; exit code 1
where one fails
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
SCRIPT = ROOT / "tests" / "wheel" / "researcher.py"
TYPED = SCRIPT.with_name("researcher_types.py")
UV = str(Path(sys.executable).with_name("uv"))


def uv(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run([UV, *arguments], text=True, capture_output=True, check=False, **options)


def interpreter(version: str) -> str | None:
    """The path of an interpreter of that version on this machine, if there is one."""
    found = uv("python", "find", "--no-python-downloads", version)
    kept_by_pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    if found.returncode == 0:
        return found.stdout.strip()
    return str(kept_by_pyenv[-1]) if kept_by_pyenv else None


def try_wheel(wheel: Path, python: str, folder: Path) -> str:
    """Installs the wheel in an empty environment, runs the script there and checks a user's types;
    "" or what went wrong."""
    uv("venv", "-q", "--python", python, str(folder / "env"))
    own = str(folder / "env" / "bin" / "python")
    constraints = str(ROOT / ".locks" / "dev.txt")
    installed = uv("pip", "install", "-q", "--python", own, "-c", constraints, str(wheel))
    if installed.returncode:
        return installed.stderr
    (folder / "empty").mkdir()
    ran = subprocess.run(
        [own, str(SCRIPT)], cwd=folder / "empty", text=True, capture_output=True, check=False
    )
    if ran.returncode:
        return ran.stderr
    mypy = [sys.executable, "-m", "mypy", "--strict", "--python-executable", own, str(TYPED)]
    typed = subprocess.run(mypy, cwd=folder / "empty", text=True, capture_output=True, check=False)
    return typed.stdout + typed.stderr if typed.returncode else ""


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        built = uv("build", "-q", "--wheel", "--out-dir", place, str(ROOT))
        if built.returncode:
            sys.exit(built.stderr)
        (wheel,) = Path(place).glob("*.whl")
        failed = []
        for version in VERSIONS:
            python = interpreter(version)
            if python is None:
                print(f"Python {version}: not on this machine")
                continue
            folder = Path(place) / version
            folder.mkdir()
            problem = try_wheel(wheel, python, folder)
            print(f"Python {version}: {'failed' if problem else 'passed'}", flush=True)
            failed += [f"Python {version}:\n{problem}"] if problem else []
    if failed:
        sys.exit("\n".join(failed))


if __name__ == "__main__":
    main()
