//! Where the credentials come from with which AWS STS is asked.

use std::fs;

use sts_sdk_tests::{Recorded, Server, reply};

use super::aws_web_identity::{issued, refused, scope};
use super::platform::{ask, ask_logged};

const JSON: &[&str] = &["content-type: application/json"];
const LATER: &str = "2099-01-01T00:00:00Z";

fn credentials(id: &str, end: &str) -> Vec<u8> {
    let body = format!(
        r#"{{"Code": "Success", "AccessKeyId": "{id}", "SecretAccessKey": "hunter2-secret", "Token": "hunter2-session",
            "Expiration": "{end}"}}"#
    );
    reply("200 OK", JSON, body)
}

/// STS and all that gives credentials, at one address.
fn answer(request: &Recorded) -> Vec<u8> {
    let path = request.target.split('?').next().unwrap_or_default();
    match (&*request.method, path) {
        ("PUT", "/latest/api/token" | "/none/latest/api/token") => {
            reply("200 OK", &[], "hunter2-metadata")
        }
        (_, "/latest/meta-data/iam/security-credentials/") => reply("200 OK", &[], "my-role"),
        (_, "/latest/meta-data/iam/security-credentials/my-role") => credentials("INSTANCE", LATER),
        (_, "/container") => credentials("CONTAINER", LATER),
        (_, "/old") => credentials("OLD", "2020-01-01T00:00:00Z"),
        (_, path) if path.starts_with("/none/") => reply("404 Not Found", &[], "no role"),
        (_, "/denied") => reply("403 Forbidden", &[], "wrong hunter2-container"),
        (_, "/no-json") => reply(
            "200 OK",
            &[],
            r#"{"AccessKeyId": 5, "SecretAccessKey": "hunter2-secret"}"#,
        ),
        (_, "/sso") => reply(
            "200 OK",
            JSON,
            r#"{"roleCredentials": {"accessKeyId": "LOGIN", "secretAccessKey": "hunter2-secret",
                "sessionToken": "hunter2-session", "expiration": 4070908800000}}"#,
        ),
        _ if request
            .body
            .starts_with(b"Action=AssumeRoleWithWebIdentity") =>
        {
            reply(
                "200 OK",
                &[],
                format!(
                    "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>\
                 <AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>hunter2-secret</SecretAccessKey>\
                 <SessionToken>hunter2-session</SessionToken><Expiration>{LATER}</Expiration></Credentials>\
                 </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
                ),
            )
        }
        _ => issued("eyJ.a.b"),
    }
}

/// A machine on which nothing is set yet.
struct Machine {
    server: Server,
    home: tempfile::TempDir,
}

impl Machine {
    async fn new() -> Self {
        Self {
            server: Server::start(answer).await.unwrap(),
            home: tempfile::tempdir().unwrap(),
        }
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.server.url())
    }

    fn write(&self, path: &str, text: &str) -> String {
        let path = self.home.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    async fn ask(&self, arguments: &[&str], variables: &[(&str, &str)]) -> String {
        let url = self.server.url();
        let common = [
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ENDPOINT_URL_STS", &*url),
            ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &*url),
            ("HOME", self.home.path().to_str().unwrap()),
        ];
        let (said, logged) = ask_logged(arguments, &[&common, variables].concat()).await;
        assert!(
            !said.contains("hunter2") && !logged.contains("hunter2"),
            "a credential is printed"
        );
        said
    }

    /// Whose credentials signed the request, and what was asked before.
    async fn signed_by(
        &self,
        options: &[&str],
        variables: &[(&str, &str)],
    ) -> (String, Vec<String>) {
        let arguments = [&["aws", "audience", "a"], options].concat();
        let said = self.ask(&arguments, variables).await;
        assert_eq!(said, "token eyJ.a.b");
        let mut requests = self.server.take_requests();
        let last = requests.pop().unwrap();
        let id = scope(&last).replace(" eu-central-1", "");
        let before = requests
            .into_iter()
            .map(|request| format!("{} {}", request.method, request.target));
        (id, before.collect())
    }
}

const ENVIRONMENT: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", "ENVIRONMENT"),
    ("AWS_SECRET_ACCESS_KEY", "hunter2-secret"),
];

fn keys(id: &str) -> String {
    format!("aws_access_key_id = {id}\naws_secret_access_key = hunter2-secret\n")
}

