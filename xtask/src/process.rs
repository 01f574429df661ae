//! Running other programs: what they are called in messages, and what their failure says.

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Says a step to the user, on stderr: stdout belongs to the programs that are run.
pub(crate) fn say(text: impl AsRef<str>) {
    eprintln!("halyard: {}", text.as_ref());
}

/// The command as one would type it.
pub(crate) fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|arg| arg.to_string_lossy().into_owned()));
    words.join(" ")
}

/// Runs a command with this terminal's streams.
///
/// # Errors
/// When it cannot be started or ends with another status than 0.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("could not start `{}`", shown(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs a command and gives its trimmed standard output.
///
/// # Errors
/// When it cannot be started or fails; the message holds the end of its standard error.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let out = command.stdin(Stdio::null()).output().with_context(|| format!("could not start `{}`", shown(command)))?;
    if !out.status.success() {
        bail!("`{}` ended with {}:\n{}", shown(command), out.status, tail(&out.stderr, 30));
    }
    Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}

/// The last lines of a program's output.
pub(crate) fn tail(bytes: &[u8], lines: usize) -> String {
    let text = String::from_utf8_lossy(bytes);
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

/// Runs a command quietly and says whether it ended well within the time.
pub(crate) fn succeeds_within(command: &mut Command, limit: Duration) -> bool {
    let Ok(mut child) = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn() else {
        return false;
    };
    match wait_within(&mut child, limit) {
        Some(success) => success,
        None => {
            stop(&mut child, Duration::from_secs(2));
            false
        }
    }
}

/// Waits for the end of a child; `None` when the time is up.
pub(crate) fn wait_within(child: &mut Child, limit: Duration) -> Option<bool> {
    let end = Instant::now() + limit;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Ok(None) if Instant::now() < end => thread::sleep(Duration::from_millis(50)),
            Ok(None) => return None,
            Err(_) => return Some(false),
        }
    }
}

/// Asks a child to end (SIGTERM), waits, and kills it if it does not.
pub(crate) fn stop(child: &mut Child, timeout: Duration) {
    if matches!(child.try_wait(), Ok(Some(_))) {
        return;
    }
    let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).stderr(Stdio::null()).status();
    if asked.is_err() || wait_within(child, timeout).is_none() {
        // The child may end between the two calls: there is nothing left to do then.
        let _ = child.kill();
        let _ = child.wait();
    }
}
