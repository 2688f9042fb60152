//! The same work for many indices, on all cores.

use core::num::NonZero;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Mutex;
use std::thread;

/// `work(0)` to `work(count - 1)`, begun in this order, each on the next free core; the answers in order.
///
/// # Panics
/// If `work` does.
pub fn map<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let answers: Vec<Mutex<Option<T>>> = (0..count).map(|_| Mutex::new(None)).collect();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get).min(count) {
            scope.spawn(|| {
                while let Some((index, answer)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    answers.get(index).map(|answer| (index, answer))
                } {
                    let done = work(index);
                    *answer.lock().unwrap() = Some(done);
                }
            });
        }
    });
    answers.into_iter().map(|answer| answer.into_inner().unwrap().expect("every index was taken")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_order() {
        assert_eq!(map(100, |index| index * index), (0..100).map(|index| index * index).collect::<Vec<_>>());
        assert!(map(0, |index| index).is_empty());
    }
}
