//! Signals that were ignored when this process began.

use rustix::process::Signal;

/// Signals that whoever started this process has it ignore, as `nohup` does with SIGHUP. With a handler for one, neither it
/// nor its child would ignore it.
pub(crate) struct Ignored(u64);

impl Ignored {
    /// As the kernel says. Where it does not, none.
    pub(crate) fn read() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        Self::of_status(&status)
    }

    fn of_status(status: &str) -> Self {
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        Self(mask.unwrap_or(0))
    }

    pub(crate) fn has(&self, signal: Signal) -> bool {
        let bit = u32::try_from(signal.as_raw() - 1);
        bit.is_ok_and(|bit| self.0.checked_shr(bit).is_some_and(|mask| mask & 1 == 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mask_of_the_kernel_is_read() {
        let ignored = Ignored::of_status("Name:\tx\nSigIgn:\t0000000000001001\nSigCgt:\t0\n");
        assert!(ignored.has(Signal::HUP) && ignored.has(Signal::PIPE));
        assert!(!ignored.has(Signal::INT) && !ignored.has(Signal::TERM));
        assert!(!Ignored::of_status("").has(Signal::HUP));
    }
}
