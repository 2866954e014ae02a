//! The HTTP API in front of the api function. Whatever is not declared public needs a token.

use contract::routes;
use serde_json::json;

use crate::aws::api_gateway_v2::{
    AccessLogSettings, Api, ApiMapping, Authorizer, DomainName, DomainNameConfiguration,
    Integration, JWTConfiguration, Route, RouteSettings, Stage,
};
use crate::aws::certificate_manager::{Certificate, DomainValidationOption};
use crate::aws::lambda::Permission;
use crate::aws::logs::LogGroup;
use crate::aws::route53::{AliasTarget, RecordSet};
use crate::cfn::{Handle, Output, Template, Value, concat, json_text, pseudo};
use crate::environment::{Domain, Environment};
use crate::naming;
use crate::stacks::auth::Auth;
use crate::stacks::compute::FunctionOutputs;

/// Requests a second, and at once, over all users.
const RATE: f64 = 100.0;
const BURST: u32 = 200;
/// The gateway gives up after thirty seconds whatever it is told.
const TIMEOUT_MILLIS: u32 = 30_000;

/// What the stacks above need of the API.
pub struct HttpApi {
    /// Its id, for metrics.
    pub id: Output,
}

/// The template.
pub fn build(
    environment: &Environment,
    auth: &Auth,
    function: &FunctionOutputs,
) -> (Template, HttpApi) {
    let mut template = Template::new("api", naming::stack("API", environment), "The HTTP API.");
    let alias = template.import(&function.alias);
    let api = template.add(
        "Api",
        Api::new()
            .name(naming::resource(environment, "api"))
            .description("Items, search, chat and the console")
            .protocol_type("HTTP"),
    );
    let integration = template.add(
        "Function",
        Integration::new(&api, "AWS_PROXY")
            .integration_uri(&alias)
            .payload_format_version("2.0")
            .timeout_in_millis(TIMEOUT_MILLIS),
    );
    template.add(
        "MayInvoke",
        Permission::new(&alias, "lambda:InvokeFunction", "apigateway.amazonaws.com")
            .source_arn(execute_arn(&api)),
    );
    add_routes(&mut template, environment, auth, &api, &integration);
    stage(&mut template, environment, &api);
    let url = match &environment.domain {
        Some(domain) => own_domain(&mut template, domain, &api),
        None => api.api_endpoint(),
    };
    template.output("ApiUrl", url);
    let id = template.output("ApiId", &api);
    (template, HttpApi { id })
}

fn add_routes(
    template: &mut Template,
    environment: &Environment,
    auth: &Auth,
    api: &Handle<Api>,
    integration: &Handle<Integration>,
) {
    let issuer = template.import(&auth.issuer);
    let client = template.import(&auth.client);
    let authorizer = template.add(
        "Tokens",
        Authorizer::new("JWT", api, naming::resource(environment, "tokens"))
            .identity_source(["$request.header.Authorization"])
            .jwt_configuration(JWTConfiguration::new().issuer(issuer).audience([client])),
    );
    let target = concat(["integrations/".into(), integration.reference()]);
    let described: &[&str] = match environment.name.as_str() {
        "prod" => &[],
        _ => routes::DESCRIPTION,
    };
    for key in routes::PUBLIC.iter().chain(described) {
        let route = Route::new(*key, api)
            .target(&target)
            .authorization_type("NONE");
        template.add(format!("Public{}", route_id(key)), route);
    }
    template.add(
        "Everything",
        Route::new("$default", api)
            .target(&target)
            .authorization_type("JWT")
            .authorizer_id(&authorizer),
    );
}

/// `GET /console/{file+}` → `GetConsoleFile`.
fn route_id(key: &str) -> String {
    let words = key
        .split(|char: char| !char.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty());
    let words = words.map(|word| naming::logical(&word.to_ascii_lowercase()));
    words.collect()
}

fn stage(template: &mut Template, environment: &Environment, api: &Handle<Api>) {
    let logs = template.add(
        "AccessLogs",
        LogGroup::new()
            .log_group_name(format!(
                "/aws/apigateway/{}",
                naming::resource(environment, "api")
            ))
            .retention_in_days(environment.retention.logs_days),
    );
    let format = json!({
        "requestId": "$context.requestId",
        "time": "$context.requestTime",
        "method": "$context.httpMethod",
        "path": "$context.path",
        "routeKey": "$context.routeKey",
        "status": "$context.status",
        "latency": "$context.responseLatency",
        "error": "$context.authorizer.error",
        "integrationError": "$context.integrationErrorMessage",
    });
    template.add(
        "Stage",
        Stage::new("$default", api)
            .auto_deploy(true)
            .access_log_settings(
                AccessLogSettings::new()
                    .destination_arn(logs.arn())
                    .format(json_text(format)),
            )
            .default_route_settings(
                RouteSettings::new()
                    .detailed_metrics_enabled(true)
                    .throttling_burst_limit(BURST)
                    .throttling_rate_limit(RATE),
            ),
    );
}

/// A certificate, the name, and the record that leads to it.
fn own_domain(template: &mut Template, domain: &Domain, api: &Handle<Api>) -> Value<String> {
    let validation = DomainValidationOption::new()
        .domain_name(&domain.name)
        .hosted_zone_id(&domain.hosted_zone_id);
    let certificate = template.add(
        "Certificate",
        Certificate::new(&domain.name)
            .validation_method("DNS")
            .domain_validation_options([validation]),
    );
    let name = template.add(
        "Domain",
        DomainName::new(&domain.name).domain_name_configurations([DomainNameConfiguration::new()
            .certificate_arn(&certificate)
            .endpoint_type("REGIONAL")
            .security_policy("TLS_1_2")]),
    );
    template.add("DomainMapping", ApiMapping::new(&name, "$default", api));
    template.add(
        "DomainRecord",
        RecordSet::new("A", &domain.name)
            .hosted_zone_id(&domain.hosted_zone_id)
            .alias_target(AliasTarget::new(
                name.regional_hosted_zone_id(),
                name.regional_domain_name(),
            )),
    );
    format!("https://{}", domain.name).into()
}

fn execute_arn(api: &Handle<Api>) -> Value<String> {
    concat([
        "arn:".into(),
        pseudo::partition(),
        ":execute-api:".into(),
        pseudo::region(),
        ":".into(),
        pseudo::account(),
        ":".into(),
        api.reference(),
        "/*".into(),
    ])
}
