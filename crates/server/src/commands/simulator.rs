//! `carrier-simulator`: a carrier in a box, for development.

use std::io::Write as _;
use std::net::SocketAddr;

use clap::Args;
use halyard_protocol::PhoneNumber;
use tokio::net::TcpListener;

use super::CommandError;
use crate::env::Env;
use crate::simulator::{Options, Pace, Simulator, serve};
use crate::telemetry::LogFormat;
use crate::{lifecycle, telemetry};

/// Bytes of randomness in a token that is made up.
const TOKEN: usize = 18;

/// Phones that the page begins with: one that gets every text, one that answers, one that is off.
const PHONES: [&str; 3] = ["+12025550142", "+12025550103", "+12025550100"];

/// A simulated carrier with phones outside, for development: no text leaves this computer. Its page shows the phones, and writes as them.
#[derive(Debug, Args)]
#[command(
    after_help = "How a phone behaves says the end of its number: 00 is off, so texts fail; 01 is a landline, so they are refused; 02 never \
    confirms; 03 answers with an echo; at 04 the carrier's answer is lost; 05 takes a text at the third try; 06 has opted out. All others get \
    every text. The page sets any phone to any of them.\n\nHalyard needs an account of kind simulator, with this address as `api` and the token \
    as `token`: `halyard-server carrier add simulator`, or `halyard-server demo --simulator`."
)]
pub struct CarrierSimulator {
    /// Address and port to listen at; port 0 takes a free one. With another address than one of this machine (127.0.0.1, ::1), others in the network
    /// reach the carrier's interface, which asks for the token; the page answers on this machine alone.
    #[arg(long, env = "HALYARD_SIMULATOR_LISTEN", default_value = "127.0.0.1:8089")]
    listen: SocketAddr,
    /// What Halyard logs in with, and what webhooks are signed with: the `token` of the account. Without it one is made up and printed.
    #[arg(long, env = "HALYARD_SIMULATOR_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Where Halyard takes texts of phones, as `halyard-server carrier add` prints it. Without it that is learned from the first text to a phone.
    #[arg(long, env = "HALYARD_SIMULATOR_WEBHOOK")]
    webhook: Option<String>,
    /// How many times as fast as one can watch texts reach phones: for tests.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000), value_name = "TIMES")]
    speed: u32,
}

/// Simulates until told to stop.
///
/// # Errors
/// [`CommandError`]: the token or the address.
pub async fn run(command: CarrierSimulator, env: Env) -> Result<(), CommandError> {
    let CarrierSimulator { listen, token, webhook, speed } = command;
    if token.as_ref().is_some_and(|token| token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic())) {
        return Err(CommandError::Refused("a token has letters, digits and signs only".to_owned()));
    }
    telemetry::start(LogFormat::default());
    let made_up = token.is_none();
    let token = token.unwrap_or_else(|| {
        let bytes: [u8; TOKEN] = env.bytes();
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    });
    let phones = PHONES.iter().filter_map(|phone| PhoneNumber::from_e164(phone).ok()).collect();
    let options = Options { token: token.clone(), webhook, pace: Pace::default().times(speed), phones };
    let simulator = Simulator::new(env, options, lifecycle::signals())
        .map_err(|error| CommandError::Refused(format!("requests can't be made here: {error}")))?;
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    {
        let mut out = std::io::stdout().lock();
        if made_up {
            writeln!(out, "the token of its accounts: {token}")?;
        }
        writeln!(out, "carrier simulator listening on http://{address}")?;
        out.flush()?;
    }
    serve(&simulator, listener).await;
    Ok(())
}
