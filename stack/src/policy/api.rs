//! The HTTP API: tokens, logs, limits, TLS.

use contract::routes;

use super::Rule;
use super::site::{Found, Site, describe};

const STAGE: &str = "AWS::ApiGatewayV2::Stage";

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "api-token",
        demands: "every route needs a token, but for those that `contract::routes` lists as public",
        reason: "a route that somebody forgot to protect serves everybody's data to everybody",
        check: tokens,
    },
    Rule {
        id: "api-default-route",
        demands: "what matches no route meets one that needs a token",
        reason: "new paths of the router are protected before anybody thinks of it",
        check: |site| {
            let apis = site.of("AWS::ApiGatewayV2::Api");
            let open = apis.filter(|api| {
                !site.of("AWS::ApiGatewayV2::Route").any(|route| {
                    route.text("RouteKey") == Some("$default")
                        && site.leads_to(route.stack, route.get("ApiId"), *api)
                })
            });
            open.map(|api| api.found("no $default route")).collect()
        },
    },
    Rule {
        id: "api-authorizer",
        demands: "tokens are checked against one issuer and one audience",
        reason: "a token made for another app is no token",
        check: |site| {
            site.each("AWS::ApiGatewayV2::Authorizer", |authorizer| {
                authorizer.unless("AuthorizerType", "JWT").or_else(|| {
                    let missing = ["JwtConfiguration.Issuer", "JwtConfiguration.Audience"]
                        .into_iter()
                        .find(|path| authorizer.list(path).is_empty())?;
                    Some(describe(missing, authorizer.get(missing)))
                })
            })
        },
    },
    Rule {
        id: "api-access-logs",
        demands: "every request is logged to a log group of ours",
        reason: "who asked for what is the first question after an incident",
        check: |site| {
            site.each(STAGE, |stage| {
                let path = "AccessLogSettings.DestinationArn";
                let logs = site.follow(stage.stack, stage.get(path));
                logs.is_none_or(|logs| logs.kind() != "AWS::Logs::LogGroup")
                    .then(|| describe(path, stage.get(path)))
            })
        },
    },
    Rule {
        id: "api-throttled",
        demands: "requests a second and at once are limited",
        reason: "a runaway client must not spend the month's budget or starve the others",
        check: |site| {
            site.each(STAGE, |stage| {
                ["ThrottlingRateLimit", "ThrottlingBurstLimit"]
                    .map(|limit| format!("DefaultRouteSettings.{limit}"))
                    .iter()
                    .find(|path| stage.get(path).as_f64().is_none_or(|limit| limit <= 0.0))
                    .map(|path| describe(path, stage.get(path)))
            })
        },
    },
    Rule {
        id: "api-domain-tls",
        demands: "a name of our own speaks TLS 1.2 or later",
        reason: "older versions can be read on the way",
        check: |site| {
            site.each("AWS::ApiGatewayV2::DomainName", |domain| {
                domain.unless("DomainNameConfigurations.0.SecurityPolicy", "TLS_1_2")
            })
        },
    },
];

fn tokens(site: &Site<'_>) -> Vec<Found> {
    let described = site.environment.name != "prod";
    site.each("AWS::ApiGatewayV2::Route", |route| {
        let key = route.text("RouteKey").unwrap_or_default();
        let public =
            routes::PUBLIC.contains(&key) || (described && routes::DESCRIPTION.contains(&key));
        if public {
            return None;
        }
        let authorizer = site
            .follow(route.stack, route.get("AuthorizerId"))
            .is_some_and(|item| item.kind() == "AWS::ApiGatewayV2::Authorizer");
        route
            .unless("AuthorizationType", "JWT")
            .or_else(|| (!authorizer).then(|| "no authorizer".to_owned()))
            .map(|what| format!("{what} on {key}"))
    })
}
