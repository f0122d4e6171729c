//! Which source fits a platform, by the variables that its documentation lists.

use super::platform::ask;

type Variables = [(&'static str, &'static str)];

/// "Default environment variables" of GitHub's documentation, and what `id-token: write` adds.
pub(super) const GITHUB: &Variables = &[
    ("CI", "true"),
    ("GITHUB_ACTION", "__run"),
    ("GITHUB_ACTIONS", "true"),
    ("GITHUB_ACTOR", "octocat"),
    ("GITHUB_API_URL", "https://api.github.com"),
    ("GITHUB_EVENT_NAME", "push"),
    ("GITHUB_JOB", "deploy"),
    ("GITHUB_REF", "refs/heads/main"),
    ("GITHUB_REPOSITORY", "my-org/my-repo"),
    ("GITHUB_SERVER_URL", "https://github.com"),
    (
        "GITHUB_WORKFLOW_REF",
        "my-org/my-repo/.github/workflows/ci.yml@refs/heads/main",
    ),
    ("RUNNER_ENVIRONMENT", "github-hosted"),
    ("RUNNER_OS", "Linux"),
];
const PERMISSION: &Variables = &[
    (
        "ACTIONS_ID_TOKEN_REQUEST_URL",
        "https://pipelines.actions.githubusercontent.com/abc/idtoken?api-version=2.0",
    ),
    ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "a-request-token"),
];
/// "Environment variables" of Forgejo's reference of Actions.
const FORGEJO: &Variables = &[
    ("CI", "true"),
    ("FORGEJO_ACTIONS", "true"),
    ("FORGEJO_API_URL", "https://codeberg.org/api/v1"),
    ("FORGEJO_REPOSITORY", "my-org/my-repo"),
    ("GITHUB_ACTIONS", "true"),
    ("GITHUB_REPOSITORY", "my-org/my-repo"),
    ("GITHUB_SERVER_URL", "https://codeberg.org"),
];
const GITEA: &Variables = &[
    ("CI", "true"),
    ("GITEA_ACTIONS", "true"),
    ("GITHUB_ACTIONS", "true"),
    ("GITHUB_SERVER_URL", "https://gitea.example.com"),
];
/// "Use predefined variables" of Azure Pipelines' documentation.
pub(super) const AZURE_PIPELINES: &Variables = &[
    ("AGENT_ID", "8"),
    ("AGENT_OS", "Linux"),
    ("BUILD_BUILDID", "1"),
    ("BUILD_REPOSITORY_PROVIDER", "TfsGit"),
    ("SYSTEM_COLLECTIONURI", "https://dev.azure.com/my-org/"),
    (
        "SYSTEM_OIDCREQUESTURI",
        "https://dev.azure.com/my-org/_apis/distributedtask/oidctoken",
    ),
    ("SYSTEM_TEAMPROJECT", "my-project"),
    ("TF_BUILD", "True"),
];
/// "Predefined CI/CD variables reference" of GitLab's documentation.
pub(super) const GITLAB: &Variables = &[
    ("CI", "true"),
    ("CI_COMMIT_REF_NAME", "main"),
    ("CI_JOB_ID", "302"),
    ("CI_PROJECT_PATH", "my-group/my-project"),
    ("CI_SERVER_URL", "https://gitlab.example.com"),
    ("GITLAB_CI", "true"),
];
/// "Project values and variables" of CircleCI's documentation.
const CIRCLECI: &Variables = &[
    ("CI", "true"),
    ("CIRCLECI", "true"),
    ("CIRCLE_BRANCH", "main"),
    ("CIRCLE_JOB", "deploy"),
    (
        "CIRCLE_ORGANIZATION_ID",
        "00000000-0000-0000-0000-000000000000",
    ),
    ("CIRCLE_PROJECT_REPONAME", "my-repo"),
];
/// "Environment variables" of Buildkite's documentation.
const BUILDKITE: &Variables = &[
    ("BUILDKITE", "true"),
    ("BUILDKITE_AGENT_ID", "1a222222-e999-3636-a8dd-802220222222"),
    ("BUILDKITE_BRANCH", "main"),
    ("BUILDKITE_ORGANIZATION_SLUG", "my-org"),
    ("BUILDKITE_PIPELINE_SLUG", "my-pipeline"),
    ("CI", "true"),
];
/// What every pod has.
const KUBERNETES: &Variables = &[
    ("HOSTNAME", "api-6d4b75cb6d-hx6w8"),
    ("KUBERNETES_PORT", "tcp://10.0.0.1:443"),
    ("KUBERNETES_SERVICE_HOST", "10.0.0.1"),
    ("KUBERNETES_SERVICE_PORT", "443"),
];
/// What the webhook of Azure Workload Identity adds.
const AKS: &Variables = &[
    ("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.com/"),
    ("AZURE_CLIENT_ID", "00000000-0000-0000-0000-000000000001"),
    (
        "AZURE_FEDERATED_TOKEN_FILE",
        "/var/run/secrets/azure/tokens/azure-identity-token",
    ),
    ("AZURE_TENANT_ID", "00000000-0000-0000-0000-000000000002"),
    ("KUBERNETES_SERVICE_HOST", "10.0.0.1"),
];
/// What EKS adds for IAM roles for service accounts.
const EKS_IRSA: &Variables = &[
    ("AWS_DEFAULT_REGION", "eu-west-1"),
    ("AWS_REGION", "eu-west-1"),
    ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/my-role"),
    ("AWS_STS_REGIONAL_ENDPOINTS", "regional"),
    (
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
    ),
    ("KUBERNETES_SERVICE_HOST", "10.0.0.1"),
];
/// What EKS adds for Pod Identity.
const EKS_POD_IDENTITY: &Variables = &[
    (
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
        "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token",
    ),
    (
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "http://169.254.170.23/v1/credentials",
    ),
    ("AWS_REGION", "eu-west-1"),
    ("KUBERNETES_SERVICE_HOST", "10.0.0.1"),
];
/// "Container runtime contract" of Cloud Run.
const CLOUD_RUN: &Variables = &[
    ("K_CONFIGURATION", "api"),
    ("K_REVISION", "api.1"),
    ("K_SERVICE", "api"),
    ("PORT", "8080"),
];
/// "Environment variables and app settings" of App Service, with an identity.
const APP_SERVICE: &Variables = &[
    ("IDENTITY_ENDPOINT", "http://127.0.0.1:41741/msi/token/"),
    ("IDENTITY_HEADER", "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a"),
    ("MSI_ENDPOINT", "http://127.0.0.1:41741/msi/token/"),
    ("MSI_SECRET", "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a"),
    ("WEBSITE_INSTANCE_ID", "abc"),
    ("WEBSITE_SITE_NAME", "my-app"),
];
const CONTAINER_APPS: &Variables = &[
    ("CONTAINER_APP_NAME", "my-app"),
    ("CONTAINER_APP_REVISION", "my-app--20mh1s9"),
    ("IDENTITY_ENDPOINT", "http://localhost:12356/msi/token"),
    ("IDENTITY_HEADER", "853b9a84-5bfa-4b22-a3f3-0b9a43d9ad8a"),
];
const ARC: &Variables = &[
    (
        "IDENTITY_ENDPOINT",
        "http://localhost:40342/metadata/identity/oauth2/token",
    ),
    ("IMDS_ENDPOINT", "http://localhost:40342"),
];

