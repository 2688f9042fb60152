//! Sparse matrices that own their memory: read from Matrix Market files, shifted, cast.

use std::path::Path;

use nalgebra_sparse::io::{MatrixMarketErrorKind, load_coo_from_matrix_market_file};
use nalgebra_sparse::{CooMatrix, CsrMatrix};
use tinysolve::Error;
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
        let triplets = match load_coo_from_matrix_market_file::<f64, _>(path) {
            Err(error) if error.kind() == MatrixMarketErrorKind::TypeMismatch => {
                load_coo_from_matrix_market_file::<i64, _>(path).map(|integers| to_real(&integers))
            }
            other => other,
        }
        .map_err(|error| format!("{name}: {error}"))?;
        if triplets.nrows() == 0 {
            return Err(format!("{name}: no rows"));
        }
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
        Csr::new(&matrix.starts, &matrix.columns, &matrix.values).map_err(|error| match error {
            Error::ZeroDiagonal { row } => format!("{name}: row {} has no diagonal entry, or a zero one", row + 1),
            Error::NotFinite { .. } => format!("{name}: an entry is too large for a double"),
            other => format!("{name}: {other:?}"),
        })?;
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

fn to_real(integers: &CooMatrix<i64>) -> CooMatrix<f64> {
    let mut triplets = CooMatrix::new(integers.nrows(), integers.ncols());
    integers.triplet_iter().for_each(|(row, column, value)| triplets.push(row, column, *value as f64));
    triplets
}

fn index(index: usize) -> u32 {
    u32::try_from(index).expect("test matrices are small")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<Sparse<f64>, String> {
        let path = std::env::temp_dir().join(format!("tinysolve-{}-{name}.mtx", std::process::id()));
        std::fs::write(&path, format!("%%MatrixMarket matrix {text}")).unwrap();
        let matrix = Sparse::read(&path);
        std::fs::remove_file(path).unwrap();
        matrix
    }

    #[test]
    fn files_of_several_kinds() {
        let entries = |matrix: Sparse<f64>| matrix.entries().collect::<Vec<_>>();
        let expected = [(0, 0, 4.0), (0, 1, 1.0), (1, 0, 1.0), (1, 1, 3.0)];
        for (name, text) in [
            ("symmetric", "coordinate real symmetric\n% a comment\n2 2 3\n1 1 4\n2 1 1\n2 2 3\n"),
            ("general", "coordinate real general\n2 2 4\n2 2 3\n1 2 1\n2 1 1.0e0\n1 1 4\n"),
            ("integer", "coordinate integer symmetric\n2 2 3\n1 1 4\n2 1 1\n2 2 3\n"),
            ("array", "array real general\n2 2\n4\n1\n1\n3\n"),
        ] {
            let matrix = read(name, text).unwrap();
            matrix.check_symmetric().unwrap();
            assert_eq!(entries(matrix), expected, "{name}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        for (name, text, expected) in [
            ("rectangular", "coordinate real general\n2 3 1\n1 1 1\n", "2 rows but 3 columns"),
            ("no-diagonal", "coordinate real symmetric\n2 2 2\n1 1 1\n2 1 1\n", "row 2 has no diagonal entry"),
            ("empty", "coordinate real general\n0 0 0\n", "no rows"),
            ("complex", "coordinate complex general\n1 1 1\n1 1 3 3\n", "Complex"),
            ("short", "coordinate real general\n2 2 3\n1 1 1\n2 2 1\n", "3 entries required"),
            ("zero-based", "coordinate real general\n2 2 2\n0 0 1\n1 1 1\n", "one-indexed"),
        ] {
            let message = read(name, text).unwrap_err();
            assert!(message.contains(expected), "{name}: {message}");
        }
        let asymmetric = read("asymmetric", "coordinate real general\n2 2 3\n1 1 1\n2 2 1\n1 2 0.5\n").unwrap();
        let message = asymmetric.check_symmetric().unwrap_err();
        assert_eq!(message, "not symmetric: entry (1, 2) is 0.5, its mirror image 0");
        assert!(Sparse::read(Path::new("/nowhere.mtx")).unwrap_err().starts_with("/nowhere.mtx"));
    }
}
