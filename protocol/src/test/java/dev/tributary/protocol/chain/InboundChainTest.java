package dev.tributary.protocol.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tributary.plan.JobId;
import dev.tributary.privacy.identity.PinnedKeys;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.RejectedMessageException;
import dev.tributary.protocol.chain.InboundChain.Gap;
import dev.tributary.protocol.chain.InboundChain.Link;
import dev.tributary.protocol.codec.ProtobufMessageCodec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InboundChainTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final SigningIdentity coordinator = SigningIdentity.ephemeral();
    private final ProtobufMessageCodec agent =
            new ProtobufMessageCodec("demo", "amazon", SigningIdentity.ephemeral(), PinnedKeys.inMemory());
    private final InboundChain chain = new InboundChain("the coordinator", ChainHead.START);
    private final List<byte[]> sent = chainOf(ChainHead.START, "a", "b", "c", "d", "e");

    private List<byte[]> chainOf(ChainHead from, String... reasons) {
        OutboundChain out = new OutboundChain(
                new ProtobufMessageCodec("demo", Envelope.COORDINATOR, coordinator, PinnedKeys.inMemory()),
                "demo",
                Envelope.COORDINATOR,
                "amazon");
        List<byte[]> messages = new ArrayList<>();
        ChainHead head = from;
        for (String reason : reasons) {
            byte[] signed = out.seal(head, NOW, new Message.Cancel(new JobId("tone"), "", reason, 1));
            head = ChainHead.of(head.sequence() + 1, signed);
            messages.add(signed);
        }
        return messages;
    }

    private Link take(InboundChain by, byte[] signed) {
        return by.accept(agent.open(Envelope.COORDINATOR, signed), signed);
    }

    private Link take(int number) {
        return take(chain, sent.get(number - 1));
    }

    private String reason(byte[] signed) {
        RejectedMessageException refused =
                catchThrowableOfType(RejectedMessageException.class, () -> take(chain, signed));
        assertThat(refused).isNotNull();
        return refused.reason();
    }

    @Test
    void messagesInOrderAreTaken() {
        for (int number = 1; number <= 5; number++) {
            assertThat(take(number)).isEqualTo(Link.NEXT);
        }
        assertThat(chain.head()).isEqualTo(ChainHead.of(5, sent.get(4)));
    }

    @Test
    void theSameBytesAgainAreRepeatedAndNotRefused() {
        take(1);
        take(2);
        assertThat(take(2)).isEqualTo(Link.REPEATED);
        assertThat(take(3)).isEqualTo(Link.NEXT);
    }

    @Test
    void anOlderMessageIsReplayed() {
        take(1);
        take(2);
        take(3);
        assertThat(reason(sent.get(0))).isEqualTo("replayed");
    }

    @Test
    void aMessageHeldBackShowsAndIsRefusedAfterLaterOnes() {
        take(1);
        assertThat(take(4)).isEqualTo(Link.AFTER_GAP);
        assertThat(chain.missing()).isEqualTo(new Gap(2, 3)).hasToString("messages 2 to 3");
        assertThat(reason(sent.get(1))).isEqualTo("reordered");
        assertThat(take(5)).isEqualTo(Link.NEXT);
    }

    @Test
    void otherContentUnderOurNewestNumberIsForked() {
        take(1);
        take(2);
        byte[] other = chainOf(ChainHead.of(1, sent.get(0)), "other").get(0);
        assertThat(reason(other)).isEqualTo("forked");
    }

    @Test
    void theNextNumberOfAnotherHistoryIsRefused() {
        take(1);
        take(2);
        List<byte[]> otherHistory = chainOf(ChainHead.START, "a", "x", "y");
        assertThat(reason(otherHistory.get(2))).isEqualTo("chain");
        assertThat(take(3)).as("the true one").isEqualTo(Link.NEXT);
    }

    @Test
    void aMessageWithoutNumberIsRefused() {
        byte[] manifest = new ProtobufMessageCodec("demo", Envelope.COORDINATOR, coordinator, PinnedKeys.inMemory())
                .seal(new Envelope(
                        "demo",
                        Envelope.COORDINATOR,
                        "amazon",
                        0,
                        "",
                        NOW,
                        new Message.Cancel(new JobId("tone"), "", "a", 1)));
        assertThat(reason(manifest)).isEqualTo("sequence");
    }

    @Test
    void aRestartedReceiverGoesOnWhereItsEffectsEnd() {
        InboundChain restarted = new InboundChain("the coordinator", ChainHead.of(3, sent.get(2)));

        assertThat(take(restarted, sent.get(1))).as("delivered again").isEqualTo(Link.REPEATED);
        assertThat(take(restarted, sent.get(2))).as("delivered again").isEqualTo(Link.REPEATED);
        assertThat(take(restarted, sent.get(3))).isEqualTo(Link.NEXT);
        assertThat(catchThrowableOfType(RejectedMessageException.class, () -> take(restarted, sent.get(1)))
                        .reason())
                .isEqualTo("replayed");
    }

    @Test
    void aReceiverWithoutMemoryTakesUpAnywhere() {
        assertThat(take(4)).isEqualTo(Link.NEXT);
        assertThat(take(5)).isEqualTo(Link.NEXT);
    }
}
