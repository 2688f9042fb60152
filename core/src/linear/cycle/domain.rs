//! What the cycle is made for: a region of square cells with walls and open boundaries.

use crate::error::{self, Error, Field};

/// Cell of a wall, or outside the region.
pub const SOLID: u8 = 0;
/// Cell whose value is unknown.
pub const FLUID: u8 = 1;
/// Cell whose value is 0.
pub const OPEN: u8 = 2;

/// A rectangle of `nx` x `ny` square cells, x running fastest, and what lies around it.
///
/// The operator on it is the 5-point Laplacian of a pressure: (A p)_c = sum over the neighbours of cell c that are not
/// solid of (p_c - p_neighbour), where p = 0 in open cells and beyond an open side. Solid cells and closed sides let
/// nothing through.
#[derive(Clone, Copy, Debug)]
pub struct Domain<'a> {
    nx: usize,
    ny: usize,
    cells: &'a [u8],
    open: [bool; 4],
}

impl<'a> Domain<'a> {
    /// `cells` holds [`SOLID`], [`FLUID`] or [`OPEN`]; `open` says for the sides x = 0, x = nx, y = 0, y = ny whether
    /// p = 0 beyond it.
    ///
    /// # Errors
    /// `OutOfRange` (a side that is 0; `Field::Mask` with the first cell that holds another number), `TooLarge` (more than
    /// 65536 cells, sides rounded up to even numbers), `Length` (mask).
    pub fn new(nx: usize, ny: usize, cells: &'a [u8], open: [bool; 4]) -> Result<Self, Error> {
        let n = check_size(nx, ny)?;
        error::exact(Field::Mask, n, cells.len())?;
        if let Some(index) = cells.iter().position(|&cell| cell > OPEN) {
            return Err(Error::OutOfRange { field: Field::Mask, index });
        }
        Ok(Self { nx, ny, cells, open })
    }

    /// Cells along x.
    #[must_use]
    pub const fn nx(&self) -> usize {
        self.nx
    }

    /// Cells along y.
    #[must_use]
    pub const fn ny(&self) -> usize {
        self.ny
    }

    /// The kind of a cell; outside the rectangle what the side says.
    pub(super) fn kind(&self, x: usize, y: usize) -> u8 {
        let side = |index: usize| if self.open.get(index) == Some(&true) { OPEN } else { SOLID };
        // One less than 0 wraps to the largest number.
        match (x < self.nx, y < self.ny) {
            (true, true) => self.cells.get(y * self.nx + x).copied().unwrap_or(SOLID),
            (false, true) => side(usize::from(x == self.nx)),
            (true, false) => side(2 + usize::from(y == self.ny)),
            (false, false) => SOLID,
        }
    }

    /// Neighbours of a cell that are not solid, and how many of them are open.
    pub(super) fn degree(&self, x: usize, y: usize) -> (u8, u8) {
        let around = [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)];
        around.into_iter().fold((0, 0), |(degree, open), (x, y)| match self.kind(x, y) {
            FLUID => (degree + 1, open),
            OPEN => (degree + 1, open + 1),
            _ => (degree, open),
        })
    }
}

/// nx ny, where colours and indices of 16 bits hold it.
pub(super) fn check_size(nx: usize, ny: usize) -> Result<usize, Error> {
    for (index, side) in [nx, ny].into_iter().enumerate() {
        if side == 0 {
            return Err(Error::OutOfRange { field: Field::Size, index });
        }
    }
    let even = |side: usize| side.checked_next_multiple_of(2);
    match even(nx).zip(even(ny)).and_then(|(nx, ny)| nx.checked_mul(ny)) {
        Some(0..=0x1_0000) => Ok(nx * ny),
        _ => Err(Error::TooLarge { field: Field::Size }),
    }
}

/// Turns fluid cells that no path of fluid joins to an open cell or side into solid ones: there the pressure is free by a
/// constant, and a right-hand side that does not sum to 0 has no solution. Returns their number. `queue` has one element
/// for each cell. One pass over the cells and one visit of each fluid cell.
///
/// # Errors
/// Those of [`Domain::new`], and `Length` (workspace). Nothing has been written then.
pub fn seal_pockets(
    nx: usize,
    ny: usize,
    cells: &mut [u8],
    open: [bool; 4],
    queue: &mut [u16],
) -> Result<usize, Error> {
    Domain::new(nx, ny, cells, open)?;
    error::at_least(Field::Workspace, cells.len(), queue.len())?;
    let reached = OPEN + 1;
    let mut filled = 0;
    let index = |x: usize, y: usize| if x < nx && y < ny { Some(y * nx + x) } else { None };
    for y in 0..ny {
        for x in 0..nx {
            let touches = Domain { nx, ny, cells, open }.degree(x, y).1 > 0;
            // A cell reached before counts as neither fluid nor open for its neighbours, which is what is wanted.
            reach(index(x, y), touches, reached, cells, queue, &mut filled);
        }
    }
    let mut head = 0;
    while head < filled {
        let Some(&cell) = queue.get(head) else { break };
        head += 1;
        let (x, y) = (usize::from(cell) % nx.max(1), usize::from(cell) / nx.max(1));
        for (x, y) in [(x.wrapping_sub(1), y), (x + 1, y), (x, y.wrapping_sub(1)), (x, y + 1)] {
            reach(index(x, y), true, reached, cells, queue, &mut filled);
        }
    }
    let mut sealed = 0;
    for cell in cells {
        match *cell {
            FLUID => {
                *cell = SOLID;
                sealed += 1;
            }
            OPEN | SOLID => {}
            _ => *cell = FLUID,
        }
    }
    Ok(sealed)
}

/// Marks and queues a fluid cell if `touches`.
fn reach(index: Option<usize>, touches: bool, mark: u8, cells: &mut [u8], queue: &mut [u16], filled: &mut usize) {
    let Some((index, cell)) = index.and_then(|index| Some((index, cells.get_mut(index)?))) else { return };
    if *cell != FLUID || !touches {
        return;
    }
    if let (Some(slot), Ok(number)) = (queue.get_mut(*filled), u16::try_from(index)) {
        *cell = mark;
        *slot = number;
        *filled += 1;
    }
}
