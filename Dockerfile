# One recipe for every toolchain image. `claims images` feeds it: BASE names the pinned base image,
# the build context holds this file and, in toolchain/, the checked downloads of one toolchain.
# No BuildKit: Debian's docker.io offers the classic builder alone.
ARG BASE
FROM ${BASE} AS common

# What claims lean on besides Go: a C compiler for cgo, the tools that look into binaries and
# processes, and unzip to take a wheel apart. One layer, shared by all toolchains.
RUN export DEBIAN_FRONTEND=noninteractive \
 && apt-get -q update \
 && apt-get -q install -y --no-install-recommends \
        gcc libc6-dev binutils valgrind procps util-linux file strace unzip \
 && apt-get clean \
 && rm -rf /var/lib/apt/lists/* /var/cache/debconf/* /usr/share/doc /usr/share/man /usr/share/locale \
 && groupadd --gid 10001 claims \
 && useradd --uid 10001 --gid 10001 --home-dir /work --no-create-home --shell /bin/sh claims \
 && install -d -o claims -g claims /work


# What every box has besides: the sentinel, which runs a measured program and tells what else went on, and what links and
# compiles a program in one of several layouts. Their sources are in macros/lab/inside.
FROM common AS inside

COPY inside/ /tmp/inside/

RUN install -d /usr/local/lib/claims \
 && gcc -O2 -Wall -Wextra -Werror -static -pthread -o /usr/local/lib/claims/sentinel /tmp/inside/sentinel.c \
 && gcc -O2 -Wall -Wextra -Werror -static -o /usr/local/lib/claims/starter /tmp/inside/starter.c \
 && install -m 0755 /tmp/inside/gcc /tmp/inside/link /usr/local/lib/claims/ \
 && install -m 0644 /tmp/inside/layout.h /usr/local/lib/claims/


FROM common AS toolchain

# TMPDIR: under the sandbox only /work can be written to and executed from.
# XDG_CONFIG_HOME: where Go 1.23 and later look for their telemetry mode.
ENV PATH=/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    HOME=/work TMPDIR=/work GOPATH=/work/go GOCACHE=/usr/local/go-cache XDG_CONFIG_HOME=/usr/local/etc \
    GOTOOLCHAIN=local GOPROXY=off GOSUMDB=off GOFLAGS=

# The download stays behind in this layer. Leaving it in a stage of its own would save its 70 MB,
# but copying the finished tree over from there takes a quarter of the whole build's time.
COPY toolchain/ /tmp/toolchain/

# A wheel is a zip without execute bits; Debian's packages spread the tree over /usr/lib and
# /usr/share, tied by symbolic links. Both end as /usr/local/go, without what only the Go project's
# own tests read.
#
# Then the standard library, with and without cgo, is compiled into the cache that claims read but
# cannot write, and a test is run, so that what `go test` adds is there as well. Since Go 1.25 the
# lesser tools come as source only: they are compiled against a throw-away clone of the cache.
# GOGC=off, for this step alone: compilers are short-lived, and a quarter of their time was collection.
RUN set -eu; \
    cd /tmp/toolchain; \
    for package in *; do \
        case "$package" in \
        *.whl) unzip -qq "$package" 'go/*' -x 'go/test/*' 'go/api/*' 'go/doc/*' 'go/*/testdata/*' -d /usr/local ;; \
        *.deb) dpkg-deb -x "$package" /tmp/debian ;; \
        *) echo "toolchain/$package is neither a wheel nor a Debian package" >&2; exit 1 ;; \
        esac; \
    done; \
    if [ -d /tmp/debian ]; then \
        cp -rL --preserve=mode,timestamps /tmp/debian/usr/lib/go-* /usr/local/go; \
        rm -rf /tmp/debian /usr/local/go/test /usr/local/go/api /usr/local/go/doc; \
        find /usr/local/go/src -depth -type d -name testdata -exec rm -rf '{}' +; \
    fi; \
    chmod -R u=rwX,go=rX /usr/local/go; \
    chmod 0755 /usr/local/go/bin/* /usr/local/go/pkg/tool/*/*; \
    mkdir -p /usr/local/etc/go/telemetry; \
    echo off > /usr/local/etc/go/telemetry/mode; \
    go version; \
    export GOGC=off; \
    CGO_ENABLED=1 go build std; \
    CGO_ENABLED=0 go build std; \
    cd /work; \
    printf 'package warm\n\nimport "testing"\n\nfunc TestWarm(t *testing.T) {}\n' > warm_test.go; \
    CGO_ENABLED=1 go test warm_test.go; \
    CGO_ENABLED=0 go test warm_test.go; \
    tools="$(go env GOTOOLDIR)"; \
    cp -rl "$GOCACHE" /tmp/clone; \
    for tool in addr2line buildid nm objdump pack pprof test2json trace; do \
        [ -x "$tools/$tool" ] || GOCACHE=/tmp/clone go build -o "$tools/$tool" "cmd/$tool"; \
    done; \
    rm -rf /tmp/clone; \
    find /work -mindepth 1 -delete; \
    chmod -R a+rX /usr/local/go-cache

