/** What travels between coordinator and agents, and how: signed messages and chunked blobs, on Kafka or in memory. */
@NullMarked
package dev.tributary.protocol;

import org.jspecify.annotations.NullMarked;
