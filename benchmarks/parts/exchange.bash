# What one exchange costs its client.

few=100
many=600
long=20000
rounds=5

measure_exchange() {
    local kind round address core cpu start end allocations bytes
    cargo build --locked --release --bins
    local client=$target/release/exchange_client
    # One core for both: to wake a process on another costs several times what an exchange does, and whether
    # that happens is the scheduler's whim.
    core=$(taskset -cp $$ | sed 's/.*: //; s/[,-].*//')
    taskset -c "$core" "$target/release/exchange_server" >"$scratch/address" &
    server=$!
    until [ -s "$scratch/address" ]; do sleep 0.1; done
    address=$(cat "$scratch/address")

    # In turns, so that what else the machine does hits all of them.
    for ((round = 0; round < rounds; round++)); do
        for kind in sts-sdk reqwest hyper; do
            taskset -c "$core" "$client" "$kind" "$address" "$long" >>"$scratch/cpu-$kind"
        done
    done
    printf '\n## One exchange\n\n'
    echo '| | instructions | CPU time, µs | allocations | bytes |'
    echo '| --- | ---: | ---: | ---: | ---: |'
    for kind in sts-sdk reqwest hyper; do
        cpu=$(sort -n "$scratch/cpu-$kind" | sed -n "$((rounds / 2 + 1))p")
        start=$(instructions_of "$few")
        end=$(instructions_of "$many")
        read -r allocations bytes < <("$target/release/exchange_allocations" "$kind" "$address" 1000)
        echo "| $kind | $(((end - start) / (many - few))) | $cpu | $allocations | $bytes |"
    done
    printf '\nInstructions of user space, by callgrind: %s exchanges less %s, so that starting up is not ' \
        "$many" "$few"
    printf 'counted.\nCPU time of user and system: the median of %s runs of %s exchanges, with the server on the same core.\n' \
        "$rounds" "$long"
    kill "$server"
    server=
}

# Of a whole run of `$client`, of that many exchanges.
instructions_of() {
    local out=$scratch/callgrind.out
    valgrind --tool=callgrind --callgrind-out-file="$out" "$client" "$kind" "$address" "$1" \
        >/dev/null 2>"$scratch/valgrind.log" || fail "valgrind failed: $(tail -n 1 "$scratch/valgrind.log")"
    sed -n 's/^totals: //p' "$out"
}
