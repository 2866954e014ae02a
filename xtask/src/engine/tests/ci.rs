//! What CI does, its roles may: every call of a deploy and of a plan is held against the policies of
//! the stack that makes those roles.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use stack::environment::Environment;

use super::fixture::{BUCKET, FakeSchemas, Site};
use crate::checks::target::Target;
use crate::checks::{self, infra};
use crate::cloud::fake::Call;
use crate::dotenv::DotEnv;
use crate::engine::deploy::{Done, ensure_bucket};
use crate::engine::desired::Packaging;
use crate::engine::from_stack::{Settings, desired};
use crate::engine::live;
use crate::engine::steps::migrate::Migrate;
use crate::engine::steps::parameters::FillParameters;
use crate::error::Kind;
use crate::event::{Event, Recorder};
use crate::secret::Secret;

const PLAN: &str = "PlanRole";
const DEPLOY: &str = "DeployRole";

/// A role's statements, as pairs of actions and patterns of resources. A statement with a condition
/// is none: those are for what services do on the way.
struct Rights(Vec<(Vec<String>, Vec<String>)>);

fn texts(value: &Value) -> Vec<String> {
    let many = value
        .as_array()
        .map_or(std::slice::from_ref(value), Vec::as_slice);
    let text = |one: &Value| one.as_str().or(one["Fn::Sub"].as_str()).map(filled);
    many.iter().filter_map(text).collect()
}

/// With the fake account in the place of its names.
fn filled(text: &str) -> String {
    [
        ("${AWS::Partition}", "aws"),
        ("${AWS::Region}", "us-east-1"),
        ("${AWS::AccountId}", "000000000000"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (name, value)| {
        text.replace(name, value)
    })
}

impl Rights {
    fn of(role: &str, template: &Value) -> Self {
        let resources = template["Resources"].as_object().unwrap().values();
        let policies = resources
            .filter(|one| one["Type"] == "AWS::IAM::ManagedPolicy")
            .map(|one| &one["Properties"])
            .filter(|policy| {
                let mut roles = policy["Roles"].as_array().unwrap().iter();
                roles.any(|one| one["Ref"] == role)
            });
        let statements = policies.flat_map(|policy| {
            let statements = &policy["PolicyDocument"]["Statement"];
            statements
                .as_array()
                .cloned()
                .unwrap_or_else(|| vec![statements.clone()])
        });
        let direct = statements.filter(|statement| statement["Condition"].is_null());
        let pairs = direct.map(|one| (texts(&one["Action"]), texts(&one["Resource"])));
        Self(pairs.collect())
    }

    fn allow(&self, action: &str, on: &str) -> bool {
        self.0.iter().any(|(actions, resources)| {
            actions.iter().any(|one| one == action)
                && resources.iter().any(|pattern| matches(pattern, on))
        })
    }

    fn allow_anywhere(&self, action: &str) -> bool {
        self.0
            .iter()
            .any(|(actions, _)| actions.iter().any(|one| one == action))
    }

    /// The calls that are refused, each as action and resource.
    fn refused(&self, calls: &[Call]) -> BTreeSet<(&'static str, String)> {
        let asked = calls.iter().flat_map(asked);
        asked
            .filter(|(action, on)| !self.allow(action, on))
            .collect()
    }
}

/// Whether a pattern with `*` in it means a text.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, rest)) => text.strip_prefix(before).is_some_and(|text| {
            let ends = (0..=text.len()).filter(|at| text.is_char_boundary(*at));
            ends.map(|at| &text[at..]).any(|text| matches(rest, text))
        }),
    }
}

