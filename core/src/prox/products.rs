//! Sums of products of two vectors, in an order that a chip keeps with four registers and a host with its widest.

use crate::prox::vfp;
use crate::real::Real;
#[cfg(not(target_arch = "arm"))]
use crate::wide::wide;

/// Elements summed by themselves: the sums of such pieces are added one after the other.
const PIECE: usize = 1024;

/// Pieces that a host sums at a time: each of its lanes waits for itself, and memory is read from so many places.
#[cfg(not(target_arch = "arm"))]
const PIECES: usize = 8;

/// Elements that a host takes at a time.
#[cfg(not(target_arch = "arm"))]
pub(super) const BLOCK: usize = PIECES * PIECE;

/// Sum of x_i y_i over vectors of one length. Pieces of 1024 elements in four lanes each, element k of every whole four in lane k,
/// what is left over in the first: (l0 + l1) + (l2 + l3).
#[inline]
pub(super) fn products<T: Real>(x: &[T], y: &[T]) -> T {
    match vfp::products(x, y) {
        Some(sum) => sum,
        None => add_products(T::ZERO, x, y),
    }
}

/// The same, added to a sum: for vectors that go on after whole pieces.
#[inline]
pub(super) fn add_products<T: Real>(sum: T, x: &[T], y: &[T]) -> T {
    #[cfg_attr(target_arch = "arm", allow(unused_mut, reason = "moved on by the loop of hosts"))]
    let (mut x, mut y, mut sum) = (x, y, sum);
    #[cfg(not(target_arch = "arm"))]
    while let (Some((x_block, x_rest)), Some((y_block, y_rest))) =
        (x.split_at_checked(BLOCK), y.split_at_checked(BLOCK))
    {
        let mut lanes = [[T::ZERO; 4]; PIECES];
        if core::ptr::eq(x_block, y_block) {
            sum_squares(&mut lanes, x_block);
        } else {
            sum_pieces(&mut lanes, x_block, y_block);
        }
        sum = join(sum, lanes);
        (x, y) = (x_rest, y_rest);
    }
    for (x, y) in x.chunks(PIECE).zip(y.chunks(PIECE)) {
        let (x4, x_rest) = x.as_chunks::<4>();
        let (y4, y_rest) = y.as_chunks::<4>();
        let mut lanes = [T::ZERO; 4];
        for (x, y) in x4.iter().zip(y4) {
            add_four(&mut lanes, x, y);
        }
        let [mut l0, l1, l2, l3] = lanes;
        for (x, y) in x_rest.iter().zip(y_rest) {
            l0 += *x * *y;
        }
        sum += (l0 + l1) + (l2 + l3);
    }
    sum
}

/// [`products`] of x with y, and of x with itself, in one pass.
#[cfg(not(target_arch = "arm"))]
pub(super) fn products_and_squares<T: Real>(x: &[T], y: &[T]) -> (T, T) {
    let (x_whole, x_rest) = x.as_chunks::<BLOCK>();
    let (y_whole, y_rest) = y.as_chunks::<BLOCK>();
    let (mut sum, mut squares) = (T::ZERO, T::ZERO);
    for (x, y) in x_whole.iter().zip(y_whole) {
        for (x, y) in x.chunks(BLOCK / 2).zip(y.chunks(BLOCK / 2)) {
            let mut lanes = [[[T::ZERO; 4]; PIECES / 2]; 2];
            sum_both(&mut lanes, x, y);
            let [of_both, of_x] = lanes;
            (sum, squares) = (join(sum, of_both), join(squares, of_x));
        }
    }
    (add_products(sum, x_rest, y_rest), add_products(squares, x_rest, x_rest))
}

/// The lanes of pieces joined, and added one piece after the other.
#[cfg(not(target_arch = "arm"))]
#[inline]
fn join<T: Real, const K: usize>(sum: T, lanes: [[T; 4]; K]) -> T {
    lanes.into_iter().fold(sum, |sum, [l0, l1, l2, l3]| sum + ((l0 + l1) + (l2 + l3)))
}

/// The lanes of all pieces of a block. Not in line: where the compiler sees how lanes are joined it shuffles them within the loop to
/// have that in vectors, which takes half as long again.
#[cfg(not(target_arch = "arm"))]
#[inline(never)]
fn sum_pieces<T: Real>(lanes: &mut [[T; 4]; PIECES], x: &[T], y: &[T]) {
    wide(BLOCK, || lanes_of_products(lanes, x, y));
}

/// The same of x with itself, read once.
#[cfg(not(target_arch = "arm"))]
#[inline(never)]
fn sum_squares<T: Real>(lanes: &mut [[T; 4]; PIECES], x: &[T]) {
    wide(BLOCK, || lanes_of_products(lanes, x, x));
}

