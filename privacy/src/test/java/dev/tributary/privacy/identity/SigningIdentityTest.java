package dev.tributary.privacy.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SigningIdentityTest {
    private static final byte[] DATA = {1, 2, 3};

    @TempDir
    Path directory;

    @Test
    void theSecondStartHasTheKeyOfTheFirst() {
        Path file = directory.resolve("keys/identity.pem");
        SigningIdentity first = SigningIdentity.loadOrCreate(file);
        SigningIdentity second = SigningIdentity.loadOrCreate(file);
        assertThat(second.fingerprint()).isEqualTo(first.fingerprint()).hasSize(64);
        assertThat(first.publicKey().verifies(DATA, second.sign(DATA))).isTrue();
    }

    @Test
    void theFileIsForItsOwnerAlone() throws Exception {
        Path file = directory.resolve("identity.pem");
        SigningIdentity.loadOrCreate(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aFileThatOthersCanReadIsRefusedWithTheCommandThatMendsIt() throws Exception {
        Path file = directory.resolve("identity.pem");
        SigningIdentity.loadOrCreate(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> SigningIdentity.loadOrCreate(file))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("chmod 600 " + file);
    }

    @Test
    void aTornFileIsRefusedByName() throws Exception {
        Path file = directory.resolve("identity.pem");
        SigningIdentity.loadOrCreate(file);
        String text = Files.readString(file);
        for (String torn : new String[] {"", text.substring(0, 60), text.replace("PUBLIC", "PUBLISH")}) {
            Files.writeString(file, torn);
            assertThatThrownBy(() -> SigningIdentity.loadOrCreate(file))
                    .isInstanceOf(IdentityException.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void halvesOfTwoPairsAreRefused() throws Exception {
        Path one = directory.resolve("one.pem");
        Path two = directory.resolve("two.pem");
        SigningIdentity.loadOrCreate(one);
        SigningIdentity.loadOrCreate(two);
        String publicOfOne =
                Files.readString(one).substring(Files.readString(one).indexOf("-----BEGIN PUBLIC"));
        String privateOfTwo =
                Files.readString(two).substring(0, Files.readString(two).indexOf("-----BEGIN PUBLIC"));
        Files.writeString(two, privateOfTwo + publicOfOne);
        assertThatThrownBy(() -> SigningIdentity.loadOrCreate(two))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("do not belong together");
    }

    @Test
    void thePrivateKeyIsNotPrinted() throws Exception {
        Path file = directory.resolve("identity.pem");
        SigningIdentity identity = SigningIdentity.loadOrCreate(file);
        String secret = Files.readAllLines(file).get(1);
        assertThat(identity.toString()).doesNotContain(secret).contains(identity.fingerprint());
    }
}
