//! Google Cloud's workloads.

use std::sync::Arc;

use super::ci::audience;
use crate::settings::Reader;
use crate::subject_token::from_settings::made::Made;
use crate::subject_token::google_metadata::GoogleMetadata;

#[expect(clippy::unnecessary_wraps, reason = "a row of the table of sources")]
pub(in super::super) fn metadata(reader: &mut Reader<'_>) -> Made {
    Some(Arc::new(GoogleMetadata::new(audience(reader))))
}
