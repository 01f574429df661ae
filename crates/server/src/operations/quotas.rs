//! How much users and tenants may use: against somebody who texts at the business's cost, and so that one tenant does not take the room
//! of the others.

use halyard_protocol::{CauseCode, ErrorCode, TenantId, UserId};

use super::Actor;
use crate::problem::Problem;
use crate::store::usage::{self, DAY, MINUTE};
use crate::store::{self, Tx};

/// How much may be used. A text to three numbers counts as three.
#[derive(Clone, Copy, Debug)]
pub struct Quotas {
    /// Texts of a user in a minute.
    pub user_minute: u32,
    /// Texts of a user in a day (UTC).
    pub user_day: u32,
    /// Texts of a tenant in a minute.
    pub tenant_minute: u32,
    /// Texts of a tenant in a day (UTC).
    pub tenant_day: u32,
    /// Bytes of a tenant's files.
    pub bytes: u64,
    /// Contacts of a user, and shared ones of a tenant.
    pub contacts: u32,
}

impl Quotas {
    /// Without an end: for who operates the system, and for what comes in.
    pub const NONE: Self = Self {
        user_minute: u32::MAX,
        user_day: u32::MAX,
        tenant_minute: u32::MAX,
        tenant_day: u32::MAX,
        bytes: u64::MAX,
        contacts: u32::MAX,
    };
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            user_minute: 120,
            user_day: 5_000,
            tenant_minute: 1_200,
            tenant_day: 50_000,
            bytes: 50_000_000_000,
            contacts: 100_000,
        }
    }
}

/// Counts texts of a user, and refuses them when that is too many.
///
/// # Errors
/// `too_many_requests` for this minute, `limit_reached` for today.
pub(super) async fn count_texts(tx: &mut Tx, actor: &Actor, user: UserId, texts: usize) -> Result<(), Problem> {
    let texts = u64::try_from(texts).unwrap_or(u64::MAX);
    let Quotas { user_minute, user_day, tenant_minute, tenant_day, .. } = actor.quotas;
    let most = user_minute.min(tenant_minute);
    if texts > u64::from(most) {
        // No minute will take it.
        let detail = format!("A text goes to {most} numbers at most.");
        let cause = CauseCode::TooManyNumbers.limit(most as usize);
        return Err(Problem::because(ErrorCode::InvalidRecipients, cause, detail).at("to.peers"));
    }
    let of_user = usage::count_texts(tx, user, texts, actor.now).await?;
    let of_tenant = usage::count_texts(tx, actor.tenant, texts, actor.now).await?;
    for (used, day, cause) in [
        (of_user.in_day, user_day, CauseCode::TextsOfUserToday),
        (of_tenant.in_day, tenant_day, CauseCode::TextsOfBusinessToday),
    ] {
        if used > u64::from(day) {
            let detail = format!("At most {day} texts a day (UTC).");
            let problem = Problem::because(ErrorCode::LimitReached, cause.limit(day as usize), detail);
            return Err(problem.retry_after(seconds_to_next(DAY, actor)));
        }
    }
    if of_user.in_minute > u64::from(user_minute) || of_tenant.in_minute > u64::from(tenant_minute) {
        let detail = "Too many texts in this minute. They can be sent in the next.";
        return Err(Problem::new(ErrorCode::TooManyRequests, detail).retry_after(seconds_to_next(MINUTE, actor)));
    }
    Ok(())
}

/// Seconds until the next minute or day begins.
fn seconds_to_next(length: i64, actor: &Actor) -> u64 {
    let wait = length - actor.now.0.rem_euclid(length);
    u64::try_from(wait).unwrap_or_default().div_ceil(1_000)
}

/// Counts bytes of a tenant's files, and refuses them when that is too many.
///
/// # Errors
/// `limit_reached`.
pub(super) async fn count_bytes(tx: &mut Tx, actor: &Actor, bytes: u32) -> Result<(), Problem> {
    let used = usage::count_bytes(tx, actor.tenant, u64::from(bytes)).await?;
    if used <= actor.quotas.bytes {
        return Ok(());
    }
    let megabytes = usize::try_from(actor.quotas.bytes / 1_000_000).unwrap_or(usize::MAX);
    let detail = format!("The files of a business have {megabytes} MB at most.");
    Err(Problem::because(ErrorCode::LimitReached, CauseCode::FilesOfBusiness.limit(megabytes), detail))
}

