package dev.tributary.training.model;

import dev.tributary.training.TrainingException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.global.torch;

/**
 * Which device a setting means on this machine, and what is in the way if it cannot be had. {@code cuda} never falls back
 * to the processor; {@code auto} does, and says why.
 */
public final class Gpus {

    private static final System.Logger LOG = System.getLogger(Gpus.class.getName());

    private static final Pattern SETTING = Pattern.compile("auto|cpu|cuda(:\\d{1,2}(,\\d{1,2})*)?");
    private static final int DRIVER = 13000; // CUDA 13.0, which the libraries are built for
    private static final String CAPABILITY = "7.5"; // the oldest with code in libtorch
    private static final String GLIBC = "2.35";

    /**
     * What was found.
     *
     * @param inBuild whether libtorch with CUDA is part of this build
     * @param driverProblem why the driver cannot be used, if it cannot
     * @param driverVersion newest CUDA version of the driver, 13010 for 13.1; 0 if there is no driver
     * @param glibc version of the C library; empty if it is another one
     */
    record Facts(boolean inBuild, Optional<String> driverProblem, int driverVersion, String glibc, List<Gpu> gpus) {}

    private Gpus() {}

    /** The GPUs that the driver shows; empty without a driver. */
    public static List<Gpu> all() {
        return CudaDriver.facts().gpus();
    }

    /** Whether the setting is {@code auto}, {@code cpu}, {@code cuda}, {@code cuda:N} or several as {@code cuda:N,M}. */
    public static boolean isSetting(String setting) {
        return SETTING.matcher(setting).matches();
    }

    /**
     * The devices that share every training: all that {@code cuda:0,1} names, else the one of {@link #choose}.
     *
     * @throws TrainingException if a GPU is asked for and cannot be used; the message says what is missing
     */
    public static List<Device> chooseAll(String setting) {
        if (!setting.contains(",") || !isSetting(setting)) {
            return List.of(choose(setting));
        }
        List<String> indices = List.of(setting.substring("cuda:".length()).split(","));
        List<Device> devices =
                indices.stream().map(index -> choose("cuda:" + index)).toList();
        if (devices.stream().distinct().count() < devices.size()) {
            throw new TrainingException("training.device " + setting + " names a GPU twice");
        }
        return devices;
    }

    /**
     * The device for {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:N}.
     *
     * @throws TrainingException if a GPU is asked for and cannot be used; the message says what is missing
     */
    public static Device choose(String setting) {
        if (!isSetting(setting) || setting.contains(",")) {
            throw new TrainingException("a device is auto, cpu, cuda or cuda:N, not '" + setting + "'");
        }
        if (setting.equals("cpu")) {
            return Device.CPU;
        }
        NativeRuntime.prepare();
        Facts facts = CudaDriver.facts();
        try {
            Device device = choose(setting, facts);
            if (device.isCuda()) {
                load();
                LOG.log(
                        System.Logger.Level.INFO,
                        "training on {0}",
                        facts.gpus().get(device.index()));
            }
            return device;
        } catch (TrainingException e) {
            if (!setting.equals("auto")) {
                throw e;
            }
            LOG.log(System.Logger.Level.INFO, "training on the processor: {0}", e.getMessage());
            return Device.CPU;
        }
    }

    static Device choose(String setting, Facts facts) {
        int index = setting.startsWith("cuda:") ? Integer.parseInt(setting.substring("cuda:".length())) : 0;
        if (!facts.inBuild()) {
            throw new TrainingException("training.device " + setting + ": this build has no GPU support. Build it with"
                    + " mvn -Pgpu package (Linux x86-64, 486 MB of libraries), or write training.device: cpu");
        }
        if (!facts.glibc().isEmpty() && isOlder(facts.glibc(), GLIBC)) {
            throw new TrainingException("training.device " + setting + ": libtorch needs glibc " + GLIBC
                    + " or newer, this system has " + facts.glibc() + ". Use Ubuntu 22.04, Debian 12 or newer");
        }
        facts.driverProblem().ifPresent(problem -> {
            throw new TrainingException("training.device " + setting + ": " + problem);
        });
        if (facts.driverVersion() < DRIVER) {
            throw new TrainingException("training.device " + setting + ": the NVIDIA driver supports CUDA "
                    + version(facts.driverVersion()) + ", but " + version(DRIVER)
                    + " is needed. Install driver 580 or newer");
        }
        if (index >= facts.gpus().size()) {
            throw new TrainingException("training.device " + setting + ": there is no such GPU. Found: "
                    + (facts.gpus().isEmpty() ? "none (check CUDA_VISIBLE_DEVICES and nvidia-smi)" : facts.gpus()));
        }
        Gpu gpu = facts.gpus().get(index);
        if (isOlder(gpu.capability(), CAPABILITY)) {
            throw new TrainingException("training.device " + setting + ": " + gpu + " is too old; compute capability "
                    + CAPABILITY + " (Turing) or newer is needed");
        }
        return Device.cuda(index);
    }

    private static boolean isOlder(String version, String needed) {
        return Arrays.compare(numbers(version), numbers(needed)) < 0;
    }

    private static int[] numbers(String version) {
        return Arrays.stream(version.split("\\.")).mapToInt(Integer::parseInt).toArray();
    }

    private static String version(int version) {
        return version / 1000 + "." + version % 1000 / 10;
    }

    private static void load() {
        try {
            if (!torch.cuda_is_available()) {
                throw new TrainingException("training.device cuda: libtorch finds no usable GPU; run nvidia-smi, and"
                        + " check that no other process holds the GPU exclusively");
            }
            torch.globalContext().lazyInitDevice(torch.DeviceType.CUDA);
        } catch (UnsatisfiedLinkError e) {
            throw new TrainingException(
                    "training.device cuda: a library that libtorch needs is missing: " + e.getMessage()
                            + ". Install CUDA 13 with cuDNN 9 and NCCL (packages or pip nvidia-*), and put their"
                            + " directories into LD_LIBRARY_PATH; it is now "
                            + Optional.ofNullable(System.getenv("LD_LIBRARY_PATH"))
                                    .orElse("empty"),
                    e);
        }
    }
}
