# What it costs to build the smallest caller.

measure_build() {
    local name folder packages real user system bytes
    printf '\n## The smallest caller\n\n'
    echo '| | packages | cold release build, s | CPU time of it, s | stripped, bytes |'
    echo '| --- | ---: | ---: | ---: | ---: |'
    for name in sts-sdk reqwest; do
        folder=minimal/$name
        # What is downloaded is not measured.
        cargo fetch --locked --manifest-path "$folder/Cargo.toml"
        packages=$(cargo tree --locked --manifest-path "$folder/Cargo.toml" --edges normal --prefix none |
            sed 's/ (\*)$//' | sort -u | wc -l)
        TIMEFORMAT='%0R %0U %0S'
        read -r real user system < <({ time build_cold >/dev/null 2>&1; } 2>&1)
        [ -f "$scratch/cold/release/minimal-$name" ] || fail "minimal-$name does not build"
        bytes=$(wc -c <"$scratch/cold/release/minimal-$name")
        rm -rf "$scratch/cold"
        echo "| minimal-$name | $((packages)) | $real | $((user + system)) | $((bytes)) |"
    done
}

build_cold() {
    cargo build --locked --release --manifest-path "$folder/Cargo.toml" --target-dir "$scratch/cold"
}
