# What `run` and `thorough` share: stages chosen by name, made of steps, each with the seconds that it took.
# shellcheck shell=bash
#
# A script that sources this sets `order`, the names of its stages, and `descriptions`, a line for each, and defines a
# function `stage_NAME` for each, which calls `step` before each thing it does. At its end it calls `run_stages "$@"`.
order=()
declare -A descriptions=()

script=$(realpath "$0")
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
export CARGO_TERM_COLOR=never
# Nothing is built twice here, so nothing is gained by preparing for that.
export CARGO_INCREMENTAL=0

# What the stages install goes here.
tools=$PWD/target/tools

stage='' step='' step_started=0
table=()

# Ends the step before, and begins the step that the arguments name.
step() {
    end_step
    step=$* step_started=$SECONDS
    printf '\n== %s: %s\n' "$stage" "$step"
}

end_step() {
    if [ -n "$step" ]; then
        local took=$((SECONDS - step_started))
        printf -- '-- %s: %s: %d s\n' "$stage" "$step" "$took"
        table+=("$(printf '%6d s  %s: %s' "$took" "$stage" "$step")")
        step=''
    fi
}

# limited MINUTES COMMAND…: ends what hangs.
limited() {
    local minutes=$1
    shift
    if command -v timeout >/dev/null; then
        timeout --kill-after=30 "${minutes}m" "$@"
    else
        "$@"
    fi
}

# Packages of Debian, or of what is made of it: install_packages NAME…
install_packages() {
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@"
}

# A tool that cargo installs, of one version: install_crate NAME VERSION. It is used for seconds, so that it is not worth
# the minutes of being optimised.
install_crate() {
    limited 15 cargo install --debug --quiet --locked --root "$tools" "$1@$2"
}

# A virtual environment of Python: make_venv FOLDER.
make_venv() {
    python3 -c "import ensurepip" 2>/dev/null || install_packages python3-venv
    python3 -m venv "$1"
}

# Packages of Python into `target/tools/python`: install_python NAME==VERSION…
install_python() {
    [ -x "$tools/python/bin/pip" ] || make_venv "$tools/python"
    "$tools/python/bin/pip" install --quiet --disable-pip-version-check "$@"
}

usage() {
    # The comment at the top of the script that was called.
    sed -n '2,/^$/s/^# \{0,1\}//p' "$script"
    local name
    for name in "${order[@]}"; do
        printf '    %-10s %s\n' "$name" "${descriptions[$name]}"
    done
}

finish() {
    local status=$?
    local failed=$step
    end_step
    printf '\n'
    printf '%s\n' "${table[@]}"
    printf '%6d s  in all\n' "$SECONDS"
    if [ "$status" -ne 0 ]; then
        printf '\nFAILED: %s: %s\n' "$stage" "$failed"
    fi
}

# Runs the stages that the arguments name, or all of them.
run_stages() {
    local name
    for name in "$@"; do
        case $name in
            -h | --help)
                usage
                return
                ;;
        esac
        if [ -z "${descriptions[$name]:-}" ]; then
            printf 'no stage is called %s\n\n' "$name" >&2
            usage >&2
            return 2
        fi
    done
    if [ $# -eq 0 ]; then
        set -- "${order[@]}"
    fi
    trap finish EXIT
    for stage in "$@"; do
        local started=$SECONDS
        "stage_$stage"
        end_step
        table+=("$(printf '%6d s  %s' $((SECONDS - started)) "$stage")")
    done
}