async fn chosen(variables: &[&Variables]) -> String {
    ask(&["chosen"], &variables.concat()).await
}

const CONNECTION: &Variables = &[
    (
        "CONFLUENT_STS_SERVICE_CONNECTION_ID",
        "11111111-2222-3333-4444-555555555555",
    ),
    ("SYSTEM_ACCESSTOKEN", "a-token"),
];

#[tokio::test]
async fn each_platform_is_recognised() {
    let id_token: &Variables = &[("CONFLUENT_ID_TOKEN", "a-token")];
    let circleci: &Variables = &[
        ("CIRCLE_OIDC_TOKEN", "old"),
        ("CIRCLE_OIDC_TOKEN_V2", "a-token"),
    ];
    let resource: &Variables = &[("CONFLUENT_STS_RESOURCE", "api://confluent")];
    let scope: &Variables = &[("CONFLUENT_STS_SCOPE", "api://confluent/.default")];
    let header = "managed-identity, because IDENTITY_ENDPOINT and IDENTITY_HEADER are set";
    for (variables, source) in [
        (
            &[GITHUB, PERMISSION][..],
            "github-actions, because GITHUB_ACTIONS is true",
        ),
        (
            &[FORGEJO, PERMISSION],
            "github-actions, because GITHUB_ACTIONS is true",
        ),
        (
            &[GITEA, PERMISSION],
            "github-actions, because GITHUB_ACTIONS is true",
        ),
        (
            &[AZURE_PIPELINES, CONNECTION],
            "azure-pipelines, because TF_BUILD is true",
        ),
        (&[GITLAB, id_token], "gitlab-ci, because GITLAB_CI is true"),
        (&[CIRCLECI, circleci], "circleci, because CIRCLECI is true"),
        (&[BUILDKITE], "buildkite, because BUILDKITE is true"),
        (
            &[AKS, scope],
            "azure-workload-identity, because AZURE_FEDERATED_TOKEN_FILE is set",
        ),
        (&[APP_SERVICE, resource], header),
        (&[CONTAINER_APPS, resource], header),
        (
            &[ARC, resource],
            "managed-identity, because IDENTITY_ENDPOINT and IMDS_ENDPOINT are set",
        ),
        // A job may run on a machine or in a pod of a cloud: the CI system decides.
        (
            &[GITHUB, PERMISSION, AKS],
            "github-actions, because GITHUB_ACTIONS is true",
        ),
        (
            &[GITLAB, id_token, EKS_IRSA],
            "gitlab-ci, because GITLAB_CI is true",
        ),
        (
            &[BUILDKITE, APP_SERVICE],
            "buildkite, because BUILDKITE is true",
        ),
        (
            &[AZURE_PIPELINES, CONNECTION, ARC],
            "azure-pipelines, because TF_BUILD is true",
        ),
    ] {
        assert_eq!(chosen(variables).await, source);
    }
}

