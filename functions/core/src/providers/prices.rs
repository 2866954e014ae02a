//! What a model call costs: list prices of the providers, in US dollars, without discounts for
//! batches or cached input. A model that is not in the table has no cost rather than a wrong one.

use super::{Usage, anthropic, openai, voyage};

/// When the prices were read. Sources: claude.com/pricing#api, openai.com/api/pricing,
/// docs.voyageai.com/docs/pricing.
pub const AS_OF: &str = "2025-11";

/// Money, in billionths of a dollar: exact for whole tokens of every model below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost(u64);

impl Cost {
    /// Billionths of a dollar.
    pub fn nanodollars(self) -> u64 {
        self.0
    }

    /// Dollars, for people and metrics.
    pub fn dollars(self) -> f64 {
        self.0 as f64 / 1e9
    }
}

/// One model: billionths of a dollar for a token read and for one written. A price of 3 dollars
/// for a million tokens is 3,000 of these for one.
struct Price(&'static str, &'static str, u64, u64);

const PRICES: &[Price] = &[
    Price(anthropic::NAME, "claude-opus-4-5", 5_000, 25_000),
    Price(anthropic::NAME, "claude-opus-4-1", 15_000, 75_000),
    Price(anthropic::NAME, "claude-opus-4", 15_000, 75_000),
    Price(anthropic::NAME, "claude-sonnet-4-5", 3_000, 15_000),
    Price(anthropic::NAME, "claude-sonnet-4", 3_000, 15_000),
    Price(anthropic::NAME, "claude-3-7-sonnet", 3_000, 15_000),
    Price(anthropic::NAME, "claude-haiku-4-5", 1_000, 5_000),
    Price(anthropic::NAME, "claude-3-5-haiku", 800, 4_000),
    Price(openai::NAME, "gpt-5", 1_250, 10_000),
    Price(openai::NAME, "gpt-5-mini", 250, 2_000),
    Price(openai::NAME, "gpt-5-nano", 50, 400),
    Price(openai::NAME, "gpt-4.1", 2_000, 8_000),
    Price(openai::NAME, "gpt-4.1-mini", 400, 1_600),
    Price(openai::NAME, "gpt-4.1-nano", 100, 400),
    Price(openai::NAME, "gpt-4o", 2_500, 10_000),
    Price(openai::NAME, "gpt-4o-mini", 150, 600),
    Price(voyage::NAME, "voyage-3-large", 180, 0),
    Price(voyage::NAME, "voyage-3.5", 60, 0),
    Price(voyage::NAME, "voyage-3.5-lite", 20, 0),
];

/// What a call cost, if the model's price is known.
pub fn cost(provider: &str, model: &str, usage: Usage) -> Option<Cost> {
    let of_model = |price: &&Price| price.0 == provider && is_release_of(model, price.1);
    let Price(_, _, input, output) = PRICES.iter().find(of_model)?;
    let input = usage.input_tokens.checked_mul(*input)?;
    let output = usage.output_tokens.checked_mul(*output)?;
    input.checked_add(output).map(Cost)
}

/// Whether a name is the model itself or a dated release of it: `claude-sonnet-4-5-20250929`,
/// `gpt-4o-2024-08-06`. Anything else behind the name is another model.
fn is_release_of(name: &str, model: &str) -> bool {
    let Some(rest) = name.strip_prefix(model) else {
        return false;
    };
    let date = |text: &str| {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        digits == 8 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
    };
    rest.is_empty() || rest == "-latest" || rest.strip_prefix('-').is_some_and(date)
}

#[cfg(test)]
mod tests {
    use super::{PRICES, cost};
    use crate::providers::Usage;

    fn nanodollars(provider: &str, model: &str, input: u64, output: u64) -> Option<u64> {
        let usage = Usage {
            input_tokens: input,
            output_tokens: output,
        };
        cost(provider, model, usage).map(super::Cost::nanodollars)
    }

    #[test]
    fn tokens_become_money_to_the_last_digit() {
        let million = 1_000_000;
        for (provider, model, input, output, dollars) in [
            ("anthropic", "claude-sonnet-4-5", million, 0, 3.0),
            ("anthropic", "claude-sonnet-4-5-20250929", 0, million, 15.0),
            ("openai", "gpt-4o-2024-08-06", million, million, 12.5),
            ("openai", "gpt-4o-mini", million, 0, 0.15),
            ("voyage", "voyage-3.5-lite", million, 0, 0.02),
        ] {
            let found = nanodollars(provider, model, input, output);
            assert_eq!(found, Some((dollars * 1e9) as u64), "{model}");
        }
        assert_eq!(nanodollars("voyage", "voyage-3.5-lite", 1, 0), Some(20));
    }

    #[test]
    fn a_model_without_a_price_has_no_cost() {
        for (provider, model) in [
            ("anthropic", "claude-sonnet-5"),
            ("anthropic", "claude-sonnet-4-5-turbo"),
            ("anthropic", "gpt-4o"),
            ("openai", "gpt-4o-audio-preview"),
            ("openai", "gpt-4"),
            ("openai", ""),
            ("ollama", "llama3.2-vision"),
        ] {
            assert_eq!(nanodollars(provider, model, 5, 5), None, "{model}");
        }
        assert_eq!(nanodollars("openai", "gpt-4o", u64::MAX, 1), None);
    }

    #[test]
    fn no_name_is_the_dated_release_of_two_models() {
        for price in PRICES {
            let known = PRICES
                .iter()
                .filter(|other| other.0 == price.0 && super::is_release_of(price.1, other.1));
            assert_eq!(known.count(), 1, "{}", price.1);
        }
    }
}