#[tokio::test]
async fn the_first_place_that_has_some_decides() {
    let machine = Machine::new().await;
    let container = machine.at("/container");
    let sso = machine.at("/sso");
    let token = machine.write("token", "hunter2-token");
    let instance = [
        "PUT /latest/api/token",
        "GET /latest/meta-data/iam/security-credentials/",
        "GET /latest/meta-data/iam/security-credentials/my-role",
    ];
    let (id, before) = machine.signed_by(&[], &[]).await;
    assert_eq!(
        (&*id, before),
        ("INSTANCE", instance.map(str::to_owned).to_vec())
    );
    let container = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", &*container)];
    let (id, before) = machine.signed_by(&[], &container).await;
    assert_eq!(
        (&*id, before),
        ("CONTAINER", vec!["GET /container".to_owned()])
    );
    let role = [
        container[0],
        ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/r"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", &*token),
    ];
    let (id, before) = machine.signed_by(&[], &role).await;
    assert_eq!((&*id, before), ("ROLE", vec!["POST /".to_owned()]));
    // The name of the file is the SHA-1 of the URL.
    machine.write(
        ".aws/sso/cache/327c3fda87ce286848a574982ddd0b7c7487f816.json",
        r#"{"accessToken": "hunter2-login", "expiresAt": "2099-01-01T00:00:00Z"}"#,
    );
    machine.write(
        ".aws/config",
        "[default]\nsso_start_url = https://example.com\nsso_region = eu-west-1\nsso_account_id = 1\nsso_role_name = r\n",
    );
    let login = [&role[..], &[("AWS_SSO_ENDPOINT", &*sso)]].concat();
    let (id, before) = machine.signed_by(&[], &login).await;
    assert_eq!(
        (&*id, before),
        (
            "LOGIN",
            vec!["GET /sso?role_name=r&account_id=1".to_owned()]
        )
    );
    machine.write(
        ".aws/config",
        &format!("[default]\n{}[profile p]\n{}", keys("CONFIG"), keys("P")),
    );
    assert_eq!(
        machine.signed_by(&[], &role).await,
        ("CONFIG".to_owned(), vec![])
    );
    machine.write(
        ".aws/credentials",
        &format!("[default]\n{}", keys("CREDENTIALS")),
    );
    assert_eq!(
        machine.signed_by(&[], &role).await,
        ("CREDENTIALS".to_owned(), vec![])
    );
    let named = [&role[..], &[("AWS_PROFILE", "p")]].concat();
    assert_eq!(
        machine.signed_by(&[], &named).await,
        ("P".to_owned(), vec![])
    );
    let all = [&named[..], &ENVIRONMENT].concat();
    assert_eq!(
        machine.signed_by(&[], &all).await,
        ("ENVIRONMENT".to_owned(), vec![])
    );
    // What the program names comes first.
    let (id, _) = machine.signed_by(&["profile", "p"], &all).await;
    assert_eq!(id, "P");
}

#[tokio::test]
async fn a_container_is_asked_with_its_authorization() {
    let machine = Machine::new().await;
    let file = machine.write("authorization", "hunter2-container\n");
    let url = machine.at("/container");
    let full = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &*url);
    for authorization in [
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "hunter2-container"),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", &*file),
    ] {
        // Never through a proxy.
        let proxy = ("ALL_PROXY", "http://127.0.0.1:1");
        let said = machine
            .ask(&["aws", "audience", "a"], &[full, authorization, proxy])
            .await;
        assert_eq!(said, "token eyJ.a.b");
        let requests = machine.server.take_requests();
        assert_eq!(
            requests[0].header("authorization"),
            Some("hunter2-container")
        );
        assert_eq!(
            requests[1].header("x-amz-security-token"),
            Some("hunter2-session")
        );
    }
}

