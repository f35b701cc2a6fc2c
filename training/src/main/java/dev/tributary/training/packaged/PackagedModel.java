package dev.tributary.training.packaged;

import dev.tributary.training.TrainingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;

/** A model and the files its directory consists of. */
record PackagedModel(String name, List<Part> parts) {

    /** One file of the directory: how to make it, and how to tell that it is whole. */
    interface Part {
        String file();

        /** SHA-256 (hex) of the finished file. */
        String sha256() throws IOException;

        void write(Path target) throws IOException;
    }

    /**
     * A file copied from the class path.
     *
     * @param pinned expected SHA-256, for resources that come from another jar; empty for our own
     */
    record Copied(String file, String resource, String pinned) implements Part {

        static Copied own(String model, String file) {
            return new Copied(file, "/models/" + model + "/" + file, "");
        }

        @Override
        public String sha256() throws IOException {
            if (!pinned.isEmpty()) {
                return pinned;
            }
            try (InputStream in = open(resource)) {
                return Checksums.copy(in, OutputStream.nullOutputStream());
            }
        }

        @Override
        public void write(Path target) throws IOException {
            try (InputStream in = open(resource);
                    OutputStream out = Files.newOutputStream(target)) {
                expect(resource, Checksums.copy(in, out), sha256());
            }
        }
    }

    /** Weights recovered from an ONNX resource; both its bytes and the result are pinned. */
    record Converted(String file, String resource, String resourceSha256, String sha256) implements Part {

        @Override
        public void write(Path target) throws IOException {
            MessageDigest digest = Checksums.sha256();
            OnnxIndex index;
            try (InputStream in = open(resource)) {
                index = OnnxIndex.read(Checksums.digesting(in, digest));
            }
            expect(resource, Checksums.hex(digest), resourceSha256);
            try (InputStream in = open(resource)) {
                OnnxWeights.write(index, in, target);
            }
        }
    }

    static InputStream open(String resource) {
        InputStream in = PackagedModel.class.getResourceAsStream(resource);
        if (in == null) {
            throw new TrainingException("the resource " + resource + " is not on the class path. "
                    + "Put back the jar that holds it, or point the agent at a model directory of your own");
        }
        return in;
    }

    private static void expect(String what, String found, String expected) {
        if (!found.equals(expected)) {
            throw new TrainingException("the resource " + what + " has SHA-256 " + found + ", expected " + expected
                    + ". The jar that holds it is damaged or of another version; delete it from the local Maven "
                    + "repository and build again");
        }
    }
}
