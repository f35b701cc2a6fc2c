package dev.tributary.protocol.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.plan.BlobRef;
import dev.tributary.protocol.Message.BlobManifest;
import dev.tributary.protocol.blob.FileBlobStore;
import dev.tributary.protocol.blob.Sha256;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobAssemblerTest {
    private static final int CHUNK = 100;
    private static final AssemblyLimits LIMITS = new AssemblyLimits(10_000, 2, Duration.ofMinutes(10));

    @TempDir
    Path directory;

    private final List<String> junk = new ArrayList<>();
    private FileBlobStore store;
    private BlobAssembler assembler;
    private long now = 1_000_000_000_000L;

    @BeforeEach
    void begin() {
        store = new FileBlobStore(directory);
        assembler = newAssembler("amazon");
    }

    @Test
    void chunksInOrderMakeTheBlob() throws Exception {
        Sample sample = new Sample(1, 950);
        sample.chunks().forEach(chunk -> assembler.chunk(chunk, chunk.index()));
        assertThat(store.has(sample.blob)).isFalse();
        assembler.manifest(sample.manifest());
        assertStored(sample);
        assertThat(junk).isEmpty();
    }

    @Test
    void anEqualBlobThatIsThereDoesNotGoBeforeItsSecondSenderIsHeard() throws Exception {
        Sample sample = new Sample(1, 950);
        sample.chunks().forEach(chunk -> assembler.chunk(chunk, chunk.index()));
        assembler.manifest(sample.manifest());

        newAssembler("ganges").chunk(sample.chunks().get(0), 0);
        assertThat(store.delete(sample.blob)).isFalse();
        newAssembler("ganges").manifest(sample.manifest());
        assertStored(sample);
    }

    @Test
    void anyOrderAndRepetitionMakesTheSameBlob() throws Exception {
        for (int seed = 0; seed < 20; seed++) {
            Sample sample = new Sample(100 + seed, 1000 + seed);
            List<Chunk> chunks = new ArrayList<>(sample.chunks());
            chunks.addAll(sample.chunks().subList(2, 7));
            Collections.shuffle(chunks, new Random(seed));
            chunks.forEach(chunk -> assembler.chunk(chunk, 0));
            assembler.manifest(sample.manifest());
            assertStored(sample);
        }
        assertThat(junk).isEmpty();
    }

    @Test
    void twoBlobsMayInterleave() throws Exception {
        Sample one = new Sample(1, 700);
        Sample two = new Sample(2, 800);
        for (int i = 0; i < 8; i++) {
            if (i < 7) {
                assembler.chunk(one.chunk(i), i);
            }
            assembler.chunk(two.chunk(i), i);
        }
        assembler.manifest(two.manifest());
        assembler.manifest(one.manifest());
        assertStored(one);
        assertStored(two);
    }

    @Test
    void aThirdUnfinishedBlobDropsTheOneThatHasNotGrownForLongest() {
        Sample[] samples = {new Sample(1, 300), new Sample(2, 300), new Sample(3, 300)};
        for (Sample sample : samples) {
            now += 1000;
            assembler.chunk(sample.chunk(0), 0);
        }
        assertThat(junk).singleElement().asString().contains(samples[0].blob.sha256());
        for (Sample sample : samples) {
            sample.chunks().subList(1, 3).forEach(chunk -> assembler.chunk(chunk, 1));
        }
        assertThat(partFiles()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void aManifestWithoutChunksStoresNothing() {
        Sample sample = new Sample(1, 300);
        assembler.manifest(sample.manifest());
        assertThat(store.has(sample.blob)).isFalse();
        assertThat(junk).singleElement().asString().contains("chunk 0 of 3 has not arrived");
        assertThat(partFiles()).isEmpty();
    }

    @Test
    void aTruncatedBlobIsStoredOnlyWhenItsLastChunkAndAnotherManifestCame() throws Exception {
        Sample sample = new Sample(1, 300);
        assembler.chunk(sample.chunk(0), 0);
        assembler.chunk(sample.chunk(1), 1);
        assembler.manifest(sample.manifest());
        assertThat(store.has(sample.blob)).isFalse();
        assembler.chunk(sample.chunk(2), 3);
        assembler.manifest(sample.manifest());
        assertStored(sample);
    }

    @Test
    void aBlobThatIsNotWhatItsNameSaysIsThrownAway() {
        Sample honest = new Sample(1, 300);
        BlobRef wrong = new BlobRef("0".repeat(64), 300);
        Chunking chunking = new Chunking(wrong, CHUNK);
        for (Chunk chunk : honest.chunks()) {
            assembler.chunk(new Chunk(chunking, chunk.index(), chunk.sha256(), chunk.body()), chunk.index());
        }
        assembler.manifest(new BlobManifest(wrong, 3, CHUNK));
        assertThat(store.has(wrong)).isFalse();
        assertThat(junk).singleElement().asString().contains("another SHA-256");
        assertThat(partFiles()).isEmpty();
    }

    @Test
    void chunksThatContradictTheirHeadersAreDropped() throws Exception {
        Sample sample = new Sample(1, 300);
        Chunk good = sample.chunk(1);
        List<Chunk> bad = List.of(
                new Chunk(good.chunking(), 1, Sha256.of(new byte[0]), good.body()),
                new Chunk(good.chunking(), 3, good.sha256(), good.body()),
                new Chunk(good.chunking(), -1, good.sha256(), good.body()),
                new Chunk(good.chunking(), 1, Sha256.of(new byte[99]), new byte[99]),
                new Chunk(good.chunking(), 1, Sha256.of(new byte[101]), new byte[101]));
        bad.forEach(chunk -> assembler.chunk(chunk, 0));
        assertThat(junk).hasSameSizeAs(bad);
        sample.chunks().forEach(chunk -> assembler.chunk(chunk, 0));
        assembler.manifest(sample.manifest());
        assertStored(sample);
    }

    @Test
    void oneBlobCutInTwoWaysKeepsTheFirst() throws Exception {
        Sample sample = new Sample(1, 300);
        assembler.chunk(sample.chunk(0), 0);
        byte[] body = Arrays.copyOfRange(sample.content, 0, 50);
        assembler.chunk(new Chunk(new Chunking(sample.blob, 50), 0, Sha256.of(body), body), 1);
        assertThat(junk).singleElement().asString().contains("cut in two ways");
        sample.chunks().forEach(chunk -> assembler.chunk(chunk, 2));
        assembler.manifest(sample.manifest());
        assertStored(sample);
    }

    @Test
    void aBlobOverTheLimitTakesNoDisk() {
        Sample sample = new Sample(1, 10_001);
        sample.chunks().forEach(chunk -> assembler.chunk(chunk, 0));
        assembler.manifest(sample.manifest());
        assertThat(store.has(sample.blob)).isFalse();
        assertThat(partFiles()).isEmpty();
        assertThat(junk).allMatch(why -> why.contains("over the limit of 10000"));
    }

    @Test
    void hugeCountsInAManifestAreRefused() {
        assembler.manifest(new BlobManifest(new BlobRef("1".repeat(64), Long.MAX_VALUE), 1, 1));
        assembler.manifest(new BlobManifest(new BlobRef("1".repeat(64), 5), 1, 0));
        assembler.manifest(new BlobManifest(new BlobRef("1".repeat(64), 5), 1, Integer.MAX_VALUE));
        assertThat(junk).hasSize(3);
        assertThat(partFiles()).isEmpty();
    }

    @Test
    void anotherAssemblerGoesOnWithTheMissingChunksAlone() throws Exception {
        Sample sample = new Sample(1, 1000);
        sample.chunks().subList(0, 6).forEach(chunk -> assembler.chunk(chunk, chunk.index()));
        assembler.close();
        assembler = newAssembler("amazon");
        sample.chunks().subList(6, 10).forEach(chunk -> assembler.chunk(chunk, chunk.index()));
        assembler.manifest(sample.manifest());
        assertStored(sample);
    }

    @Test
    void theFirstChunkOfAnUnfinishedBlobIsStillNeeded() {
        Sample one = new Sample(1, 300);
        Sample two = new Sample(2, 300);
        assertThat(assembler.oldestNeeded()).isEmpty();
        assembler.chunk(one.chunk(0), 7);
        assembler.chunk(two.chunk(0), 9);
        assembler.chunk(one.chunk(1), 10);
        assertThat(assembler.oldestNeeded()).hasValue(7);
        assembler.chunk(one.chunk(2), 11);
        assembler.manifest(one.manifest());
        assertThat(assembler.oldestNeeded()).hasValue(9);
    }

    @Test
    void anUnfinishedBlobThatDoesNotGrowIsDroppedAfterAWhile() {
        assembler.chunk(new Sample(1, 300).chunk(0), 7);
        now += LIMITS.maxIdle().toNanos();
        assertThat(assembler.oldestNeeded()).hasValue(7);
        now += 1;
        assertThat(assembler.oldestNeeded()).isEmpty();
        assertThat(partFiles()).isEmpty();
    }

    @Test
    void twoSendersOfOneBlobDoNotDisturbEachOther() throws Exception {
        Sample sample = new Sample(1, 300);
        BlobAssembler other = newAssembler("imdb");
        assembler.chunk(sample.chunk(0), 0);
        sample.chunks().forEach(chunk -> other.chunk(chunk, 0));
        other.manifest(sample.manifest());
        assertStored(sample);
        assembler.chunk(sample.chunk(1), 0);
        assembler.manifest(sample.manifest());
        assertStored(sample);
        assertThat(partFiles()).isEmpty();
        assertThat(junk).isEmpty();
    }

    private BlobAssembler newAssembler(String owner) {
        return new BlobAssembler(owner, store, LIMITS, () -> now, (who, why) -> junk.add(why));
    }

    private void assertStored(Sample sample) throws Exception {
        assertThat(Files.readAllBytes(store.path(sample.blob))).isEqualTo(sample.content);
    }

    private List<Path> partFiles() {
        try (Stream<Path> files = Files.list(store.workDirectory())) {
            return files.filter(file -> file.toString().endsWith(".part")).toList();
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Sample {
        final byte[] content;
        final BlobRef blob;

        Sample(int seed, int size) {
            content = new byte[size];
            new Random(seed).nextBytes(content);
            blob = new BlobRef(Sha256.hex(Sha256.of(content)), size);
        }

        Chunk chunk(int index) {
            Chunking chunking = new Chunking(blob, CHUNK);
            int from = index * CHUNK;
            byte[] body = Arrays.copyOfRange(content, from, from + chunking.length(index));
            return new Chunk(chunking, index, Sha256.of(body), body);
        }

        List<Chunk> chunks() {
            return IntStream.range(0, new Chunking(blob, CHUNK).count())
                    .mapToObj(this::chunk)
                    .toList();
        }

        BlobManifest manifest() {
            return new BlobManifest(blob, new Chunking(blob, CHUNK).count(), CHUNK);
        }
    }
}
