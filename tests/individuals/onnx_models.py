"""A model in ONNX small enough to be made in a test."""


def means(shape=(1, 3, 4, 4), *, flat=True):
    """The bytes of a model whose vector is the mean of each channel of a picture."""
    import onnx

    nodes = [onnx.helper.make_node("GlobalAveragePool", ["picture"], ["mean" if flat else "vector"])]
    if flat:
        nodes.append(onnx.helper.make_node("Flatten", ["mean"], ["vector"]))
    graph = onnx.helper.make_graph(
        nodes,
        "means",
        [onnx.helper.make_tensor_value_info("picture", onnx.TensorProto.FLOAT, list(shape))],
        [onnx.helper.make_tensor_value_info("vector", onnx.TensorProto.FLOAT, None)],
    )
    made = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
    return made.SerializeToString()
