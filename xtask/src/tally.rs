//! Counting what the test runners found, to one line at the end.

use std::io::{BufRead, BufReader, Read, Write};
use std::ops::AddAssign;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::{Context, Result};

use crate::process::shown;

/// How many checks held and how many did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Held.
    pub(crate) passed: u64,
    /// Did not hold.
    pub(crate) failed: u64,
}

impl Tally {
    /// A runner that broke off: one failure, whatever it had counted.
    pub(crate) const BROKEN: Self = Self { passed: 0, failed: 1 };

    /// The count of a runner, corrected by its exit status: a runner that fails has failed in something.
    pub(crate) fn with_status(mut self, success: bool) -> Self {
        if !success && self.failed == 0 {
            self.failed = 1;
        }
        self
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Runs a command, shows its output as it comes, and keeps it.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn watched(command: &mut Command) -> Result<(bool, String)> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start `{}`", shown(command)))?;
    let captured = Arc::new(Mutex::new(String::new()));
    let readers = [
        child.stdout.take().map(|stream| capture(stream, Arc::clone(&captured))),
        child.stderr.take().map(|stream| capture(stream, Arc::clone(&captured))),
    ];
    for reader in readers.into_iter().flatten() {
        // A reader that panicked has shown why; what it had read counts.
        let _ = reader.join();
    }
    let success = child.wait()?.success();
    let text = captured.lock().map(|text| text.clone()).unwrap_or_default();
    Ok((success, text))
}

fn capture(stream: impl Read + Send + 'static, captured: Arc<Mutex<String>>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(std::io::Result::ok) {
            let line = String::from_utf8_lossy(&line).into_owned();
            // A terminal that has gone away must not stop the tests.
            let _ = writeln!(std::io::stdout(), "{line}");
            if let Ok(mut text) = captured.lock() {
                text.push_str(&line);
                text.push('\n');
            }
        }
    })
}

/// The sums of `cargo test`: every line `test result: ok. 3 passed; 0 failed; ...`.
pub(crate) fn of_cargo_test(text: &str) -> Tally {
    let mut tally = Tally::default();
    for line in text.lines().filter(|line| line.starts_with("test result:")) {
        tally.passed += number_before(line, " passed");
        tally.failed += number_before(line, " failed");
    }
    tally
}

/// The sums of nextest: its line `Summary [1.2s] 5 tests run: 4 passed, 1 failed, 0 skipped`.
pub(crate) fn of_nextest(text: &str) -> Tally {
    let mut tally = Tally::default();
    for line in text.lines().filter(|line| line.trim_start().starts_with("Summary [")) {
        tally.passed += number_before(line, " passed");
        tally.failed += number_before(line, " failed") + number_before(line, " timed out");
    }
    tally
}

fn number_before(line: &str, word: &str) -> u64 {
    let Some((before, _)) = line.split_once(word) else { return 0 };
    before.rsplit(' ').next().and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_of_both_runners_are_read() {
        let plain =
            "test result: ok. 3 passed; 0 failed; 0 ignored\nx\ntest result: FAILED. 10 passed; 2 failed; 0 ignored\n";
        assert_eq!(of_cargo_test(plain), Tally { passed: 13, failed: 2 });
        let nextest = "     Summary [   1.234s] 8 tests run: 5 passed (1 slow), 2 failed, 1 timed out, 0 skipped\n";
        assert_eq!(of_nextest(nextest), Tally { passed: 5, failed: 3 });
    }

    #[test]
    fn a_runner_that_fails_without_counting_has_failed() {
        assert_eq!(Tally { passed: 4, failed: 0 }.with_status(false), Tally { passed: 4, failed: 1 });
        assert_eq!(Tally { passed: 4, failed: 2 }.with_status(false), Tally { passed: 4, failed: 2 });
        assert_eq!(Tally { passed: 4, failed: 0 }.with_status(true), Tally { passed: 4, failed: 0 });
    }
}
