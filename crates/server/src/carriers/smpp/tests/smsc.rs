//! A small SMSC on a socket of this machine. It speaks just enough SMPP 3.4 by hand, and does as a test says.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;

pub(super) const ANSWER: u32 = 0x8000_0000;
pub(super) const BIND_RECEIVER: u32 = 1;
pub(super) const BIND_TRANSMITTER: u32 = 2;
pub(super) const SUBMIT_SM: u32 = 4;
pub(super) const DELIVER_SM: u32 = 5;
pub(super) const UNBIND: u32 = 6;
pub(super) const BIND_TRANSCEIVER: u32 = 9;
const ENQUIRE_LINK: u32 = 0x15;

/// What it does with a submission.
#[derive(Clone, Copy, Debug)]
pub(super) enum Does {
    /// Answers with this status.
    Says(u32),
    /// Takes it, and says so after a while.
    SaysLate(Duration),
    /// Takes it, and closes the connection without an answer.
    HangsUp,
}

/// A part that it was handed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) to: String,
    pub(super) esm_class: u8,
    pub(super) data_coding: u8,
    pub(super) octets: Vec<u8>,
}

#[derive(Default)]
pub(super) struct Known {
    /// Commands of those that bound, in their order, with system_id and password.
    pub(super) binds: Vec<(u32, String, String)>,
    pub(super) parts: Vec<Part>,
    pub(super) unbinds: usize,
    /// How often it brought something.
    brought: u32,
    /// What was said to what it brought.
    pub(super) answers: Vec<u32>,
    /// What it does next; after that it takes everything.
    pub(super) does: VecDeque<Does>,
    /// What a bind is answered with; 0 at first.
    pub(super) bind_status: u32,
    /// Connections that receive.
    receivers: Vec<mpsc::UnboundedSender<Vec<u8>>>,
    pub(super) open: usize,
}

pub(super) struct Smsc {
    pub(super) port: u16,
    pub(super) known: Arc<Mutex<Known>>,
}

impl Smsc {
    pub(super) async fn start() -> Self {
        Self::listen(None).await
    }

    /// With TLS, and the certificate (PEM) that vouches for it.
    pub(super) async fn start_with_tls() -> (Self, String) {
        let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let (certificate, key) = (own.cert.der().clone(), own.key_pair.serialize_der().try_into().unwrap());
        let builder = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
        let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
        let config = builder.with_single_cert(vec![certificate], key).unwrap();
        (Self::listen(Some(TlsAcceptor::from(Arc::new(config)))).await, own.cert.pem())
    }

    async fn listen(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let known = Arc::new(Mutex::new(Known::default()));
        let shared = Arc::clone(&known);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                match tls.clone() {
                    None => drop(tokio::spawn(serve(stream, shared))),
                    Some(tls) => drop(tokio::spawn(async move {
                        if let Ok(stream) = tls.accept(stream).await {
                            serve(stream, shared).await;
                        }
                    })),
                }
            }
        });
        Self { port, known }
    }

    /// Waits until something is so.
    pub(super) async fn until(&self, is_so: impl Fn(&Known) -> bool) {
        for _ in 0..1_000 {
            if is_so(&self.known.lock().unwrap()) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it is not so after ten seconds");
    }

    pub(super) async fn bound(&self, sessions: usize) {
        self.until(|known| known.binds.len() >= sessions && known.bind_status == 0).await;
    }

    pub(super) fn will(&self, does: &[Does]) {
        self.known.lock().unwrap().does.extend(does);
    }

    /// Brings something to the connection that came last of those that receive.
    pub(super) fn bring(&self, body: &[u8]) {
        let mut known = self.known.lock().unwrap();
        known.brought += 1;
        let bytes = pdu(DELIVER_SM, 0, known.brought, body);
        known.receivers.last().unwrap().send(bytes).unwrap();
    }

    /// Closes all connections that receive.
    pub(super) fn hang_up(&self) {
        self.known.lock().unwrap().receivers.clear();
    }
}

/// A text as an SMSC brings it.
pub(super) fn deliver(from: &str, to: &str, esm_class: u8, data_coding: u8, octets: &[u8]) -> Vec<u8> {
    let mut body = vec![0, 1, 1];
    body.extend_from_slice(from.as_bytes());
    body.extend_from_slice(&[0, 1, 1]);
    body.extend_from_slice(to.as_bytes());
    body.extend_from_slice(&[0, esm_class, 0, 0, 0, 0, 0, 0, data_coding, 0, u8::try_from(octets.len()).unwrap()]);
    body.extend_from_slice(octets);
    body
}

/// A receipt.
pub(super) fn receipt(from: &str, to: &str, id: &str, state: &str) -> Vec<u8> {
    let words =
        format!("id:{id} sub:001 dlvrd:001 submit date:2611160900 done date:2611160901 stat:{state} err:000 text:");
    deliver(from, to, 4, 0, words.as_bytes())
}

