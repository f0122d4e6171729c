use std::sync::{Mutex, PoisonError};

use super::fault::Fault;
use crate::endpoint::Endpoint;

/// More than anybody needs.
const FAULTS: usize = 1000;

/// The faults that wait for requests, in the order in which they were made.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Waiting>>);

#[derive(Debug)]
struct Waiting {
    fault: Fault,
    /// How many requests it was asked for.
    seen: u64,
}

impl Waiting {
    /// Whether it is for the request that has come, and for none after it.
    fn ask(&mut self) -> (bool, bool) {
        self.seen += 1;
        if self.fault.always {
            return (true, false);
        }
        match self.fault.schedule.iter().max() {
            Some(last) => (self.fault.schedule.contains(&self.seen), self.seen >= *last),
            None => (true, self.seen >= self.fault.times.unwrap_or(1)),
        }
    }
}

impl Faults {
    pub(crate) fn add(&self, fault: Fault) -> Result<(), String> {
        fault.check()?;
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if faults.len() == FAULTS {
            return Err(format!("there are {FAULTS} faults already; clear them"));
        }
        faults.push(Waiting { fault, seen: 0 });
        Ok(())
    }

    pub(crate) fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// Those that wait.
    pub(crate) fn list(&self) -> Vec<Fault> {
        let faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        faults.iter().map(|waiting| waiting.fault.clone()).collect()
    }

    /// The fault for a request that has come: the first that is for it.
    pub(crate) fn next(
        &self,
        endpoint: Endpoint,
        parameters: &[(String, String)],
    ) -> Option<Fault> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut index = 0;
        while let Some(waiting) = faults.get_mut(index) {
            let fault = &waiting.fault;
            let matches = |(name, value): (&String, &String)| {
                parameters
                    .iter()
                    .any(|(other, given)| other == name && given == value)
            };
            if fault.endpoint != endpoint || !fault.matching.iter().all(matches) {
                index += 1;
                continue;
            }
            let (now, last) = waiting.ask();
            let found = now.then(|| waiting.fault.clone());
            if last {
                faults.remove(index);
            } else {
                index += 1;
            }
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statuses(faults: &Faults, count: usize) -> Vec<Option<u16>> {
        let next = |_| {
            faults
                .next(Endpoint::Exchange, &[])
                .and_then(|fault| fault.status)
        };
        (0..count).map(next).collect()
    }

    #[test]
    fn they_come_one_after_the_other() {
        let faults = Faults::default();
        faults.add(Fault::status(429).times(2)).unwrap();
        faults.add(Fault::status(500)).unwrap();
        assert_eq!(
            statuses(&faults, 4),
            [Some(429), Some(429), Some(500), None]
        );
        assert!(faults.list().is_empty());
    }

    #[test]
    fn between_the_numbers_of_a_schedule_others_come() {
        let faults = Faults::default();
        faults.add(Fault::status(500).schedule([4, 2])).unwrap();
        faults.add(Fault::status(503).always()).unwrap();
        assert_eq!(
            statuses(&faults, 5),
            [Some(503), Some(500), Some(503), Some(500), Some(503)]
        );
        faults.clear();
        assert_eq!(statuses(&faults, 1), [None]);
    }

    #[test]
    fn others_requests_are_not_counted() {
        let faults = Faults::default();
        faults.add(Fault::status(500).matching("a", "b")).unwrap();
        let pair = |value: &str| [("a".to_owned(), value.to_owned())];
        assert_eq!(faults.next(Endpoint::Exchange, &pair("c")), None);
        assert_eq!(faults.next(Endpoint::Resource, &pair("b")), None);
        assert!(faults.next(Endpoint::Exchange, &pair("b")).is_some());
        assert_eq!(faults.next(Endpoint::Exchange, &pair("b")), None);
    }

    #[test]
    fn there_is_a_limit() {
        let faults = Faults::default();
        for _ in 0..1000 {
            faults.add(Fault::reset()).unwrap();
        }
        assert_eq!(
            faults.add(Fault::reset()).unwrap_err(),
            "there are 1000 faults already; clear them"
        );
    }
}
