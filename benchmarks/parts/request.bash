# What the authenticator adds to a request.

measure_request() {
    local kind address start end allocations bytes instructions base
    cargo build --locked --release --bins
    local client=$target/release/request_client
    "$target/release/exchange_server" >"$scratch/address" &
    server=$!
    until [ -s "$scratch/address" ]; do sleep 0.1; done
    address=$(cat "$scratch/address")

    printf '\n## An authenticated request\n\n'
    echo '| | instructions | beyond the header by hand | allocations | bytes |'
    echo '| --- | ---: | ---: | ---: | ---: |'
    for kind in by-hand send layer middleware-by-hand middleware; do
        start=$(instructions_of "$few")
        end=$(instructions_of "$many")
        instructions=$(((end - start) / (many - few)))
        # What `reqwest-middleware` itself costs is not the authenticator's.
        case $kind in *by-hand) base=$instructions ;; esac
        read -r allocations bytes < <("$target/release/request_allocations" "$kind" "$address" 1000)
        echo "| $kind | $instructions | $(percent $((instructions - base)) "$base") | $allocations | $bytes |"
    done
    printf '\nInstructions of user space, by callgrind: %s requests less %s, so that starting up is not counted.\n' \
        "$many" "$few"
    kill "$server"
    server=
}

percent() {
    awk -v part="$1" -v whole="$2" 'BEGIN { printf "%.1f %%", 100 * part / whole }'
}
