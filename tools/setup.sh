#!/bin/sh
# setup.sh STEP: bring one thing that the project needs onto this machine, or say what to type. Steps:
#   python LOCK   the virtual environment .venv, from a lock file, with every digest checked
#   browser       Chromium, a wide font and one with Chinese signs, for the browser tests
#   linter        shellcheck
set -eu

# Debian's packages: installed when this is root on a machine with apt-get, else named.
install() {
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        printf 'missing: %s; on Debian or Ubuntu: sudo apt-get install %s\n' "$*" "$*" >&2
        exit 3
    fi
    printf '  installing %s\n' "$*"
    log=$(mktemp)
    if ! (
        export DEBIAN_FRONTEND=noninteractive
        apt-get -q -o DPkg::Lock::Timeout=120 update
        apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends "$@"
    ) >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        printf 'apt-get could not install %s; see above, then start again\n' "$*" >&2
        rm -f "$log"
        exit 3
    fi
    rm -f "$log"
}

# The first Python that is new enough. PYTHON names another.
find_python() {
    for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo 'no Python 3.11 or newer found; install one, or name it: make PYTHON=/path/to/python3' >&2
    exit 3
}

setup_python() {
    if [ ! -x .venv/bin/python ]; then
        python=$(find_python)
        if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            install "python$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')-venv"
        fi
        "$python" -m venv .venv
    fi
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r "$1"
    # The project itself, in place: its dependencies are there, and so is what builds it.
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input \
        --no-deps --no-build-isolation --no-index --editable .
}

setup_browser() {
    missing=
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing=chromium
    if ! command -v fc-list >/dev/null; then
        missing="$missing fontconfig fonts-dejavu-core fonts-wqy-zenhei"
    else
        # What fits in this one fits in the narrower ones that other readers have.
        fc-list | grep -q 'DejaVu Sans:' || missing="$missing fonts-dejavu-core"
        fc-list :lang=zh | grep -q . || missing="$missing fonts-wqy-zenhei"
    fi
    # shellcheck disable=SC2086 # a list of package names
    [ -z "$missing" ] || install $missing
}

case "${1:-}" in
python) setup_python "${2:?which lock file}" ;;
browser) setup_browser ;;
linter) command -v shellcheck >/dev/null || install shellcheck ;;
*)
    sed -n 's/^# \{0,1\}//; 2,5p' "$0" >&2
    exit 2
    ;;
esac
