//! Files made up on the spot: every operator that no model of the repository has, what is odd and accepted, and what is
//! refused by name and index.
#![allow(
    clippy::std_instead_of_core,
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    missing_docs,
    reason = "a test"
)]

use flatbuffers::{FlatBufferBuilder, WIPOffset};
use std::slice::from_ref;
use tinysolve::net::Inference;
use tinysolve_host::convert::{Aligned, arena, view};
use tinysolve_host::{Options, convert};

const FLOAT32: u8 = 0;
const INT32: u8 = 2;
const INT8: u8 = 9;

#[derive(Clone)]
struct Tensor {
    shape: Vec<i32>,
    kind: u8,
    scale: f32,
    zero: i64,
    data: Vec<u8>,
}

fn tensor(shape: &[i32], scale: f32, zero: i64) -> Tensor {
    Tensor { shape: shape.to_vec(), kind: INT8, scale, zero, data: Vec::new() }
}

fn float(shape: &[i32]) -> Tensor {
    Tensor { kind: FLOAT32, ..tensor(shape, 0.0, 0) }
}

fn ints(shape: &[i32], values: &[i32]) -> Tensor {
    let data = values.iter().flat_map(|value| value.to_le_bytes()).collect();
    Tensor { kind: INT32, data, ..tensor(shape, 1.0, 0) }
}

/// A field of an operator's options.
#[derive(Clone, Copy)]
enum Field {
    Byte(u8),
    Int(i32),
    Float(f32),
}

#[derive(Clone)]
struct Operator {
    code: i32,
    inputs: Vec<i32>,
    output: i32,
    /// Kind of the options, and their fields in order.
    options: (u8, Vec<Field>),
}

fn operator(code: i32, inputs: &[i32], output: i32, kind: u8, fields: &[Field]) -> Operator {
    Operator { code, inputs: inputs.to_vec(), output, options: (kind, fields.to_vec()) }
}

/// Where field `number` of a table stands.
const fn slot(number: u16) -> u16 {
    4 + 2 * number
}

/// A file of one input, tensor 0, and one output, the last operator's. Codes stand in the old field only; each quantisation
/// names a dimension that no bias has.
fn file(tensors: &[Tensor], operators: &[Operator], subgraphs: usize) -> Vec<u8> {
    let mut out = FlatBufferBuilder::new();
    let mut codes = Vec::new();
    let mut all = Vec::new();
    for (index, operator) in operators.iter().enumerate() {
        let start = out.start_table();
        out.push_slot_always(slot(0), u8::try_from(operator.code).unwrap());
        codes.push(out.end_table(start));
        let inputs = out.create_vector(&operator.inputs);
        let outputs = out.create_vector(&[operator.output]);
        let start = out.start_table();
        for (number, field) in (0..).zip(&operator.options.1) {
            match *field {
                Field::Byte(byte) => out.push_slot_always(slot(number), byte),
                Field::Int(int) => out.push_slot_always(slot(number), int),
                Field::Float(float) => out.push_slot_always(slot(number), float),
            }
        }
        let options = out.end_table(start);
        let start = out.start_table();
        out.push_slot_always(slot(0), u32::try_from(index).unwrap());
        out.push_slot_always(slot(1), inputs);
        out.push_slot_always(slot(2), outputs);
        out.push_slot_always(slot(3), operator.options.0);
        out.push_slot_always(slot(4), options);
        all.push(out.end_table(start));
    }
    let (mut stored, mut buffers) = (Vec::new(), Vec::new());
    for (index, tensor) in tensors.iter().enumerate() {
        let data = out.create_vector(&tensor.data);
        let start = out.start_table();
        out.push_slot_always(slot(0), data);
        buffers.push(out.end_table(start));
        let (shape, name) = (out.create_vector(&tensor.shape), out.create_string(&format!("t{index}")));
        let (scales, zeros) = (out.create_vector(&[tensor.scale]), out.create_vector(&[tensor.zero]));
        let start = out.start_table();
        out.push_slot_always(slot(2), scales);
        out.push_slot_always(slot(3), zeros);
        out.push_slot_always(slot(6), 3_i32);
        let quantisation = out.end_table(start);
        let start = out.start_table();
        out.push_slot_always(slot(0), shape);
        out.push_slot_always(slot(1), tensor.kind);
        out.push_slot_always(slot(2), u32::try_from(index).unwrap());
        out.push_slot_always(slot(3), name);
        out.push_slot_always(slot(4), quantisation);
        stored.push(out.end_table(start));
    }
    let (stored, all) = (out.create_vector(&stored), out.create_vector(&all));
    let (inputs, outputs) = (out.create_vector(&[0]), out.create_vector(&[operators.last().unwrap().output]));
    let graphs: Vec<WIPOffset<_>> = (0..subgraphs)
        .map(|_| {
            let start = out.start_table();
            out.push_slot_always(slot(0), stored);
            out.push_slot_always(slot(1), inputs);
            out.push_slot_always(slot(2), outputs);
            out.push_slot_always(slot(3), all);
            out.end_table(start)
        })
        .collect();
    let (codes, graphs, buffers) = (out.create_vector(&codes), out.create_vector(&graphs), out.create_vector(&buffers));
    let start = out.start_table();
    out.push_slot_always(slot(0), 3_u32);
    out.push_slot_always(slot(1), codes);
    out.push_slot_always(slot(2), graphs);
    out.push_slot_always(slot(4), buffers);
    let root = out.end_table(start);
    out.finish(root, Some("TFL3"));
    out.finished_data().to_vec()
}

