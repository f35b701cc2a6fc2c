package dev.tributary.training.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import dev.tributary.adapter.FormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class OnnxIndexTest {

    @Test
    void tensorsAndTheMatMulsThatUseThemAreFound() throws IOException {
        OnnxIndex index = OnnxIndex.read(new ByteArrayInputStream(model(true)));
        assertThat(index.tensors()).singleElement().satisfies(t -> {
            assertThat(t.name()).isEqualTo("onnx::MatMul_1");
            assertThat(t.shape()).containsExactly(2, 3);
            assertThat(t.type()).isEqualTo(OnnxIndex.FLOAT);
            assertThat(t.length()).isEqualTo(24);
            assertThat(Arrays.copyOfRange(model(true), (int) t.begin(), (int) t.begin() + 24))
                    .containsOnly(7);
        });
        assertThat(index.matMuls()).containsOnlyKeys("onnx::MatMul_1").containsValue("/layer/query/MatMul");
    }

    @Test
    void dimensionsMayBePackedOrNot() throws IOException {
        assertThat(OnnxIndex.read(new ByteArrayInputStream(model(false)))
                        .tensors()
                        .get(0)
                        .shape())
                .isEqualTo(List.of(2, 3));
    }

    @Test
    void everyTruncationIsAFormatError() {
        byte[] whole = model(true);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> OnnxIndex.read(new ByteArrayInputStream(cut)))
                    .as("first %d bytes", length)
                    .isInstanceOf(FormatException.class);
        }
    }

    private static byte[] model(boolean packed) {
        Field.Builder dims = Field.newBuilder();
        if (packed) {
            dims.addLengthDelimited(ByteString.copyFrom(new byte[] {2, 3}));
        } else {
            dims.addVarint(2).addVarint(3);
        }
        UnknownFieldSet tensor = UnknownFieldSet.newBuilder()
                .addField(1, dims.build())
                .addField(2, varint(1))
                .addField(8, text("onnx::MatMul_1"))
                .addField(9, bytes(ByteString.copyFromUtf8("\7".repeat(24))))
                .build();
        UnknownFieldSet node = UnknownFieldSet.newBuilder()
                .addField(1, text("hidden"))
                .mergeField(1, text("onnx::MatMul_1"))
                .addField(3, text("/layer/query/MatMul"))
                .addField(4, text("MatMul"))
                .build();
        UnknownFieldSet graph = UnknownFieldSet.newBuilder()
                .addField(1, bytes(node.toByteString()))
                .addField(5, bytes(tensor.toByteString()))
                .build();
        return UnknownFieldSet.newBuilder()
                .addField(7, bytes(graph.toByteString()))
                .build()
                .toByteArray();
    }

    private static Field varint(long value) {
        return Field.newBuilder().addVarint(value).build();
    }

    private static Field text(String value) {
        return bytes(ByteString.copyFromUtf8(value));
    }

    private static Field bytes(ByteString value) {
        return Field.newBuilder().addLengthDelimited(value).build();
    }
}
