#!/bin/sh
# preview.sh BASE FOLDER: what the change in this checkout does, compared with the revision BASE. FOLDER gets base.json and
# head.json (the results of both), site/ (the change's pages) and comment.md (what CI would say of it). Both sides use
# one ledger, so that only experiments that differ run twice.
set -eu
base=${1:?which revision to compare with}
folder=${2:?which folder}
python=$PWD/.venv/bin/python
export CLAIMS_LEDGER="${CLAIMS_LEDGER:-$PWD/.ledger}"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

tree=$(mktemp -d)
trap 'git worktree remove --force "$tree" 2>/dev/null || rm -rf "$tree"' EXIT
git worktree add --quiet --detach "$tree" "$base"
# A verdict that contradicts its page (1) is a result too: the site's build and the comparison tell.
(cd "$tree" && "$python" -m macros.cli verify --json "$folder/base.json") >"$folder/base.txt" 2>&1 || [ $? -eq 1 ] || {
    tail -n 20 "$folder/base.txt" >&2
    echo "the base could not be run; see above" >&2
    exit 3
}

"$python" -m macros.cli site --out "$folder/site"
cp "$folder/site/claims.json" "$folder/head.json"
results=$(mktemp -d)
(cd "$folder" && "$python" -m zipfile -c "$results/results.zip" base.json head.json)
"$python" -m macros.cli comment "$results" --markdown "$folder/comment.md"
rm -rf "$results"
"$python" -m macros.cli diff "$folder/base.json" "$folder/head.json"
