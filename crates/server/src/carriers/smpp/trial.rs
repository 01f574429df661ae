//! A test of an account: binds as its sessions would, says farewell, and says in words what was found.

use std::time::Duration;

use halyard_carriers::Tested;
use halyard_carriers::smpp::{Options, Output, Role, Session, State};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, timeout};

use super::Trunks;
use super::dial::dial;
use super::status::name;
use crate::store::carrier_accounts::AccountRecord;

/// How long one session may take, from the first byte to the farewell.
const SESSION: Duration = Duration::from_secs(25);

/// Tests an account. Where this process is connected with it nothing is bound again.
pub async fn test(account: &AccountRecord, options: &Options, trunks: &Trunks) -> Tested {
    let names: Vec<&str> = options.bind.roles().iter().map(|role| name(*role)).collect();
    if trunks.is_up(account) {
        return Tested::Works(format!("The connection to the carrier is up, as {}.", names.join(" and ")));
    }
    for role in options.bind.roles() {
        if let Err(why) = timeout(SESSION, bind(options, *role))
            .await
            .unwrap_or_else(|_| Err("The carrier did not answer in time.".to_owned()))
        {
            return Tested::Fails(if options.bind.roles().len() > 1 {
                format!("As {}: {why}", name(*role))
            } else {
                why
            });
        }
    }
    Tested::Works(format!("The carrier takes the login, as {}.", names.join(" and ")))
}

/// Binds, and says farewell.
async fn bind(options: &Options, role: Role) -> Result<(), String> {
    let mut wire = dial(options).await?;
    let mut session = Session::new(options.clone(), role);
    let began = Instant::now();
    let mut outputs = session.connected(Duration::ZERO);
    let (mut buffer, mut wake, mut is_bound, mut is_leaving) = (vec![0; 4 * 1024], None, false, false);
    loop {
        for output in std::mem::take(&mut outputs) {
            match output {
                // What does not leave shows as a connection that has ended.
                Output::Write(bytes) => {
                    let _ = wire.write_all(&bytes.0).await;
                }
                Output::WakeAt(at) => wake = Some(at),
                Output::State(State::Bound) => is_bound = true,
                Output::State(State::Refused { why, .. }) => return Err(why.words),
                Output::State(State::Left) => return Ok(()),
                Output::State(State::Lost(_)) if is_bound => return Ok(()),
                Output::State(State::Lost("the connection ended")) => {
                    return Err(
                        "The carrier closed the connection before it answered the login: it may not know this server's address, or not speak SMPP at this port."
                            .to_owned(),
                    );
                }
                Output::State(State::Lost(why)) => return Err(format!("The session failed: {why}.")),
                Output::Inbound(handle, _) | Output::Receipt(handle, _) => {
                    // It is for the sessions that stay.
                    for output in session.not_taken(handle, began.elapsed()) {
                        if let Output::Write(bytes) = output {
                            {
                                let _ = wire.write_all(&bytes.0).await;
                            };
                        }
                    }
                }
                _ => {}
            }
        }
        let _ = wire.flush().await;
        if is_bound && !is_leaving {
            is_leaving = true;
            outputs = session.leave(began.elapsed());
            continue;
        }
        let next = wake.map_or_else(|| Instant::now() + SESSION, |wake| began + wake);
        outputs = match tokio::time::timeout_at(next, wire.read(&mut buffer)).await {
            Ok(Ok(0) | Err(_)) => session.closed(began.elapsed()),
            Ok(Ok(length)) => session.received(buffer.get(..length).unwrap_or_default(), began.elapsed()),
            Err(_) => {
                wake = None;
                session.tick(began.elapsed())
            }
        };
    }
}
