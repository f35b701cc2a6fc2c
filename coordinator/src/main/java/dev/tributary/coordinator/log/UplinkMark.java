package dev.tributary.coordinator.log;

import dev.tributary.protocol.chain.ChainHead;

/**
 * How far an agent's messages are handled.
 *
 * @param position in its uplink to read on from
 * @param head the newest message that was handled
 */
public record UplinkMark(long position, ChainHead head) {}
