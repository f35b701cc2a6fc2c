package dev.tributary.aggregation.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tributary.adapter.DType;
import dev.tributary.adapter.Layout;
import dev.tributary.adapter.SafetensorsWriter;
import dev.tributary.adapter.TensorInfo;
import dev.tributary.aggregation.GlobalState;
import dev.tributary.aggregation.ReceivedUpdate;
import dev.tributary.aggregation.TrafficForecast;
import dev.tributary.plan.AgentId;
import dev.tributary.plan.AgentProfile;
import dev.tributary.plan.BlobRef;
import dev.tributary.plan.StateRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Compares a forecast with the sizes of the files that rounds of a small federation come to, to the byte. */
public final class MovedBytes {

    private static final int AGENTS = 3;

    private final Federation federation;
    private final Path directory;
    private final Set<String> seen = new HashSet<>();

    private MovedBytes(Federation federation, Path directory) {
        this.federation = federation;
        this.directory = directory;
    }

    public static void assertForecast(Federation federation, int rounds, Path directory) throws IOException {
        List<AgentProfile> agents = new ArrayList<>();
        for (int i = 0; i < AGENTS; i++) {
            agents.add(Federation.profile(Federation.agent(i), federation.maxRanks[i % federation.maxRanks.length]));
        }
        List<TrafficForecast.Round> told =
                TrafficForecast.rounds(federation.method, federation.job, federation.model, agents, AGENTS, rounds);
        MovedBytes moved = new MovedBytes(federation, Files.createDirectories(directory.resolve("sent")));
        GlobalState state = federation.initial();
        long fetched = moved.fresh(state);
        for (int round = 1; round <= rounds; round++) {
            List<ReceivedUpdate> updates = federation.updates(state, AGENTS, round);
            state = federation.after(state, updates);
            long next = moved.fresh(state);
            TrafficForecast.Round forecast = told.get(round - 1);
            assertThat(forecast.up()).as("up in round " + round).isEqualTo(moved.sent(updates));
            assertThat(forecast.before()).as("down in round " + round).isEqualTo(fetched);
            assertThat(forecast.after()).as("down after round " + round).isEqualTo(next);
            fetched = next;
        }
    }

    /** Bytes of the state's blobs that no state before had. */
    private long fresh(GlobalState state) {
        StateRef ref = state.ref().forAgents();
        List<BlobRef> blobs = new ArrayList<>(ref.parts().values());
        ref.folds().forEach(fold -> blobs.add(fold.blob()));
        return blobs.stream()
                .filter(blob -> seen.add(blob.sha256()))
                .mapToLong(BlobRef::size)
                .sum();
    }

    private SortedMap<AgentId, Long> sent(List<ReceivedUpdate> updates) throws IOException {
        SortedMap<AgentId, Long> sizes = new TreeMap<>();
        DType dtype = federation.job.upload().dtype().equals("bf16") ? DType.BF16 : DType.F32;
        for (ReceivedUpdate update : updates) {
            Path file = directory.resolve(update.agent().value());
            Layout layout = Layout.of(update.tensors().layout().tensors().values().stream()
                    .map(info -> new TensorInfo(info.name(), dtype, info.shape()))
                    .toList());
            try (SafetensorsWriter writer = new SafetensorsWriter(file, layout, Map.of())) {
                layout.names()
                        .forEach(name -> writer.write(name, update.tensors().read(name)));
            }
            sizes.put(update.agent(), Files.size(file));
        }
        return sizes;
    }
}
