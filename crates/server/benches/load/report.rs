//! What was measured, beside its goal and the method.

use std::time::Duration;

use crate::database::Kind;

/// A figure.
pub(crate) struct Measured {
    pub(crate) name: String,
    pub(crate) measured: String,
    pub(crate) goal: String,
    pub(crate) is_met: bool,
    pub(crate) method: String,
}

impl Measured {
    /// A count or a rate that has to be so high.
    pub(crate) fn at_least(name: &str, value: f64, goal: f64, unit: &str, method: &str) -> Self {
        Self {
            name: name.to_owned(),
            measured: format!("{value:.0} {unit}"),
            goal: format!("{goal:.0} {unit} or more"),
            is_met: value >= goal,
            method: method.to_owned(),
        }
    }

    /// A size, a share or a time that may be so high.
    pub(crate) fn at_most(name: &str, value: f64, goal: f64, unit: &str, method: &str) -> Self {
        Self {
            name: name.to_owned(),
            measured: format!("{value:.1} {unit}"),
            goal: format!("{goal:.0} {unit} at most"),
            is_met: value <= goal,
            method: method.to_owned(),
        }
    }

    /// A share of samples that may take so long.
    pub(crate) fn quantile(name: &str, samples: &Samples, share: f64, goal: f64, method: &str) -> Self {
        let mut measured = Self::at_most(name, samples.quantile(share), goal, "ms", method);
        measured.measured = format!(
            "p{:.0} {} (median {:.1}, most {:.1}, n={})",
            share * 100.0,
            measured.measured,
            samples.quantile(0.5),
            samples.quantile(1.0),
            samples.0.len()
        );
        measured
    }

    pub(crate) fn print(&self, kind: Kind) {
        let mark = if self.is_met { "ok  " } else { "MISS" };
        println!("\n{mark} {} ({}): {}; goal {}", self.name, kind.name(), self.measured, self.goal);
        println!("     {}", self.method);
    }
}

/// Times in milliseconds.
#[derive(Default)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(took.as_secs_f64() * 1_000.0);
    }

    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The value that this share of the samples does not exceed.
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let place = ((share * sorted.len() as f64).ceil() as usize).clamp(1, sorted.len().max(1));
        sorted.get(place - 1).copied().unwrap_or(f64::NAN)
    }
}