/// Of half a block, with y and with itself.
#[cfg(not(target_arch = "arm"))]
#[inline(never)]
fn sum_both<T: Real>(lanes: &mut [[[T; 4]; PIECES / 2]; 2], x: &[T], y: &[T]) {
    wide(BLOCK, || lanes_of_both(lanes, x, y));
}

#[cfg(not(target_arch = "arm"))]
#[inline(always)]
fn lanes_of_products<T: Real>(lanes: &mut [[T; 4]; PIECES], x: &[T], y: &[T]) {
    let ([x0, x1, x2, x3, x4, x5, x6, x7], [y0, y1, y2, y3, y4, y5, y6, y7]) = (pieces(x), pieces(y)) else { return };
    let mut sums = *lanes;
    let first = x0.iter().zip(y0).zip(x1.iter().zip(y1)).zip(x2.iter().zip(y2)).zip(x3.iter().zip(y3));
    let second = x4.iter().zip(y4).zip(x5.iter().zip(y5)).zip(x6.iter().zip(y6)).zip(x7.iter().zip(y7));
    for ((((p0, p1), p2), p3), (((p4, p5), p6), p7)) in first.zip(second) {
        for (lanes, (x, y)) in sums.iter_mut().zip([p0, p1, p2, p3, p4, p5, p6, p7]) {
            add_four(lanes, x, y);
        }
    }
    *lanes = sums;
}

#[cfg(not(target_arch = "arm"))]
#[inline(always)]
fn lanes_of_both<T: Real>(lanes: &mut [[[T; 4]; PIECES / 2]; 2], x: &[T], y: &[T]) {
    let ([x0, x1, x2, x3], [y0, y1, y2, y3]) = (pieces(x), pieces(y)) else { return };
    let [mut sums, mut squares] = *lanes;
    let all = x0.iter().zip(y0).zip(x1.iter().zip(y1)).zip(x2.iter().zip(y2)).zip(x3.iter().zip(y3));
    for (((p0, p1), p2), p3) in all {
        for ((lanes, own), (x, y)) in sums.iter_mut().zip(&mut squares).zip([p0, p1, p2, p3]) {
            add_four(lanes, x, y);
            add_four(own, x, x);
        }
    }
    *lanes = [sums, squares];
}

#[inline(always)]
fn add_four<T: Real>(lanes: &mut [T; 4], x: &[T; 4], y: &[T; 4]) {
    for ((lane, x), y) in lanes.iter_mut().zip(x).zip(y) {
        *lane += *x * *y;
    }
}

/// The pieces of a block, in fours.
#[cfg(not(target_arch = "arm"))]
#[inline(always)]
fn pieces<T>(x: &[T]) -> &[[[T; 4]; PIECE / 4]] {
    x.as_chunks().0.as_chunks().0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    /// By the definition, one element after the other.
    fn defined<T: Real>(x: &[T], y: &[T]) -> T {
        x.chunks(PIECE).zip(y.chunks(PIECE)).fold(T::ZERO, |sum, (x, y)| {
            let mut lanes = [T::ZERO; 4];
            let whole = x.len() / 4 * 4;
            for (k, (x, y)) in x.iter().zip(y).enumerate() {
                lanes[if k < whole { k % 4 } else { 0 }] += *x * *y;
            }
            sum + ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]))
        })
    }

    fn agree<T: Real>(n: usize) {
        let draw = |k: usize, by: f64| T::from_f64((k as f64 * by).sin() * 3.0);
        let x: Vec<T> = (0..n).map(|k| draw(k, 0.7)).collect();
        let y: Vec<T> = (0..n).map(|k| draw(k, 1.3)).collect();
        assert_eq!(products(&x, &y).to_bits_u64(), defined(&x, &y).to_bits_u64(), "{n}");
        assert_eq!(products(&x, &x).to_bits_u64(), defined(&x, &x).to_bits_u64(), "{n}");
        let (with, own) = products_and_squares(&x, &y);
        assert_eq!(
            (with.to_bits_u64(), own.to_bits_u64()),
            (defined(&x, &y).to_bits_u64(), defined(&x, &x).to_bits_u64())
        );
    }

    #[test]
    fn every_way_to_sum_has_the_bits_of_the_definition() {
        for n in [0, 1, 3, 4, 7, 1023, 1024, 1027, 4096, 8191, 8192, 8193, 12_345, 16_384, 20_011] {
            agree::<f32>(n);
            agree::<f64>(n);
        }
    }
}
