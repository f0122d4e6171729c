//! AWS's workloads.

use crate::settings::Reader;
use crate::subject_token::from_settings::made::Made;

#[cfg(feature = "aws")]
pub(in super::super) fn web_identity(reader: &mut Reader<'_>) -> Made {
    use std::sync::Arc;

    use super::ci::audience;
    use crate::settings::setting;
    use crate::subject_token::aws_web_identity::{AwsSigningAlgorithm, AwsWebIdentity};

    let algorithm = match reader.text(&setting::SIGNING_ALGORITHM).as_deref() {
        None | Some("RS256") => AwsSigningAlgorithm::Rs256,
        Some("ES384") => AwsSigningAlgorithm::Es384,
        Some(_) => {
            let name = setting::SIGNING_ALGORITHM.name();
            reader.problem(format!("{name} is neither RS256 nor ES384"));
            return None;
        }
    };
    let source = AwsWebIdentity::new(audience(reader)).signing_algorithm(algorithm);
    Some(Arc::new(source))
}

#[cfg(not(feature = "aws"))]
pub(in super::super) fn web_identity(reader: &mut Reader<'_>) -> Made {
    reader.problem(
        "the source aws-web-identity asks AWS, which this was built without; enable the feature `aws` of sts-sdk".to_owned(),
    );
    None
}
