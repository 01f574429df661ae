//! Questions that are answered together: all that come while a batch is being answered make the next batch.
//!
//! Always holds: of one key there is one batch at a time, so whoever asks is answered from what the database had after they asked. Nobody
//! waits for another key, and nobody waits for company: a question that finds nothing under way is a batch of its own.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// The most questions in one batch.
const MOST: usize = 64;

/// Questions with their askers.
type Waiting<Q, A> = Vec<(Q, oneshot::Sender<A>)>;

/// Questions by key. A key is here while its questions are being answered.
pub(super) struct Gathering<K, Q, A>(Arc<Mutex<HashMap<K, Waiting<Q, A>>>>);

impl<K, Q, A> Clone for Gathering<K, Q, A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K, Q, A> Default for Gathering<K, Q, A> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K, Q, A> Gathering<K, Q, A>
where
    K: Copy + Eq + Hash + Send + 'static,
    Q: Send + 'static,
    A: Send + 'static,
{
    /// Asks a question, to be answered by `answer` together with those that wait by then; it gives an answer for each, in their order.
    /// `None` when it could not. Whoever goes away does not keep the others from their answers.
    pub(super) async fn ask<F, B>(&self, key: K, question: Q, answer: F) -> Option<A>
    where
        F: Fn(Vec<Q>) -> B + Send + 'static,
        B: Future<Output = Vec<A>> + Send,
    {
        let (sender, answered) = oneshot::channel();
        let begins = {
            let mut all = self.lock();
            let begins = !all.contains_key(&key);
            all.entry(key).or_default().push((question, sender));
            begins
        };
        if begins {
            let mut running = Running { gathering: self.clone(), key, ended: false };
            tokio::spawn(async move {
                while let Some(batch) = running.next() {
                    let (questions, askers): (Vec<Q>, Vec<_>) = batch.into_iter().unzip();
                    for (asker, answer) in askers.into_iter().zip(answer(questions).await) {
                        // Whoever asked may be gone.
                        let _ = asker.send(answer);
                    }
                }
            });
        }
        answered.await.ok()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Waiting<Q, A>>> {
        // Nothing panics while it is held.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
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
        if waiting.is_empty() {
            all.remove(&self.key);
            self.ended = true;
            return None;
        }
        let later = waiting.split_off(waiting.len().min(MOST));
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
        let gathering = Gathering::<char, u32, u32>::default();
        let (may, free) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(1)));
        let (sender, mut batches) = mpsc::unbounded_channel();
        let ask = |key, question, may| gathering.ask(key, question, doubling(may, &sender));
        let mut first = Box::pin(ask('a', 1, &may));
        assert!(futures_util::poll!(&mut first).is_pending());
        assert_eq!(batches.recv().await, Some(vec![1]));
        let (mut second, mut third, mut gone) =
            (Box::pin(ask('a', 2, &may)), Box::pin(ask('a', 3, &may)), Box::pin(ask('a', 4, &may)));
        for asked in [&mut second, &mut third, &mut gone] {
            assert!(futures_util::poll!(asked).is_pending());
        }
        drop(gone);
        assert_eq!(ask('b', 5, &free).await, Some(10));
        assert_eq!(batches.recv().await, Some(vec![5]));
        may.add_permits(2);
        assert_eq!((first.await, second.await, third.await), (Some(2), Some(4), Some(6)));
        assert_eq!(batches.recv().await, Some(vec![2, 3, 4]));
        may.add_permits(1);
        assert_eq!(ask('a', 7, &may).await, Some(14), "alone again");
    }

    #[tokio::test]
    async fn whoever_waits_for_an_answer_that_failed_hears_it_and_the_next_one_is_answered() {
        let gathering = Gathering::<char, u32, u32>::default();
        let failing = |_: Vec<u32>| async { panic!("a test's own") };
        assert_eq!(gathering.ask('a', 1, failing).await, None);
        let answered = gathering.ask('a', 2, |all| async move { all.iter().map(|one| one * 2).collect() }).await;
        assert_eq!(answered, Some(4));
    }
}
