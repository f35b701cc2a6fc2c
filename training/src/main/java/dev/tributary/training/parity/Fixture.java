package dev.tributary.training.parity;

import dev.tributary.adapter.AdapterConfig;
import dev.tributary.adapter.PeftDirectory;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.Tensors;
import dev.tributary.training.TrainingException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Recorded results of one adapter on one model.
 *
 * @param model directory with {@code model/}, {@code batch.safetensors} and {@code base_out.safetensors}
 * @param variant directory with {@code adapter/}, outputs, gradients and the adapter after some steps
 */
record Fixture(Path model, Path variant) {

    /** The fixture in {@code directory}, or those in its sub-directories. */
    static List<Fixture> find(Path directory) {
        if (isVariant(directory)) {
            Path parent = directory.toAbsolutePath().normalize().getParent();
            return List.of(new Fixture(parent == null ? directory : parent, directory));
        }
        try (var children = Files.list(directory)) {
            List<Fixture> found = children.filter(Fixture::isVariant)
                    .sorted()
                    .map(child -> new Fixture(directory, child))
                    .toList();
            if (!found.isEmpty()) {
                return found;
            }
        } catch (IOException e) {
            throw new TrainingException("cannot read " + directory + ": " + e.getMessage(), e);
        }
        throw new TrainingException(
                directory + " holds no fixture: expected adapter/ and grads.safetensors in it or in its"
                        + " sub-directories, and model/ beside those");
    }

    private static boolean isVariant(Path directory) {
        return Files.isDirectory(directory.resolve("adapter")) && Files.exists(directory.resolve("grads.safetensors"));
    }

    Path modelDirectory() {
        return model.resolve("model");
    }

    AdapterConfig config() {
        try (PeftDirectory peft = PeftDirectory.open(variant.resolve("adapter"))) {
            return peft.config().adapter();
        }
    }

    /** Adapter tensors of a PEFT file under our names. */
    Tensors adapter(String file) {
        Tensors stored = read(variant.resolve(file));
        Tensors.Builder renamed = Tensors.builder();
        for (TensorInfo info : stored.layout().tensors().values()) {
            renamed.put(TensorInfo.f32(ours(info.name()), ints(info)), stored.read(info.name()));
        }
        return renamed.build();
    }

    /** PEFT's name in ours: {@code base_model.model.M.lora_A.default.weight} becomes {@code M.lora_A.weight}. */
    private static String ours(String peft) {
        return peft.replaceFirst("^base_model\\.(model\\.)?", "")
                .replace(".modules_to_save.default", "")
                .replace(".lora_magnitude_vector.default.weight", ".lora_magnitude_vector")
                .replaceFirst("\\.default(?=\\.|$)", "");
    }

    Tensors base() {
        return read(model.resolve("base_out.safetensors"));
    }

    Tensors outputs() {
        return read(variant.resolve("out.safetensors"));
    }

    Tensors last() {
        return read(variant.resolve("final.safetensors"));
    }

    Tensors merged() {
        return read(variant.resolve("merged_after_step3.safetensors"));
    }

    static int[] ints(TensorInfo info) {
        return info.shape().stream().mapToInt(Integer::intValue).toArray();
    }

    private static Tensors read(Path path) {
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            return Tensors.copyOf(file);
        }
    }

    /** The recorded batch, padding removed. */
    Examples examples() {
        Path path = model.resolve("batch.safetensors");
        try (SafetensorsFile file = SafetensorsFile.open(path)) {
            long[] ids = integers(file, "input_ids");
            long[] mask = integers(file, "attention_mask");
            long[] labels = integers(file, "labels");
            boolean typed = file.layout().names().contains("token_type_ids");
            long[] types = typed ? integers(file, "token_type_ids") : new long[ids.length];
            int sequences = file.layout().get("input_ids").shape().get(0);
            int width = ids.length / sequences;
            List<int[]> packedIds = new ArrayList<>();
            List<int[]> packedTypes = new ArrayList<>();
            for (int s = 0; s < sequences; s++) {
                int length = 0;
                while (length < width && mask[s * width + length] == 1) {
                    length++;
                }
                int[] own = new int[length];
                int[] ownTypes = new int[length];
                for (int i = 0; i < length; i++) {
                    own[i] = (int) ids[s * width + i];
                    ownTypes[i] = (int) types[s * width + i];
                }
                packedIds.add(own);
                packedTypes.add(ownTypes);
            }
            return new Examples(packedIds, packedTypes, labels, width);
        } catch (IOException e) {
            throw new TrainingException("cannot read " + path + ": " + e.getMessage(), e);
        }
    }

    private static long[] integers(SafetensorsFile file, String name) throws IOException {
        TensorInfo info = file.layout().get(name);
        ByteBuffer bytes =
                ByteBuffer.allocate(Math.toIntExact(info.byteLength())).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file.path())) {
            long at = file.position(name);
            while (bytes.hasRemaining()) {
                at += channel.read(bytes, at);
            }
        }
        long[] values = new long[Math.toIntExact(info.elements())];
        bytes.flip().asLongBuffer().get(values);
        return values;
    }

    /**
     * @param labels one per sequence, or one per padded position with −100 where there is none
     * @param width padded length
     */
    record Examples(List<int[]> ids, List<int[]> types, long[] labels, int width) {

        boolean isClassification() {
            return labels.length == ids.size();
        }
    }
}
