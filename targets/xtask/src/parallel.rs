//! Independent work on all cores: compilers, linkers and simulators that know nothing of each other.

use anyhow::Result;
use core::num::NonZero;
use core::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// `work` on every item, each on the next free core; what it gave, in order. The first error ends it, once what is
/// under way has ended.
pub(crate) fn map<I: Sync, R: Send>(items: &[I], work: impl Fn(&I) -> Result<R> + Sync) -> Result<Vec<R>> {
    let next = AtomicUsize::new(0);
    let (sender, receiver) = mpsc::channel();
    let mut results: Vec<(usize, Result<R>)> = thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get).min(items.len()) {
            let (sender, next, work) = (sender.clone(), &next, &work);
            scope.spawn(move || {
                while let Some((index, item)) = {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    items.get(index).map(|item| (index, item))
                } {
                    let result = work(item);
                    if result.is_err() {
                        next.store(items.len(), Ordering::Relaxed);
                    }
                    if sender.send((index, result)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        receiver.iter().collect()
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::map;
    use anyhow::bail;

    #[test]
    fn results_come_in_order_and_an_error_comes_out() -> anyhow::Result<()> {
        let items: Vec<u32> = (0..100).collect();
        assert_eq!(map(&items, |item| Ok(item * 2))?, items.iter().map(|item| item * 2).collect::<Vec<_>>());
        let failed = map(&items, |item| if *item == 40 { bail!("forty") } else { Ok(()) });
        assert!(failed.is_err_and(|error| error.to_string() == "forty"));
        assert!(map(&[], |item: &u32| Ok(*item))?.is_empty());
        Ok(())
    }
}