fn pdu(command: u32, status: u32, sequence: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(16 + body.len()).unwrap();
    let mut bytes: Vec<u8> = [length, command, status, sequence].iter().flat_map(|word| word.to_be_bytes()).collect();
    bytes.extend_from_slice(body);
    bytes
}

fn text(body: &mut &[u8]) -> String {
    let end = body.iter().position(|octet| *octet == 0).unwrap();
    let text = String::from_utf8(body[..end].to_vec()).unwrap();
    *body = &body[end + 1..];
    text
}

fn part(mut body: &[u8]) -> Part {
    text(&mut body);
    body = &body[2..];
    text(&mut body);
    body = &body[2..];
    let to = text(&mut body);
    let esm_class = body[0];
    body = &body[3..];
    text(&mut body);
    text(&mut body);
    let (data_coding, length) = (body[2], usize::from(body[4]));
    Part { to, esm_class, data_coding, octets: body[5..5 + length].to_vec() }
}

async fn next(reading: &mut (impl AsyncRead + Unpin)) -> Option<(u32, u32, u32, Vec<u8>)> {
    let mut head = [0; 16];
    reading.read_exact(&mut head).await.ok()?;
    let word = |place: usize| u32::from_be_bytes(head[place..place + 4].try_into().unwrap());
    let mut body = vec![0; word(0) as usize - 16];
    reading.read_exact(&mut body).await.ok()?;
    Some((word(4), word(8), word(12), body))
}

async fn serve(stream: impl AsyncRead + AsyncWrite, known: Arc<Mutex<Known>>) {
    let (mut reading, mut writing) = tokio::io::split(stream);
    known.lock().unwrap().open += 1;
    let (mut bring, mut brings) = (None, None);
    loop {
        tokio::select! {
            came = next(&mut reading) => {
                let Some(came) = came else { break };
                let bytes = match answer(&known, came, &mut bring) {
                    Some(Answer::Bytes(bytes)) => bytes,
                    Some(Answer::Later(wait, bytes)) => {
                        tokio::time::sleep(wait).await;
                        bytes
                    }
                    Some(Answer::HangUp) => break,
                    None => Vec::new(),
                };
                if writing.write_all(&bytes).await.is_err() {
                    break;
                }
                if let Some(bring) = bring.take() {
                    let (sender, receiver) = mpsc::unbounded_channel();
                    brings = Some(receiver);
                    if bring {
                        known.lock().unwrap().receivers.push(sender);
                    }
                }
            }
            brought = brought(&mut brings) => {
                let Some(bytes) = brought else { break };
                if writing.write_all(&bytes).await.is_err() {
                    break;
                }
            }
        }
    }
    known.lock().unwrap().open -= 1;
    let _ = writing.shutdown().await;
}

async fn brought(brings: &mut Option<mpsc::UnboundedReceiver<Vec<u8>>>) -> Option<Vec<u8>> {
    match brings {
        Some(brings) => brings.recv().await,
        None => std::future::pending().await,
    }
}

enum Answer {
    Bytes(Vec<u8>),
    Later(Duration, Vec<u8>),
    HangUp,
}

fn answer(
    known: &Mutex<Known>,
    (command, status, sequence, body): (u32, u32, u32, Vec<u8>),
    receives: &mut Option<bool>,
) -> Option<Answer> {
    let mut known = known.lock().unwrap();
    let says = |status, body: &[u8]| Some(Answer::Bytes(pdu(command | ANSWER, status, sequence, body)));
    match command {
        BIND_RECEIVER | BIND_TRANSMITTER | BIND_TRANSCEIVER => {
            let mut rest = &body[..];
            let login = (command, text(&mut rest), text(&mut rest));
            known.binds.push(login);
            if known.bind_status == 0 && command != BIND_TRANSMITTER {
                *receives = Some(true);
            }
            says(known.bind_status, b"SMSC\0")
        }
        SUBMIT_SM => {
            let does = known.does.pop_front().unwrap_or(Does::Says(0));
            if !matches!(does, Does::Says(1..)) {
                known.parts.push(part(&body));
            }
            match does {
                Does::HangsUp => Some(Answer::HangUp),
                Does::SaysLate(wait) => {
                    let id = format!("m{}\0", known.parts.len());
                    Some(Answer::Later(wait, pdu(command | ANSWER, 0, sequence, id.as_bytes())))
                }
                Does::Says(0) => says(0, format!("m{}\0", known.parts.len()).as_bytes()),
                Does::Says(status) => says(status, &[]),
            }
        }
        UNBIND => {
            known.unbinds += 1;
            says(0, &[])
        }
        ENQUIRE_LINK => says(0, &[]),
        command if command == DELIVER_SM | ANSWER => {
            known.answers.push(status);
            None
        }
        _ => None,
    }
}
