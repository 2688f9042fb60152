//! Sparse matrices that own their memory: read from Matrix Market files, shifted, cast.

use std::path::Path;

use nalgebra_sparse::CsrMatrix;
use nalgebra_sparse::io::load_coo_from_matrix_market_file;
use tinysolve::matrix::Csr;
use tinysolve::real::Real;

/// A square matrix by rows, every diagonal entry stored.
#[derive(Clone, Debug)]
pub struct Sparse<T> {
    starts: Vec<u32>,
    columns: Vec<u32>,
    values: Vec<T>,
}

impl Sparse<f64> {
    /// Reads a real or integer Matrix Market file, general or symmetric.
    ///
    /// # Errors
    /// A sentence that names the file and says what is wrong with it.
    pub fn read(path: &Path) -> Result<Self, String> {
        let name = path.display();
        let triplets = load_coo_from_matrix_market_file::<f64, _>(path).map_err(|error| format!("{name}: {error}"))?;
        if triplets.nrows() != triplets.ncols() {
            return Err(format!("{name}: {} rows but {} columns", triplets.nrows(), triplets.ncols()));
        }
        let matrix = CsrMatrix::from(&triplets);
        let (offsets, columns, values) = matrix.disassemble();
        let narrow = |indices: Vec<usize>| indices.into_iter().map(u32::try_from).collect::<Result<Vec<_>, _>>();
        let (Ok(starts), Ok(columns)) = (narrow(offsets), narrow(columns)) else {
            return Err(format!("{name}: more than 2^32 - 1 nonzeros"));
        };
        let matrix = Self { starts, columns, values };
        Csr::new(&matrix.starts, &matrix.columns, &matrix.values).map_err(|error| format!("{name}: {error:?}"))?;
        Ok(matrix)
    }

    /// Err unless the matrix equals its transpose to a few units in the last place.
    ///
    /// # Errors
    /// A sentence that names the first pair of entries that differ.
    pub fn check_symmetric(&self) -> Result<(), String> {
        let view = self.view();
        for (row, column, value) in self.entries() {
            let mirrored = view.entry(column, row).unwrap_or(0.0);
            if (value - mirrored).abs() > 1e-12 * value.abs().max(mirrored.abs()) {
                let (row, column) = (row + 1, column + 1);
                return Err(format!("not symmetric: entry ({row}, {column}) is {value}, its mirror image {mirrored}"));
            }
        }
        Ok(())
    }
}

impl<T: Real> Sparse<T> {
    /// From entries in ascending order of rows and, in each row, of columns.
    ///
    /// # Panics
    /// If the library does not accept the matrix.
    #[must_use]
    pub fn from_entries(n: usize, entries: impl IntoIterator<Item = (usize, usize, T)>) -> Self {
        let (mut starts, mut columns, mut values) = (vec![0; n + 1], Vec::new(), Vec::new());
        for (row, column, value) in entries {
            columns.push(index(column));
            values.push(value);
            starts[row + 1] = index(columns.len());
        }
        let matrix = Self { starts, columns, values };
        if let Err(error) = Csr::new(&matrix.starts, &matrix.columns, &matrix.values) {
            panic!("not a matrix: {error:?}");
        }
        matrix
    }

    /// As the library sees it.
    ///
    /// # Panics
    /// Never: every constructor has checked the arrays.
    #[must_use]
    pub fn view(&self) -> Csr<'_, T, u32> {
        match Csr::trusted(&self.starts, &self.columns, &self.values) {
            Ok(view) => view,
            Err(error) => unreachable!("checked at construction: {error:?}"),
        }
    }

    /// n.
    #[must_use]
    pub fn dim(&self) -> usize {
        self.starts.len() - 1
    }

    /// Row starts, columns, values.
    #[must_use]
    pub fn arrays(&self) -> (&[u32], &[u32], &[T]) {
        (&self.starts, &self.columns, &self.values)
    }

    /// (row, column, value) of each stored entry.
    pub fn entries(&self) -> impl Iterator<Item = (usize, usize, T)> {
        let view = self.view();
        (0..self.dim()).flat_map(move |row| {
            let (columns, values) = view.row(row);
            columns.iter().zip(values).map(move |(&column, &value)| (row, column as usize, value))
        })
    }

    /// The main diagonal.
    #[must_use]
    pub fn diagonal(&self) -> Vec<T> {
        self.entries().filter(|(row, column, _)| row == column).map(|(_, _, value)| value).collect()
    }

    /// Writes A + c I over this matrix, A being `base`, of the same pattern.
    pub fn set_shifted(&mut self, base: &Self, shift: T) {
        for ((value, base), (row, column, _)) in self.values.iter_mut().zip(&base.values).zip(base.entries()) {
            *value = if row == column { *base + shift } else { *base };
        }
    }

    /// The same matrix in another precision.
    #[must_use]
    pub fn cast<U: Real>(&self) -> Sparse<U> {
        let values = self.values.iter().map(|value| U::from_f64(value.to_f64())).collect();
        Sparse { starts: self.starts.clone(), columns: self.columns.clone(), values }
    }
}

fn index(index: usize) -> u32 {
    u32::try_from(index).expect("test matrices are small")
}
