# What a provider keeps on the heap.

measure_memory() {
    printf '\n## Memory of a provider\n\n'
    cargo run --locked --release --bin memory
    printf '\nHeap of one, over 1000 that share a client and hold a token of 1.1 KiB each.\n'
}
