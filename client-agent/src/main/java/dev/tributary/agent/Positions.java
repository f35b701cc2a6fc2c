package dev.tributary.agent;

import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Which commands of the downlink are dealt with. A position may be acknowledged when it and all before it are: what is
 * not acknowledged comes again after a restart. Safe for use by several threads.
 */
final class Positions {

    private final TreeMap<Long, Boolean> open = new TreeMap<>();
    private long done = -1;

    /** Notes a delivery; false if this position was delivered before. */
    synchronized boolean arrived(long position) {
        return position > done && open.putIfAbsent(position, false) == null;
    }

    synchronized void settled(long position) {
        open.replace(position, true);
    }

    /** The newest position up to which everything is dealt with, if it moved since it was asked for last. */
    synchronized OptionalLong toAcknowledge() {
        long before = done;
        while (!open.isEmpty() && open.firstEntry().getValue()) {
            done = open.pollFirstEntry().getKey();
        }
        return done > before ? OptionalLong.of(done) : OptionalLong.empty();
    }
}
