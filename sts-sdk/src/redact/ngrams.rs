//! Telling quickly that a text holds no run of a token.

use memchr::memmem;

use super::credentials::RUN;

/// Length of a sample, in bytes.
const LENGTH: usize = 4;
/// Every run holds a whole sample if samples begin this often.
const STRIDE: usize = RUN - LENGTH + 1;
/// Size of the filter, as a power of two of bits: a token of 1 KiB sets one or two in a hundred.
const SIZE: u32 = 13;

/// Samples of a token, of each of which the hash is kept.
pub(super) struct Samples(Vec<u64>);

impl Samples {
    pub(super) fn of(token: &[u8]) -> Self {
        let mut filter = vec![0; 1 << (SIZE - u64::BITS.ilog2())];
        for sample in token.windows(LENGTH).step_by(STRIDE) {
            let (word, bit) = place(sample);
            filter[word] |= bit;
        }
        Self(filter)
    }

    /// Whether `text` may hold a run of `token`, whose samples these are.
    pub(super) fn may_occur_in(&self, text: &[u8], token: &[u8]) -> bool {
        text.windows(LENGTH).any(|part| {
            let (word, bit) = place(part);
            self.0[word] & bit != 0 && memmem::find(token, part).is_some()
        })
    }
}

/// Where the filter keeps a sample: the word, and the bit in it.
fn place(sample: &[u8]) -> (usize, u64) {
    let &[a, b, c, d] = sample else {
        return (0, 0);
    };
    // Fibonacci hashing: the upper bits of the product depend on all bits of the sample.
    let hash = u32::from_le_bytes([a, b, c, d]).wrapping_mul(0x9e37_79b1) >> (u32::BITS - SIZE);
    let word = usize::try_from(hash / u64::BITS).unwrap_or(0);
    (word, 1 << (hash % u64::BITS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_is_known_wherever_it_begins() {
        let token = b"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ3b3JrbG9hZC03ZjNhOTEifQ.c3ViamVjdC1zaWduYXR1cmUtNTVhYQ";
        let samples = Samples::of(token);
        for run in token.windows(RUN) {
            let text = [b"id ", run, b"!"].concat();
            assert!(samples.may_occur_in(&text, token));
        }
        let other = b"8e7b6f7c-4d1f-4c9a-8b0b-7d5a3a2c1e0f";
        assert!(!samples.may_occur_in(other, token));
    }
}
