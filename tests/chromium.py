"""The Chromium of this machine, for the tests that need a real browser: where it is, and how it is started."""

import os
import shutil
import subprocess
from functools import cache

from playwright._impl._driver import compute_driver_executable

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MISSING = "no Chromium on this machine: install one (Debian: apt install chromium), or name it in CHROMIUM"

LAUNCH_ARGUMENTS = (
    "--disable-gpu",
    "--disable-dev-shm-usage",
    # it must speak to nobody but the portal
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-default-apps",
    # pictures that do not depend on the machine
    "--hide-scrollbars",
    "--font-render-hinting=none",
    "--force-color-profile=srgb",
)


@cache
def find_chromium() -> str | None:
    """The program named by CHROMIUM, or the first known name on the path."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@cache
def skip_reason() -> str | None:
    """Why browser tests cannot run here, or None when they can."""
    if not find_chromium():
        return MISSING
    try:
        subprocess.run([compute_driver_executable()[0], "--version"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as problem:
        said = getattr(problem, "stderr", b"").decode(errors="replace").strip() or str(problem)
        return f"playwright's driver does not run on this machine: {said}"
    return None


def launch_options() -> dict[str, object]:
    """What playwright's `chromium.launch` needs; as root Chromium has no sandbox."""
    arguments = [*LAUNCH_ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return {"executable_path": find_chromium(), "headless": True, "args": arguments, "chromium_sandbox": False}