#[tokio::test]
async fn credentials_that_end_are_kept_until_they_are_refused() {
    let machine = Machine::new().await;
    let twice = ["twice", "aws", "audience", "a"];
    assert_eq!(
        machine.ask(&twice, &[]).await,
        "token eyJ.a.b\ntoken eyJ.a.b"
    );
    let count = |requests: Vec<Recorded>, what: &str| {
        requests
            .iter()
            .filter(|request| request.target.starts_with(what))
            .count()
    };
    assert_eq!(
        count(
            machine.server.take_requests(),
            "/latest/meta-data/iam/security-credentials/my-role"
        ),
        1
    );
    let refusing = Server::start(|request| match answer(request) {
        _ if request.method == "POST" => refused("403 Forbidden", "ExpiredToken", "expired"),
        answer => answer,
    });
    let machine = Machine {
        server: refusing.await.unwrap(),
        ..machine
    };
    let said = machine.ask(&twice, &[]).await;
    assert_eq!(said.matches("renew the AWS credentials").count(), 2);
    // The session of the metadata service is not the credentials'.
    let requests = machine.server.take_requests();
    assert_eq!(
        count(
            requests.clone(),
            "/latest/meta-data/iam/security-credentials/my-role"
        ),
        2
    );
    assert_eq!(count(requests, "/latest/api/token"), 1);
}

#[tokio::test]
async fn what_is_there_and_does_not_work_is_an_error() {
    let machine = Machine::new().await;
    let at = machine.at("").replace("http://", "");
    let none = "AWS: no credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with \
                AWS_PROFILE, or run this with an IAM role";
    // In the words of the operating system.
    let nobody = std::net::TcpStream::connect("127.0.0.1:1").unwrap_err();
    let no_file = fs::read("/there/is/none").unwrap_err();
    let file = machine.write("token", "hunter2-token");
    let broken = machine.write("broken", "[default\nhunter2");
    let role = ("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/r");
    let full = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    let (no_role, denied, old, no_json) = (
        machine.at("/none"),
        machine.at("/denied"),
        machine.at("/old"),
        machine.at("/no-json"),
    );
    for (variables, said) in [
        (&[("AWS_EC2_METADATA_DISABLED", "true")][..], format!("permanent {none}")),
        (
            &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1")],
            format!(
                "transient {none} (AWS instance metadata: no connection to 127.0.0.1:1: {nobody})"
            ),
        ),
        (
            &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &*no_role)],
            format!(
                "permanent {none} (AWS instance metadata at {at} answered 404 Not Found: no role: check that the instance \
                 has an IAM role)"
            ),
        ),
        (
            &[(full, &*denied), ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "hunter2-container")],
            format!(
                "permanent AWS container credentials at {at} answered 403 Forbidden: wrong [redacted]: check the role of the \
                 task or pod"
            ),
        ),
        (
            &[(full, "http://example.com/credentials")],
            "permanent AWS container credentials: its URL would send credentials in clear text; use https".to_owned(),
        ),
        (
            &[(full, &*no_json)],
            "permanent AWS container credentials: failed to parse ECS credentials response".to_owned(),
        ),
        (
            &[(full, &*old)],
            "transient AWS: the credentials that were found have expired; check that their source renews them, and the clock"
                .to_owned(),
        ),
        (
            &[role, ("AWS_WEB_IDENTITY_TOKEN_FILE", "/there/is/none")],
            format!("transient the file /there/is/none cannot be read: {no_file}"),
        ),
        (
            &[("AWS_SHARED_CREDENTIALS_FILE", &*broken)],
            format!("permanent the file {broken} is not of the form of AWS's configuration; correct it"),
        ),
        (
            &[ENVIRONMENT[0], ("AWS_SECRET_ACCESS_KEY", "hunter2-secret"), ("AWS_SESSION_TOKEN", "hunter2\nb")],
            format!(
                "permanent AWS STS at {at}: the request cannot be signed; check the AWS credentials for characters that do \
                 not belong there"
            ),
        ),
    ] {
        let text = machine.ask(&["aws", "audience", "a"], variables).await;
        assert_eq!(text, said, "{variables:?}");
    }
    // An STS that does not like the token of the pod, and repeats it.
    let refusing = Server::start(|request| {
        let token = String::from_utf8_lossy(&request.body).contains("hunter2-token");
        refused(
            "400 Bad Request",
            "InvalidIdentityToken",
            if token { "no hunter2-token" } else { "no" },
        )
    });
    let refusing = refusing.await.unwrap();
    let url = refusing.url();
    let variables = [
        role,
        ("AWS_WEB_IDENTITY_TOKEN_FILE", &*file),
        ("AWS_ENDPOINT_URL_STS", &*url),
    ];
    let said = machine.ask(&["aws", "audience", "a"], &variables).await;
    assert!(
        said.ends_with("check the trust policy of the role that AWS_ROLE_ARN names"),
        "{said}"
    );
}

