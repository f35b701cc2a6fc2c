package dev.tributary.protocol.chain;

import dev.tributary.protocol.Envelope;
import dev.tributary.protocol.RejectedMessageException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The receiving end of a chain. Every signed message is believed at most once and never after a later one; a message
 * that was kept from us shows by the gap it leaves. To outlive a restart, {@link #head()} must be stored together with
 * the effects of the message. Senders of releases before chains do not link their messages; only their numbers count.
 *
 * <p>Reasons of refusal: {@code sequence} (not numbered), {@code chain} (the next number, yet it follows another
 * message than ours), {@code forked} (our newest number with other content), {@code reordered} (it was missing and comes
 * after later ones), {@code replayed}. For one thread.
 */
public final class InboundChain {

    private static final int GAPS_REMEMBERED = 64;

    /** How a message that was not refused stands to the ones before. */
    public enum Link {
        /** The next one, or the first that was ever seen of this sender. */
        NEXT,
        /** Newer, and messages before it never came; {@link #missing()} tells which. It is to be believed all the same. */
        AFTER_GAP,
        /** Had before, the same bytes: a resend after a crash, or a delivery once more. There is nothing to do. */
        REPEATED
    }

    /** Numbers that never came, both inclusive. */
    public record Gap(long first, long last) {
        boolean holds(long sequence) {
            return first <= sequence && sequence <= last;
        }

        @Override
        public String toString() {
            return first == last ? "message " + first : "messages " + first + " to " + last;
        }
    }

    private final String sender;
    private final Deque<Gap> gaps = new ArrayDeque<>();
    private ChainHead head;
    private boolean resumed = true;

    /** @param head where the stored effects end */
    public InboundChain(String sender, ChainHead head) {
        this.sender = sender;
        this.head = head;
    }

    /** Takes a message whose signature holds. @throws RejectedMessageException with one of the reasons above */
    public Link accept(Envelope envelope, byte[] signed) {
        long sequence = envelope.sequence();
        if (sequence < 1) {
            throw refused(
                    "sequence", sequence, "is not numbered; it was made by another release or for another purpose");
        }
        ChainHead next = ChainHead.of(sequence, signed);
        if (sequence <= head.sequence()) {
            return again(next);
        }
        boolean first = head.equals(ChainHead.START);
        boolean gap = !first && sequence > head.sequence() + 1;
        boolean linked = envelope.previous().isEmpty() || envelope.previous().equals(head.hash());
        if (!first && !gap && !linked) {
            throw refused(
                    "chain",
                    sequence,
                    "does not follow message " + head.sequence()
                            + " as it came here: two processes use one identity, or one was set back to an older state");
        }
        if (gap) {
            gaps.addLast(new Gap(head.sequence() + 1, sequence - 1));
            if (gaps.size() > GAPS_REMEMBERED) {
                gaps.removeFirst();
            }
        }
        head = next;
        resumed = false;
        return gap ? Link.AFTER_GAP : Link.NEXT;
    }

    private Link again(ChainHead message) {
        if (message.equals(head)) {
            return Link.REPEATED;
        }
        if (message.sequence() == head.sequence()) {
            throw refused("forked", message.sequence(), "came before with other content");
        }
        if (gaps.stream().anyMatch(gap -> gap.holds(message.sequence()))) {
            throw refused("reordered", message.sequence(), "comes after message " + head.sequence());
        }
        if (resumed) {
            return Link.REPEATED; // the wire delivers again from a little before where the stored effects end
        }
        throw refused("replayed", message.sequence(), "is older than message " + head.sequence());
    }

    private RejectedMessageException refused(String reason, long sequence, String why) {
        return new RejectedMessageException(reason, "message " + sequence + " of " + sender + " " + why);
    }

    /** The newest message that was taken. */
    public ChainHead head() {
        return head;
    }

    /** The newest gap. @throws java.util.NoSuchElementException if there is none */
    public Gap missing() {
        return gaps.getLast();
    }
}
