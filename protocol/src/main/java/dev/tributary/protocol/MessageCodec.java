package dev.tributary.protocol;

/** Envelope to bytes and back: Protobuf inside {@code Signed{body, signature, key_id}}. */
public interface MessageCodec {

    /** Encodes and signs. */
    byte[] seal(Envelope envelope);

    /**
     * Verifies and decodes.
     *
     * @param expectedFrom owner of the channel the bytes came on; the envelope must name the same sender
     * @throws RejectedMessageException with a distinct reason for every way the bytes can be wrong
     */
    Envelope open(String expectedFrom, byte[] signed);
}
