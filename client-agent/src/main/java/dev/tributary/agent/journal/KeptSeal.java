package dev.tributary.agent.journal;

import dev.tributary.adapter.TensorInfo;
import dev.tributary.adapter.TensorSource;
import dev.tributary.adapter.Tensors;
import dev.tributary.plan.JobId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts tensors for the disk: AES-256-GCM under a key of this agent alone, drawn at first use, with a fresh nonce for
 * every file and the job's id as associated data. Plain values never touch the disk.
 */
final class KeptSeal {

    private static final byte[] MAGIC = "TRIBKEPT1".getBytes(StandardCharsets.US_ASCII);
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path keyFile;

    KeptSeal(Path keyFile) {
        this.keyFile = keyFile;
    }

    byte[] seal(JobId job, TensorSource tensors) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        byte[] secret = run(Cipher.ENCRYPT_MODE, job, nonce, encode(tensors), 0);
        byte[] sealed = Arrays.copyOf(MAGIC, MAGIC.length + NONCE_BYTES + secret.length);
        System.arraycopy(nonce, 0, sealed, MAGIC.length, NONCE_BYTES);
        System.arraycopy(secret, 0, sealed, MAGIC.length + NONCE_BYTES, secret.length);
        return sealed;
    }

    /** @throws UncheckedIOException if the bytes were changed, are another job's, or were sealed under another key */
    Tensors open(JobId job, byte[] sealed, Path where) {
        int header = MAGIC.length + NONCE_BYTES;
        if (sealed.length < header || !Arrays.equals(Arrays.copyOf(sealed, MAGIC.length), MAGIC)) {
            throw damaged(where, "it does not begin as a file of kept tensors does", null);
        }
        byte[] nonce = Arrays.copyOfRange(sealed, MAGIC.length, header);
        try {
            return decode(run(Cipher.DECRYPT_MODE, job, nonce, sealed, header));
        } catch (IllegalStateException | IOException e) {
            throw damaged(where, "its content was changed, or " + keyFile + " is not the key it was written with", e);
        }
    }

    private static UncheckedIOException damaged(
            Path where, String why, @org.jspecify.annotations.Nullable Exception e) {
        return new UncheckedIOException(new IOException(
                "the kept tensors in " + where + " cannot be read: " + why
                        + "; restore both from a backup, or delete the file to begin again from the global state",
                e));
    }

    private byte[] run(int mode, JobId job, byte[] nonce, byte[] input, int from) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(key(), "AES"), new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(job.value().getBytes(StandardCharsets.UTF_8));
            return cipher.doFinal(input, from, input.length - from);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed: " + e.getMessage(), e);
        }
    }

    private synchronized byte[] key() {
        if (Files.exists(keyFile)) {
            byte[] key = DurableFiles.read(keyFile);
            if (key.length != KEY_BYTES) {
                throw new IllegalStateException(keyFile + " is damaged: it should hold " + KEY_BYTES + " bytes");
            }
            return key;
        }
        byte[] key = new byte[KEY_BYTES];
        RANDOM.nextBytes(key);
        Path fresh = keyFile.resolveSibling(keyFile.getFileName() + ".fresh");
        try {
            Files.createDirectories(keyFile.toAbsolutePath().getParent());
            Files.deleteIfExists(fresh);
            if (keyFile.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(
                        fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.write(fresh, key);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + fresh + ": " + e.getMessage(), e);
        }
        DurableFiles.sync(fresh);
        DurableFiles.move(fresh, keyFile);
        return key;
    }

    private static byte[] encode(TensorSource tensors) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(tensors.layout().names().size());
            for (TensorInfo info : tensors.layout().tensors().values()) {
                out.writeUTF(info.name());
                out.writeInt(info.shape().size());
                for (int dimension : info.shape()) {
                    out.writeInt(dimension);
                }
                for (float value : tensors.read(info.name())) {
                    out.writeFloat(value);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static Tensors decode(byte[] plain) throws IOException {
        Tensors.Builder tensors = Tensors.builder();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(plain))) {
            for (int count = in.readInt(); count > 0; count--) {
                String name = in.readUTF();
                int[] shape = new int[in.readInt()];
                for (int d = 0; d < shape.length; d++) {
                    shape[d] = in.readInt();
                }
                TensorInfo info = TensorInfo.f32(name, shape);
                float[] values = new float[Math.toIntExact(info.elements())];
                for (int i = 0; i < values.length; i++) {
                    values[i] = in.readFloat();
                }
                tensors.put(info, values);
            }
        }
        return tensors.build();
    }
}
