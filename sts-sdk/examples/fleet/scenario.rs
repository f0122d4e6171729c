//! What happens to the processes, and what is aimed at.

use std::ops::Range;

/// When what a scenario is about happens, in seconds.
pub(crate) const EVENT: usize = 1800;
const END_OF_OUTAGE: usize = EVENT + 300;
const HOUR: usize = 3600;

pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// For how long it is simulated, in seconds.
    pub(crate) length: usize,
    /// STS takes one exchange a second for so many processes.
    pub(crate) processes_per_exchange: u32,
    pub(crate) event: Event,
    pub(crate) phases: &'static [(&'static str, Range<usize>)],
    pub(crate) aims: &'static [Aim],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// None but the start.
    Start,
    /// STS answers everything with 503.
    Outage,
    /// STS answers everything with 400.
    PoolDeleted { minting: bool },
    /// An API answers every token with 401.
    Refusing,
    /// All present the external token of one file, which is rotated when four fifths of its life have passed.
    RotatedFile,
}

impl Event {
    /// Whether it is under way in a second.
    pub(crate) fn is_at(self, second: usize) -> bool {
        match self {
            Self::Start | Self::RotatedFile => false,
            Self::Outage => (EVENT..END_OF_OUTAGE).contains(&second),
            Self::PoolDeleted { .. } | Self::Refusing => second >= EVENT,
        }
    }
}

/// What is aimed at.
pub(crate) enum Aim {
    /// Busiest second over mean within a time.
    BusiestOverMean(Range<usize>, f64),
    /// Exchanges per second within a time, on average, for ten thousand processes.
    Mean(Range<usize>, f64),
    /// Exchanges in the busiest second within a time, for ten thousand processes.
    Busiest(Range<usize>, f64),
    /// After the first minute, each call gets a token.
    NobodyWithout,
    /// All have a token within so many times the least possible time.
    AllServed(f64),
    /// Exchanges until all have a token, for each process on average.
    ExchangesUntilServed(f64),
}

const START: Scenario = Scenario {
    name: "common-start",
    about: "all start together",
    length: HOUR,
    processes_per_exchange: 20,
    event: Event::Start,
    phases: &[
        ("first minute", 0..60),
        ("after it", 60..HOUR),
        ("from minute 2", 120..HOUR),
    ],
    aims: &[Aim::BusiestOverMean(120..HOUR, 3.0), Aim::NobodyWithout],
};

const DELETED: Scenario = Scenario {
    name: "pool-deleted",
    about: "STS answers 400 from minute 30 on; the subject token is in a file",
    event: Event::PoolDeleted { minting: false },
    phases: &[
        ("before", 120..EVENT),
        ("first minute", EVENT..EVENT + 60),
        ("after it", EVENT + 60..HOUR),
        ("after ten minutes", EVENT + 600..HOUR),
    ],
    aims: &[Aim::Mean(EVENT + 600..HOUR, 200.0)],
    ..START
};

pub(crate) const ALL: [Scenario; 7] = [
    START,
    Scenario {
        name: "outage",
        about: "STS answers 503 from minute 30 to 35",
        event: Event::Outage,
        phases: &[
            ("before", 120..EVENT),
            ("first minute", EVENT..EVENT + 60),
            ("after it, in the outage", EVENT + 60..END_OF_OUTAGE),
            ("all of the outage", EVENT..END_OF_OUTAGE),
            (
                "first minute after the outage",
                END_OF_OUTAGE..END_OF_OUTAGE + 60,
            ),
            ("after it", END_OF_OUTAGE + 60..HOUR),
        ],
        aims: &[
            Aim::Mean(EVENT..END_OF_OUTAGE, 100.0),
            Aim::Busiest(EVENT..END_OF_OUTAGE, 250.0),
            Aim::NobodyWithout,
        ],
        ..START
    },
    DELETED,
    Scenario {
        name: "pool-deleted-minting",
        about: "the same with a source that mints a subject token at each read",
        event: Event::PoolDeleted { minting: true },
        ..DELETED
    },
    Scenario {
        name: "refusing",
        about: "an API answers 401 to every token from minute 30 on",
        event: Event::Refusing,
        aims: &[Aim::Mean(EVENT + 60..HOUR, 10_000.0 / 30.0)],
        ..DELETED
    },
    Scenario {
        name: "rate-limited",
        about: "all start together, and STS answers most with 429 and Retry-After: 1",
        length: 1200,
        processes_per_exchange: 200,
        phases: &[("first minute", 0..60), ("after it", 60..1200)],
        aims: &[Aim::AllServed(1.2), Aim::ExchangesUntilServed(12.0)],
        ..START
    },
    Scenario {
        name: "rotated-file",
        about: "external tokens of one file, rotated at four fifths of their life; an exchange is a read of it",
        event: Event::RotatedFile,
        // A process reads a file that is not rotated yet again after 10 to 15 s.
        aims: &[Aim::Mean(120..HOUR, 1000.0), Aim::NobodyWithout],
        ..START
    },
];