/// What a converted file makes of the bytes from -128 on, in steps of 7.
fn run(file: &[u8]) -> (Vec<i8>, Vec<i8>) {
    let converted = convert(file, &Options::default()).unwrap();
    converted.self_test(3).unwrap();
    let aligned = Aligned::new(&converted.container);
    let model = aligned.model().unwrap();
    let mut memory = arena(&model);
    let mut inference = Inference::new(&model, view(&mut memory)).unwrap();
    let input: Vec<i8> = (0..model.shape().input_len).map(|k| (k as u8).wrapping_mul(7).cast_signed()).collect();
    inference.input_mut().copy_from_slice(&input);
    (input, inference.run().to_vec())
}

/// Every output within a step of what real arithmetic says.
fn near(name: &str, tensors: &[Tensor], operators: &[Operator], expected: impl Fn(&[f64]) -> Vec<f64>) {
    let (input, output) = run(&file(tensors, operators, 1));
    // A model of single precision at an end has the scale of its neighbour.
    let from = if tensors[0].kind == FLOAT32 { &tensors[1] } else { &tensors[0] };
    let last = operators.last().unwrap();
    let to = &tensors[if last.code == 6 { last.inputs[0] } else { last.output } as usize];
    let real: Vec<f64> =
        input.iter().map(|byte| (f64::from(*byte) - from.zero as f64) * f64::from(from.scale)).collect();
    let expected = expected(&real);
    assert_eq!(expected.len(), output.len(), "{name}");
    for (real, byte) in expected.iter().zip(&output) {
        let exact = (real / f64::from(to.scale) + to.zero as f64).clamp(-128.0, 127.0);
        assert!((f64::from(*byte) - exact).abs() <= 1.0, "{name}: {byte} for {exact}");
    }
}

