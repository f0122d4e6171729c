# How long a token takes that is already there, and what a call allocates.

measure_token() {
    export CRITERION_HOME=$target/criterion
    rm -rf "$CRITERION_HOME"
    # What criterion says of each sample is progress, not result.
    cargo bench --locked --bench token >&2
    printf '\n## A token that is already there\n\n'
    cargo bench --locked --bench token_table
    printf '\nMedian time of a call; allocations and allocated bytes of a call. Measured with:\n\n'
    cargo tree --locked --edges normal,dev --depth 1 --prefix none |
        grep -E '^(arc-swap|aws-smithy-runtime|azure_identity|bytes|google-cloud-auth|sts-sdk|tokio) ' |
        sed -E 's/^([^ ]+) v([^ ]+).*/- \1 \2/' | sort -u
}
