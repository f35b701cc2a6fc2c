package dev.tributary.training.tokenizer;

import dev.tributary.training.TrainingException;
import dev.tributary.training.packaged.CacheDirectory;
import org.jspecify.annotations.Nullable;

/**
 * What must hold before the first class of DJL loads. Left alone, DJL asks the cloud's metadata service who it runs for,
 * reports to a public address, and downloads CUDA builds of its native library. Each of the settings is read by DJL from
 * the environment first and from system properties second, so an environment that says the opposite is refused.
 */
final class DjlSettings {

    private DjlSettings() {}

    static synchronized void apply() {
        refuse("DJL_OFFLINE", System.getenv("DJL_OFFLINE"));
        refuse("OPT_OUT_TRACKING", System.getenv("OPT_OUT_TRACKING"));
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("ai.djl.offline", "true");
        if (System.getProperty("ENGINE_CACHE_DIR") == null) {
            System.setProperty("ENGINE_CACHE_DIR", CacheDirectory.natives().toString());
        }
    }

    static void refuse(String variable, @Nullable String value) {
        if (value != null && !value.equalsIgnoreCase("true")) {
            throw new TrainingException("the environment variable " + variable + " is '" + value
                    + "', which lets the tokenizer library connect outward. Unset it or set it to true");
        }
    }
}
