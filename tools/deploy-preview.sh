#!/bin/sh
# deploy-preview.sh ARTIFACT COMMIT: put a preview's site into the repository that previews are served from, under the
# commit's name, and tell its address to the workflow's next step. The newest twenty are kept, in one single commit.
#   PREVIEW_REPOSITORY   that repository; what it serves must be another origin than the site's own
#   PREVIEW_ADDRESS      where it is served
#   PREVIEW_KEY          a deploy key for it, if it is reached by SSH
set -eu
artifact=${1:?which artifact}
commit=${2:?which commit}
kept=20
case $commit in
*[!0-9a-f]*)
    echo "not a commit: $commit" >&2
    exit 2
    ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -n "${PREVIEW_KEY:-}" ]; then
    (umask 077 && printf '%s\n' "$PREVIEW_KEY" >"$work/key")
    export GIT_SSH_COMMAND="ssh -i $work/key -o IdentitiesOnly=yes -o StrictHostKeyChecking=accept-new"
fi
git clone --quiet --depth 1 "${PREVIEW_REPOSITORY:?which repository}" "$work/previews"
rm -rf "$work/previews/$commit"
.venv/bin/python -m macros.cli unpack "$artifact" "$work/previews/$commit"
cd "$work/previews"

# The order in which they came is in a file, since a checkout has no times.
touch .nojekyll order.txt
{ grep -vxF "$commit" order.txt || true; echo "$commit"; } >"$work/order"
head -n "-$kept" "$work/order" | while read -r old; do rm -rf "./$old"; done
tail -n "$kept" "$work/order" >order.txt

branch=$(git symbolic-ref --short HEAD)
git checkout --quiet --orphan next
git add --all
git -c user.name=previews -c user.email=previews@localhost commit --quiet --message "Preview of $commit"
git push --quiet --force origin "HEAD:$branch"
echo "address=${PREVIEW_ADDRESS:?where it is served}/$commit/" >>"${GITHUB_OUTPUT:-/dev/stdout}"
