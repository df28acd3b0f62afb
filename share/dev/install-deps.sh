#!/bin/sh
# Installs the Debian packages that weir needs. Idempotent, and quick when nothing is missing.
#
#   install-deps.sh [--build] [--example] [--test] [--dev] [--all]
#
#   --build    compiler and libraries: enough for the program
#   --example  what the example pipeline calls
#   --test     what the tests call (implies --build and --example); the default
#   --dev      the second compiler, clang-tidy and the fuzzer's runtime
#   --all      everything
#
# Only redis-server and nginx bring a daemon; they are kept from starting, now and at the next boot.
set -eu

build='g++ cmake ninja-build ccache pkg-config git
  libcli11-dev libspdlog-dev libfmt-dev nlohmann-json3-dev libsqlite3-dev libhts-dev
  libhtscodecs-dev libdeflate-dev libisal-dev zlib1g-dev liblzma-dev libbz2-dev libssl-dev
  libxxhash-dev libicu-dev libyaml-cpp-dev libboost1.81-dev libarchive-dev libcurl4-gnutls-dev doctest-dev'
example='redis-server redis-tools fastp bwa samtools bcftools'
test='samtools bcftools tabix bedtools sqlite3 python3 procps jq scdoc nginx-light openssl zstd faketime strace valgrind'
dev='clang-14 clang-tidy-14 clang-format-14 llvm-14 libclang-rt-14-dev shellcheck'

usage() {
    sed -n '2,12s/^# \{0,1\}//p' "$0"
}

wanted=
for argument in "$@"; do
    case $argument in
        --build) wanted="$wanted $build" ;;
        --example) wanted="$wanted $example" ;;
        --test) wanted="$wanted $build $example $test" ;;
        --dev) wanted="$wanted $dev" ;;
        --all) wanted="$build $example $test $dev" ;;
        -h | --help) usage && exit 0 ;;
        *)
            echo "install-deps.sh: unknown option '$argument' (see --help)" >&2
            exit 2
            ;;
    esac
done
[ $# -gt 0 ] || wanted="$build $example $test"

if ! command -v dpkg-query >/dev/null; then
    # shellcheck disable=SC2086 # a list of words
    echo "install-deps.sh: this is no Debian system; weir needs:$(printf ' %s' $wanted)" >&2
    exit 1
fi

# Names of the wanted packages that are not installed, on one line.
missing_packages() {
    # shellcheck disable=SC2086 # a list of words
    dpkg-query -W -f '${Package} ${db:Status-Status}\n' $wanted 2>/dev/null |
        awk -v wanted="$wanted" '
            $2 == "installed" { have[$1] = 1 }
            END {
                count = split(wanted, names)
                for (i = 1; i <= count; i++) {
                    if (!(names[i] in have)) printf " %s", names[i]
                    have[names[i]] = 1
                }
            }'
}

missing=$(missing_packages)
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        as_root=sudo
    else
        echo "install-deps.sh: needs root for:" \
            "apt-get install --no-install-recommends$missing" >&2
        exit 1
    fi
fi

echo "installing:$missing" >&2
apt() {
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 \
        -o Acquire::Retries=3 -o Dpkg::Use-Pty=0 "$@" </dev/null >&2
}
# An old list of packages names versions that are gone, so the lists come first; without a network
# the packages may still be in a local store.
apt update || echo "install-deps.sh: the package lists could not be refreshed" >&2

# The package's own answer to "may this service start now?" is asked of policy-rc.d; 101 is no.
policy=/usr/sbin/policy-rc.d
case " $missing " in
    *' redis-server '* | *' nginx-light '*)
        if [ ! -e "$policy" ]; then
            trap '$as_root rm -f "$policy"' EXIT
            trap 'exit 130' INT TERM HUP
            printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
            $as_root chmod 755 "$policy"
        fi
        ;;
esac
# shellcheck disable=SC2086 # a list of words
apt install --yes --no-install-recommends $missing || {
    echo "install-deps.sh: apt-get could not install:$(missing_packages)" >&2
    exit 1
}
for service in redis-server nginx; do
    case " $missing " in
        *" $service"*)
            if [ -d /run/systemd/system ]; then $as_root systemctl -q disable "$service"; fi
            ;;
    esac
done
