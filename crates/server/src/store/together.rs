//! Questions of a tenant that PostgreSQL is asked together: by one statement, a function of a migration that is a transaction of its own.
//!
//! Always holds: a question is answered only where everything is as it mostly is, and then it is done as a whole, on the disk, when its asker hears so. What
//! is not answered has changed nothing, or is found as done by the transaction that then decides. SQLite answers none: there a statement for each step costs
//! nothing.

use futures_util::FutureExt as _;
use futures_util::future::{self, BoxFuture, Shared};
use halyard_protocol::{Seq, TenantId, UnixMs};
use serde::Serialize;

use super::gathering::{Bounds, Gathering, Unanswered};
use super::questions::{ArrivingText, BroughtText, ChatMessage, EndedText, HandedText, OutsideText};
use super::sql::{Row, args, json};
use super::turns::Urgency;
use super::{Db, Store, StoreError};

/// An answer where there is one, and whether its commit is on the disk, once that is known.
pub(super) type Answered = (Option<Place>, Shared<BoxFuture<'static, bool>>);

/// Questions of a kind that wait for each other, by tenant.
pub(super) type Asking<Q> = Gathering<TenantId, Q, Answered>;

/// Those of all kinds that wait.
pub(super) struct AllAsking {
    /// Messages into chats.
    pub(super) chats: Asking<ChatMessage>,
    /// Texts that users send.
    pub(super) outside: Asking<OutsideText>,
    /// Texts that carriers bring.
    pub(super) brought: Asking<BroughtText>,
    /// Texts that arrive.
    pub(super) arriving: Asking<ArrivingText>,
    /// Texts that are being handed to carriers.
    pub(super) handed: Asking<HandedText>,
    /// Texts that carriers have taken.
    pub(super) ended: Asking<EndedText>,
}

impl AllAsking {
    /// With bounds for those whom somebody waits for, and for jobs.
    pub(super) fn new(asked: Bounds, of_jobs: Bounds) -> Self {
        Self {
            chats: Gathering::new(asked),
            outside: Gathering::new(asked),
            brought: Gathering::new(asked),
            arriving: Gathering::new(of_jobs),
            handed: Gathering::new(of_jobs),
            ended: Gathering::new(of_jobs),
        }
    }
}

/// A question that is asked together with others of its kind and tenant.
pub(super) trait Together: Serialize + Send + Sync + Sized + 'static {
    /// The statement: gets the tenant (`$1`) and the questions with their numbers (`$2`, a JSON array of records). Of each that it answers it gives
    /// rows with its number (`nr`), its place where it has one (`seq`, `at`), whether there are jobs to do (`jobs`), and somebody who is told with
    /// their cursor (`id`, `cursor`).
    const STATEMENT: &'static str;
    /// Whose turn it takes to write; none where it changes nothing that the tenant's lock is for.
    const TURN: Option<Urgency>;

    /// Those that wait.
    fn asking(all: &AllAsking) -> &Asking<Self>;
}

/// An entry's place and moment; zeros where the answer is about none.
pub(super) type Place = (Seq, UnixMs);

/// A question with its number among those that are asked together.
#[derive(Serialize)]
struct Numbered<'q, Q> {
    nr: usize,
    #[serde(flatten)]
    question: &'q Q,
}

impl Store {
    /// Whether anything is answered together.
    #[must_use]
    pub fn asks_together(&self) -> bool {
        self.is_postgres()
    }

    /// Asks together with those of the same kind and tenant that come meanwhile. `None` where a transaction has to decide: on SQLite, where not everything is
    /// as it mostly is, and where the statement failed. Once begun it goes through even if the caller goes away.
    ///
    /// # Errors
    /// When the database fails; as after [`super::Tx::commit`], it may be done.
    pub(super) async fn together<Q: Together>(
        &self,
        tenant: TenantId,
        question: Q,
    ) -> Result<Option<Place>, StoreError> {
        let Db::Postgres(postgres) = &self.db else { return Ok(None) };
        let store = self.clone();
        let answer = move |questions: Vec<Q>| {
            let store = store.clone();
            async move {
                let answered = store.answer(tenant, &questions).await;
                answered.unwrap_or_else(|error| {
                    tracing::error!(%error, questions = questions.len(), statement = Q::STATEMENT, "asking together failed");
                    Vec::new()
                })
            }
        };
        match Q::asking(&postgres.asking).ask(tenant, question, answer).await {
            Ok((place, on_disk)) => {
                if on_disk.await {
                    Ok(place)
                } else {
                    Err(StoreError::lost())
                }
            }
            // Alone it may go, or there is an error of its own.
            Err(Unanswered::Failed) => Ok(None),
            Err(Unanswered::Overloaded) => Err(StoreError::overloaded()),
        }
    }

    async fn answer<Q: Together>(&self, tenant: TenantId, questions: &[Q]) -> Result<Vec<Answered>, StoreError> {
        let numbered: Vec<_> = questions.iter().enumerate().map(|(nr, question)| Numbered { nr, question }).collect();
        let mut tx = self.write_once(tenant, Q::TURN).await?;
        // From here on they may be done, whatever becomes of this.
        let rows = tx.all(Q::STATEMENT, args![tenant, json(&numbered)?]).await?;
        let mut places = vec![None; questions.len()];
        for row in &rows {
            let nr = usize::try_from(row.count("nr")?).map_err(|_| StoreError::Corrupt("nr"))?;
            *places.get_mut(nr).ok_or(StoreError::Corrupt("nr"))? = Some(place(row)?);
            if row.maybe_text("id")?.is_some() {
                tx.note_cursor(row.id("id")?, row.count("cursor")?);
            }
            if row.flag("jobs")? {
                tx.note_jobs();
            }
        }
        if rows.is_empty() {
            let nothing = future::ready(true).boxed().shared();
            return Ok(questions.iter().map(|_| (None, nothing.clone())).collect());
        }
        // The next ones are asked while these wait for the disk.
        let committing = tokio::spawn(tx.commit());
        let on_disk = async { matches!(committing.await, Ok(Ok(()))) }.boxed().shared();
        Ok(places.into_iter().map(|place| (place, on_disk.clone())).collect())
    }
}

fn place(row: &Row) -> Result<Place, StoreError> {
    Ok((row.count("seq")?, row.time("at")?))
}

#[cfg(test)]
impl Store {
    /// Waits until nobody is asking together any more, also nobody who has gone away.
    pub(crate) async fn asked_together(&self) {
        let Db::Postgres(postgres) = &self.db else { return };
        let AllAsking { chats, outside, brought, arriving, handed, ended } = &*postgres.asking;
        while !(chats.is_idle()
            && outside.is_idle()
            && brought.is_idle()
            && arriving.is_idle()
            && handed.is_idle()
            && ended.is_idle())
        {
            tokio::task::yield_now().await;
        }
    }
}
