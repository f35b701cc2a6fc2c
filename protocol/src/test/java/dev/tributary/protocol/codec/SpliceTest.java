package dev.tributary.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tributary.plan.AgentId;
import dev.tributary.plan.JobId;
import dev.tributary.privacy.identity.PinnedKeys;
import dev.tributary.privacy.identity.SigningIdentity;
import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.Message;
import dev.tributary.protocol.MessageCodec;
import dev.tributary.protocol.RejectedMessageException;
import dev.tributary.protocol.chain.ChainHead;
import dev.tributary.protocol.chain.InboundChain;
import dev.tributary.protocol.chain.OutboundChain;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A broker that puts genuine messages of one agent where they do not belong: each is refused, and says by its reason what was
 * done. The messages of all rounds and jobs are one chain, so a message of another round or job is one of another place.
 */
class SpliceTest {

    private static final AgentId SITE = new AgentId("amazon");
    private static final JobId OTHER_JOB = new JobId("support-tone-2");

    private final SigningIdentity identity = SigningIdentity.ephemeral();
    private final MessageCodec site =
            new ProtobufMessageCodec(Samples.FEDERATION, SITE.value(), identity, PinnedKeys.inMemory());
    private final MessageCodec coordinator = new ProtobufMessageCodec(
            Samples.FEDERATION, Envelope.COORDINATOR, SigningIdentity.ephemeral(), PinnedKeys.inMemory());
    private final List<byte[]> sent = new ArrayList<>();
    private InboundChain chain;

    @BeforeEach
    void sendFourMessages() {
        ChainHead head = ChainHead.START;
        for (Message message : List.of(
                verdict(Samples.JOB, 1), verdict(Samples.JOB, 2), verdict(OTHER_JOB, 1), verdict(OTHER_JOB, 2))) {
            byte[] signed = new OutboundChain(site, Samples.FEDERATION, SITE.value(), Envelope.COORDINATOR)
                    .seal(head, Instant.EPOCH, message);
            head = ChainHead.of(head.sequence() + 1, signed);
            sent.add(signed);
        }
        chain = new InboundChain(SITE.value(), ChainHead.START);
    }

    private static Message verdict(JobId job, int round) {
        return new Message.Verdict("plan", job, round, true, "", 1);
    }

    private String come(byte[] signed) {
        return come(coordinator, SITE.value(), signed);
    }

    private String come(MessageCodec to, String channel, byte[] signed) {
        RejectedMessageException refused = catchThrowableOfType(
                RejectedMessageException.class, () -> chain.accept(to.open(channel, signed), signed));
        return refused == null ? "taken" : refused.reason();
    }

    @Test
    void aMessageOfAnotherRoundOrJobInThePlaceOfTheNextOneIsRefused() {
        assertThat(sent.subList(0, 3)).extracting(this::come).containsOnly("taken");
        assertThat(come(sent.get(1))).as("an earlier round's").isEqualTo("replayed");
        assertThat(come(sent.get(0))).as("another job's").isEqualTo("replayed");
        assertThat(come(sent.get(3))).isEqualTo("taken");
    }

    @Test
    void aMessageBroughtForwardIsKnownByItsGapAndThoseBeforeItAreRefused() {
        assertThat(come(sent.get(0))).isEqualTo("taken");
        assertThat(come(sent.get(2))).isEqualTo("taken");
        assertThat(chain.missing()).hasToString("message 2");
        assertThat(come(sent.get(1))).isEqualTo("reordered");
    }

    @Test
    void aMessageOfAnotherHistoryIsRefused() {
        byte[] forked = new OutboundChain(site, Samples.FEDERATION, SITE.value(), Envelope.COORDINATOR)
                .seal(ChainHead.of(2, new byte[] {1}), Instant.EPOCH, verdict(OTHER_JOB, 9));
        assertThat(sent.subList(0, 2)).extracting(this::come).containsOnly("taken");
        assertThat(come(forked)).as("follows another message").isEqualTo("chain");
        assertThat(come(sent.get(2))).isEqualTo("taken");
        assertThat(come(forked)).as("has the number of one that was taken").isEqualTo("forked");
    }

    @Test
    void aMessageOnAnotherChannelForAnotherPartyOrFederationIsRefused() {
        assertThat(come(coordinator, "imdb", sent.get(0))).isEqualTo("sender");
        MessageCodec otherSite = new ProtobufMessageCodec(
                Samples.FEDERATION, "imdb", SigningIdentity.ephemeral(), PinnedKeys.inMemory());
        assertThat(come(otherSite, SITE.value(), sent.get(0))).isEqualTo("recipient");
        MessageCodec elsewhere = new ProtobufMessageCodec(
                "lake", Envelope.COORDINATOR, SigningIdentity.ephemeral(), PinnedKeys.inMemory());
        assertThat(come(elsewhere, SITE.value(), sent.get(0))).isEqualTo("federation");
    }

    @Test
    void aMessageCutOrChangedIsRefusedAndTheChainStaysWhereItWas() {
        byte[] message = sent.get(0);
        for (int length = 0; length < message.length; length++) {
            assertThat(come(Arrays.copyOf(message, length)))
                    .as("cut to " + length)
                    .isIn("malformed", "version", "signature", "unknown-key", "federation");
        }
        for (int bit = 0; bit < message.length * 8; bit++) {
            byte[] changed = message.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(come(changed)).as("bit " + bit).isNotEqualTo("taken");
        }
        assertThat(sent).extracting(this::come).containsOnly("taken");
    }
}
