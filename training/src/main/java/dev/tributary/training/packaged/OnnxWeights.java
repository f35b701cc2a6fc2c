package dev.tributary.training.packaged;

import dev.tributary.adapter.FormatException;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the float32 weights of an exported PyTorch model as safetensors, one tensor at a time.
 *
 * <p>The exporter keeps the names of biases, norms and embeddings. The matrix of a linear layer it stores transposed,
 * (in, out), under a number; its layer is the name of the MatMul node that uses it:
 * {@code /encoder/layer.0/attention/self/query/MatMul} has {@code encoder.layer.0.attention.self.query.weight}.
 */
final class OnnxWeights {

    private static final int CHUNK = 1 << 16;

    private OnnxWeights() {}

    /** A tensor of the file under the name and shape it has in the model. */
    private record Weight(OnnxIndex.Stored stored, TensorInfo info, boolean transposed) {}

    /**
     * Copies the weights.
     *
     * @param onnx the file from its start, the same that {@code index} was read from
     */
    static void write(OnnxIndex index, InputStream onnx, Path safetensors) throws IOException {
        List<Weight> weights = weights(index);
        Layout layout = Layout.of(weights.stream().map(Weight::info).toList());
        DataInputStream in = new DataInputStream(onnx);
        long at = 0;
        try (SafetensorsWriter writer = new SafetensorsWriter(safetensors, layout, Map.of("format", "pt"))) {
            for (Weight weight : weights) {
                in.skipNBytes(weight.stored().begin() - at);
                if (weight.transposed()) {
                    writer.write(
                            weight.info().name(), transposed(in, weight.info().shape()));
                } else {
                    copy(in, weight.info(), writer);
                }
                at = weight.stored().begin() + weight.stored().length();
            }
        }
    }

    private static List<Weight> weights(OnnxIndex index) {
        List<Weight> weights = new ArrayList<>();
        for (OnnxIndex.Stored stored : index.tensors()) {
            if (stored.type() != OnnxIndex.FLOAT) {
                continue; // position_ids, int64
            }
            Weight weight = weight(stored, index.matMuls().get(stored.name()));
            if (weight.info().byteLength() != stored.length()) {
                throw new FormatException("ONNX tensor " + stored.name() + ": shape " + stored.shape() + " needs "
                        + weight.info().byteLength() + " bytes of raw data, the file has " + stored.length());
            }
            weights.add(weight);
        }
        return weights;
    }

    private static Weight weight(OnnxIndex.Stored stored, @Nullable String node) {
        int[] shape = stored.shape().stream().mapToInt(Integer::intValue).toArray();
        if (node == null) {
            return new Weight(stored, TensorInfo.f32(stored.name(), shape), false);
        }
        if (shape.length != 2 || !node.startsWith("/") || !node.endsWith("/MatMul")) {
            throw new FormatException("ONNX tensor " + stored.name() + ": cannot tell its layer from node " + node);
        }
        String layer = node.substring(1, node.length() - "/MatMul".length()).replace('/', '.');
        return new Weight(stored, TensorInfo.f32(layer + ".weight", shape[1], shape[0]), true);
    }

    /** Reads an (in, out) matrix as (out, in). */
    private static float[] transposed(DataInputStream in, List<Integer> shape) throws IOException {
        int outputs = shape.get(0);
        int inputs = shape.get(1);
        float[] stored = new float[outputs * inputs];
        read(in, stored, stored.length);
        float[] weight = new float[stored.length];
        for (int i = 0; i < inputs; i++) {
            for (int o = 0; o < outputs; o++) {
                weight[o * inputs + i] = stored[i * outputs + o];
            }
        }
        return weight;
    }

    private static void copy(DataInputStream in, TensorInfo info, SafetensorsWriter writer) throws IOException {
        float[] values = new float[CHUNK];
        for (long from = 0; from < info.elements(); from += CHUNK) {
            int count = (int) Math.min(CHUNK, info.elements() - from);
            read(in, values, count);
            writer.write(info.name(), from, values, 0, count);
        }
    }

    private static void read(DataInputStream in, float[] into, int count) throws IOException {
        byte[] bytes = new byte[count * Float.BYTES];
        in.readFully(bytes);
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(into, 0, count);
    }
}
