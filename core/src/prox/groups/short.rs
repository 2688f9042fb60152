//! Short groups on hosts, many at a time: square roots and divisions are vectors there. Chips have nothing of it.

use crate::prox::norms::{safe_to_root, shrink_norm};
use crate::prox::penalty::each;
use crate::prox::products::products;
use crate::real::Real;

/// Groups to a block.
const BLOCK: usize = 16;

/// The soft threshold, then the groups, all to the bits of one after the other, over as many whole blocks of groups of one length up
/// to 8 as there are. Answers how many groups.
#[inline]
pub(super) fn shrink<T: Real>(x: &mut [T], len: usize, weights: &[T], step: T, absolute: Option<T>) -> usize {
    match len {
        2 => blocks::<T, 2>(x, weights, step, absolute),
        3 => blocks::<T, 3>(x, weights, step, absolute),
        4 => blocks::<T, 4>(x, weights, step, absolute),
        5 => blocks::<T, 5>(x, weights, step, absolute),
        6 => blocks::<T, 6>(x, weights, step, absolute),
        7 => blocks::<T, 7>(x, weights, step, absolute),
        8 => blocks::<T, 8>(x, weights, step, absolute),
        _ => 0,
    }
}

fn blocks<T: Real, const LEN: usize>(x: &mut [T], weights: &[T], step: T, absolute: Option<T>) -> usize {
    let (blocks, _) = x.as_chunks_mut::<LEN>().0.as_chunks_mut::<BLOCK>();
    let mut thresholds = [step; BLOCK];
    let mut weights = weights.as_chunks::<BLOCK>().0.iter();
    for block in &mut *blocks {
        if let Some(weights) = weights.next() {
            thresholds = weights.map(|weight| step * weight);
        }
        if let Some(absolute) = absolute {
            each(block.as_flattened_mut(), move |x| x.soft_threshold(absolute));
        }
        let mut factors = [T::ZERO; BLOCK];
        let mut safe = true;
        for (factor, group) in factors.iter_mut().zip(&*block) {
            *factor = products(group, group);
            safe &= safe_to_root(*factor);
        }
        if !safe {
            block.iter_mut().zip(thresholds).for_each(|(group, threshold)| shrink_norm(group, threshold));
            continue;
        }
        for (factor, threshold) in factors.iter_mut().zip(thresholds) {
            let norm = factor.sqrt();
            *factor = if norm <= threshold { T::ZERO } else { (norm - threshold) / norm };
        }
        for (group, factor) in block.iter_mut().zip(factors) {
            each(group, move |x| x * factor + T::ZERO);
        }
    }
    blocks.len() * BLOCK
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prox::testing::Random;
    use std::vec::Vec;

    /// Blocks give the bits of one group after the other, whatever stands in them.
    fn compare<T: Real>(odd: &[f64]) {
        let mut r = Random::new(4);
        for len in 1..=9 {
            for case in 0..24 {
                let n = 3 * BLOCK * len + 5;
                let mut x: Vec<T> = (0..n).map(|_| T::from_f64(r.between(-2.0, 2.0))).collect();
                if let Some(odd) = odd.get(case / 2) {
                    x[case * 2 % n] = T::from_f64(*odd);
                }
                let weights: Vec<T> = (0..n.div_ceil(len)).map(|_| T::from_f64(r.between(0.0, 2.0))).collect();
                let weights: &[T] = if case % 3 == 0 { &[] } else { &weights };
                let (step, absolute) = (T::from_f64(r.between(0.1, 2.0)), (case % 2 == 0).then_some(T::from_f64(0.3)));
                let mut one = x.clone();
                for (j, group) in one.chunks_mut(len).enumerate() {
                    if let Some(absolute) = absolute {
                        each(group, move |x| x.soft_threshold(absolute));
                    }
                    shrink_norm(group, step * weights.get(j).copied().unwrap_or(T::ONE));
                }
                let done = shrink(&mut x, len, weights, step, absolute) * len;
                assert_eq!(done, if (2..=8).contains(&len) { 3 * BLOCK * len } else { 0 });
                let same = x[..done].iter().zip(&one).all(|(x, one)| {
                    // All that is not a number counts as the same.
                    x.to_bits_u64() == one.to_bits_u64() || x.partial_cmp(x).is_none() && one.partial_cmp(one).is_none()
                });
                assert!(same, "groups of {len}, case {case}");
            }
        }
    }

    #[test]
    fn blocks_have_the_bits_of_single_groups() {
        let odd = [0.0, -0.0, f64::NAN, f64::INFINITY, 1e30, -1e-30, 1e200, 1e-200, 1e-310];
        compare::<f32>(&odd);
        compare::<f64>(&odd);
    }
}
