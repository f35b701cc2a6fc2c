package dev.tributary.training.data;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** A UTF-8 file, unpacked if its name ends in {@code .gz}; bytes that are not UTF-8 are an error, not a guess. */
record TextFile(Path path) {

    private static final int BYTE_ORDER_MARK = 0xFEFF;

    BufferedReader open() throws IOException {
        InputStream bytes = new BufferedInputStream(Files.newInputStream(path));
        try {
            InputStream content = path.toString().endsWith(".gz") ? new GZIPInputStream(bytes, 1 << 16) : bytes;
            CharsetDecoder strict = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT);
            BufferedReader reader = new BufferedReader(new InputStreamReader(content, strict));
            reader.mark(1);
            if (reader.read() != BYTE_ORDER_MARK) {
                reader.reset();
            }
            return reader;
        } catch (IOException | RuntimeException e) {
            bytes.close();
            throw e;
        }
    }
}
