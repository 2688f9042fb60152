//! A network between file and container: tensors of height x width x channels, and layers in order.

/// A tensor, or another look at the memory of one.
#[derive(Clone, Debug)]
pub struct Tensor {
    /// The file's name for it.
    pub name: String,
    /// Height, width, channels.
    pub shape: [usize; 3],
    /// Scale of its bytes.
    pub scale: f32,
    /// Zero point.
    pub zero: i8,
    /// The tensor whose memory this is: itself, or what it is a view of.
    pub root: usize,
    /// Which channels of the original are here, once some have been left out.
    pub kept: Option<Vec<usize>>,
}

impl Tensor {
    /// Bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether there is nothing in it; never, in a graph that was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Where a window starts and how it moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// Height and width.
    pub size: [usize; 2],
    /// Steps down and across.
    pub stride: [usize; 2],
    /// Rows above and columns left of the input.
    pub before: [usize; 2],
}

/// A sum of products: convolution, fully connected, depthwise.
#[derive(Clone, Debug)]
pub struct Weighted {
    /// Weights: outputs x window height x window width x input channels; of a depthwise layer window x outputs.
    pub weights: Vec<i8>,
    /// One for each output.
    pub bias: Vec<i64>,
    /// The real multiplier of each output.
    pub scales: Vec<f64>,
    /// The window.
    pub window: Window,
    /// Outputs whose value is known, whatever the input.
    pub constant: Vec<Option<i8>>,
}

/// What a layer computes.
#[derive(Clone, Debug)]
pub enum Op {
    /// Convolution or fully connected.
    Convolution(Weighted),
    /// Depthwise convolution.
    Depthwise(Weighted),
    /// Pooling, of the maximum or the average.
    Pool {
        /// The window.
        window: Window,
        /// Of the maximum.
        maximum: bool,
    },
    /// Sum; the second operand may be a constant.
    Add {
        /// The second operand, if it is a constant.
        constant: Option<Vec<i8>>,
        /// Scale and zero point of the second operand.
        second: (f32, i8),
    },
    /// Product.
    Multiply {
        /// The second operand, if it is a constant.
        constant: Option<Vec<i8>>,
        /// Scale and zero point of the second operand.
        second: (f32, i8),
    },
    /// A byte for every byte: for 0 to 127, then -128 to -1.
    Table(Box<[i8; 256]>),
    /// Softmax over channels.
    Softmax {
        /// What the input is multiplied by first.
        beta: f32,
    },
    /// Channels of the input to channels of the output from this one on.
    Copy {
        /// The first channel written.
        channel: usize,
    },
    /// Rows, columns, channels before, and the value around.
    Pad {
        /// Rows, columns and channels before.
        before: [usize; 3],
        /// What is put around.
        value: i8,
    },
    /// Mean over height and width.
    Mean,
}

/// A layer.
#[derive(Clone, Debug)]
pub struct Node {
    /// What it computes.
    pub op: Op,
    /// One input, or two.
    pub inputs: Vec<usize>,
    /// The output.
    pub output: usize,
    /// Least and greatest output.
    pub clamp: [i8; 2],
    /// Rounds once.
    pub single: bool,
    /// The operator of the file, and its name.
    pub index: usize,
    /// As in the schema.
    pub name: &'static str,
}

/// A network.
#[derive(Clone, Debug)]
pub struct Graph {
    /// Tensors.
    pub tensors: Vec<Tensor>,
    /// Layers in order.
    pub nodes: Vec<Node>,
    /// The input.
    pub input: usize,
    /// The output.
    pub output: usize,
}

impl Graph {
    /// Multiplications of a layer.
    #[must_use]
    pub fn products(&self, node: &Node) -> usize {
        let [height, width, channels] = self.tensors[node.output].shape;
        match &node.op {
            Op::Convolution(weighted) => height * width * weighted.weights.len(),
            Op::Depthwise(weighted) => height * width * channels * weighted.window.size[0] * weighted.window.size[1],
            _ => 0,
        }
    }
}
