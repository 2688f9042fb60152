"""Quantisation after training, and a .tflite file of it: convolutions and fully connected layers in 8 bits.

Weights are symmetric, with a scale for each row; activations have a scale and a zero point for each tensor, from what a set of
samples makes them.
"""

import flatbuffers
import numpy as np
import tflite
import torch



def quantised(network, samples, matrix):
    """What a file needs of each layer of a network with `stages`: bytes, scales, shapes. The input is from 0 to 1."""
    with torch.no_grad():
        stages = list(network.stages(samples))
    scale, zero, shape = 1 / 255, -128, [1, *samples.shape[2:], samples.shape[1]]
    layers = []
    modules = [module for module in network.children() if hasattr(module, "weight")]
    for k, (module, out) in enumerate(zip(modules, stages)):
        low, high = min(0.0, float(out.min())), max(0.0, float(out.max()))
        scale_out = (high - low) / 255 or 1.0
        zero_out = int(round(-128 - low / scale_out))
        rows = matrix(module.weight)
        # A row of zeros has any scale; a tiny one would make its bias too large.
        scales = np.maximum(np.abs(rows).max(1), np.abs(rows).max() / 1000) / 127
        weights = np.clip(np.rint(rows / scales[:, None]), -127, 127).astype(np.int8)
        bias = np.rint(module.bias.detach().numpy() / (scale * scales)).astype(np.int32)
        conv = module.weight.dim() == 4
        out_shape = [1, *out.shape[2:], out.shape[1]] if conv else [1, out.shape[1]]
        layers.append(
            {
                "conv": conv,
                "input": (shape, scale, zero),
                "output": (out_shape, scale_out, zero_out),
                "weights": weights,
                "shape": [len(rows), *module.weight.shape[2:], module.weight.shape[1]] if conv else list(rows.shape),
                "scales": scales.astype(np.float32),
                "bias": bias,
                "bias_scales": (scale * scales).astype(np.float32),
                "stride": module.stride[0] if conv else 1,
                "relu": k + 1 < len(modules),
            }
        )
        shape, scale, zero = out_shape, scale_out, zero_out
    return layers


def _vector(builder, start, values, prepend):
    start(builder, len(values))
    for value in reversed(values):
        prepend(value)
    return builder.EndVector()


def tflite_bytes(layers):
    """The file."""
    b = flatbuffers.Builder(1 << 16)
    buffers, tensors, operators = [], [], []

    def buffer(data):
        content = b.CreateByteVector(data) if data else None
        tflite.BufferStart(b)
        if content is not None:
            tflite.BufferAddData(b, content)
        buffers.append(tflite.BufferEnd(b))
        return len(buffers) - 1

    def tensor(name, shape, kind, scales, zeros, data=b""):
        own = buffer(data)
        text = b.CreateString(name)
        sides = _vector(b, tflite.TensorStartShapeVector, [int(side) for side in shape], b.PrependInt32)
        scale = _vector(b, tflite.QuantizationParametersStartScaleVector, [float(s) for s in scales], b.PrependFloat32)
        zero = _vector(b, tflite.QuantizationParametersStartZeroPointVector, [int(z) for z in zeros], b.PrependInt64)
        tflite.QuantizationParametersStart(b)
        tflite.QuantizationParametersAddScale(b, scale)
        tflite.QuantizationParametersAddZeroPoint(b, zero)
        quantisation = tflite.QuantizationParametersEnd(b)
        tflite.TensorStart(b)
        tflite.TensorAddShape(b, sides)
        tflite.TensorAddType(b, kind)
        tflite.TensorAddBuffer(b, own)
        tflite.TensorAddName(b, text)
        tflite.TensorAddQuantization(b, quantisation)
        tensors.append(tflite.TensorEnd(b))
        return len(tensors) - 1

    buffer(b"")
    shape, scale, zero = layers[0]["input"]
    first = last = tensor("input", shape, tflite.TensorType.INT8, [scale], [zero])
    for k, layer in enumerate(layers):
        weights, count = layer["weights"], len(layer["scales"])
        kind = tflite.TensorType
        w = tensor(f"weights{k}", layer["shape"], kind.INT8, layer["scales"], [0] * count, weights.tobytes())
        bias = tensor(f"bias{k}", [count], kind.INT32, layer["bias_scales"], [0] * count, layer["bias"].tobytes())
        shape, scale, zero = layer["output"]
        out = tensor(f"output{k}", shape, kind.INT8, [scale], [zero])
        if layer["conv"]:
            tflite.Conv2DOptionsStart(b)
            tflite.Conv2DOptionsAddStrideW(b, layer["stride"])
            tflite.Conv2DOptionsAddStrideH(b, layer["stride"])
            tflite.Conv2DOptionsAddFusedActivationFunction(b, int(layer["relu"]))
            options, options_kind = tflite.Conv2DOptionsEnd(b), tflite.BuiltinOptions.Conv2DOptions
        else:
            tflite.FullyConnectedOptionsStart(b)
            tflite.FullyConnectedOptionsAddFusedActivationFunction(b, int(layer["relu"]))
            options = tflite.FullyConnectedOptionsEnd(b)
            options_kind = tflite.BuiltinOptions.FullyConnectedOptions
        inputs = _vector(b, tflite.OperatorStartInputsVector, [last, w, bias], b.PrependInt32)
        outputs = _vector(b, tflite.OperatorStartOutputsVector, [out], b.PrependInt32)
        tflite.OperatorStart(b)
        tflite.OperatorAddOpcodeIndex(b, 0 if layer["conv"] else 1)
        tflite.OperatorAddInputs(b, inputs)
        tflite.OperatorAddOutputs(b, outputs)
        tflite.OperatorAddBuiltinOptionsType(b, options_kind)
        tflite.OperatorAddBuiltinOptions(b, options)
        operators.append(tflite.OperatorEnd(b))
        last = out
    codes = []
    for code in (tflite.BuiltinOperator.CONV_2D, tflite.BuiltinOperator.FULLY_CONNECTED):
        tflite.OperatorCodeStart(b)
        tflite.OperatorCodeAddDeprecatedBuiltinCode(b, code)
        tflite.OperatorCodeAddBuiltinCode(b, code)
        codes.append(tflite.OperatorCodeEnd(b))

    def offsets(start, values):
        return _vector(b, start, values, b.PrependUOffsetTRelative)

    all_tensors = offsets(tflite.SubGraphStartTensorsVector, tensors)
    all_operators = offsets(tflite.SubGraphStartOperatorsVector, operators)
    inputs = _vector(b, tflite.SubGraphStartInputsVector, [first], b.PrependInt32)
    outputs = _vector(b, tflite.SubGraphStartOutputsVector, [last], b.PrependInt32)
    tflite.SubGraphStart(b)
    tflite.SubGraphAddTensors(b, all_tensors)
    tflite.SubGraphAddInputs(b, inputs)
    tflite.SubGraphAddOutputs(b, outputs)
    tflite.SubGraphAddOperators(b, all_operators)
    subgraphs = offsets(tflite.ModelStartSubgraphsVector, [tflite.SubGraphEnd(b)])
    all_codes = offsets(tflite.ModelStartOperatorCodesVector, codes)
    all_buffers = offsets(tflite.ModelStartBuffersVector, buffers)
    tflite.ModelStart(b)
    tflite.ModelAddVersion(b, 3)
    tflite.ModelAddOperatorCodes(b, all_codes)
    tflite.ModelAddSubgraphs(b, subgraphs)
    tflite.ModelAddBuffers(b, all_buffers)
    b.Finish(tflite.ModelEnd(b), file_identifier=b"TFL3")
    return bytes(b.Output())
