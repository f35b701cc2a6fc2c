/** Stand-ins for tests and for benchmarks that measure everything but the training. */
@NullMarked
package dev.tributary.agent.testing;

import org.jspecify.annotations.NullMarked;
