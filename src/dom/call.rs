//! Closures behind a pointer.
//!
//! A `Box<dyn FnMut()>` has its body twice, because whatever can be called often can also be called once. These have
//! it once.

/// Gives a value whenever it is asked.
pub(crate) trait Call<T> {
    /// Asks.
    fn call(&mut self) -> T;
}

impl<T, F: FnMut() -> T> Call<T> for F {
    fn call(&mut self) -> T {
        self()
    }
}

/// The same, about something.
pub(super) trait CallWith<A: ?Sized, T> {
    /// Asks.
    fn call_with(&mut self, about: &A) -> T;
}

impl<A: ?Sized, T, F: FnMut(&A) -> T> CallWith<A, T> for F {
    fn call_with(&mut self, about: &A) -> T {
        self(about)
    }
}

/// Gives a value to whoever asks, from anywhere.
pub(super) trait Read<T>: Send + Sync {
    /// Asks.
    fn read(&self) -> T;
}

impl<T, F: Fn() -> T + Send + Sync> Read<T> for F {
    fn read(&self) -> T {
        self()
    }
}

/// The same, from the value before.
pub(super) trait Compute<T>: Send + Sync {
    /// Computes.
    fn compute(&self, before: Option<&T>) -> T;
}

impl<T, F: Fn(Option<&T>) -> T + Send + Sync> Compute<T> for F {
    fn compute(&self, before: Option<&T>) -> T {
        self(before)
    }
}
