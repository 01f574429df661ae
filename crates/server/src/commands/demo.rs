//! `demo`.

use clap::Args;

use super::{CommandError, open};
use crate::config::{Database, SecretKey};
use crate::demo::{self, PASSWORD, simulated};
use crate::env::Env;
use crate::sealing::Sealing;

/// Make two demo tenants, once, and print their log-ins.
#[derive(Debug, Args)]
pub struct Demo {
    #[command(flatten)]
    database: Database,
    #[command(flatten)]
    secret_key: SecretKey,
    /// Where a carrier simulator is, as http://127.0.0.1:8089: then harbor has a number that it carries, to text phones outside. Said again with
    /// another address or token, the account is corrected.
    #[arg(long, value_name = "URL")]
    simulator: Option<String>,
    /// The token that the simulator was started with.
    #[arg(long, env = "HALYARD_SIMULATOR_TOKEN", hide_env_values = true, value_name = "TOKEN", default_value = PASSWORD)]
    simulator_token: String,
}

/// Makes the demo.
///
/// # Errors
/// [`CommandError`].
pub async fn run(command: Demo, env: &Env) -> Result<(), CommandError> {
    let Demo { database, secret_key, simulator, simulator_token } = command;
    let store = open(&database).await?;
    let made = demo::make(&store, env).await?;
    print!("{}", demo::log_ins(made));
    if let Some(api) = simulator {
        let sealing = Sealing::new(secret_key.file(&database));
        let api = api.trim_end_matches('/');
        let line = simulated::carry(&store, env, &sealing, api, &simulator_token).await?;
        println!(
            "{line}, \u{201c}Simulated line\u{201d} of 1001@harbor and 1002@harbor, texts simulated phones: {api}"
        );
    }
    store.close().await;
    Ok(())
}
