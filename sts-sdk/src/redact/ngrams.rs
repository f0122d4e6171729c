//! A quick test that a text holds no part of a token: a filter of the token's n-grams.

use memchr::memmem;

use super::placeholder::SHORTEST_PART;

/// Length of an n-gram, in bytes.
const LENGTH: usize = 4;
/// Distance between the n-grams of a token that are kept: whatever part is looked for holds at least one whole.
const STRIDE: usize = SHORTEST_PART - LENGTH + 1;
/// Size of the filter, as a power of two of bits: a token of 1 KiB sets one or two bits in a hundred.
const SIZE: u32 = 13;

/// The hashes of some n-grams of a token, as a Bloom filter with one hash function.
pub(super) struct Ngrams(Vec<u64>);

impl Ngrams {
    pub(super) fn of(token: &[u8]) -> Self {
        let mut filter = vec![0; 1 << (SIZE - u64::BITS.ilog2())];
        for ngram in token.windows(LENGTH).step_by(STRIDE) {
            let (word, bit) = place(ngram);
            filter[word] |= bit;
        }
        Self(filter)
    }

    /// Whether `text` may hold a part of `token`, whose n-grams these are. If not, it holds none.
    pub(super) fn may_occur_in(&self, text: &[u8], token: &[u8]) -> bool {
        text.windows(LENGTH).any(|ngram| {
            let (word, bit) = place(ngram);
            self.0[word] & bit != 0 && memmem::find(token, ngram).is_some()
        })
    }
}

/// Where the filter keeps an n-gram: the word, and the bit in it.
fn place(ngram: &[u8]) -> (usize, u64) {
    let &[a, b, c, d] = ngram else {
        return (0, 0);
    };
    // Fibonacci hashing: the upper bits of the product depend on all bits of the n-gram.
    let hash = u32::from_le_bytes([a, b, c, d]).wrapping_mul(0x9e37_79b1) >> (u32::BITS - SIZE);
    let word = usize::try_from(hash / u64::BITS).unwrap_or(0);
    (word, 1 << (hash % u64::BITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_found_wherever_it_begins() {
        let token = b"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ3b3JrbG9hZC03ZjNhOTEifQ.c3ViamVjdC1zaWduYXR1cmUtNTVhYQ";
        let ngrams = Ngrams::of(token);
        for part in token.windows(SHORTEST_PART) {
            let text = [b"id ", part, b"!"].concat();
            assert!(ngrams.may_occur_in(&text, token));
        }
        let other = b"8e7b6f7c-4d1f-4c9a-8b0b-7d5a3a2c1e0f";
        assert!(!ngrams.may_occur_in(other, token));
    }
}