#[tokio::test]
async fn a_platform_without_its_token_is_an_error_and_the_next_is_not_taken() {
    let github = "not built: GitHub Actions: the environment variable ACTIONS_ID_TOKEN_REQUEST_URL is not set; give the job \
                  the permission `id-token: write`, and run this in a step of the job itself";
    for (variables, text) in [
        (&[GITHUB][..], github),
        (&[GITHUB, AKS], github),
        (&[FORGEJO], github),
        (
            &[AZURE_PIPELINES, &CONNECTION[..1], AKS],
            "not built: Azure Pipelines: the environment variable SYSTEM_ACCESSTOKEN is not set; map it into the step: \
             `env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)`",
        ),
        (
            &[GITLAB, AKS],
            "not built: GitLab CI: the environment variable CONFLUENT_ID_TOKEN is not set; declare it with `id_tokens:` in \
             the job",
        ),
        (
            &[CIRCLECI],
            "not built: CircleCI: the environment variable CIRCLE_OIDC_TOKEN_V2 is not set; it is not there in jobs of pull \
             requests from forks",
        ),
        (
            &[AKS],
            "not built: CONFLUENT_STS_SCOPE is not set; set it to api://<application id>/.default",
        ),
        (
            &[APP_SERVICE],
            "not built: CONFLUENT_STS_RESOURCE is not set; set it to an application ID URI such as api://confluent",
        ),
    ] {
        assert_eq!(chosen(variables).await, text);
    }
}

#[tokio::test]
async fn where_a_source_has_to_be_named_the_error_says_what_was_found() {
    for (variables, found) in [
        (EKS_IRSA, "; AWS_WEB_IDENTITY_TOKEN_FILE is set: "),
        (
            EKS_POD_IDENTITY,
            "; AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE is set: ",
        ),
        (
            CLOUD_RUN,
            "; K_SERVICE is set: on Cloud Run, set CONFLUENT_STS_SOURCE to google-metadata",
        ),
        (
            &[("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials")],
            "; AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is set: ",
        ),
        (
            &[("AWS_LAMBDA_FUNCTION_NAME", "f")],
            "; AWS_LAMBDA_FUNCTION_NAME is set: ",
        ),
        // GKE sets none of its own.
        (
            KUBERNETES,
            "; KUBERNETES_SERVICE_HOST is set: project a service-account token for Confluent to \
             /var/run/secrets/tokens/confluent",
        ),
    ] {
        let text = chosen(&[variables]).await;
        assert!(
            text.starts_with("not built: no source of subject tokens was found; "),
            "{text}"
        );
        assert!(text.contains(found), "{text}");
    }
    let named: &Variables = &[("CONFLUENT_STS_SOURCE", "google-metadata")];
    let source = chosen(&[KUBERNETES, named]).await;
    assert_eq!(
        source,
        "google-metadata, because CONFLUENT_STS_SOURCE names it"
    );
}

#[tokio::test]
async fn two_of_a_class_are_an_error() {
    for (variables, found) in [
        (
            &[GITHUB, PERMISSION, BUILDKITE][..],
            "github-actions (GITHUB_ACTIONS is true) and buildkite (BUILDKITE is true)",
        ),
        (
            &[AKS, APP_SERVICE],
            "azure-workload-identity (AZURE_FEDERATED_TOKEN_FILE is set) and managed-identity (IDENTITY_ENDPOINT and \
             IDENTITY_HEADER are set)",
        ),
    ] {
        let text = chosen(variables).await;
        assert_eq!(
            text,
            format!(
                "not built: more than one source fits this platform: {found}; set CONFLUENT_STS_SOURCE to the one that is \
                 meant"
            )
        );
    }
}

#[tokio::test]
async fn settings_decide_before_the_platform_and_what_is_not_true_does_not_count() {
    let token: &Variables = &[("CONFLUENT_STS_TOKEN", "t")];
    let named: &Variables = &[("CONFLUENT_STS_SOURCE", "google-metadata")];
    let scope: &Variables = &[("CONFLUENT_STS_SCOPE", "api://confluent/.default")];
    let off: &Variables = &[
        ("GITHUB_ACTIONS", "false"),
        ("BUILDKITE", "0"),
        ("GITLAB_CI", " "),
    ];
    let of_token = "token, because CONFLUENT_STS_TOKEN is set";
    let of_name = "google-metadata, because CONFLUENT_STS_SOURCE names it";
    for (variables, source) in [
        (&[GITHUB, PERMISSION, token][..], of_token),
        // Even where the platform would be an error.
        (&[GITHUB, token], of_token),
        (&[GITHUB, PERMISSION, named], of_name),
        (&[token, named], of_name),
        (
            &[off, AKS, scope],
            "azure-workload-identity, because AZURE_FEDERATED_TOKEN_FILE is set",
        ),
    ] {
        assert_eq!(chosen(variables).await, source);
    }
}