/// What IAM is asked when a call is made: the right and the resource.
fn asked(call: &Call) -> Vec<(&'static str, String)> {
    let everything = || "*".to_owned();
    let on = call.on.as_str();
    let stack = on.rsplit_once("stack/").map_or(on, |(_, name)| name);
    let stack = stack.split('/').next().unwrap();
    let stack = format!("arn:aws:cloudformation:us-east-1:000000000000:stack/{stack}/1");
    let regional = |kind: &str| {
        let service = call.name.split(':').next().unwrap();
        format!("arn:aws:{service}:us-east-1:000000000000:{kind}{on}")
    };
    let s3 = format!("arn:aws:s3:::{on}");
    let images = on.split_once('/').map_or("", |(_, name)| name);
    let images = format!("arn:aws:ecr:us-east-1:000000000000:repository/{images}");
    match call.name {
        "sts:GetCallerIdentity" => Vec::new(),
        "cloudformation:DescribeAccountLimits" => {
            vec![
                (call.name, everything()),
                ("cloudformation:ListStacks", everything()),
            ]
        }
        "cloudformation:DetectStackDrift" => vec![
            (call.name, stack.clone()),
            ("cloudformation:DetectStackResourceDrift", stack),
            (
                "cloudformation:BatchDescribeTypeConfigurations",
                everything(),
            ),
            (
                "cloudformation:DescribeStackDriftDetectionStatus",
                everything(),
            ),
        ],
        // Ours carry tags.
        "cloudformation:CreateChangeSet" => {
            vec![
                (call.name, stack.clone()),
                ("cloudformation:TagResource", stack),
            ]
        }
        name if name.starts_with("cloudformation:") => vec![(name, stack)],
        "s3:HeadBucket" | "s3:ListObjectsV2" => vec![("s3:ListBucket", s3)],
        "s3:HeadObject" => vec![("s3:GetObject", s3)],
        "s3:GetBucketNotificationConfiguration" => vec![("s3:GetBucketNotification", s3)],
        "s3:GetBucketLifecycleConfiguration" => vec![("s3:GetLifecycleConfiguration", s3)],
        "s3:ListObjectVersions" => vec![("s3:ListBucketVersions", s3)],
        name if name.starts_with("s3:") => vec![(name, s3)],
        "lambda:GetAccountSettings" | "lambda:GetEventSourceMapping" => {
            vec![(
                call.name,
                if call.name.ends_with("Settings") {
                    everything()
                } else {
                    regional("event-source-mapping:")
                },
            )]
        }
        "lambda:Invoke" => vec![("lambda:InvokeFunction", regional("function:"))],
        name if name.starts_with("lambda:") => vec![(name, regional("function:"))],
        name if name.starts_with("rds:Describe") => vec![(name, everything())],
        name if name.starts_with("dynamodb:") => vec![(name, regional("table/"))],
        "logs:FilterLogEvents" => vec![(call.name, regional("log-group:") + ":*")],
        // Whoever has a password may; IAM is not asked.
        "cognito-idp:InitiateAuth" => Vec::new(),
        name if name.starts_with("cognito-idp:") => vec![(name, regional("userpool/"))],
        name if name.starts_with("ssm:") => vec![(name, regional("parameter"))],
        // The fake has no ARN for what RDS makes.
        "secretsmanager:GetSecretValue" => vec![(call.name, regional("secret:rds!"))],
        "registry:HeadManifest" => {
            vec![
                ("ecr:GetAuthorizationToken", everything()),
                ("ecr:BatchGetImage", images),
            ]
        }
        "registry:HeadBlob" => vec![
            ("ecr:BatchCheckLayerAvailability", images.clone()),
            ("ecr:GetDownloadUrlForLayer", images),
        ],
        "registry:PutBlob" => [
            "ecr:InitiateLayerUpload",
            "ecr:UploadLayerPart",
            "ecr:CompleteLayerUpload",
        ]
        .map(|action| (action, images.clone()))
        .to_vec(),
        "registry:PutManifest" => vec![("ecr:PutImage", images)],
        other => panic!("nobody says what IAM is asked for {other}"),
    }
}

fn environment(more: &str) -> Environment {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../environments/dev.yaml");
    let text = std::fs::read_to_string(file).unwrap();
    let ci = "ci: { host: github, repository: example/collections, branch: main }";
    Environment::parse("dev", "dev", &format!("{text}{ci}\n{more}")).unwrap()
}

/// The account after a machine made what CI may not, and CI's checkout.
async fn standing(environment: Environment) -> (Site, Value) {
    let wanted = desired(&environment, &Settings::new()).unwrap();
    let roles = wanted.stacks.iter().find(|stack| stack.id == "ci").unwrap();
    let roles = roles.template.clone();
    let mut site = Site::of(wanted);
    let cloud = site.fake.cloud();
    let (_, events) = Recorder::pair();
    ensure_bucket(&cloud, &events, &FakeSchemas, BUCKET, "a machine")
        .await
        .unwrap();
    site.options.selection.only = BTreeSet::from(["ci".to_owned()]);
    site.deploy().await.unwrap();
    site.options.selection.only.clear();
    site.options.selection.skip = BTreeSet::from(["ci".to_owned()]);
    let mut dotenv = DotEnv::default();
    for key in ["ANTHROPIC_API_KEY", "VOYAGE_API_KEY"] {
        dotenv.set(key, Secret::new("key"));
    }
    site.extras = vec![
        Box::new(FillParameters {
            cloud: cloud.clone(),
            environment,
            dotenv,
            credentials: None,
        }),
        Box::new(Migrate { cloud }),
    ];
    site.fake.restart();
    (site, roles)
}

/// What `test-infra` does, as far as an account in memory lets it come.
async fn prove(site: &Site) {
    let cloud = site.fake.cloud();
    let live = live::read(&site.desired, &cloud).await.unwrap();
    let target = Target {
        environment: "dev".to_owned(),
        api: "http://127.0.0.1:9".to_owned(),
        database_is_reachable: false,
        cloud,
        outputs: live.all_outputs(),
        http: Target::http().unwrap(),
    };
    let (_, events) = Recorder::pair();
    // No function takes up an event here, and what waits for one need not wait long.
    let stop = tokio::time::sleep(Duration::from_secs(1));
    let steps = infra::steps();
    drop(checks::run(infra::SUITE, &steps, &target, &events, stop).await);
}

