package dev.tributary.privacy.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinnedKeysTest {
    private final SigningIdentity first = SigningIdentity.ephemeral();
    private final SigningIdentity second = SigningIdentity.ephemeral();

    @TempDir
    Path directory;

    @Test
    void theFirstConfirmedKeyIsTheOnlyOneAlsoAfterARestart() {
        Path file = directory.resolve("known-keys");
        PinnedKeys keys = PinnedKeys.in(file);
        assertThat(keys.find("amazon", first.keyId())).contains(first.publicKey());
        assertThat(keys.confirm("amazon", first.keyId())).isTrue();
        PinnedKeys again = PinnedKeys.in(file);
        assertThat(again.find("amazon", second.keyId())).isEmpty();
        assertThat(again.confirm("amazon", second.keyId())).isFalse();
        assertThat(again.find("amazon", first.keyId())).contains(first.publicKey());
        assertThat(again.find("imdb", second.keyId())).contains(second.publicKey());
    }

    @Test
    void lookingAKeyUpDoesNotPinIt() {
        PinnedKeys keys = PinnedKeys.inMemory();
        keys.find("amazon", first.keyId());
        assertThat(keys.confirm("amazon", second.keyId())).isTrue();
    }

    @Test
    void aKeyToldBeforehandLeavesNoFirstUseOpen() {
        PinnedKeys keys = PinnedKeys.inMemory();
        keys.pin("coordinator", first.fingerprint());
        assertThat(keys.find("coordinator", second.keyId())).isEmpty();
        assertThat(keys.find("coordinator", first.keyId())).isPresent();
        assertThatThrownBy(() -> keys.pin("coordinator", second.fingerprint()))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("coordinator");
    }

    @Test
    void anUnpinnedPrincipalMayComeWithANewKey() {
        PinnedKeys keys = PinnedKeys.in(directory.resolve("known-keys"));
        keys.confirm("amazon", first.keyId());
        keys.unpin("amazon");
        assertThat(PinnedKeys.in(directory.resolve("known-keys")).confirm("amazon", second.keyId()))
                .isTrue();
    }

    @Test
    void aKeyOfOddLengthIsNobodys() {
        assertThat(PinnedKeys.inMemory().find("amazon", new byte[7])).isEmpty();
    }

    @Test
    void aBrokenLineIsNamed() throws Exception {
        Path file = directory.resolve("known-keys");
        PinnedKeys.in(file).confirm("amazon", first.keyId());
        Files.writeString(file, Files.readString(file) + "imdb zz\n");
        assertThatThrownBy(() -> PinnedKeys.in(file))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("line 3");
    }

    @Test
    void aFingerprintOfAnotherFormIsRefused() {
        assertThatThrownBy(() -> PinnedKeys.inMemory().pin("coordinator", "abc"))
                .isInstanceOf(IdentityException.class)
                .hasMessageContaining("64 hex digits");
    }
}
