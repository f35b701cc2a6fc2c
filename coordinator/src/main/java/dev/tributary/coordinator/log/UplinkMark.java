package dev.tributary.coordinator.log;

import dev.tributary.protocol.chain.ChainHead;

/**
 * How far an agent's messages are handled.
 *
 * @param position in its uplink to read on from
 * @param head the newest message that was handled
 * @param key by which the agent signed it, hex; empty if that was not known. With another key it is another machine,
 *     whose messages are numbered from one
 */
public record UplinkMark(long position, ChainHead head, String key) {}
