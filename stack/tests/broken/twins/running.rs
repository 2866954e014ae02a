//! Faults in queues, functions and what watches over them.

use serde_json::json;

use super::{Twin, twin};

pub(super) const TWINS: &[Twin] = &[
    twin("queue-encrypted", "dev", "compute/ApiDeadLetters", |w| {
        w.set("compute/ApiDeadLetters", "SqsManagedSseEnabled", false);
    }),
    twin("queue-tls-only", "dev", "compute/ApiDeadLetters", |w| {
        w.remove("compute/ApiDeadLettersPolicy");
    }),
    twin("queue-redrives", "dev", "compute/AnalyzerQueue", |w| {
        w.take("compute/AnalyzerQueue", "RedrivePolicy");
    }),
    twin(
        "dead-letters-outlive",
        "dev",
        "compute/AnalyzerDeadLetters",
        |w| {
            w.set(
                "compute/AnalyzerDeadLetters",
                "MessageRetentionPeriod",
                3600,
            );
        },
    ),
    twin("queue-visibility", "dev", "compute/AnalyzerQueue", |w| {
        w.set("compute/AnalyzerQueue", "VisibilityTimeout", 120);
    }),
    twin(
        "mapping-on-alias",
        "dev",
        "compute/EmbedderEventSource",
        |w| {
            let function = json!({ "Ref": "EmbedderFunction" });
            w.set("compute/EmbedderEventSource", "FunctionName", function);
        },
    ),
    twin(
        "mapping-partial-batches",
        "dev",
        "compute/EmbedderEventSource",
        |w| {
            w.take("compute/EmbedderEventSource", "FunctionResponseTypes");
        },
    ),
    twin(
        "mapping-concurrency",
        "dev",
        "compute/EmbedderEventSource",
        |w| {
            w.take("compute/EmbedderEventSource", "ScalingConfig");
        },
    ),
    twin(
        "mapping-concurrency",
        "dev",
        "compute/EmbedderEventSource",
        |w| {
            let most = "ScalingConfig.MaximumConcurrency";
            w.set("compute/EmbedderEventSource", most, 1);
        },
    ),
    twin(
        "rule-target-durable",
        "dev",
        "compute/CleanupSchedule",
        |w| {
            w.take("compute/CleanupSchedule", "Targets.0.DeadLetterConfig");
        },
    ),
    twin(
        "rule-target-durable",
        "dev",
        "compute/CleanupSchedule",
        |w| {
            w.set(
                "compute/CleanupSchedule",
                "Targets.0.RetryPolicy.MaximumRetryAttempts",
                0,
            );
        },
    ),
    twin(
        "rule-may-deliver",
        "dev",
        "compute/AnalyzerOnImageProcessed",
        |w| {
            let list = w.property("compute/AnalyzerQueuePolicy", "PolicyDocument.Statement");
            list.as_array_mut().expect("a list").remove(0);
        },
    ),
    twin("rule-enabled", "dev", "compute/CleanupSchedule", |w| {
        w.set("compute/CleanupSchedule", "State", "DISABLED");
    }),
    twin("topic-encrypted", "dev", "observability/Alerts", |w| {
        w.take("observability/Alerts", "KmsMasterKeyId");
    }),
    twin("topic-key-ours", "dev", "observability/Alerts", |w| {
        w.set("observability/Alerts", "KmsMasterKeyId", "alias/aws/sns");
    }),
    twin("topic-key-ours", "prod", "observability/Alerts", |w| {
        let path = "KeyPolicy.Statement.1.Principal.Service";
        w.set("observability/AlertsKey", path, "sns.amazonaws.com");
    }),
    twin("topic-key-ours", "dev", "observability/Alerts", |w| {
        let path = "KeyPolicy.Statement.2.Action";
        w.set("observability/AlertsKey", path, json!(["kms:Decrypt"]));
    }),
    twin("topic-lets-publish", "dev", "observability/Alerts", |w| {
        let path = "PolicyDocument.Statement.1.Principal.Service";
        w.set("observability/AlertsPolicy", path, "sns.amazonaws.com");
    }),
    twin("key-rotates", "dev", "observability/AlertsKey", |w| {
        w.set("observability/AlertsKey", "EnableKeyRotation", false);
    }),
    twin("function-log-group", "dev", "compute/OpsFunction", |w| {
        w.remove("compute/OpsLogs");
    }),
    twin("function-dead-letters", "dev", "compute/OpsFunction", |w| {
        w.take("compute/OpsFunction", "DeadLetterConfig");
    }),
    twin("function-alias", "dev", "compute/OpsFunction", |w| {
        w.remove("compute/OpsAlias");
    }),
    twin("function-runtime", "dev", "compute/OpsFunction", |w| {
        w.set("compute/OpsFunction", "Runtime", "provided.al2");
    }),
    twin("function-architecture", "dev", "compute/OpsFunction", |w| {
        w.set("compute/OpsFunction", "Architectures", json!(["x86_64"]));
    }),
    twin("function-tracing", "dev", "compute/OpsFunction", |w| {
        w.set("compute/OpsFunction", "TracingConfig.Mode", "PassThrough");
    }),
    twin("function-concurrency", "prod", "compute/ApiFunction", |w| {
        w.take("compute/ApiFunction", "ReservedConcurrentExecutions");
    }),
    twin("stack-protected", "prod", "storage/", |w| {
        let storage = w.app.stacks.iter_mut().find(|stack| stack.id == "storage");
        storage.expect("a stack").termination_protection = false;
    }),
    twin("stack-tagged", "dev", "storage/", |w| {
        let storage = w.app.stacks.iter_mut().find(|stack| stack.id == "storage");
        storage.expect("a stack").tags.remove("Application");
    }),
    twin("no-exports", "dev", "storage/", |w| {
        w.template("storage")["Outputs"]["BucketArn"]["Export"] = json!({ "Name": "bucket" });
    }),
    twin("no-exports", "dev", "compute/OpsLogs", |w| {
        let imported = json!({ "Fn::ImportValue": "logs-class" });
        w.put("compute/OpsLogs", "LogGroupClass", imported);
    }),
    twin("alarms-wanted", "prod", "observability/", |w| {
        let resources = w.template("observability")["Resources"].as_object_mut();
        resources
            .expect("a map")
            .retain(|_, resource| resource["Type"] != "AWS::CloudWatch::Alarm");
    }),
    twin(
        "alarm-per-function",
        "prod",
        "compute/AnalyzerFunction",
        |w| {
            w.remove("observability/AnalyzerFailures");
        },
    ),
    twin("alarm-per-queue", "prod", "compute/AnalyzerQueue", |w| {
        w.remove("observability/AnalyzerQueueAge");
    }),
    twin(
        "alarm-per-queue",
        "prod",
        "compute/AnalyzerDeadLetters",
        |w| {
            w.remove("observability/AnalyzerDeadLettersWaiting");
        },
    ),
    twin("alarm-tells", "prod", "observability/DatabaseCpu", |w| {
        w.take("observability/DatabaseCpu", "AlarmActions");
    }),
    twin("budget-as-said", "dev", "observability/", |w| {
        w.remove("observability/Budget");
    }),
];
