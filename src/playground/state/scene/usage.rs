//! Tokens used and what they cost, in few characters.

use crate::clean::DisplayText;
use crate::display;
use crate::engine::fusion::event::{Price, Usage, about};

/// US dollars: small sums with four digits behind the point, so that a single call is not nothing.
#[must_use]
pub fn cost(dollars: f64) -> DisplayText {
    match dollars {
        sum if sum > 0.0 && sum < 0.000_05 => "<$0.0001".into(),
        sum if sum < 1.0 => display!("${sum:.4}"),
        sum if sum < 1000.0 => display!("${sum:.2}"),
        sum => display!("${sum:.0}"),
    }
}

/// Tokens used.
#[must_use]
pub fn tokens(usage: Usage) -> DisplayText {
    let cached = if usage.cached_tokens > 0 { display!(" ({} cached)", count(usage.cached_tokens)) } else { DisplayText::new() };
    let (input, output) = (about(usage.guessed_prompt_tokens > 0), about(usage.guessed_output_tokens > 0));
    display!("{input}{} tokens in{cached}, {output}{} out", count(usage.prompt_tokens), count(usage.output_tokens))
}

/// A cost in US dollars of which a part may be `guessed`.
#[must_use]
pub fn about_cost(dollars: f64, guessed: bool) -> DisplayText {
    display!("{}{}", about(guessed), cost(dollars))
}

/// What a member's tokens cost.
#[must_use]
pub fn paid(dollars: f64, usage: Usage) -> DisplayText {
    about_cost(dollars, usage.is_guessed())
}

/// What tokens cost.
#[must_use]
pub fn price(price: Price) -> DisplayText {
    let cached = price.cached.map_or_else(DisplayText::new, |cached| display!(" (${cached} cached)"));
    display!("${} in{cached}, ${} out per million tokens", price.input, price.output)
}

fn count(tokens: u64) -> DisplayText {
    match tokens {
        0..10_000 => display!("{tokens}"),
        10_000..10_000_000 => display!("{}k", tokens / 1000),
        _ => display!("{}M", tokens / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_keep_the_digits_that_say_something() {
        let shown = [0.0, 0.000_01, 0.0123, 0.5, 12.345, 1234.5].map(cost);
        assert_eq!(shown, ["$0.0000", "<$0.0001", "$0.0123", "$0.5000", "$12.35", "$1234"]);
    }

    #[test]
    fn tokens_and_prices_are_told_in_a_line() {
        let usage = Usage::counted(12_345, 0, 67);
        assert_eq!(tokens(usage), "12k tokens in, 67 out");
        assert_eq!(tokens(Usage { cached_tokens: 9_999, ..usage }), "12k tokens in (9999 cached), 67 out");
        let guessed = Usage { guessed_output_tokens: 40, ..usage };
        assert_eq!((tokens(guessed), paid(0.5, guessed)), ("12k tokens in, about 67 out".into(), "about $0.5000".into()));
        let each = Price { input: 0.15, cached: Some(0.075), output: 0.6 };
        assert_eq!(price(each), "$0.15 in ($0.075 cached), $0.6 out per million tokens");
    }
}
