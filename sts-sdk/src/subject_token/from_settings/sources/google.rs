//! Google Cloud's workloads.

use std::sync::Arc;

use super::ci::audience;
use crate::settings::Reader;
use crate::subject_token::google_metadata::GoogleMetadata;
use crate::subject_token::source::SubjectTokenSource;

pub(in super::super) fn metadata(reader: &mut Reader<'_>) -> Option<Arc<dyn SubjectTokenSource>> {
    Some(Arc::new(GoogleMetadata::new(audience(reader))))
}
