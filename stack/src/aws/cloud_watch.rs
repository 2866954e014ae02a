//! AWS::CloudWatch. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

use serde_json::Value as Json;

use crate::cfn::macros::{choice, record, resource};
use crate::cfn::rules::Rule::{
    Each, MaxItems, MaxLength, Maximum, MinItems, MinLength, Minimum, Pattern, Unique,
};
use crate::cfn::value::List;

resource! {
    /// The resource type `AWS::CloudWatch::Alarm`.
    Alarm = "AWS::CloudWatch::Alarm"
    required {}
    optional {
        action_configuration: "ActionConfiguration" => ActionConfiguration;
        actions_enabled: "ActionsEnabled" => bool;
        alarm_actions: "AlarmActions" => List<String> [MinItems(0), Each(&[MinLength(1), MaxLength(1024)])];
        alarm_description: "AlarmDescription" => String [MaxLength(1024)];
        alarm_name: "AlarmName" => String [MaxLength(255)];
        comparison_operator: "ComparisonOperator" => ComparisonOperator;
        datapoints_to_alarm: "DatapointsToAlarm" => i64 [Minimum(1.0)];
        dimensions: "Dimensions" => List<Dimension> [MinItems(0), MaxItems(30)];
        evaluate_low_sample_count_percentile: "EvaluateLowSampleCountPercentile" => String [MinLength(1), MaxLength(255)];
        evaluation_criteria: "EvaluationCriteria" => EvaluationCriteria;
        evaluation_interval: "EvaluationInterval" => i64 [Minimum(10.0), Maximum(3600.0)];
        evaluation_periods: "EvaluationPeriods" => i64 [Minimum(1.0)];
        evaluation_window: "EvaluationWindow" => EvaluationWindow;
        extended_statistic: "ExtendedStatistic" => String;
        insufficient_data_actions: "InsufficientDataActions" => List<String> [MinItems(0), Each(&[MinLength(1), MaxLength(1024)])];
        metric_name: "MetricName" => String [MinLength(1), MaxLength(255)];
        metrics: "Metrics" => List<MetricDataQuery> [Unique];
        namespace: "Namespace" => String [MinLength(1), MaxLength(255), Pattern(r#"^[^:]"#)];
        ok_actions: "OKActions" => List<String> [MinItems(0), Each(&[MinLength(1), MaxLength(1024)])];
        period: "Period" => i64 [Minimum(1.0)];
        statistic: "Statistic" => Statistic;
        tags: "Tags" => List<Tag> [MaxItems(50), Unique];
        threshold: "Threshold" => f64;
        threshold_metric_id: "ThresholdMetricId" => String [MinLength(1), MaxLength(255)];
        treat_missing_data: "TreatMissingData" => TreatMissingData;
        unit: "Unit" => Unit;
        warm_up_configuration: "WarmUpConfiguration" => WarmUpConfiguration;
    }
    attributes {
        arn: "Arn" => String;
    }
    create_only [
        "AlarmName",
    ]
}

resource! {
    /// The resource type `AWS::CloudWatch::Dashboard`.
    Dashboard = "AWS::CloudWatch::Dashboard"
    required {
        dashboard_body: "DashboardBody" => String;
    }
    optional {
        dashboard_name: "DashboardName" => String;
        tags: "Tags" => List<Tag> [MaxItems(50), Unique];
    }
    attributes {}
    create_only [
        "DashboardName",
    ]
}

record! {
    /// The record `ActionConfiguration`.
    ActionConfiguration
    required {}
    optional {
        alarm_tags_propagation: "AlarmTagsPropagation" => AlarmTagsPropagation;
    }
}

record! {
    /// The record `AlarmPromQLCriteria`.
    AlarmPromQLCriteria
    required {}
    optional {
        pending_period: "PendingPeriod" => i64;
        query: "Query" => String;
        recovery_period: "RecoveryPeriod" => i64;
    }
}

record! {
    /// The record `AlarmTagsPropagation`.
    AlarmTagsPropagation
    required {
        enabled: "Enabled" => bool;
    }
    optional {
        excluded_tag_keys: "ExcludedTagKeys" => List<String> [MinItems(1), MaxItems(50), Unique, Each(&[MinLength(1), MaxLength(128)])];
        included_tag_keys: "IncludedTagKeys" => List<String> [MinItems(1), MaxItems(50), Unique, Each(&[MinLength(1), MaxLength(128)])];
    }
}

record! {
    /// The record `Dimension`.
    Dimension
    required {
        value: "Value" => String [MinLength(1), MaxLength(1024)];
        name: "Name" => String [MinLength(1), MaxLength(255)];
    }
    optional {}
}

record! {
    /// The record `EvaluationCriteria`.
    EvaluationCriteria
    required {}
    optional {
        prom_ql_criteria: "PromQLCriteria" => AlarmPromQLCriteria;
    }
}

record! {
    /// The record `EvaluationWindow`.
    EvaluationWindow
    required {}
    optional {
        sliding_window: "SlidingWindow" => Json;
        wall_clock_window: "WallClockWindow" => WallClockWindow;
    }
}

record! {
    /// The record `Metric`.
    Metric
    required {}
    optional {
        dimensions: "Dimensions" => List<Dimension> [MinItems(0), MaxItems(30)];
        metric_name: "MetricName" => String [MinLength(1), MaxLength(255)];
        namespace: "Namespace" => String [MinLength(1), MaxLength(255), Pattern(r#"^[^:]"#)];
    }
}

record! {
    /// The record `MetricDataQuery`.
    MetricDataQuery
    required {
        id: "Id" => String [MinLength(1), MaxLength(255), Pattern(r#"^([a-z])([A-Za-z0-9\_]*)$"#)];
    }
    optional {
        account_id: "AccountId" => String [MinLength(1), MaxLength(255)];
        expression: "Expression" => String [MinLength(1), MaxLength(2048)];
        label: "Label" => String;
        metric_stat: "MetricStat" => MetricStat;
        period: "Period" => i64 [Minimum(1.0)];
        return_data: "ReturnData" => bool;
    }
}

record! {
    /// The record `MetricStat`.
    MetricStat
    required {
        stat: "Stat" => String;
        period: "Period" => i64 [Minimum(1.0)];
        metric: "Metric" => Metric;
    }
    optional {
        unit: "Unit" => Unit;
    }
}

record! {
    /// The record `Tag`.
    Tag
    required {
        key: "Key" => String [MinLength(1), MaxLength(128)];
        value: "Value" => String [MinLength(1), MaxLength(256)];
    }
    optional {}
}

record! {
    /// The record `WallClockWindow`.
    WallClockWindow
    required {}
    optional {
        timezone: "Timezone" => String;
    }
}

record! {
    /// The record `WarmUpConfiguration`.
    WarmUpConfiguration
    required {}
    optional {
        only_start_evaluating_after_warm_up_period_ends: "OnlyStartEvaluatingAfterWarmUpPeriodEnds" => bool;
        warm_up_period_duration_in_minutes: "WarmUpPeriodDurationInMinutes" => i64 [Minimum(1.0), Maximum(2880.0)];
    }
}

choice! {
    /// The choice `ComparisonOperator`.
    ComparisonOperator {
        GreaterThanOrEqualToThreshold = "GreaterThanOrEqualToThreshold",
        GreaterThanThreshold = "GreaterThanThreshold",
        GreaterThanUpperThreshold = "GreaterThanUpperThreshold",
        LessThanLowerOrGreaterThanUpperThreshold = "LessThanLowerOrGreaterThanUpperThreshold",
        LessThanLowerThreshold = "LessThanLowerThreshold",
        LessThanOrEqualToThreshold = "LessThanOrEqualToThreshold",
        LessThanThreshold = "LessThanThreshold",
    }
}

choice! {
    /// The choice `Statistic`.
    Statistic {
        Average = "Average",
        Maximum = "Maximum",
        Minimum = "Minimum",
        SampleCount = "SampleCount",
        Sum = "Sum",
    }
}

choice! {
    /// The choice `TreatMissingData`.
    TreatMissingData {
        Breaching = "breaching",
        Ignore = "ignore",
        Missing = "missing",
        NotBreaching = "notBreaching",
    }
}

choice! {
    /// The choice `Unit`.
    Unit {
        Bits = "Bits",
        BitsSecond = "Bits/Second",
        Bytes = "Bytes",
        BytesSecond = "Bytes/Second",
        Count = "Count",
        CountSecond = "Count/Second",
        Gigabits = "Gigabits",
        GigabitsSecond = "Gigabits/Second",
        Gigabytes = "Gigabytes",
        GigabytesSecond = "Gigabytes/Second",
        Kilobits = "Kilobits",
        KilobitsSecond = "Kilobits/Second",
        Kilobytes = "Kilobytes",
        KilobytesSecond = "Kilobytes/Second",
        Megabits = "Megabits",
        MegabitsSecond = "Megabits/Second",
        Megabytes = "Megabytes",
        MegabytesSecond = "Megabytes/Second",
        Microseconds = "Microseconds",
        Milliseconds = "Milliseconds",
        None = "None",
        Percent = "Percent",
        Seconds = "Seconds",
        Terabits = "Terabits",
        TerabitsSecond = "Terabits/Second",
        Terabytes = "Terabytes",
        TerabytesSecond = "Terabytes/Second",
    }
}
