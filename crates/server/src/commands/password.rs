//! Where a password for a command comes from.

use std::io::{BufRead as _, IsTerminal as _};

use clap::Args;

use super::CommandError;
use crate::auth::password::{LONGEST, SHORTEST};
use crate::env::Env;

/// Where the password comes from; without a flag it is asked for, or made up where nobody can be asked.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct Source {
    /// Read the password from the first line of standard input.
    #[arg(long)]
    password_stdin: bool,
    /// The password itself. Others may see it in the list of processes and in the shell's history: for tests only.
    #[arg(long)]
    password: Option<String>,
}

impl Source {
    /// The password, and whether it was made up and has to be shown.
    ///
    /// # Errors
    /// [`CommandError`] when it can't be read, or is too short or too long.
    pub fn read(&self, env: &Env) -> Result<(String, bool), CommandError> {
        let password = if self.password_stdin {
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line)?;
            line.trim_end_matches(['\r', '\n']).to_owned()
        } else if let Some(password) = &self.password {
            password.clone()
        } else if std::io::stdin().is_terminal() {
            rpassword::prompt_password("Password (empty for a random one): ")?
        } else {
            String::new()
        };
        if password.is_empty() && !self.password_stdin {
            return Ok((random(env), true));
        }
        if password.chars().count() < SHORTEST || password.len() > LONGEST {
            return Err(CommandError::Refused(format!("a password has at least {SHORTEST} characters")));
        }
        Ok((password, false))
    }
}

/// Asks for a secret without showing it; where nobody can be asked, reads a line.
///
/// # Errors
/// It can't be read, or is empty.
pub fn ask_for(name: &str) -> Result<String, CommandError> {
    let secret = if std::io::stdin().is_terminal() {
        rpassword::prompt_password(format!("{name}: "))?
    } else {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    if secret.is_empty() { Err(CommandError::Refused(format!("{name} is empty"))) } else { Ok(secret) }
}

/// Sixteen letters and digits that can't be mistaken for each other: 80 bits.
fn random(env: &Env) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    env.bytes::<16>().iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}