fn is_image(site: &Site) -> bool {
    site.desired
        .functions
        .iter()
        .any(|one| matches!(one.packaging, Packaging::Image { .. }))
}

/// Everything that CI does to an environment, by what it was about.
async fn deeds(site: &mut Site) -> BTreeMap<&'static str, Vec<Call>> {
    let mut deeds = BTreeMap::new();
    let mut done = |name, site: &Site| {
        drop(deeds.insert(name, site.fake.calls()));
        site.fake.restart();
    };
    site.diff().await.unwrap();
    done("a diff of all that is new", site);
    assert!(matches!(site.deploy().await.unwrap(), Done::Applied(_)));
    done("a first deploy", site);
    match is_image(site) {
        true => site.image("second"),
        false => site.code("second"),
    }
    let limit = "/Resources/ApiFunction/Properties/MemorySize";
    site.set("compute", limit, json!(2048));
    site.diff().await.unwrap();
    done("a diff", site);
    assert!(matches!(site.deploy().await.unwrap(), Done::Applied(_)));
    done("an update", site);
    prove(site).await;
    done("the proof after it", site);
    site.set("compute", limit, json!(4096));
    let function = (
        "CollectionsCompute-dev".to_owned(),
        "ApiFunction".to_owned(),
    );
    site.world(|world| world.failing.insert(function, "no luck".into()));
    let error = site.deploy().await.unwrap_err();
    assert_eq!(error.kind(), Kind::Failed, "{error}");
    done("an update that fails", site);
    deeds
}

#[tokio::test]
async fn the_deploying_role_may_all_that_a_deploy_does_and_the_planning_one_all_that_a_diff_does() {
    let image = "functions: { api: { packaging: image } }\n";
    for more in ["", image] {
        let (mut site, roles) = standing(environment(more)).await;
        if is_image(&site) {
            site.image("first");
        }
        let (plan, deploy) = (Rights::of(PLAN, &roles), Rights::of(DEPLOY, &roles));
        let mut refused = BTreeSet::new();
        for (name, calls) in deeds(&mut site).await {
            assert!(calls.len() > 5, "{name} makes {} calls", calls.len());
            let mut held = vec![(DEPLOY, &deploy)];
            if name.starts_with("a diff") {
                assert!(calls.iter().all(|call| !call.mutating), "{name}");
                held.push((PLAN, &plan));
            }
            for (role, rights) in held {
                let all = rights.refused(&calls).into_iter();
                refused.extend(all.map(|(action, on)| format!("{name}, {role}: {action} on {on}")));
            }
            let changing = calls.iter().filter(|call| call.mutating).flat_map(asked);
            for (action, _) in changing {
                assert!(!plan.allow_anywhere(action), "a plan may {action}");
            }
        }
        assert!(refused.is_empty(), "{refused:#?}");
    }
}

#[tokio::test]
async fn the_calls_that_matter_are_among_those_that_are_held_against_the_policies() {
    let (mut site, _) = standing(environment("")).await;
    let deeds = deeds(&mut site).await;
    let makes = |deed: &str, call: &str| deeds[deed].iter().any(|made| made.name == call);
    assert!(makes(
        "an update that fails",
        "cloudformation:RollbackStack"
    ));
    assert!(makes("an update", "cloudformation:DetectStackDrift"));
    assert!(makes("a first deploy", "ssm:PutParameter"));
    for call in [
        "s3:PutObject",
        "dynamodb:PutItem",
        "cognito-idp:AdminCreateUser",
        "logs:FilterLogEvents",
    ] {
        assert!(makes("the proof after it", call), "{call}");
    }
    let bootstrap = |call: &Call| call.on == stack::naming::BOOTSTRAP;
    assert!(deeds["an update"].iter().any(bootstrap));
}

#[tokio::test]
async fn a_change_of_its_own_roles_is_left_to_others_who_are_told_how() {
    let (mut site, _) = standing(environment("")).await;
    site.deploy().await.unwrap();
    site.set(
        "ci",
        "/Resources/DeployRole/Properties/Path",
        json!("/new/"),
    );
    assert!(matches!(
        site.deploy_again().await.unwrap(),
        Done::Unchanged(_)
    ));
    assert!(site.fake.mutations().is_empty());
    let warned = site.events.events().into_iter().any(|event| match event {
        Event::Warning { message } => message.ends_with("cargo xtask deploy --env dev --only ci"),
        _ => false,
    });
    assert!(warned);
}

#[test]
fn a_pattern_means_what_iam_means_by_it() {
    assert!(matches("arn:aws:s3:::a-*", "arn:aws:s3:::a-b/c"));
    assert!(matches("stack/A-*/*", "stack/A-dev/1"));
    assert!(!matches("stack/A-dev/*", "stack/A-development/1"));
    assert!(!matches("a", "ab"));
}
