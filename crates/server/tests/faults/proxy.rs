//! A way to PostgreSQL that breaks: each connection ends for both sides after so many bytes that one of them has sent, in the middle of a
//! message, before a question has arrived or before its answer has.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::dice::Dice;

/// A connection breaks after at most so many bytes: some dozens of sends.
const MOST: u64 = 60_000;

/// A way that breaks until it is told not to.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    breaks: watch::Receiver<u64>,
    holds: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// To the socket file of a PostgreSQL.
    pub(crate) async fn start(to: PathBuf, dice: &mut Dice) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let dice = Arc::new(Mutex::new(dice.fork()));
        let (count, breaks) = watch::channel(0);
        let (holds, held) = watch::channel(false);
        let count = Arc::new(count);
        let task = tokio::spawn(async move {
            while let Ok((here, _)) = listener.accept().await {
                let _ = here.set_nodelay(true);
                let (asked, answered) = {
                    let mut dice = dice.lock().unwrap();
                    // One of the two directions ends it.
                    let bytes = 1 + dice.below(MOST);
                    if dice.below(2) == 0 { (bytes, u64::MAX) } else { (u64::MAX, bytes) }
                };
                let (to, count, held) = (to.clone(), Arc::clone(&count), held.clone());
                tokio::spawn(async move {
                    let Ok(there) = UnixStream::connect(to).await else { return };
                    let ((from, mut back), (mut answers, mut questions)) = (here.into_split(), there.into_split());
                    let (mut from, held_too) = (from, held.clone());
                    let broke = tokio::select! {
                        broke = carry(&mut from, &mut questions, asked, held) => broke,
                        broke = carry(&mut answers, &mut back, answered, held_too) => broke,
                    };
                    if broke {
                        count.send_modify(|count| *count += 1);
                    }
                });
            }
        });
        Self { address, breaks, holds, task }
    }

    /// Waits until so many connections have broken in all.
    pub(crate) async fn broken(&mut self, count: u64) {
        self.breaks.wait_for(|breaks| *breaks >= count).await.unwrap();
    }

    /// Breaks nothing from now on.
    pub(crate) fn hold(&self) {
        self.holds.send(true).unwrap();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Carries bytes on until one end goes, or so many have gone; whether it was that.
async fn carry(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    mut most: u64,
    holds: watch::Receiver<bool>,
) -> bool {
    let mut buffer = [0; 4_096];
    loop {
        let Ok(count @ 1..) = from.read(&mut buffer).await else { return false };
        let passed = if *holds.borrow() { count } else { count.min(usize::try_from(most).unwrap_or(usize::MAX)) };
        if to.write_all(&buffer[..passed]).await.is_err() {
            return false;
        }
        if passed < count {
            return true;
        }
        most = most.saturating_sub(passed as u64);
    }
}
