package dev.tributary.training.model;

import dev.tributary.adapter.DType;
import dev.tributary.adapter.SafetensorsFile;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.training.TrainingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The weights of a Hugging Face directory: {@code model.safetensors}, or shards with their index. Tensors are mapped
 * into memory at first use; float32 is used where it lies in the page cache, bfloat16 and float16 are widened once.
 */
public final class Checkpoint implements FrozenTensors, AutoCloseable {

    private final WeightFiles files;
    private final Map<String, SafetensorsFile> fileOf = new TreeMap<>();
    private final List<SafetensorsFile> open = new ArrayList<>();
    private final Map<Path, FileState> states = new TreeMap<>();
    private final ConcurrentHashMap<String, Tensor> loaded = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<String, Tensor> halves = new ConcurrentHashMap<>();
    private final Map<String, MappedByteBuffer> mappings = new ConcurrentHashMap<>();

    private Checkpoint(WeightFiles files) {
        this.files = files;
    }

    /** @throws TrainingException if files are missing, broken, or do not fit the index */
    public static Checkpoint open(Path directory) {
        Checkpoint checkpoint = new Checkpoint(WeightFiles.find(directory));
        try {
            checkpoint.openFiles();
            return checkpoint;
        } catch (RuntimeException e) {
            checkpoint.close();
            throw e instanceof TrainingException
                    ? e
                    : new TrainingException("cannot load the model: " + e.getMessage(), e);
        }
    }

    private void openFiles() {
        for (Path path : files.paths()) {
            SafetensorsFile file = SafetensorsFile.open(path, SafetensorsFile.MODEL_HEADER_LIMIT);
            open.add(file);
            states.put(path, FileState.of(path));
            for (String name : file.layout().names()) {
                SafetensorsFile other = fileOf.put(name, file);
                if (other != null) {
                    throw new TrainingException("tensor " + name + " stands in both " + other.path() + " and " + path);
                }
            }
        }
        files.index().forEach((name, path) -> {
            SafetensorsFile file = fileOf.get(name);
            if (file == null || !file.path().equals(path)) {
                throw new TrainingException(path + ": tensor " + name
                        + " is missing, though the index says it stands there. " + "Fetch the file again");
            }
        });
    }

    /**
     * Fails if a file is not what it was when it was opened: reading mapped pages of a file that was cut short would end
     * the process.
     */
    public void requireUnchanged() {
        for (SafetensorsFile file : open) {
            FileState now = FileState.of(file.path());
            if (!now.equals(states.get(file.path()))) {
                throw new TrainingException(file.path() + " has changed while it was in use; restart the agent, and put"
                        + " new versions of a model into a directory of their own");
            }
        }
    }

    private record FileState(long bytes, long modified) {
        static FileState of(Path path) {
            try {
                return new FileState(
                        Files.size(path), Files.getLastModifiedTime(path).toMillis());
            } catch (IOException e) {
                return new FileState(-1, 0);
            }
        }
    }

    @Override
    public Set<String> names() {
        return fileOf.keySet();
    }

    @Override
    public List<Integer> shape(String name) {
        return info(name).shape();
    }

    /** Shape and element type as stored. */
    public TensorInfo info(String name) {
        return file(name).layout().get(name);
    }

    @Override
    public Tensor tensor(String name) {
        return loaded.computeIfAbsent(name, n -> read(n, ScalarType.Float));
    }

    /** The tensor in bfloat16: as it is stored, without a copy, or rounded. */
    Tensor half(String name) {
        return halves.computeIfAbsent(name, n -> read(n, ScalarType.BFloat16));
    }

    /** The tensor in the wanted type; the caller holds the only reference. A mapped tensor lives as long as this. */
    Tensor read(String name, ScalarType wanted) {
        SafetensorsFile file = file(name);
        TensorInfo info = file.layout().get(name);
        checkFloat(file, info);
        if (isMappable(file, info)) {
            return map(file, info, wanted);
        }
        Tensor wide = read(file, info);
        if (wanted == ScalarType.Float) {
            return wide;
        }
        try (PointerScope scope = new PointerScope()) {
            return wide.to(wanted).retainReference();
        } finally {
            wide.releaseReference();
        }
    }

    @Override
    public String where() {
        return files.directory().toString();
    }

    private SafetensorsFile file(String name) {
        SafetensorsFile file = fileOf.get(name);
        if (file == null) {
            throw new TrainingException(where() + ": tensor " + name + " is missing");
        }
        return file;
    }

    private static void checkFloat(SafetensorsFile file, TensorInfo info) {
        if (!info.dtype().isFloat()) {
            throw new TrainingException(
                    file.path() + ": " + info.name() + " is " + info.dtype() + ", expected floating point");
        }
    }

    private static boolean isMappable(SafetensorsFile file, TensorInfo info) {
        return info.byteLength() <= Integer.MAX_VALUE
                && info.byteLength() > 0
                && file.position(info.name()) % info.dtype().bytes() == 0;
    }

    private Tensor map(SafetensorsFile file, TensorInfo info, ScalarType wanted) {
        MappedByteBuffer bytes;
        try (FileChannel channel = FileChannel.open(file.path(), StandardOpenOption.READ)) {
            bytes = channel.map(FileChannel.MapMode.READ_ONLY, file.position(info.name()), info.byteLength());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot map " + file.path() + ": " + e.getMessage(), e);
        }
        try (PointerScope scope = new PointerScope()) {
            Tensor stored = torch.from_blob(
                    new BytePointer(bytes), Torch.shape(info.shape()), new TensorOptions(scalarType(info.dtype())));
            if (scalarType(info.dtype()) == wanted) {
                mappings.put(info.name() + " " + wanted, bytes); // keeps the pages mapped
                return stored.retainReference();
            }
            return stored.to(wanted).retainReference();
        } finally {
            Reference.reachabilityFence(bytes);
        }
    }

    /** Copies piece by piece: for tensors over 2 GiB and for data that is not aligned to its element size. */
    private Tensor read(SafetensorsFile file, TensorInfo info) {
        try (PointerScope scope = new PointerScope()) {
            Tensor tensor = torch.empty(Torch.shape(info.shape()));
            float[] piece = new float[(int) Math.min(1 << 20, Math.max(1, info.elements()))];
            for (long done = 0; done < info.elements(); done += piece.length) {
                int n = (int) Math.min(piece.length, info.elements() - done);
                file.read(info.name(), done, piece, 0, n);
                tensor.data_ptr_float().position(done).put(piece, 0, n);
            }
            return tensor.retainReference();
        }
    }

    private static ScalarType scalarType(DType dtype) {
        return switch (dtype) {
            case F32 -> ScalarType.Float;
            case F16 -> ScalarType.Half;
            case BF16 -> ScalarType.BFloat16;
            case I32, I64 -> throw new IllegalArgumentException(dtype + " is not floating point");
        };
    }

    @Override
    public void close() {
        open.forEach(SafetensorsFile::close);
        new HashMap<>(loaded).values().forEach(Tensor::releaseReference);
        new HashMap<>(halves).values().forEach(Tensor::releaseReference);
        loaded.clear();
        halves.clear();
        mappings.clear();
    }
}