#[tokio::test]
async fn no_other_identity_stands_for_a_profile() {
    let machine = Machine::new().await;
    let config = machine.write(
        ".aws/config",
        &format!(
            "[profile empty]\nregion = eu-west-1\n[profile role]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = p\n\
             [profile both]\n{}role_arn = r\n[profile process]\ncredential_process = /bin/hunter2\n\
             [profile session]\nsso_session = s\n[profile login]\nsso_start_url = https://example.com\n\
             sso_region = eu-west-1\nsso_account_id = 1\nsso_role_name = r\n[profile console]\nlogin_session = s\n[profile p]\n{}",
            keys("BOTH"),
            keys("P"),
        ),
    );
    let export = "which is not followed; set the variables that `aws configure export-credentials --format env` prints";
    for (name, why) in [
        (
            "absent",
            "is in neither file of AWS's configuration; correct its name, or add it with `aws configure`".to_owned(),
        ),
        ("empty", "has no credentials; add them with `aws configure`".to_owned()),
        ("role", format!("gave no credentials: it has role_arn, {export}")),
        ("both", format!("gave no credentials: it has role_arn, {export}")),
        ("process", format!("gave no credentials: it has credential_process, {export}")),
        ("console", format!("gave no credentials: it has login_session, {export}")),
        ("session", format!("gave no credentials: it has sso_session, {export}")),
    ] {
        let said = format!("permanent the AWS profile {name:?} {why}");
        let aws = ["aws", "audience", "a", "profile", name];
        assert_eq!(machine.ask(&aws, &[]).await, said);
        let variable = [("AWS_PROFILE", name)];
        assert_eq!(machine.ask(&aws[..3], &variable).await, said);
    }
    let without_login = machine.ask(&["aws", "audience", "a", "profile", "login"], &[]);
    assert_eq!(
        without_login.await,
        "permanent IAM Identity Center: No valid SSO token found. Please run 'aws sso login' first"
    );
    // A folder instead of a file; a text that is none; and the other file has keys.
    let folder = machine.home.path().to_str().unwrap();
    let binary = machine.home.path().join("binary");
    fs::write(&binary, b"[p]\n\xff").unwrap();
    let binary = binary.to_str().unwrap();
    for path in [folder, binary] {
        for variable in ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"] {
            for profile in [&[][..], &[("AWS_PROFILE", "p")]] {
                let variables = [&[(variable, path)], profile].concat();
                let said = machine.ask(&["aws", "audience", "a"], &variables).await;
                let start = format!("permanent the file {path} cannot be read: ");
                assert!(said.starts_with(&start), "{variable}: {said}");
            }
        }
    }
    // The default profile says by itself how it is used.
    fs::write(config, "[default]\ncredential_process = /bin/hunter2\n").unwrap();
    let said = machine.ask(&["aws", "audience", "a"], &[]).await;
    let start =
        "permanent the AWS profile \"default\" gave no credentials: it has credential_process";
    assert!(said.starts_with(start), "{said}");
    assert!(machine.server.take_requests().is_empty());
}

#[tokio::test]
async fn a_profile_that_is_named_by_the_program_needs_no_environment() {
    let machine = Machine::new().await;
    let config = format!("[profile p]\nregion = us-west-2\n{}", keys("P"));
    let path = machine.write("config", &config);
    let url = machine.server.url();
    let variables = [("AWS_CONFIG_FILE", &*path), ("AWS_ENDPOINT_URL_STS", &*url)];
    let said = ask(&["aws", "audience", "a", "profile", "p"], &variables).await;
    assert_eq!(said, "token eyJ.a.b");
    assert_eq!(scope(&machine.server.take_requests()[0]), "P us-west-2");
}

#[tokio::test]
async fn a_copy_with_another_profile_has_credentials_of_its_own() {
    let machine = Machine::new().await;
    machine.write(".aws/credentials", &format!("[p]\n{}", keys("P")));
    let arguments = ["aws-and-copy-of-profile", "p", "audience", "a"];
    let said = machine.ask(&arguments, &[]).await;
    assert_eq!(said, "token eyJ.a.b\ntoken eyJ.a.b");
    let requests = machine.server.take_requests();
    let signed = requests.iter().filter(|request| request.method == "POST");
    let ids: Vec<_> = signed.map(scope).collect();
    assert_eq!(ids.len(), 2, "{ids:?}");
    assert!(
        !ids[0].starts_with("P ") && ids[1].starts_with("P "),
        "{ids:?}"
    );
}
