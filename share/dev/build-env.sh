# Sourced by the scripts that build, from the top of the tree: the number of jobs, and a compiler
# cache whose entries other clones of the tree can use.
# shellcheck shell=sh
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)
CCACHE_BASEDIR=$(pwd -P)
CCACHE_NOHASHDIR=1
export CCACHE_BASEDIR CCACHE_NOHASHDIR jobs

# configure PRESET [CMAKE-ARGUMENT...]: quiet unless it fails.
configure() {
    mkdir -p build
    cmake --preset "$@" >"build/configure-$1.log" 2>&1 || {
        cat "build/configure-$1.log" >&2
        return 1
    }
}
