//! The whole system by kernels along its lines, packed by colour or in natural order.

use super::super::cells::Cells;
use super::super::kernels::{RED, is_forward};
use super::choice::is_single;
use super::finest::sides;
use super::halves::black_line;
use super::quads::Line;
use crate::real::Real;

// out = table times (own + the sum).
along! {
    smooth_line,
    codes!(),
    concat!(
        of_one!(),
        "vldr s15, [r12]
        ",
        four_sums!(),
        "vldmia r8!, {{s5, s6, s7, s8}}
        ",
        four_more!(),
        four_times!("s1", "s2", "s3", "s4"),
        "vstmia r10!, {{s1, s2, s3, s4}}"
    ),
    concat!(
        each_of_one!(),
        four_sums!(),
        "vldmia r8!, {{s5, s6, s7, s8}}
        ",
        four_more!(),
        four_times!(each "s1", "s2", "s3", "s4"),
        "vstmia r10!, {{s1, s2, s3, s4}}"
    ),
    concat!(
        one_sum!(),
        "ldrb r12, [r7], #1
        ",
        of_one!(),
        "vldr s2, [r12]
        vldmia r8!, {{s3}}
        vadd.f32 s1, s3, s1
        vmul.f32 s1, s2, s1
        vstmia r10!, {{s1}}"
    )
}

/// s1 to s4 = the sums of the neighbours of four cells in natural order, whose own values come to s5 to s8.
macro_rules! natural_sums {
    () => {
        "vldmia r4!, {{s1-s4}}
        vldmia r5!, {{s5-s8}}
        vadd.f32 s1, s1, s5
        vadd.f32 s2, s2, s6
        vadd.f32 s3, s3, s7
        vadd.f32 s4, s4, s8
        vldmia r8!, {{s5-s8}}
        vldr s9, [r8]
        vadd.f32 s0, s0, s6
        vadd.f32 s10, s5, s7
        vadd.f32 s11, s6, s8
        vadd.f32 s9, s7, s9
        vadd.f32 s1, s1, s0
        vadd.f32 s2, s2, s10
        vadd.f32 s3, s3, s11
        vadd.f32 s4, s4, s9
        vmov.f32 s0, s8
        "
    };
}

/// out = table times own, less the sum, or 0 where there is no unknown, in natural order; s0 is the value of the cell before.
/// The last cell has none after it. Of a line above, below, codes, own, table, out and the count are used.
#[unsafe(naked)]
pub(super) unsafe extern "C" fn natural_line(line: &Line) {
    core::arch::naked_asm!(
        ".fpu fpv4-sp-d16",
        "push {{r4-r11, lr}}",
        "ldmia.w r0, {{r1, r2, r4-r11, lr}}",
        "movs r0, #0",
        "vmov s0, r0",
        "subs r11, r11, #5",
        "blo 5f",
        "3:",
        codes!(),
        "bne 4f",
        of_one!(),
        "vldr s15, [r12]",
        natural_sums!(),
        four_times!("s5", "s6", "s7", "s8"),
        four_less!(),
        four_masked!(),
        "vstmia r10!, {{s1-s4}}",
        "subs r11, r11, #4",
        "bhs 3b",
        "b 5f",
        "4:",
        each_of_one!(),
        natural_sums!(),
        four_times!(each "s5", "s6", "s7", "s8"),
        four_less!(),
        each_masked!("r12"),
        "vstmia r10!, {{s1-s4}}",
        "subs r11, r11, #4",
        "bhs 3b",
        "5:",
        "add r11, r11, #5",
        "6:",
        "vldmia r4!, {{s1}}",
        "vldmia r5!, {{s2}}",
        "vadd.f32 s1, s1, s2",
        "vldmia r8!, {{s4}}",
        "cmp r11, #1",
        "beq 7f",
        "vldr s3, [r8]",
        "vadd.f32 s0, s0, s3",
        "7:",
        "vadd.f32 s1, s1, s0",
        "vmov.f32 s0, s4",
        "ldrb r12, [r7], #1",
        of_one!(),
        "vldr s2, [r12]",
        "vmul.f32 s2, s2, s4",
        "vsub.f32 s1, s2, s1",
        one_masked!(),
        "vstmia r10!, {{s1}}",
        "subs r11, r11, #1",
        "bne 6b",
        "pop {{r4-r11, pc}}",
    )
}

/// A line of the whole system in natural order, between the lines above and below it. Whether that is done here.
#[inline(always)]
pub(in super::super) fn line_of_whole<T: Real>(
    table: &[T; 8],
    codes: &[u8],
    [above, own, below]: [&[T]; 3],
    out: &mut [T],
) -> bool {
    let len = out.len();
    let fits = [codes.len(), above.len(), own.len(), below.len()].iter().all(|have| *have == len);
    if !is_single::<T, T>() || len == 0 || !fits {
        return false;
    }
    let line = Line::alone(codes.as_ptr(), own.as_ptr().cast(), table.as_ptr().cast(), out.as_mut_ptr().cast(), len);
    let [above, below] = [above, below].map(|line| line.as_ptr().cast());
    // SAFETY: T is f32, and all lists have that length.
    unsafe { natural_line(&Line { above, below, ..line }) };
    true
}

/// What becomes of a cell with its neighbours in the other colour.
#[derive(Clone, Copy)]
pub(in super::super) enum Half {
    /// table times own, less the sum.
    Product,
    /// table times (own + the sum).
    Smooth,
}

/// One colour of the whole system from its own values and the `other` colour; beyond the grid lie `zeros`. Whether that is done
/// here.
#[inline(always)]
pub(in super::super) fn half_of_whole<T: Real>(
    half: Half,
    cells: &Cells<'_>,
    colour: usize,
    table: &[T; 8],
    [other, own]: [&[T]; 2],
    zeros: &[T],
    out: &mut [T],
) -> bool {
    let is_here = is_single::<T, T>();
    if is_here {
        half_single(half, cells, colour, table, [other, own], zeros, out);
    }
    is_here
}

#[inline(never)]
fn half_single<T>(
    half: Half,
    cells: &Cells<'_>,
    colour: usize,
    table: &[T; 8],
    [other, own]: [&[T]; 2],
    zeros: &[T],
    out: &mut [T],
) {
    let Some((width, ny)) = sides(cells, [other, own], zeros.len(), 1).filter(|_| out.len() == own.len()) else {
        return;
    };
    let codes = if colour == RED { cells.red.as_ptr() } else { cells.black.as_ptr() };
    let (other, own, out) = (other.as_ptr().cast::<f32>(), own.as_ptr().cast::<f32>(), out.as_mut_ptr().cast::<f32>());
    let zeros = zeros.as_ptr().cast();
    for y in 0..ny {
        let row = y * width;
        let beside = other.wrapping_add(row);
        let above = if y == 0 { zeros } else { beside.wrapping_sub(width) };
        let below = if y + 1 < ny { beside.wrapping_add(width) } else { zeros };
        let (own, out) = (own.wrapping_add(row), out.wrapping_add(row));
        let line = Line::alone(codes.wrapping_add(row), own, table.as_ptr().cast(), out, width);
        let line = line.between([above, beside, below], usize::from(is_forward(colour, y)));
        // SAFETY: T is f32, and all lists have these lines.
        unsafe {
            match half {
                Half::Product => black_line(&line),
                Half::Smooth => smooth_line(&line),
            }
        }
    }
}
