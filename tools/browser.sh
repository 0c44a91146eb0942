#!/bin/sh
# Sees to it that the browser tests can run: Chromium, what its driver needs, and fonts for the six languages.
# Installs what is missing where it may (root, apt-get); elsewhere it names it, and those tests are named as skipped.
set -eu

missing=
if [ -z "${CHROMIUM:-}" ] && ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null &&
    ! command -v google-chrome >/dev/null; then
    missing="$missing chromium"
fi
if [ -f /etc/debian_version ]; then
    ls /usr/lib/*/libatomic.so.1 >/dev/null 2>&1 || missing="$missing libatomic1" # for the driver's own node
    # without these, Arabic and Chinese are empty boxes, and a page's width means nothing
    ls /usr/share/fonts/truetype/noto/NotoSansArabic* >/dev/null 2>&1 || missing="$missing fonts-noto-core"
    ls /usr/share/fonts/opentype/noto/NotoSansCJK* >/dev/null 2>&1 || missing="$missing fonts-noto-cjk"
fi
if [ -z "$missing" ]; then exit 0; fi

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "For the browser tests this machine lacks:$missing" >&2
    exit 0
fi

log=$(mktemp)
install_missing() {
    # shellcheck disable=SC2086 # several words on purpose
    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
}
echo "Installing for the browser tests:$missing ..." >&2
if install_missing >"$log" 2>&1 || { sleep 10 && install_missing >"$log" 2>&1; }; then
    rm -f "$log"
else
    tail -20 "$log" >&2
    echo "Not installed:$missing. The tests that need them will be named." >&2
fi