#[test]
fn operators_that_no_model_has() {
    use Field::{Byte, Float, Int};
    let image = [1, 3, 2, 4];
    let (x, y) = (tensor(&image, 0.04, -20), tensor(&image, 0.04, -20));
    let rectified = |x: &[f64], low: f64, high: f64| x.iter().map(|x| x.clamp(low, high)).collect::<Vec<_>>();
    let unit = |shape: &[i32]| tensor(shape, 1.0 / 256.0, -128);
    let sigmoid = |x: &[f64]| x.iter().map(|x| 1.0 / (1.0 + (-x).exp())).collect();
    near("LOGISTIC", &[x.clone(), unit(&image)], &[operator(14, &[0], 1, 0, &[])], sigmoid);
    let wide = tensor(&image, 0.05, -100);
    near("RELU", &[x.clone(), wide.clone()], &[operator(19, &[0], 1, 0, &[])], |x| rectified(x, 0.0, 1e9));
    near("RELU6", &[x.clone(), wide.clone()], &[operator(21, &[0], 1, 0, &[])], |x| rectified(x, 0.0, 6.0));
    let narrow = tensor(&image, 0.01, 3);
    near("RELU_N1_TO_1", &[x.clone(), narrow], &[operator(20, &[0], 1, 0, &[])], |x| rectified(x, -1.0, 1.0));
    near("QUANTIZE", &[x.clone(), wide.clone()], &[operator(114, &[0], 1, 0, &[])], <[f64]>::to_vec);
    near(
        "QUANTIZE from and DEQUANTIZE to single precision",
        &[float(&image), x.clone(), wide.clone(), float(&image)],
        &[operator(114, &[0], 1, 0, &[]), operator(19, &[1], 2, 0, &[]), operator(6, &[2], 3, 0, &[])],
        |x| rectified(x, 0.0, 1e9),
    );
    near(
        "RESHAPE",
        &[x.clone(), ints(&[2], &[1, 24]), tensor(&[1, 24], 0.04, -20), unit(&[1, 24])],
        &[operator(22, &[0, 1], 2, 0, &[]), operator(14, &[2], 3, 0, &[])],
        sigmoid,
    );
    near(
        "CONCATENATION",
        &[x.clone(), y.clone(), tensor(&[1, 3, 2, 8], 0.04, -20)],
        &[operator(19, &[0], 1, 0, &[]), operator(2, &[0, 1], 2, 10, &[Int(3), Byte(0)])],
        |x| x.chunks(4).flat_map(|x| [x.to_vec(), rectified(x, 0.0, 1e9)].concat()).collect(),
    );
    near(
        "MUL",
        &[x.clone(), y.clone(), tensor(&image, 0.15, -90)],
        &[operator(19, &[0], 1, 0, &[]), operator(18, &[0, 1], 2, 21, &[Byte(0)])],
        |x| x.iter().map(|x| x * x.max(0.0)).collect(),
    );
    near(
        "ADD",
        &[x.clone(), y.clone(), tensor(&image, 0.08, 0)],
        &[operator(19, &[0], 1, 0, &[]), operator(0, &[0, 1], 2, 11, &[Byte(1)])],
        |x| x.iter().map(|x| (x + x.max(0.0)).max(0.0)).collect(),
    );
    near(
        "MAX_POOL_2D",
        &[x.clone(), tensor(&[1, 2, 1, 4], 0.04, -20)],
        &[operator(17, &[0], 1, 5, &[Byte(1), Int(1), Int(1), Int(2), Int(2), Byte(0)])],
        |x| {
            let most = |row: usize, c: usize| {
                [0, 1, 2, 3].iter().map(|k| x[((row + k / 2) * 2 + k % 2) * 4 + c]).fold(f64::MIN, f64::max)
            };
            (0..8).map(|k| most(k / 4, k % 4)).collect()
        },
    );
    near(
        "MEAN",
        &[x.clone(), ints(&[2], &[1, 2]), tensor(&[1, 4], 0.03, 5)],
        &[operator(40, &[0, 1], 2, 0, &[])],
        |x| (0..4).map(|c| x.iter().skip(c).step_by(4).sum::<f64>() / 6.0).collect(),
    );
    let frame = ints(&[4, 2], &[0, 0, 1, 0, 0, 2, 0, 0]);
    near("PAD", &[x.clone(), frame, tensor(&[1, 4, 4, 4], 0.04, -20)], &[operator(34, &[0, 1], 2, 0, &[])], |x| {
        let at = |y: usize, x_: usize, c: usize| if y == 0 || x_ > 1 { 0.0 } else { x[((y - 1) * 2 + x_) * 4 + c] };
        (0..64).map(|k| at(k / 16, k / 4 % 4, k % 4)).collect()
    });
    near("SOFTMAX", &[x, unit(&image)], &[operator(25, &[0], 1, 9, &[Float(1.0)])], |x| {
        let whole = |x: &[f64]| x.iter().map(|x| x.exp()).sum::<f64>();
        x.chunks(4).flat_map(|row| row.iter().map(|x| x.exp() / whole(row)).collect::<Vec<_>>()).collect()
    });
}