/// Refuses when an owner, a user or a tenant, has more contacts than they may.
///
/// # Errors
/// `limit_reached`.
pub(super) async fn check_contacts(
    tx: &mut Tx,
    actor: &Actor,
    user: Option<UserId>,
    tenant: Option<TenantId>,
) -> Result<(), Problem> {
    let most = actor.quotas.contacts;
    for owner in [user.map(|user| user.to_string()), tenant.map(|tenant| tenant.to_string())].into_iter().flatten() {
        if store::contacts::count(tx, &owner).await? > u64::from(most) {
            let detail = format!("At most {most} contacts can be kept.");
            return Err(Problem::because(
                ErrorCode::LimitReached,
                CauseCode::ContactsKept.limit(most as usize),
                detail,
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use halyard_protocol::{CauseCode, ErrorCode};
    use serde_json::json;

    use super::*;
    use crate::app::Settings;
    use crate::testing::bench::{Answer, Bench, Browser, png, to_numbers};

    async fn bench(quotas: Quotas) -> Bench {
        Bench::with(Settings { quotas, ..Settings::default() }).await
    }

    async fn text(browser: &Browser<'_>, to: &[u16]) -> Answer {
        browser.send(browser.bench.message_id(), to_numbers(101, to), "Hello").await
    }

    #[tokio::test]
    async fn a_user_texts_so_often_in_a_minute_and_goes_on_in_the_next() {
        let bench = bench(Quotas { user_minute: 3, ..Quotas::default() }).await;
        let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
        let first = bench.message_id();
        for _ in 0..4 {
            let again = maya.send(first, to_numbers(101, &[142]), "The same").await;
            assert_eq!(again.status, 202, "a repeat counts once");
        }
        assert_eq!(
            text(&maya, &[142, 143, 144]).await.code(),
            ErrorCode::TooManyRequests,
            "a group counts as its members"
        );
        assert_eq!(text(&maya, &[142, 143]).await.status, 202, "what was refused counts nothing");
        let refused = text(&maya, &[142]).await;
        assert_eq!(refused.code(), ErrorCode::TooManyRequests);
        let wait: i64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        assert_eq!(
            text(&maya, &[142, 143, 144, 145]).await.code(),
            ErrorCode::InvalidRecipients,
            "no minute will take it"
        );
        maya.chat(&["1002"], "Chats are free").await;
        assert_eq!(text(&devon, &[142]).await.status, 202, "others have their own");
        bench.test.pass(wait * 1_000);
        assert_eq!(text(&maya, &[142]).await.status, 202);
    }

    #[tokio::test]
    async fn a_day_has_an_end_for_a_user_and_for_a_business() {
        let bench = bench(Quotas { user_day: 2, tenant_day: 3, ..Quotas::default() }).await;
        let (maya, devon) = (bench.sign_in("1001@harbor").await, bench.sign_in("1002@harbor").await);
        let rosa = bench.sign_in("1001@atlas").await;
        assert_eq!(text(&maya, &[142, 143]).await.status, 202);
        let refused = text(&maya, &[142]).await;
        assert_eq!((refused.code(), refused.cause()), (ErrorCode::LimitReached, CauseCode::TextsOfUserToday));
        assert_eq!(text(&devon, &[142]).await.status, 202);
        assert_eq!(text(&devon, &[142]).await.cause(), CauseCode::TextsOfBusinessToday);
        rosa.text(110, &[142], "Another business").await;
        bench.test.pass(24 * 60 * 60 * 1_000);
        assert_eq!(text(&maya, &[142]).await.status, 202);
    }

    #[tokio::test]
    async fn files_and_contacts_have_room_for_so_many() {
        let bench = bench(Quotas { bytes: 200, contacts: 2, ..Quotas::default() }).await;
        let maya = bench.sign_in("1001@harbor").await;
        let size = png(1, 1).len() as u64;
        for n in 0..200 / size {
            assert_eq!(maya.give(bench.media_id(), &format!("{n}.png"), png(1, 1)).await.status, 200);
        }
        let refused = maya.give(bench.media_id(), "more.png", png(1, 1)).await;
        assert_eq!((refused.code(), refused.cause()), (ErrorCode::LimitReached, CauseCode::FilesOfBusiness));
        bench.test.pass(8 * crate::app::DAY);
        crate::upkeep::tidy(&bench.app).await.unwrap();
        assert_eq!(maya.give(bench.media_id(), "more.png", png(1, 1)).await.status, 200, "what was forgotten is free");

        let path = |n: u8| format!("/contacts/01J9ZK4T6Q8Y2M0C5R7W3X1B{n:02}");
        let ana = |scope: &str| json!({ "scope": scope, "given": "Ana" });
        for n in 0..2 {
            assert_eq!(maya.put(&path(n), &ana("personal")).await.status, 200);
            assert_eq!(maya.put(&path(10 + n), &ana("shared")).await.status, 200);
        }
        for scope in ["personal", "shared"] {
            assert_eq!(maya.put(&path(3), &ana(scope)).await.cause(), CauseCode::ContactsKept);
            let import = json!({ "contacts": [{ "id": "01J9ZK4T6Q8Y2M0C5R7W3X1B99", "contact": ana(scope) }] });
            assert_eq!(maya.post("/contacts/import", &import).await.cause(), CauseCode::ContactsKept);
        }
        let renamed = json!({ "scope": "personal", "given": "Anna" });
        assert_eq!(maya.put(&path(0), &renamed).await.status, 200, "those that there are may change");
    }
}
