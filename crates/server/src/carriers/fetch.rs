//! Fetching the files of a text that came in.
//!
//! Always holds: what a carrier names as an address leads to no machine of a private network, by whatever name or redirect; an account's secrets go
//! to the carrier's own addresses alone ([`halyard_carriers::Provider::fetch`]); a file ends at ten megabytes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use halyard_carriers::Provider;
use halyard_protocol::limits;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::LOCATION;
use reqwest::{Client, Url};

/// Bytes of a file, at most: what a chat's file may have.
const LIMIT: usize = limits::CHAT_MEDIA_BYTES as usize;
/// How long a file may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Redirects that are followed.
const REDIRECTS: usize = 3;

/// Why a file was not fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// It will never be: it is gone, too large, or at an address that is not gone to.
    #[error("it is gone, too large, or at an address that is not gone to")]
    Never,
    /// Perhaps later.
    #[error("the carrier did not answer")]
    Later,
}

/// Resolves names to addresses of the public internet alone.
struct Public;

impl Resolve for Public {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err("it is at no public address".into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

fn client(public_only: bool) -> Result<Client, reqwest::Error> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let building = Client::builder().timeout(TIMEOUT).redirect(reqwest::redirect::Policy::none());
    // A proxy would resolve names by itself.
    let building = if public_only { building.no_proxy().dns_resolver(Arc::new(Public)) } else { building };
    building.build()
}

static PUBLIC: LazyLock<Result<Client, reqwest::Error>> = LazyLock::new(|| client(true));
static ANY: LazyLock<Result<Client, reqwest::Error>> = LazyLock::new(|| client(false));

/// Fetches a file. `api` is the address at which an operator lets the account's carrier be spoken to, if that is another than usual:
/// there files may be, too, wherever it is.
///
/// # Errors
/// [`FetchError`].
pub async fn fetch(provider: &dyn Provider, url: &str, api: Option<&str>) -> Result<Vec<u8>, FetchError> {
    let mut url = Url::parse(url).map_err(|_| FetchError::Never)?;
    for _ in 0..=REDIRECTS {
        let trusted = api.and_then(|api| Url::parse(api).ok()).is_some_and(|api| api.origin() == url.origin());
        if !trusted && !may_be_fetched(&url) {
            return Err(FetchError::Never);
        }
        let client = if trusted { &*ANY } else { &*PUBLIC };
        let client = client.as_ref().map_err(|_| FetchError::Later)?;
        let request = provider.fetch(url.as_str());
        let mut building = client.get(url.clone());
        for (name, value) in &request.headers {
            building = building.header(*name, value);
        }
        let mut answer = building.send().await.map_err(|error| {
            let error = error.without_url();
            tracing::info!(%error, "a file of a text could not be fetched");
            FetchError::Later
        })?;
        match answer.status().as_u16() {
            200 => {}
            301 | 302 | 303 | 307 | 308 => {
                let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok()).ok_or(FetchError::Never)?;
                url = url.join(to).map_err(|_| FetchError::Never)?;
                continue;
            }
            401 | 403 | 408 | 425 | 429 | 500.. => return Err(FetchError::Later),
            _ => return Err(FetchError::Never),
        }
        if answer.content_length().is_some_and(|length| length > LIMIT as u64) {
            return Err(FetchError::Never);
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|_| FetchError::Later)? {
            if body.len() + chunk.len() > LIMIT {
                return Err(FetchError::Never);
            }
            body.extend_from_slice(&chunk);
        }
        return Ok(body);
    }
    Err(FetchError::Never)
}

/// Whether an address is one to go to: https, at a name or a public address, without a log-in in it.
fn may_be_fetched(url: &Url) -> bool {
    let host_is_public = match url.host() {
        Some(url::Host::Ipv4(ip)) => is_public(ip.into()),
        Some(url::Host::Ipv6(ip)) => is_public(ip.into()),
        Some(url::Host::Domain(_)) => true,
        None => false,
    };
    url.scheme() == "https" && url.username().is_empty() && url.password().is_none() && host_is_public
}

/// Whether an address is of the public internet (IANA's special-purpose registries, RFC 6890).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_multicast()
        || ip.is_unspecified()
        || a == 0
        || a >= 240
        // Shared by carriers' networks, protocol assignments, benchmarks.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (18..20).contains(&b));
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    // Global unicast alone, without documentation, Teredo, 6to4 and what may lead to an IPv4 address behind a translator.
    (0x2000..0x4000).contains(&first) && !(first == 0x2001 && (second < 0x0200 || second == 0x0db8)) && first != 0x2002
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_to_the_public_internet_alone() {
        for url in ["https://api.example.com/media/1", "https://93.184.216.34/x", "https://[2606:2800:220:1::1]/"] {
            assert!(may_be_fetched(&Url::parse(url).unwrap()), "{url}");
        }
        for url in [
            "http://api.example.com/media/1",
            "file:///etc/passwd",
            "https://user:word@api.example.com/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://10.1.2.3/",
            "https://169.254.169.254/latest/meta-data",
            "https://192.168.0.1/",
            "https://100.64.0.1/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[64:ff9b::a00:1]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
        ] {
            assert!(!may_be_fetched(&Url::parse(url).unwrap()), "{url}");
        }
    }
}
