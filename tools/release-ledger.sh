#!/bin/sh
# release-ledger.sh FILE COMMIT: make the ledger of a commit's run the asset of a release of its own. Done twice, it
# replaces the asset.
set -eu
file=${1:?which file}
commit=${2:?which commit}
tag=ledger-$commit

gh release view "$tag" >/dev/null 2>&1 ||
    gh release create "$tag" --target "$commit" --title "Ledger of $commit" \
        --notes "All results of this commit's run: \`make site LEDGER=ledger.json\` builds the site from them."
gh release upload "$tag" "$file" --clobber
