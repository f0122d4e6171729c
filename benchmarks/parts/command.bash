# What the command confluent-sts costs.

rounds_of_token=20
idle_seconds=10

measure_command() {
    local binary=$target/command/release/confluent-sts url user system total=0 round before after ticks
    cargo build --locked --release --all-features --package sts-cli --manifest-path ../Cargo.toml --target-dir "$target/command"
    strip -o "$scratch/confluent-sts" "$binary"

    # On a port of its own, with nothing of the caller's settings.
    local -a clean=(env -i PATH="$PATH" HOME="$scratch" NO_PROXY='*')
    "${clean[@]}" "$binary" emulate --listen 127.0.0.1:0 >"$scratch/emulator" &
    server=$!
    until [ -s "$scratch/emulator" ]; do sleep 0.1; done
    url=$(sed -n 's/^listening at //p' "$scratch/emulator")
    clean+=(CONFLUENT_STS_PROFILE=emulator CONFLUENT_STS_URL="$url" CONFLUENT_STS_TOKEN_URL="$url/idp/token")

    TIMEFORMAT='%U %S'
    for ((round = 0; round < rounds_of_token; round++)); do
        read -r user system < <({ time "${clean[@]}" "$binary" token >/dev/null; } 2>&1)
        total=$(awk "BEGIN { print $total + $user + $system }")
    done

    "${clean[@]}" "$binary" serve --output json >"$scratch/endpoint" &
    serve=$!
    until [ -s "$scratch/endpoint" ]; do sleep 0.1; done
    sleep 1
    before=$(cpu_ticks "$serve")
    sleep "$idle_seconds"
    after=$(cpu_ticks "$serve")
    ticks=$((after - before))
    kill "$serve" "$server"
    serve='' server=

    printf '\n## The command\n\n'
    echo '| | measured | aim |'
    echo '| --- | ---: | ---: |'
    echo "| \`confluent-sts token\` against the emulator, CPU time from start to exit, ms |" \
        "$(awk "BEGIN { printf \"%.1f\", 1000 * $total / $rounds_of_token }") | 30 |"
    echo "| release binary, stripped, bytes | $(wc -c <"$scratch/confluent-sts" | tr -d ' ') | 8000000 |"
    echo "| \`confluent-sts serve\` idle for $idle_seconds s, CPU time, ms |" \
        "$((ticks * 1000 / $(getconf CLK_TCK))) | 0 |"
    printf '\nCPU time of user and system, the mean of %s runs: the exchange and a token of the identity provider by\n' \
        "$rounds_of_token"
    printf 'client credentials, over loopback without TLS; the root certificates are read nevertheless.\n'
}

# The clock ticks that a process has taken, of user and system (proc(5), stat, fields 14 and 15).
cpu_ticks() {
    sed 's/.*) //' "/proc/$1/stat" | awk '{ print $12 + $13 }'
}
