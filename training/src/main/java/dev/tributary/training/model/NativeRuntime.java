package dev.tributary.training.model;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import dev.tributary.adapter.io.ProcessLock;
import dev.tributary.training.TrainingException;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.global.torch;

/**
 * What must be in place before libtorch loads, and the threads it may use. Two settings of the environment cost more
 * than the choice of engine: with libgomp's default wait policy its threads spin against OpenBLAS' own (over four times
 * slower at two threads), and a forced {@code OPENBLAS_CORETYPE} halves the speed of newer processors.
 */
public final class NativeRuntime {

    private static final System.Logger LOG = System.getLogger(NativeRuntime.class.getName());

    /** In JavaCPP's cache; the same for all that unpack libraries there. */
    private static final String LOCK = "tributary.lock";

    private static boolean prepared;

    private NativeRuntime() {}

    /** Sets the environment of this process, which has no effect on libraries that are loaded already, and loads libtorch. */
    public static synchronized void prepare() {
        if (prepared) {
            return;
        }
        prepared = true;
        setEnvironment();
        try {
            Path cache = Loader.getCacheDir().toPath();
            ProcessLock.run(cache.resolve(LOCK), () -> Loader.load(torch.class));
        } catch (IOException e) {
            throw new TrainingException(
                    "no directory for native libraries: " + e.getMessage()
                            + ". Make ~/.javacpp writable, or set -Dorg.bytedeco.javacpp.cachedir to a directory",
                    e);
        }
    }

    private static void setEnvironment() {
        defaultProperty("org.bytedeco.javacpp.logger.debug", "false");
        defaultProperty("org.bytedeco.javacpp.maxBytes", "0"); // tensors are freed by scopes; JavaCPP need not count
        defaultProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
        try {
            if (Platform.isWindows()) {
                WindowsRuntime c = Native.load("msvcrt", WindowsRuntime.class);
                c._putenv("OMP_WAIT_POLICY=passive");
                c._putenv("OPENBLAS_CORETYPE=");
            } else {
                PosixRuntime c = Native.load(Platform.C_LIBRARY_NAME, PosixRuntime.class);
                c.setenv("OMP_WAIT_POLICY", "passive", 1);
                c.unsetenv("OPENBLAS_CORETYPE");
            }
        } catch (UnsatisfiedLinkError e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "cannot set OMP_WAIT_POLICY=passive in this process ({0}); set it before the start, or training with "
                            + "several threads is slow",
                    e.getMessage());
        }
    }

    /** Threads that leave a core to everything else; at least one. */
    public static int defaultThreads() {
        return Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    }

    /** Sets how many threads the calling thread's work may use. OpenBLAS keeps one number for the whole process. */
    public static void enter(int threads) {
        torch.set_num_threads(threads);
        if (openblas_nolapack.blas_get_num_threads() != threads) {
            openblas_nolapack.blas_set_num_threads(threads);
        }
    }

    /**
     * Whether this process uses only algorithms that give the same bytes whenever they are run on the same kind of GPU,
     * which are slower. To be wanted for the first time before the process multiplies anything on a GPU. On the processor
     * it makes no difference: those that are used there always do.
     */
    public static void setDeterministic(boolean wanted) {
        if (wanted && !Platform.isWindows()) {
            // libtorch insists on it. Never otherwise: libtorch parses it, by a regular expression, at every product.
            Native.load(Platform.C_LIBRARY_NAME, PosixRuntime.class).setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
        }
        prepare();
        torch.globalContext().setDeterministicAlgorithms(wanted, false);
    }

    /**
     * Ends this process at once, without shutdown hooks and without the C library's exit handlers. Those destroy
     * libtorch's state, which crashes the process if a thread is still computing.
     */
    public static void endProcess(int status) {
        if (!Platform.isWindows()) {
            Native.load(Platform.C_LIBRARY_NAME, PosixRuntime.class)._exit(status);
        }
        Runtime.getRuntime().halt(status);
    }

    private static void defaultProperty(String key, String value) {
        if (System.getProperty(key) == null) {
            System.setProperty(key, value);
        }
    }

    interface PosixRuntime extends Library {
        int setenv(String name, String value, int overwrite);

        int unsetenv(String name);

        void _exit(int status);
    }

    interface WindowsRuntime extends Library {
        int _putenv(String assignment);
    }
}