COPY --from=inside /usr/local/lib/claims/ /usr/local/lib/claims/

# The linker and the C compiler as they were, but where a program is built in another layout. A linker that cannot
# shuffle functions is compiled once more, from the release's own source and against a throw-away clone of the cache.
COPY inside/padding.go /tmp/inside/

RUN set -eu; \
    tools="$(go env GOTOOLDIR)"; \
    real="$tools/arranged/link"; \
    mkdir "$tools/arranged"; \
    if ! "$tools/link" -h 2>&1 | grep -q randlayout; then \
        cp -r /usr/local/go/src/cmd/link /tmp/kept; \
        cp /tmp/inside/padding.go /usr/local/go/src/cmd/link/internal/ld/; \
        cd /usr/local/go/src/cmd/link/internal/ld; \
        sed -i 's/^\tva = uint64(Rnd(int64(va), int64(align)))$/&\n\tva += padding(align)/' data.go; \
        [ "$(grep -c 'va += padding' data.go)" = 1 ]; \
        cp -rl "$GOCACHE" /tmp/clone; \
        GOGC=off GOCACHE=/tmp/clone CGO_ENABLED=0 go build -o "$tools/arranged/padding" cmd/link; \
        cd /; rm -rf /tmp/clone /usr/local/go/src/cmd/link; \
        mv /tmp/kept /usr/local/go/src/cmd/link; \
    fi; \
    mv "$tools/link" "$real"; \
    mv /usr/local/lib/claims/link "$tools/link"; \
    mv /usr/local/lib/claims/gcc /usr/local/bin/gcc; \
    rm -rf /tmp/inside

# Go notes when it last cleared out its cache. A day later it does so again, and in several releases a build fails that
# cannot note it: in a cache that nobody may write to, none would succeed a day after the image was made. So the note is
# each box's own.
RUN ln -sf /work/.cache-cleared "$GOCACHE/trim.txt"

USER claims
WORKDIR /work


# Toolchains that are no Go: pinned packages of Debian over the common layers, unpacked and not installed.
# What a JDK depends on besides serves fonts, images, printing, sound and smart cards; its tools run without.
FROM common AS packages

ENV HOME=/work TMPDIR=/work

COPY toolchain/ /tmp/toolchain/

# Installing a JDK would link its commands into a folder of PATH, and make the archive of its own classes
# with which java starts in half the time: so that is done here.
RUN set -eu; \
    for package in /tmp/toolchain/*.deb; do dpkg-deb -x "$package" /; done; \
    rm -rf /usr/share/doc /usr/share/man; \
    for program in /usr/lib/jvm/*/bin/*; do [ ! -x "$program" ] || ln -sf "$program" /usr/local/bin/; done; \
    if command -v java; then java -Xshare:dump; java -version; fi; \
    if command -v shellcheck; then shellcheck --version; fi; \
    find /work -mindepth 1 -delete

COPY --from=inside /usr/local/lib/claims/ /usr/local/lib/claims/

RUN rm /usr/local/lib/claims/link && mv /usr/local/lib/claims/gcc /usr/local/bin/gcc

USER claims
WORKDIR /work
