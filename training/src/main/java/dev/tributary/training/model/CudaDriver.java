package dev.tributary.training.model;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The NVIDIA driver, asked without loading libtorch. */
final class CudaDriver {

    private static final String NATIVES = "org/bytedeco/pytorch/linux-x86_64-gpu/libjnitorch.so";
    private static final int CAPABILITY_MAJOR = 75;
    private static final int CAPABILITY_MINOR = 76;

    private CudaDriver() {}

    static Gpus.Facts facts() {
        boolean inBuild = CudaDriver.class.getClassLoader().getResource(NATIVES) != null;
        Driver driver;
        try {
            driver = Native.load(Platform.isWindows() ? "nvcuda" : "libcuda.so.1", Driver.class);
        } catch (UnsatisfiedLinkError e) {
            return without(
                    inBuild,
                    "there is no NVIDIA driver: libcuda.so.1 is neither in the system's libraries nor in"
                            + " LD_LIBRARY_PATH. Install the driver; in a container start it with --gpus all");
        }
        IntByReference number = new IntByReference();
        int version = driver.cuDriverGetVersion(number) == 0 ? number.getValue() : 0;
        int problem = driver.cuInit(0);
        if (problem != 0) {
            return without(
                    inBuild,
                    "the NVIDIA driver does not start (cuInit says " + problem
                            + "); run nvidia-smi, and reload the driver or restart the machine");
        }
        List<Gpu> gpus = new ArrayList<>();
        int count = driver.cuDeviceGetCount(number) == 0 ? number.getValue() : 0;
        for (int i = 0; i < count; i++) {
            gpus.add(gpu(driver, i));
        }
        return new Gpus.Facts(inBuild, Optional.empty(), version, glibc(), gpus);
    }

    private static Gpus.Facts without(boolean inBuild, String problem) {
        return new Gpus.Facts(inBuild, Optional.of(problem), 0, glibc(), List.of());
    }

    private static Gpu gpu(Driver driver, int index) {
        IntByReference handle = new IntByReference();
        driver.cuDeviceGet(handle, index);
        byte[] name = new byte[256];
        driver.cuDeviceGetName(name, name.length, handle.getValue());
        LongByReference bytes = new LongByReference();
        driver.cuDeviceTotalMem_v2(bytes, handle.getValue());
        IntByReference major = new IntByReference();
        IntByReference minor = new IntByReference();
        driver.cuDeviceGetAttribute(major, CAPABILITY_MAJOR, handle.getValue());
        driver.cuDeviceGetAttribute(minor, CAPABILITY_MINOR, handle.getValue());
        return new Gpu(
                index,
                Native.toString(name, StandardCharsets.UTF_8.name()),
                bytes.getValue(),
                major.getValue(),
                minor.getValue());
    }

    private static String glibc() {
        try {
            return Native.load(Platform.C_LIBRARY_NAME, Glibc.class).gnu_get_libc_version();
        } catch (UnsatisfiedLinkError e) {
            return ""; // another C library, or another system
        }
    }

    /** The part of cuda.h that is needed; every call returns 0 if it went well. */
    interface Driver extends Library {
        int cuInit(int flags);

        int cuDriverGetVersion(IntByReference version);

        int cuDeviceGetCount(IntByReference count);

        int cuDeviceGet(IntByReference device, int index);

        int cuDeviceGetName(byte[] name, int length, int device);

        int cuDeviceTotalMem_v2(LongByReference bytes, int device);

        int cuDeviceGetAttribute(IntByReference value, int attribute, int device);
    }

    interface Glibc extends Library {
        String gnu_get_libc_version();
    }
}
