//! Questions that are answered together: all that come while a batch is being answered make the next batch.
//!
//! Always holds: of one key there is one batch at a time, so whoever asks is answered from what the database had after they asked. Nobody
//! waits for another key, and nobody waits for company: a question that finds nothing under way is a batch of its own. Whoever gives up
//! before their batch begins is not in it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

/// How many questions are answered together, and how long that may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// The most questions in one batch.
    pub(super) batch: usize,
    /// The most questions of a key that wait.
    pub(super) waiting: usize,
    /// How long somebody waits for their answer.
    pub(super) patience: Duration,
    /// How long a batch may take. Then it is given up, and the next one begins.
    pub(super) answer: Duration,
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unanswered {
    /// Too many wait, or for too long.
    Overloaded,
    /// The batch failed, or was given up.
    Failed,
}

/// Questions with their askers.
type Waiting<Q, A> = Vec<(Q, oneshot::Sender<A>)>;

/// Questions by key. A key is here while its questions are being answered.
pub(super) struct Gathering<K, Q, A> {
    all: Arc<Mutex<HashMap<K, Waiting<Q, A>>>>,
    bounds: Bounds,
}

impl<K, Q, A> Clone for Gathering<K, Q, A> {
    fn clone(&self) -> Self {
        Self { all: Arc::clone(&self.all), bounds: self.bounds }
    }
}

