package dev.tributary.training.packaged;

import dev.tributary.adapter.FormatException;
import dev.tributary.training.TrainingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a packaged model is laid out. The directory appears whole or not at all: it is made under a temporary name beside
 * its place and renamed. Of two processes that do so at once, the slower one drops its copy.
 */
record ModelDirectory(PackagedModel model, Path directory) {

    /** Makes the directory if it is missing; checks every file. */
    void prepare() {
        try {
            if (!Files.isDirectory(directory)) {
                create();
            }
            for (PackagedModel.Part part : model.parts()) {
                verify(part, directory.resolve(part.file()));
            }
        } catch (IOException | UncheckedIOException e) {
            throw new TrainingException(
                    "cannot lay out the model " + model.name() + " in " + directory + ": " + e.getMessage()
                            + ". The folder must be writable and have 200 MB free; set TRIBUTARY_CACHE to use another",
                    e);
        } catch (FormatException e) {
            throw new TrainingException("cannot recover the model " + model.name() + ": " + e.getMessage(), e);
        }
    }

    private void create() throws IOException {
        Path parent = Files.createDirectories(directory.getParent());
        Path temporary = Files.createTempDirectory(parent, "." + model.name() + "-");
        try {
            for (PackagedModel.Part part : model.parts()) {
                part.write(temporary.resolve(part.file()));
            }
            Files.move(temporary, directory, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.isDirectory(directory)) { // else another process was faster
                throw e;
            }
        } finally {
            delete(temporary);
        }
    }

    private void verify(PackagedModel.Part part, Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new TrainingException(file + " is missing. " + repair());
        }
        String found;
        try (InputStream in = Files.newInputStream(file)) {
            found = Checksums.copy(in, OutputStream.nullOutputStream());
        }
        if (!found.equals(part.sha256())) {
            throw new TrainingException(file + " is damaged: its SHA-256 is " + found + " (" + Files.size(file)
                    + " bytes), expected " + part.sha256() + ". " + repair());
        }
    }

    private String repair() {
        return "Delete the directory " + directory + "; it is made again at the next start";
    }

    private static void delete(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(tree)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
    }
}
