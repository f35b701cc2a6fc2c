package dev.tributary.training.packaged;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.tributary.adapter.FormatException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an ONNX file holds, without its data: the stored tensors and where they lie, and which of them a MatMul node
 * multiplies by. Field numbers are those of onnx.proto3.
 *
 * @param tensors in the order of the file
 * @param matMuls name of a stored tensor to the name of the MatMul node that has it as an input
 */
record OnnxIndex(List<Stored> tensors, Map<String, String> matMuls) {

    /** Element type FLOAT of TensorProto. */
    static final int FLOAT = 1;

    /** One initializer; its raw data are {@code length} bytes from position {@code begin} of the file. */
    record Stored(String name, List<Integer> shape, int type, long begin, int length) {}

    private record Node(String name, String operation, List<String> inputs) {}

    /**
     * Reads {@code in} to its end, skipping over the data.
     *
     * @throws FormatException if it is not an ONNX file
     */
    static OnnxIndex read(InputStream in) throws IOException {
        try {
            return model(CodedInputStream.newInstance(in));
        } catch (InvalidProtocolBufferException e) {
            throw new FormatException("not an ONNX file: " + e.getMessage(), e);
        }
    }

    private static OnnxIndex model(CodedInputStream input) throws IOException {
        List<Node> nodes = new ArrayList<>();
        List<Stored> tensors = new ArrayList<>();
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == 7) { // ModelProto.graph
                graph(input, nodes, tensors);
            } else {
                input.skipField(tag);
            }
        }
        if (tensors.isEmpty()) {
            throw new FormatException("no ONNX graph with stored tensors");
        }
        Map<String, String> matMuls = new HashMap<>();
        for (Node node : nodes) {
            if (node.operation().equals("MatMul")) {
                node.inputs().forEach(i -> matMuls.put(i, node.name()));
            }
        }
        matMuls.keySet().retainAll(tensors.stream().map(Stored::name).toList());
        return new OnnxIndex(List.copyOf(tensors), Map.copyOf(matMuls));
    }

    private static void graph(CodedInputStream input, List<Node> nodes, List<Stored> tensors) throws IOException {
        int outer = input.pushLimit(input.readRawVarint32());
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> nodes.add(node(input));
                case 5 -> tensors.add(tensor(input));
                default -> input.skipField(tag);
            }
        }
        end(input, outer);
    }

    private static Node node(CodedInputStream input) throws IOException {
        String name = "";
        String operation = "";
        List<String> inputs = new ArrayList<>();
        int outer = input.pushLimit(input.readRawVarint32());
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> inputs.add(input.readString());
                case 3 -> name = input.readString();
                case 4 -> operation = input.readString();
                default -> input.skipField(tag);
            }
        }
        end(input, outer);
        return new Node(name, operation, inputs);
    }

    private static Stored tensor(CodedInputStream input) throws IOException {
        String name = "";
        List<Integer> shape = new ArrayList<>();
        int type = 0;
        long begin = 0;
        int length = 0;
        int outer = input.pushLimit(input.readRawVarint32());
        for (int tag = input.readTag(); tag != 0; tag = input.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> dimensions(input, tag, shape);
                case 2 -> type = input.readInt32();
                case 8 -> name = input.readString();
                case 9 -> {
                    length = input.readRawVarint32();
                    begin = input.getTotalBytesRead();
                    input.skipRawBytes(length);
                }
                default -> input.skipField(tag);
            }
        }
        end(input, outer);
        return new Stored(name, List.copyOf(shape), type, begin, length);
    }

    private static void dimensions(CodedInputStream input, int tag, List<Integer> shape) throws IOException {
        if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT) {
            shape.add(Math.toIntExact(input.readInt64()));
            return;
        }
        int outer = input.pushLimit(input.readRawVarint32());
        while (input.getBytesUntilLimit() > 0) {
            shape.add(Math.toIntExact(input.readInt64()));
        }
        end(input, outer);
    }

    /** A stream that ends at a field boundary looks like the end of the message; its length says otherwise. */
    private static void end(CodedInputStream input, int outer) {
        if (input.getBytesUntilLimit() != 0) {
            throw new FormatException("not an ONNX file: it ends in the middle of a message");
        }
        input.popLimit(outer);
    }
}
