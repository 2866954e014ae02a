//! AWS::Budgets. Generated from `stack/schemas` by `cargo xtask codegen`; not for editing.

use serde_json::Value as Json;

use crate::cfn::macros::{record, resource};
use crate::cfn::rules::Rule::{Maximum, Minimum};
use crate::cfn::value::List;

resource! {
    /// The resource type `AWS::Budgets::Budget`.
    Budget = "AWS::Budgets::Budget"
    required {
        budget: "Budget" => BudgetData;
    }
    optional {
        notifications_with_subscribers: "NotificationsWithSubscribers" => List<NotificationWithSubscribers>;
        resource_tags: "ResourceTags" => List<ResourceTag>;
    }
    attributes {
        id: "Id" => String;
    }
    create_only [
        "Budget.BudgetName",
        "NotificationsWithSubscribers",
    ]
}

record! {
    /// The record `AutoAdjustData`.
    AutoAdjustData
    required {
        auto_adjust_type: "AutoAdjustType" => String;
    }
    optional {
        historical_options: "HistoricalOptions" => HistoricalOptions;
    }
}

record! {
    /// The record `BudgetData`.
    BudgetData
    required {
        time_unit: "TimeUnit" => String;
        budget_type: "BudgetType" => String;
    }
    optional {
        auto_adjust_data: "AutoAdjustData" => AutoAdjustData;
        billing_view_arn: "BillingViewArn" => String;
        budget_limit: "BudgetLimit" => Spend;
        budget_name: "BudgetName" => String;
        cost_filters: "CostFilters" => Json;
        cost_types: "CostTypes" => CostTypes;
        filter_expression: "FilterExpression" => Expression;
        metrics: "Metrics" => List<String>;
        planned_budget_limits: "PlannedBudgetLimits" => Json;
        time_period: "TimePeriod" => TimePeriod;
    }
}

record! {
    /// The record `CostCategoryValues`.
    CostCategoryValues
    required {}
    optional {
        key: "Key" => String;
        match_options: "MatchOptions" => List<String>;
        values: "Values" => List<String>;
    }
}

record! {
    /// The record `CostTypes`.
    CostTypes
    required {}
    optional {
        include_credit: "IncludeCredit" => bool;
        include_discount: "IncludeDiscount" => bool;
        include_other_subscription: "IncludeOtherSubscription" => bool;
        include_recurring: "IncludeRecurring" => bool;
        include_refund: "IncludeRefund" => bool;
        include_subscription: "IncludeSubscription" => bool;
        include_support: "IncludeSupport" => bool;
        include_tax: "IncludeTax" => bool;
        include_upfront: "IncludeUpfront" => bool;
        use_amortized: "UseAmortized" => bool;
        use_blended: "UseBlended" => bool;
    }
}

record! {
    /// The record `Expression`.
    Expression
    required {}
    optional {
        and: "And" => List<Expression>;
        cost_categories: "CostCategories" => CostCategoryValues;
        dimensions: "Dimensions" => ExpressionDimensionValues;
        not: "Not" => Expression;
        or: "Or" => List<Expression>;
        tags: "Tags" => TagValues;
    }
}

record! {
    /// The record `ExpressionDimensionValues`.
    ExpressionDimensionValues
    required {}
    optional {
        key: "Key" => String;
        match_options: "MatchOptions" => List<String>;
        values: "Values" => List<String>;
    }
}

record! {
    /// The record `HistoricalOptions`.
    HistoricalOptions
    required {
        budget_adjustment_period: "BudgetAdjustmentPeriod" => i64;
    }
    optional {}
}

record! {
    /// The record `Notification`.
    Notification
    required {
        comparison_operator: "ComparisonOperator" => String;
        notification_type: "NotificationType" => String;
        threshold: "Threshold" => f64 [Minimum(0.1), Maximum(1000000000.0)];
    }
    optional {
        threshold_type: "ThresholdType" => String;
    }
}

record! {
    /// The record `NotificationWithSubscribers`.
    NotificationWithSubscribers
    required {
        subscribers: "Subscribers" => List<Subscriber>;
        notification: "Notification" => Notification;
    }
    optional {}
}

record! {
    /// The record `ResourceTag`.
    ResourceTag
    required {
        key: "Key" => String;
    }
    optional {
        value: "Value" => String;
    }
}

record! {
    /// The record `Spend`.
    Spend
    required {
        amount: "Amount" => f64;
        unit: "Unit" => String;
    }
    optional {}
}

record! {
    /// The record `Subscriber`.
    Subscriber
    required {
        subscription_type: "SubscriptionType" => String;
        address: "Address" => String;
    }
    optional {}
}

record! {
    /// The record `TagValues`.
    TagValues
    required {}
    optional {
        key: "Key" => String;
        match_options: "MatchOptions" => List<String>;
        values: "Values" => List<String>;
    }
}

record! {
    /// The record `TimePeriod`.
    TimePeriod
    required {}
    optional {
        end: "End" => String;
        start: "Start" => String;
    }
}
