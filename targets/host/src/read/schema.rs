//! The tables of the TensorFlow Lite schema (version 3) that are read, over the `flatbuffers` crate: a file is verified whole by
//! [`root`], then no access can leave it.
#![allow(
    unsafe_code,
    reason = "accessors of the crate are unsafe; the verifier ran over every field that has one here"
)]

use flatbuffers::{
    Follow, ForwardsUOffset, InvalidFlatbuffer, Table, VOffsetT, Vector, Verifiable, Verifier, VerifierOptions,
};

/// Where field `number` stands in a table's list of offsets.
const fn slot(number: u16) -> VOffsetT {
    4 + 2 * number
}

macro_rules! table {
    ($(#[$text:meta])* $name:ident { $($field:ident: $kind:ty = $number:literal),* $(,)? }) => {
        table!($(#[$text])* $name { $($field: $kind = $number),* } |_verifier| Ok(()));
    };
    ($(#[$text:meta])* $name:ident { $($field:ident: $kind:ty = $number:literal),* $(,)? } $more:expr) => {
        $(#[$text])*
        #[derive(Clone, Copy)]
        pub(super) struct $name<'a>(Table<'a>);

        impl<'a> Follow<'a> for $name<'a> {
            type Inner = Self;

            unsafe fn follow(bytes: &'a [u8], at: usize) -> Self {
                // SAFETY: the caller's promise is that a table stands there.
                Self(unsafe { Table::new(bytes, at) })
            }
        }

        impl<'a> Verifiable for $name<'a> {
            fn run_verifier(verifier: &mut Verifier, at: usize) -> Result<(), InvalidFlatbuffer> {
                let table = verifier.visit_table(at)?;
                $(let table = table.visit_field::<$kind>(stringify!($field), slot($number), false)?;)*
                let mut table = table;
                let more: fn(&mut flatbuffers::TableVerifier) -> Result<(), InvalidFlatbuffer> = $more;
                more(&mut table)?;
                table.finish();
                Ok(())
            }
        }

        impl<'a> $name<'a> {
            $(pub(super) fn $field(&self) -> Option<<$kind as Follow<'a>>::Inner> {
                // SAFETY: verified by the function above, with the same type.
                unsafe { self.0.get::<$kind>(slot($number), None) }
            })*
        }
    };
}

type Numbers<'a, T> = ForwardsUOffset<Vector<'a, T>>;
type Tables<'a, T> = ForwardsUOffset<Vector<'a, ForwardsUOffset<T>>>;

table!(
    /// The file.
    Model {
        codes: Tables<'a, OperatorCode<'a>> = 1,
        subgraphs: Tables<'a, SubGraph<'a>> = 2,
        buffers: Tables<'a, Buffer<'a>> = 4,
    }
);

table!(
    /// What kind of operator: the larger of two numbers, the first being the old form.
    OperatorCode { old: u8 = 0, number: i32 = 3 }
);

table!(SubGraph {
    tensors: Tables<'a, Tensor<'a>> = 0,
    inputs: Numbers<'a, i32> = 1,
    outputs: Numbers<'a, i32> = 2,
    operators: Tables<'a, Operator<'a>> = 3,
});

table!(Tensor {
    shape: Numbers<'a, i32> = 0,
    kind: u8 = 1,
    buffer: u32 = 2,
    name: Numbers<'a, u8> = 3,
    quantisation: ForwardsUOffset<Quantisation<'a>> = 4,
});

table!(Quantisation { scales: Numbers<'a, f32> = 2, zeros: Numbers<'a, i64> = 3 });

table!(
    /// Constant data; with an offset, outside the flatbuffer.
    Buffer { data: Numbers<'a, u8> = 0, offset: u64 = 1 }
);

table!(
    Operator {
        code: u32 = 0,
        inputs: Numbers<'a, i32> = 1,
        outputs: Numbers<'a, i32> = 2,
        options_kind: u8 = 3,
    }
    |table| {
        let (Some(kind), Some(at)) = (table.deref(slot(3))?, table.deref(slot(OPTIONS))?) else { return Ok(()) };
        let verifier = table.verifier();
        let fields = layout(verifier.get_u8(kind)?);
        let at = at.saturating_add(verifier.get_uoffset(at)? as usize);
        let mut table = verifier.visit_table(at)?;
        for (number, field) in (0..).zip(fields) {
            let (name, number) = ("option", slot(number));
            table = match field {
                Scalar::Byte => table.visit_field::<u8>(name, number, false)?,
                Scalar::Int => table.visit_field::<i32>(name, number, false)?,
                Scalar::Float => table.visit_field::<f32>(name, number, false)?,
            };
        }
        table.finish();
        Ok(())
    }
);

/// The field of an operator's options.
const OPTIONS: u16 = 4;

/// What a field of options is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scalar {
    Byte,
    Int,
    Float,
}

/// The fields of the options that are read, by their number in the schema's union.
fn layout(kind: u8) -> &'static [Scalar] {
    use Scalar::{Byte, Float, Int};
    match kind {
        // Convolution: padding, strides, activation, dilations.
        1 => &[Byte, Int, Int, Byte, Int, Int],
        // Depthwise: padding, strides, multiplier, activation, dilations.
        2 => &[Byte, Int, Int, Int, Byte, Int, Int],
        // Pool: padding, strides, window, activation.
        5 => &[Byte, Int, Int, Int, Int, Byte],
        // Fully connected: activation, form of the weights.
        8 => &[Byte, Byte],
        // Softmax: beta.
        9 => &[Float],
        // Concatenation: axis, activation.
        10 => &[Int, Byte],
        // Sum, product: activation.
        11 | 21 => &[Byte],
        _ => &[],
    }
}

/// The options of an operator: fields by number, absent where the kind of options has another type there.
#[derive(Clone, Copy)]
pub(super) struct Options<'a> {
    table: Table<'a>,
    kind: u8,
}

impl<'a> Operator<'a> {
    pub(super) fn options(&self) -> Option<Options<'a>> {
        let kind = self.options_kind()?;
        // SAFETY: where kind and options are there, the verifier of operators found a table.
        let table = unsafe { self.0.get::<ForwardsUOffset<Table<'a>>>(slot(OPTIONS), None) }?;
        Some(Options { table, kind })
    }
}

impl<'a> Options<'a> {
    fn field<T: Follow<'a> + 'a>(&self, number: u16, scalar: Scalar) -> Option<T::Inner> {
        if layout(self.kind).get(usize::from(number)) != Some(&scalar) {
            return None;
        }
        // SAFETY: verified with the type that the layout says.
        unsafe { self.table.get::<T>(slot(number), None) }
    }

    pub(super) fn byte(&self, number: u16) -> Option<u8> {
        self.field::<u8>(number, Scalar::Byte)
    }

    pub(super) fn int(&self, number: u16) -> Option<i32> {
        self.field::<i32>(number, Scalar::Int)
    }

    pub(super) fn float(&self, number: u16) -> Option<f32> {
        self.field::<f32>(number, Scalar::Float)
    }
}

/// The file's root, everything behind it verified.
pub(super) fn root(bytes: &[u8]) -> Result<Model<'_>, InvalidFlatbuffer> {
    flatbuffers::root_with_opts::<Model>(&VerifierOptions::default(), bytes)
}