/// A matrix of 2 x 3 without biases; `fields` are the options.
fn connected(bias: bool) -> (Vec<Tensor>, Operator) {
    let weights = Tensor { data: vec![1, 2, 3, 252, 251, 250], ..tensor(&[2, 3], 0.5, 0) };
    let tensors = vec![tensor(&[1, 3], 0.1, 4), weights, ints(&[2], &[0, 0]), tensor(&[1, 2], 2.0, -1)];
    (tensors, operator(9, if bias { &[0, 1, 2] } else { &[0, 1, -1] }, 3, 8, &[Field::Byte(0)]))
}

/// Biases that are absent count as zeros; the old field alone names an operator; a bias may name a dimension it has not.
#[test]
fn oddities_are_accepted() {
    let [(tensors, with), (_, without)] = [true, false].map(connected);
    let product =
        |x: &[f64]| vec![0.5 * (x[0] + 2.0 * x[1] + 3.0 * x[2]), -0.5 * (4.0 * x[0] + 5.0 * x[1] + 6.0 * x[2])];
    near("with biases", &tensors, &[with], product);
    near("without", &tensors, &[without], product);
}

#[test]
fn refusals_name_operator_and_tensor() {
    let say = |bytes: &[u8]| format!("{:#}", convert(bytes, &Options::default()).err().unwrap());
    let (tensors, good) = connected(true);
    let refused = |tensors: &[Tensor], operators: &[Operator], graphs: usize, parts: &[&str]| {
        let said = say(&file(tensors, operators, graphs));
        assert!(parts.iter().all(|part| said.contains(part)), "{said}: {parts:?} expected");
    };
    refused(&tensors, from_ref(&good), 2, &["2 subgraphs"]);
    let unknown = operator(32, &[3], 3, 0, &[]);
    refused(&tensors, &[good.clone(), unknown], 1, &["operator 1", "code 32", "not supported"]);
    let mut floats = tensors.clone();
    floats[0].kind = FLOAT32;
    refused(&floats, from_ref(&good), 1, &["operator 0 (FULLY_CONNECTED)", "tensor 0 `t0`", "float32"]);
    let mut absent = good.clone();
    absent.inputs[1] = 77;
    refused(&tensors, &[absent], 1, &["operator 0 (FULLY_CONNECTED)", "weights"]);
    let mut huge = tensors.clone();
    huge[1].scale = 1e30;
    refused(&huge, &[good], 1, &["operator 0 (FULLY_CONNECTED)", "output 0"]);
    let image = tensor(&[1, 4, 4, 1], 0.1, 0);
    let kernel = Tensor { data: vec![1; 9], ..tensor(&[1, 3, 3, 1], 0.1, 0) };
    let fields = [Field::Byte(0), Field::Int(1), Field::Int(1), Field::Byte(0), Field::Int(2), Field::Int(2)];
    let dilated = operator(3, &[0, 1, 2], 3, 1, &fields);
    refused(&[image.clone(), kernel, ints(&[1], &[0]), image], &[dilated], 1, &["operator 0 (CONV_2D)", "dilation"]);
}
