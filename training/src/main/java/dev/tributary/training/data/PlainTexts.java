package dev.tributary.training.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The lines of a text file, or the text files of a folder in the order of their paths. */
record PlainTexts(Path path) implements Rows {

    static final String TEXT = "text";
    static final String LABEL = "label";

    private record Text(long line, String text, String label) implements Row {
        @Override
        public Optional<String> get(String column) {
            return switch (column) {
                case TEXT -> Optional.of(text);
                case LABEL -> label.isEmpty() ? Optional.empty() : Optional.of(label);
                default -> Optional.empty();
            };
        }
    }

    @Override
    public void read(Sink sink) throws IOException {
        if (Files.isDirectory(path)) {
            folder(sink);
            return;
        }
        try (BufferedReader reader = new TextFile(path).open()) {
            long line = 0;
            for (String text = reader.readLine(); text != null; text = reader.readLine()) {
                line++;
                if (!text.isBlank()) {
                    sink.row(new Text(line, text, ""));
                }
            }
        }
    }

    private void folder(Sink sink) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(path)) {
            files = walk.filter(Files::isRegularFile)
                    .filter(f -> f.getFileName().toString().matches(".*\\.txt(\\.gz)?"))
                    .sorted()
                    .toList();
        }
        long number = 0;
        for (Path file : files) {
            number++;
            Path parent = file.getParent();
            String label = parent == null || parent.equals(path)
                    ? ""
                    : parent.getFileName().toString();
            try (BufferedReader reader = new TextFile(file).open()) {
                sink.row(new Text(number, reader.lines().collect(java.util.stream.Collectors.joining("\n")), label));
            } catch (java.io.UncheckedIOException | CharacterCodingException e) {
                sink.malformed(number);
            }
        }
    }
}