impl<K, Q, A> Gathering<K, Q, A>
where
    K: Copy + Eq + Hash + Send + 'static,
    Q: Send + 'static,
    A: Send + 'static,
{
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { all: Arc::default(), bounds }
    }

    /// Asks a question, to be answered by `answer` together with those that wait by then; it gives an answer for each, in their order, or none
    /// at all. Whoever goes away does not keep the others from their answers.
    ///
    /// # Errors
    /// [`Unanswered`]; the question may have been answered all the same.
    pub(super) async fn ask<F, B>(&self, key: K, question: Q, answer: F) -> Result<A, Unanswered>
    where
        F: Fn(Vec<Q>) -> B + Send + 'static,
        B: Future<Output = Vec<A>> + Send,
    {
        let (sender, answered) = oneshot::channel();
        if self.join(key, question, sender)? {
            let mut running = Running { gathering: self.clone(), key, ended: false };
            tokio::spawn(async move {
                while let Some(batch) = running.next() {
                    let (questions, askers): (Vec<Q>, Vec<_>) = batch.into_iter().unzip();
                    let answers = tokio::time::timeout(running.gathering.bounds.answer, answer(questions)).await;
                    for (asker, answer) in askers.into_iter().zip(answers.unwrap_or_default()) {
                        // Whoever asked may be gone.
                        let _ = asker.send(answer);
                    }
                }
            });
        }
        match tokio::time::timeout(self.bounds.patience, answered).await {
            Ok(answer) => answer.map_err(|_| Unanswered::Failed),
            Err(_) => Err(Unanswered::Overloaded),
        }
    }

    /// Puts a question to those that wait. Says whether it is the first, and nobody answers yet.
    fn join(&self, key: K, question: Q, asker: oneshot::Sender<A>) -> Result<bool, Unanswered> {
        let mut all = self.lock();
        let begins = !all.contains_key(&key);
        let waiting = all.entry(key).or_default();
        if waiting.len() >= self.bounds.waiting {
            waiting.retain(|(_, asker)| !asker.is_closed());
            if waiting.len() >= self.bounds.waiting {
                return Err(Unanswered::Overloaded);
            }
        }
        waiting.push((question, asker));
        Ok(begins)
    }

    /// Whether nothing is being answered.
    #[cfg(test)]
    pub(super) fn is_idle(&self) -> bool {
        self.lock().is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Waiting<Q, A>>> {
        // Nothing panics while it is held.
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The answering of a key's questions. Where it ends in the middle, whoever waits hears that there is no answer.
struct Running<K: Copy + Eq + Hash + Send + 'static, Q: Send + 'static, A: Send + 'static> {
    gathering: Gathering<K, Q, A>,
    key: K,
    /// Whether nobody waited any more: the key is somebody else's by now.
    ended: bool,
}

impl<K, Q, A> Running<K, Q, A>
where
    K: Copy + Eq + Hash + Send + 'static,
    Q: Send + 'static,
    A: Send + 'static,
{
    /// The next batch; `None` when nobody waits any more.
    fn next(&mut self) -> Option<Waiting<Q, A>> {
        let mut all = self.gathering.lock();
        let waiting = all.get_mut(&self.key)?;
        waiting.retain(|(_, asker)| !asker.is_closed());
        if waiting.is_empty() {
            all.remove(&self.key);
            self.ended = true;
            return None;
        }
        let later = waiting.split_off(waiting.len().min(self.gathering.bounds.batch));
        Some(std::mem::replace(waiting, later))
    }
}

impl<K, Q, A> Drop for Running<K, Q, A>
where
    K: Copy + Eq + Hash + Send + 'static,
    Q: Send + 'static,
    A: Send + 'static,
{
    fn drop(&mut self) {
        if !self.ended {
            self.gathering.lock().remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::{Semaphore, mpsc};

    use super::*;

    const BOUNDS: Bounds =
        Bounds { batch: 3, waiting: 4, patience: Duration::from_secs(10), answer: Duration::from_secs(30) };

    /// Answers with twice the question, once it may; says which questions came together.
    fn doubling(
        may: &Arc<Semaphore>,
        batches: &mpsc::UnboundedSender<Vec<u32>>,
    ) -> impl Fn(Vec<u32>) -> std::pin::Pin<Box<dyn Future<Output = Vec<u32>> + Send>> + Send + 'static {
        let (may, batches) = (Arc::clone(may), batches.clone());
        move |questions| {
            let (may, batches) = (Arc::clone(&may), batches.clone());
            Box::pin(async move {
                batches.send(questions.clone()).unwrap();
                may.acquire().await.unwrap().forget();
                questions.iter().map(|question| question * 2).collect()
            })
        }
    }

    #[tokio::test]
    async fn what_is_asked_meanwhile_is_answered_together_and_other_keys_do_not_wait() {
        let gathering = Gathering::<char, u32, u32>::new(BOUNDS);
        let (may, free) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(1)));
        let (sender, mut batches) = mpsc::unbounded_channel();
        let ask = |key, question, may| gathering.ask(key, question, doubling(may, &sender));
        let mut first = Box::pin(ask('a', 1, &may));
        assert!(futures_util::poll!(&mut first).is_pending());
        assert_eq!(batches.recv().await, Some(vec![1]));
        let (mut gone, mut second) = (Box::pin(ask('a', 2, &may)), Box::pin(ask('a', 3, &may)));
        let (mut third, mut fourth) = (Box::pin(ask('a', 4, &may)), Box::pin(ask('a', 5, &may)));
        for asked in [&mut gone, &mut second, &mut third, &mut fourth] {
            assert!(futures_util::poll!(asked).is_pending());
        }
        assert_eq!(ask('a', 6, &may).await, Err(Unanswered::Overloaded), "four wait");
        assert_eq!(ask('b', 7, &free).await, Ok(14));
        assert_eq!(batches.recv().await, Some(vec![7]));
        drop(gone);
        let mut fifth = Box::pin(ask('a', 8, &may));
        assert!(futures_util::poll!(&mut fifth).is_pending());
        may.add_permits(3);
        assert_eq!((first.await, second.await, third.await, fourth.await), (Ok(2), Ok(6), Ok(8), Ok(10)));
        assert_eq!((fifth.await, batches.recv().await), (Ok(16), Some(vec![3, 4, 5])), "who gave up is in no batch");
        assert_eq!(batches.recv().await, Some(vec![8]), "three at a time");
        may.add_permits(1);
        assert_eq!(ask('a', 9, &may).await, Ok(18), "alone again");
    }

    #[tokio::test]
    async fn whoever_waits_for_an_answer_that_failed_hears_it_and_the_next_one_is_answered() {
        let gathering = Gathering::<char, u32, u32>::new(BOUNDS);
        let failing = |_: Vec<u32>| async { panic!("a test's own") };
        assert_eq!(gathering.ask('a', 1, failing).await, Err(Unanswered::Failed));
        assert_eq!(gathering.ask('a', 1, |_| async { Vec::new() }).await, Err(Unanswered::Failed));
        let answered = gathering.ask('a', 2, |all| async move { all.iter().map(|one| one * 2).collect() }).await;
        assert_eq!(answered, Ok(4));
    }

    #[tokio::test(start_paused = true)]
    async fn a_batch_that_never_ends_is_given_up_and_nobody_waits_that_long() {
        let gathering = Gathering::<char, u32, u32>::new(BOUNDS);
        let start = tokio::time::Instant::now();
        assert_eq!(gathering.ask('a', 1, |_| std::future::pending()).await, Err(Unanswered::Overloaded));
        assert_eq!(start.elapsed(), BOUNDS.patience);
        let patient = Gathering::<char, u32, u32>::new(Bounds { patience: BOUNDS.answer * 3, ..BOUNDS });
        let start = tokio::time::Instant::now();
        assert_eq!(patient.ask('a', 1, |_| std::future::pending()).await, Err(Unanswered::Failed));
        assert_eq!(start.elapsed(), BOUNDS.answer);
    }
}
