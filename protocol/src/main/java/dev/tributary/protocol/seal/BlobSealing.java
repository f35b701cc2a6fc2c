package dev.tributary.protocol.seal;

import dev.tributary.plan.BlobRef;
import dev.tributary.privacy.seal.ContentKey;
import dev.tributary.privacy.seal.SealedFile;
import dev.tributary.privacy.seal.UnopenableException;
import dev.tributary.protocol.BlobStore;
import dev.tributary.protocol.ContentSeal;
import dev.tributary.protocol.blob.BlobStoreException;
import dev.tributary.protocol.blob.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/** Seals blobs for the wire and opens them behind it. */
public final class BlobSealing {

    private final ContentKey keys;
    private final Path directory;

    /** @param directory for sealed files while they are sent */
    public BlobSealing(ContentKey keys, Path directory) {
        this.keys = keys;
        this.directory = directory;
    }

    /** A sealed file under way; closing it removes the file. */
    public record Sealed(ContentSeal seal, Path file) implements AutoCloseable {
        @Override
        public void close() {
            delete(file);
        }
    }

    /** The key of a blob that this side seals, 64 hex digits. */
    public String key(BlobRef blob) {
        return HexFormat.of().formatHex(keys.of(blob.sha256(), blob.size()));
    }

    /** Seals a blob; the same blob gives the same bytes every time. */
    public Sealed seal(BlobRef blob, Path file) {
        String key = key(blob);
        Path to = directory.resolve("out-" + blob.sha256() + ".sealed");
        try {
            Files.createDirectories(directory);
            SealedFile.seal(HexFormat.of().parseHex(key), file, to);
            return new Sealed(new ContentSeal(blob, Sha256.of(to), key), to);
        } catch (IOException e) {
            throw new BlobStoreException("Cannot write " + to + ": " + e + ". Check that the disk is not full.", e);
        }
    }

    /**
     * Opens a sealed blob that is in {@code store}, and puts what it held in its place.
     *
     * @throws UnopenableException if it does not open, or holds something else than its seal says
     */
    public static void open(ContentSeal seal, BlobStore store) {
        Path to = store.workDirectory().resolve("in-" + seal.sealed().sha256() + ".opened");
        try {
            String key = seal.key();
            if (key == null) {
                throw new UnopenableException("blob " + seal.content().sha256() + " came without its key");
            }
            if (SealedFile.sealedSize(seal.content().size()) != seal.sealed().size()) {
                throw new UnopenableException("a blob of " + seal.content().size() + " bytes is not one of "
                        + seal.sealed().size() + " bytes when it is sealed");
            }
            SealedFile.open(HexFormat.of().parseHex(key), store.path(seal.sealed()), to);
            if (!Sha256.of(to).equals(seal.content())) {
                throw new UnopenableException("blob " + seal.content().sha256() + " was announced, another came");
            }
            store.adopt(seal.content(), to);
        } catch (IOException e) {
            throw new BlobStoreException("Cannot write " + to + ": " + e + ". Check that the disk is not full.", e);
        } finally {
            delete(to);
            store.delete(seal.sealed());
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new BlobStoreException("Cannot remove " + file + ": " + e, e);
        }
    }
}
