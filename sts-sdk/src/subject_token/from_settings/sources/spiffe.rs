//! Workloads with an identity of SPIFFE.

use crate::settings::Reader;
use crate::subject_token::from_settings::made::Made;

#[cfg(feature = "spiffe")]
pub(in super::super) fn source(reader: &mut Reader<'_>) -> Made {
    use std::sync::Arc;

    use super::ci::audience;
    use crate::settings::setting;
    use crate::subject_token::spiffe::{self, Spiffe};

    let source = Spiffe::new(audience(reader));
    let id = reader.text(&setting::SPIFFE_ID);
    if let Some(missing) = spiffe::missing_endpoint() {
        reader.problem(missing);
        return None;
    }
    Some(Arc::new(match id {
        Some(id) => source.spiffe_id(id),
        None => source,
    }))
}

#[cfg(not(feature = "spiffe"))]
pub(in super::super) fn source(reader: &mut Reader<'_>) -> Made {
    let why = "the source spiffe asks the SPIFFE Workload API, which this was built without; enable the feature `spiffe` of \
               sts-sdk";
    reader.problem(why.to_owned());
    None
}
